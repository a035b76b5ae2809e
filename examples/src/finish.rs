//! Ctrl-C and SIGTERM, for the programs that finish gracefully.

use std::io;
use std::pin::pin;

use aqueduct::{Control, PipelineError};
use tokio::signal::ctrl_c;

/// Runs the pipeline. The first Ctrl-C, or the first SIGTERM, lets what is inside come out, the second does not.
///
/// # Errors
/// Those of the run; after a second Ctrl-C, that it was aborted.
pub async fn until_told<O>(
    run: impl Future<Output = Result<O, PipelineError>>,
    control: &Control,
) -> Result<O, PipelineError> {
    let mut run = pin!(run);
    tokio::select! {
        biased; // Ctrl-C is listened to before the pipeline starts
        Ok(()) = told() => control.finish(),
        outcome = &mut run => return outcome,
    }
    let finishing = async {
        eprintln!("finishing: what was read is still written (Ctrl-C again: stop at once)");
        run.as_mut().await
    };
    tokio::select! {
        biased;
        Ok(()) = told() => control.abort(),
        outcome = finishing => return outcome,
    }
    run.await
}

/// SIGTERM is how a supervisor ends a program: systemd, Docker, Kubernetes.
async fn told() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            told = ctrl_c() => told,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    ctrl_c().await
}
