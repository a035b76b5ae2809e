//! A child process for the tests: from stdin to stdout through a pipeline, as `lines` or as `bytes`.

use std::process::ExitCode;

use aqueduct::{PipelineError, pipeline};
use tokio::io::{stdin, stdout};

fn main() -> ExitCode {
    let words = std::env::args().nth(1).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let outcome = runtime.block_on(relay(&words));
    // A read of stdin that still waits on its thread is not waited for.
    runtime.shutdown_background();
    match outcome {
        Ok(count) => {
            eprint!("{count}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprint!(
                "{}: {}",
                error.stage(),
                std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default()
            );
            ExitCode::FAILURE
        }
    }
}

async fn relay(what: &str) -> Result<u64, PipelineError> {
    match what {
        "lines" => {
            pipeline! { lines(stdin())? -> map(|line| line.to_uppercase()) -> write_lines(stdout()) }.run().await
        }
        _ => pipeline! { bytes(stdin(), chunk = 4KiB)? -> write(stdout()) }.run().await,
    }
}
