//! Draws graphs of every kind of block, fan-in and link into files, for programs that read DOT and mermaid: `drawings DIRECTORY`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: drawings DIRECTORY");
        return ExitCode::FAILURE;
    };
    for (name, graph) in aqueduct_tests::drawings::all() {
        for (extension, text) in [("dot", graph.to_dot()), ("mmd", graph.to_mermaid())] {
            let file = folder.join(name).with_extension(extension);
            if let Err(error) = std::fs::write(&file, text) {
                eprintln!("{}: {error}", file.display());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
