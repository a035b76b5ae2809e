//! Ctrl-C, for the programs that finish gracefully.

use std::pin::pin;

use aqueduct::{Control, PipelineError};
use tokio::signal::ctrl_c;

/// Runs the pipeline. The first Ctrl-C lets what is inside come out, the second does not.
///
/// # Errors
/// Those of the run; after a second Ctrl-C, that it was aborted.
pub async fn until_ctrl_c<O>(
    run: impl Future<Output = Result<O, PipelineError>>,
    control: &Control,
) -> Result<O, PipelineError> {
    let mut run = pin!(run);
    tokio::select! {
        biased; // Ctrl-C is listened to before the pipeline starts
        Ok(()) = ctrl_c() => control.finish(),
        outcome = &mut run => return outcome,
    }
    let finishing = async {
        eprintln!("finishing: what was read is still written (Ctrl-C again: stop at once)");
        run.as_mut().await
    };
    tokio::select! {
        biased;
        Ok(()) = ctrl_c() => control.abort(),
        outcome = finishing => return outcome,
    }
    run.await
}
