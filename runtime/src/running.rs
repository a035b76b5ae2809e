use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::stage::{Outcome, Run, RunEnd};
use crate::{Control, PipelineError};

/// A pipeline that has been spawned. Await it for the outcome; dropping it aborts the pipeline (`E6`).
///
/// # Errors
/// The future gives the run's first failure (`E1`), after every task has ended.
///
/// # Cancel safety
/// Awaiting `&mut running` may be cancelled and begun again. Dropping the value itself aborts the pipeline; to let it run on
/// alone, [`detach`](Self::detach) it.
#[must_use = "dropping a `Running` aborts its pipeline: await it, or `detach()` it"]
pub struct Running<O> {
    run: Arc<Run>,
    out: Outcome<O>,
    end: RunEnd,
    detached: bool,
}

impl<O> Running<O> {
    pub(crate) fn new(run: Arc<Run>, out: Outcome<O>) -> Self {
        let end = Arc::clone(&run).end();
        Self { run, out, end, detached: false }
    }

    /// A handle to hold, end and look at the pipeline.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.run))
    }

    /// Lets the pipeline run on by itself; its output and its failure are told to nobody.
    pub fn detach(mut self) -> Control {
        self.detached = true;
        self.control()
    }
}

/// What [`Pipeline::run`](crate::Pipeline::run) gives: starts the pipeline when it is first polled, and waits for its end.
///
/// It does not name the pipeline's body, so that a stage that is not `Send` is reported once, where `run` is called.
#[must_use = "a pipeline does nothing until its `run()` is awaited"]
pub struct Starting<O> {
    launch: Option<Box<dyn Launch<O> + Send>>,
    running: Option<Running<O>>,
}

/// A pipeline whose type is forgotten, to be started.
pub(crate) trait Launch<O> {
    fn launch(self: Box<Self>) -> Running<O>;
}

impl<O> Starting<O> {
    pub(crate) fn new(launch: Box<dyn Launch<O> + Send>) -> Self {
        Self { launch: Some(launch), running: None }
    }
}

impl<O> Future for Starting<O> {
    type Output = Result<O, PipelineError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(launch) = self.launch.take() {
            self.running = Some(launch.launch());
        }
        match &mut self.running {
            Some(running) => Pin::new(running).poll(cx),
            // Only after the start has panicked.
            None => Poll::Ready(Err(PipelineError::aborted())),
        }
    }
}

impl<O> fmt::Debug for Starting<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Starting").field("running", &self.running).finish_non_exhaustive()
    }
}

/// The outcome of a run that has ended.
pub(crate) fn outcome<O>(run: &Run, out: Option<O>) -> Result<O, PipelineError> {
    match (run.take_failure(), out) {
        (Some(failure), _) => Err(failure),
        (None, Some(output)) => Ok(output),
        // Asked a second time, after the failure has been given.
        (None, None) => Err(PipelineError::aborted()),
    }
}

impl<O> Future for Running<O> {
    type Output = Result<O, PipelineError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.run.flags().ended() {
            ready!(self.end.as_mut().poll(cx));
        }
        Poll::Ready(outcome(&self.run, self.out.take()))
    }
}

impl<O> Drop for Running<O> {
    fn drop(&mut self) {
        if !self.detached {
            self.run.abort();
        }
    }
}

impl<O> fmt::Debug for Running<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("ended", &self.run.flags().ended()).finish_non_exhaustive()
    }
}
