use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::{Gate, PATIENCE};
use crate::sync::{Mutex, lock};
use crate::{BoxError, Sink};

/// A sink that takes nothing until it is allowed to, and keeps what it took.
///
/// The item that stands at its gate has left the link (`L11`), and is the sink's only when it has passed.
///
/// ```
/// use aqueduct::pipeline;
/// use aqueduct::testkit::{GatedSink, Probe};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let sink = GatedSink::new();
/// let watch = sink.watch();
/// let storing = pipeline! { iter(0..10) -> queue(4) as waiting -> into(sink) }.spawn();
///
/// Probe::new(&storing.control(), "waiting").expect_paused().await;
/// watch.allow(3);
/// watch.expect_taken(3).await;
/// assert_eq!(watch.items(), [0, 1, 2]);
///
/// watch.open();
/// storing.await?;
/// assert_eq!(watch.take().len(), 10);
/// assert!(watch.is_finished());
/// # Ok(())
/// # }
/// ```
#[must_use = "a sink does nothing until a pipeline gives it items"]
pub struct GatedSink<T> {
    gate: Gate,
    taken: Arc<Mutex<Vec<T>>>,
    progress: watch::Sender<Progress>,
    fault: Option<(usize, Fault)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    taken: usize,
    finished: bool,
}

enum Fault {
    Error(BoxError),
    Panic(String),
}

impl<T> Default for GatedSink<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> GatedSink<T> {
    /// A sink whose gate is closed.
    pub fn new() -> Self {
        Self { gate: Gate::new(), taken: Arc::default(), progress: watch::Sender::default(), fault: None }
    }

    /// After `taken` items it fails, with the next that passes the gate.
    pub fn fail_after(mut self, taken: usize, error: impl Into<BoxError>) -> Self {
        self.fault = Some((taken, Fault::Error(error.into())));
        self
    }

    /// After `taken` items it panics, with the next that passes the gate.
    pub fn panic_after(mut self, taken: usize, message: impl Into<String>) -> Self {
        self.fault = Some((taken, Fault::Panic(message.into())));
        self
    }

    /// To let items in, and see what came.
    #[must_use]
    pub fn watch(&self) -> SinkWatch<T> {
        SinkWatch {
            gate: self.gate.clone(),
            taken: Arc::clone(&self.taken),
            progress: self.progress.subscribe(),
            patience: PATIENCE,
        }
    }
}

impl<T: Send> Sink<T> for GatedSink<T> {
    type Output = ();

    async fn write(&mut self, item: T) -> Result<(), BoxError> {
        self.gate.pass().await;
        match self.fault.take_if(|(after, _)| *after == self.progress.borrow().taken) {
            Some((_, Fault::Error(error))) => return Err(error),
            Some((_, Fault::Panic(message))) => panic!("{message}"),
            None => {}
        }
        lock(&self.taken).push(item);
        self.progress.send_modify(|progress| progress.taken += 1);
        Ok(())
    }

    async fn finish(self) -> Result<(), BoxError> {
        self.progress.send_modify(|progress| progress.finished = true);
        Ok(())
    }
}

impl<T> fmt::Debug for GatedSink<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatedSink").field("progress", &*self.progress.borrow()).finish_non_exhaustive()
    }
}

/// The other side of a [`GatedSink`]: lets items in, and has what came. Made by [`watch`](GatedSink::watch), and alive after the sink.
pub struct SinkWatch<T> {
    gate: Gate,
    taken: Arc<Mutex<Vec<T>>>,
    progress: watch::Receiver<Progress>,
    patience: Duration,
}

impl<T> SinkWatch<T> {
    /// Waits this long in [`expect_taken`](Self::expect_taken), by tokio's clock, instead of 5 seconds.
    #[must_use]
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Lets `n` more items in.
    pub fn allow(&self, n: usize) {
        self.gate.allow(n);
    }

    /// Lets all items in, for good.
    pub fn open(&self) {
        self.gate.open();
    }

    /// How many items the sink has taken in all.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.progress.borrow().taken
    }

    /// Whether the sink was finished: not on failure or abort (`S4`).
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.progress.borrow().finished
    }

    /// The items that came since the last [`take`](Self::take), in their order; they stay.
    #[must_use]
    pub fn items(&self) -> Vec<T>
    where
        T: Clone,
    {
        lock(&self.taken).clone()
    }

    /// Takes out the items that came since the last time, in their order.
    #[must_use]
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut lock(&self.taken))
    }

    /// Waits until the sink has taken `n` items in all.
    ///
    /// # Panics
    /// When it has taken more, when it is dropped before, or when the time is over.
    #[track_caller]
    pub fn expect_taken(&self, n: usize) -> impl Future<Output = ()> + use<T> {
        let caller = Location::caller();
        let patience = self.patience;
        let mut progress = self.progress.clone();
        async move {
            let waited = timeout(patience, progress.wait_for(|progress| progress.taken >= n)).await;
            // What it gives locks the progress.
            let why = match waited.map(|reached| reached.map(drop)) {
                Ok(Ok(())) => "too many",
                Ok(Err(_)) => "the sink is gone",
                Err(_) => &format!("after {patience:?}"),
            };
            let taken = progress.borrow().taken;
            assert!(taken == n, "expected that the sink takes {n} items ({caller}), it took {taken}: {why}");
        }
    }
}

impl<T> fmt::Debug for SinkWatch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SinkWatch").field("progress", &*self.progress.borrow()).finish_non_exhaustive()
    }
}
