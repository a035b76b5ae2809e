//! A file goes to a receiver that reads more slowly than we do: watch the link between them fill, pause and drain, while memory
//! stays where it is and every byte arrives.
//!
//! ```text
//! cargo run --release -p aqueduct-examples --bin slow_network -- [--rate MIB] [FILE]
//! ```

use std::io::{Write, stdout};
use std::process::ExitCode;

use aqueduct::{BoxError, Control, PipelineError, pipeline};
use aqueduct_examples::args::{Args, HELP};
use aqueduct_examples::checksum::Checksum;
use aqueduct_examples::display::show;
use aqueduct_examples::memory::peak_resident;
use aqueduct_examples::outcome;
use aqueduct_examples::receiver::Receiver;
use aqueduct_examples::watch;
use tokio::fs::File;

async fn slow_network(args: &Args) -> Result<(), BoxError> {
    let (file, size) = open(args).await?;
    let (tcp, received) = Receiver { rate: args.rate, hang_up_after: args.hang_up_after }.connect().await?;

    // The pipeline. It is lazy: until it is run, it can be looked at.
    let sending = pipeline! {
        bytes(file)? -> queue(bytes = 256KiB, low = 64KiB) as network -> write(tcp)
    };
    let control = sending.control();
    let bound = sending.bound().ok_or("every operator here knows its bound")?;
    writeln!(stdout(), "{}", sending.graph().to_mermaid())?;
    writeln!(stdout(), "{}: {size} bytes", args.file.display())?;
    writeln!(stdout(), "bound: {bound}, the link's bytes and for each task the one chunk in its hands\n")?;

    let display = (!args.watch.top).then(|| tokio::spawn(show(control.clone(), control.signals())));
    let ctrl_c = tokio::spawn(finish_on_ctrl_c(control.clone()));
    let outcome = args.watch.beside(&control, sending.run()).await;
    if let Some(display) = display {
        display.await?;
    }
    ctrl_c.abort();
    let sent = outcome.map_err(explain)?;

    // The proof: what the receiver has read, against the file, read again by the standard library.
    let received = received.await??;
    let expected = Checksum::of_file(&args.file, sent)?;
    if received != expected {
        return Err(format!("the receiver has {received}; what was sent is {expected}").into());
    }
    let snapshot = control.snapshot();
    let network = snapshot.link("network").ok_or("the link was named in the pipeline")?;
    if sent < size {
        writeln!(stdout(), "\nstopped early, after {sent} of {size} bytes")?;
    }
    writeln!(stdout(), "\nthe receiver has {received}: the same as the file")?;
    writeln!(stdout(), "peak in flight: {} bytes in the link; bound: {bound}", network.max_len)?;
    writeln!(stdout(), "paused {} times, {:.1} s in all", network.pauses, network.paused_for.as_secs_f64())?;
    Ok(())
}

/// Opens the file; what cannot be sent is refused here, in words.
async fn open(args: &Args) -> Result<(File, u64), BoxError> {
    let path = args.file.display();
    let file = File::open(&args.file).await.map_err(|error| format!("cannot open {path}: {error}"))?;
    match file.metadata().await? {
        data if data.is_dir() => Err(format!("{path} is a directory, not a file").into()),
        data if !data.is_file() => Err(format!("{path} is not a regular file").into()),
        data if data.len() == 0 => Err(format!("{path} is empty: there is nothing to send").into()),
        data => Ok((file, data.len())),
    }
}

/// A failure names the stage it happened in.
fn explain(error: PipelineError) -> String {
    match error.stage() {
        "write" => format!("the receiver hung up: {error:?}"),
        "bytes" => format!("the file cannot be read: {error:?}"),
        _ => format!("{error:?}"),
    }
}

/// The first Ctrl-C lets what is inside come out, the second does not.
async fn finish_on_ctrl_c(control: Control) {
    if tokio::signal::ctrl_c().await.is_ok() {
        eprintln!("\nfinishing: what is inside goes out first (Ctrl-C again: stop at once)");
        control.finish();
    }
    if tokio::signal::ctrl_c().await.is_ok() {
        control.abort();
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = match Args::from_env() {
        Ok(Some(args)) => args,
        Ok(None) => {
            print!("{HELP}{}", watch::HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("slow_network: {error}; see --help");
            return ExitCode::FAILURE;
        }
    };
    let outcome = slow_network(&args).await;
    if args.report_memory {
        match peak_resident() {
            Some(peak) => eprintln!("peak resident memory: {peak} KiB"),
            None => eprintln!("peak resident memory: not known on this system"),
        }
    }
    outcome::exit("slow_network", outcome)
}
