use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::graph::Graph;
use crate::stage::Run;
use crate::{Signals, Snapshot, Stalls};

/// The handle of a pipeline: to hold it, end it and look at it, from anywhere and by as many as like.
///
/// A second pause, resume, finish or abort, or one after the end, does nothing (`E8`). Dropping a control does nothing.
///
/// ```
/// use aqueduct::pipeline;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let counting = pipeline! { repeat_with(|| 1u32) -> queue(8) -> count() }.spawn();
/// let control = counting.control();
/// tokio::task::yield_now().await;
/// control.finish();
/// assert_eq!(counting.await?, control.snapshot().stage("count").unwrap().items_in);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Control {
    run: Arc<Run>,
}

impl Control {
    pub(crate) fn new(run: Arc<Run>) -> Self {
        Self { run }
    }

    /// Holds the sources; what is inside flows on (`E7`).
    pub fn pause(&self) {
        self.run.pause();
    }

    /// Lets the sources go on after [`pause`](Self::pause) (`E7`).
    pub fn resume(&self) {
        self.run.resume();
    }

    /// Ends the pipeline gracefully: sources stop, everything inside comes out, sinks finish, and the run is `Ok` (`E5`).
    ///
    /// A source's `next` that is in progress is dropped. A paused pipeline finishes without being resumed.
    pub fn finish(&self) {
        self.run.finish();
    }

    /// As [`finish`](Self::finish), but aborts what has not ended after `within`, closing of sources and finishing of sinks
    /// included (`E5`). Of several deadlines the earliest holds.
    ///
    /// # Panics
    /// The deadline is a timer of tokio: a pipeline under `run_local` outside a tokio runtime panics when it reads it.
    pub fn finish_within(&self, within: Duration) {
        // Past what the clock can express there is no deadline.
        match Instant::now().checked_add(within) {
            Some(deadline) => self.run.finish_by(deadline),
            None => self.run.finish(),
        }
    }

    /// Ends the pipeline now: items inside are dropped, and the outcome is an error of kind
    /// [`Aborted`](crate::ErrorKind::Aborted) (`E6`). Sources are still closed.
    pub fn abort(&self) {
        self.run.abort();
    }

    /// What each stage has done and how full each link is, now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.run.snapshot()
    }

    /// Waits until all tasks have ended.
    #[cfg(any(feature = "metrics", feature = "progress", feature = "top"))]
    pub(crate) fn ended(&self) -> crate::stage::RunEnd {
        Arc::clone(&self.run).end()
    }

    /// The pipeline's shape.
    #[must_use]
    pub fn graph(&self) -> Arc<Graph> {
        Arc::clone(self.run.graph())
    }

    /// Every Pause and Drain from now on.
    pub fn signals(&self) -> Signals {
        Signals(self.run.observers().subscribe())
    }

    /// Every stall from now on: no item has moved for as long as the option `#![stall = …]` says, although some are inside.
    ///
    /// Without that option nobody looks, and the stream is silent until it ends with the run. A stall is told once; when something
    /// has moved since, the next is another. Not stalled is a pipeline whose sources give nothing. Items that wait on
    /// purpose, before a `delay` or a `throttle`, are inside: let the option's time be longer than such a wait.
    ///
    /// The run is looked at once in that time, so a stall is told when it has lasted between once and twice as long.
    ///
    /// ```
    /// use aqueduct::pipeline;
    /// use futures_util::StreamExt;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// let storing = pipeline! {
    ///     #![stall = 30s]
    ///     iter(0..100) -> queue(8) -> for_each_async(1, async |_| std::future::pending::<()>().await) as store
    /// }
    /// .spawn();
    /// let stall = storing.control().stalls().next().await.unwrap();
    /// assert_eq!(stall.snapshot.stage("store").unwrap().in_flight, 1);
    /// # }
    /// ```
    pub fn stalls(&self) -> Stalls {
        Stalls(self.run.stalls().subscribe())
    }
}
