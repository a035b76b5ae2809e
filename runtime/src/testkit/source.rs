use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::Gate;
use crate::sync::{Mutex, lock};
use crate::{BoxError, Signal, Source};

/// A source that plays a script: items, waits, holds, and at last the end, an error or a panic.
///
/// The steps are played in the order in which they were added; after the last one the source ends. [`watch`](Self::watch) gives
/// what was asked of it and told to it.
///
/// ```
/// use std::time::Duration;
///
/// use aqueduct::pipeline;
/// use aqueduct::testkit::{Gate, ScriptedSource};
/// use tokio::time::Instant;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let released = Gate::new();
/// let source = ScriptedSource::new().items([1, 2]).wait(Duration::from_secs(60)).hold(&released).item(3).fail("broken pipe");
/// let watch = source.watch();
///
/// let start = Instant::now();
/// let summing = pipeline! { from(source) as socket -> fold(0, |sum, n| sum + n) }.spawn();
/// released.allow(1);
/// let error = summing.await.unwrap_err();
/// assert_eq!((error.stage(), start.elapsed().as_secs()), ("socket", 60));
/// watch.assert_closed_once();
/// # }
/// ```
#[must_use = "a source does nothing until a pipeline asks it"]
pub struct ScriptedSource<T> {
    steps: VecDeque<Step<T>>,
    closing: Option<Gate>,
    over: bool,
    watch: SourceWatch,
}

enum Step<T> {
    Items(Box<dyn Iterator<Item = T> + Send>),
    Wait(Duration),
    Hold(Gate),
    Fail(BoxError),
    Panic(String),
}

impl<T> Default for ScriptedSource<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> ScriptedSource<T> {
    /// A source with an empty script: it ends at once.
    pub fn new() -> Self {
        Self { steps: VecDeque::new(), closing: None, over: false, watch: SourceWatch::default() }
    }

    fn then(mut self, step: Step<T>) -> Self {
        self.steps.push_back(step);
        self
    }

    /// Gives an item.
    pub fn item(self, item: T) -> Self
    where
        T: Send + 'static,
    {
        self.items(std::iter::once(item))
    }

    /// Gives the items, each made when it is asked for.
    pub fn items(self, items: impl IntoIterator<Item = T, IntoIter: Send + 'static>) -> Self {
        self.then(Step::Items(Box::new(items.into_iter())))
    }

    /// Waits, by tokio's clock, from when it is asked.
    pub fn wait(self, time: Duration) -> Self {
        self.then(Step::Wait(time))
    }

    /// Waits to be let through the gate.
    pub fn hold(self, gate: &Gate) -> Self {
        self.then(Step::Hold(gate.clone()))
    }

    /// Waits for ever.
    pub fn pending(self) -> Self {
        self.hold(&Gate::new())
    }

    /// Fails. What stands after it is never played, since a pipeline does not ask again (`E4`).
    pub fn fail(self, error: impl Into<BoxError>) -> Self {
        self.then(Step::Fail(error.into()))
    }

    /// Panics. What stands after it is never played.
    pub fn panic(self, message: impl Into<String>) -> Self {
        self.then(Step::Panic(message.into()))
    }

    /// Its `close` waits to be let through the gate.
    pub fn closing_at(mut self, gate: &Gate) -> Self {
        self.closing = Some(gate.clone());
        self
    }

    /// What was asked of the source and told to it.
    #[must_use]
    pub fn watch(&self) -> SourceWatch {
        self.watch.clone()
    }
}

impl<T: Send> Source for ScriptedSource<T> {
    type Item = T;

    async fn next(&mut self) -> Result<Option<T>, BoxError> {
        self.watch.record(|seen| {
            seen.calls.push(SourceCall::Next);
            seen.late += usize::from(self.over);
        });
        // A step is played to its end before it is left, so that a `next` that was dropped loses nothing.
        while let Some(step) = self.steps.front_mut() {
            match step {
                Step::Items(items) => {
                    if let Some(item) = items.next() {
                        self.watch.record(|seen| seen.answered += 1);
                        return Ok(Some(item));
                    }
                }
                Step::Wait(time) => sleep(*time).await,
                Step::Hold(gate) => gate.pass().await,
                Step::Fail(_) | Step::Panic(_) => break,
            }
            self.steps.pop_front();
        }
        self.over = true;
        self.watch.record(|seen| seen.answered += 1);
        match self.steps.pop_front() {
            Some(Step::Fail(error)) => Err(error),
            Some(Step::Panic(message)) => panic!("{message}"),
            _ => Ok(None),
        }
    }

    fn on_signal(&mut self, signal: Signal) {
        self.watch.record(|seen| seen.calls.push(SourceCall::Signal(signal)));
    }

    async fn close(&mut self) {
        self.over = true;
        self.watch.record(|seen| seen.calls.push(SourceCall::Close));
        if let Some(gate) = &self.closing {
            gate.pass().await;
        }
        self.watch.record(|seen| seen.closed += 1);
    }
}

impl<T> Drop for ScriptedSource<T> {
    fn drop(&mut self) {
        self.watch.record(|seen| seen.dropped = true);
    }
}

impl<T> fmt::Debug for ScriptedSource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedSource").field("steps", &self.steps.len()).finish_non_exhaustive()
    }
}

/// A call on a [`ScriptedSource`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceCall {
    /// `next` was called.
    Next,
    /// `on_signal` was called.
    Signal(Signal),
    /// `close` was called.
    Close,
}

/// What was asked of a [`ScriptedSource`] and told to it: made by [`watch`](ScriptedSource::watch), and alive after the source.
#[derive(Clone, Debug, Default)]
pub struct SourceWatch(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    calls: Vec<SourceCall>,
    answered: usize,
    late: usize,
    closed: usize,
    dropped: bool,
}

impl SourceWatch {
    fn record(&self, what: impl FnOnce(&mut Seen)) {
        what(&mut lock(&self.0));
    }

    fn count(&self, call: SourceCall) -> usize {
        lock(&self.0).calls.iter().filter(|each| **each == call).count()
    }

    /// All calls so far, in their order.
    #[must_use]
    pub fn calls(&self) -> Vec<SourceCall> {
        lock(&self.0).calls.clone()
    }

    /// How often `next` was called.
    #[must_use]
    pub fn nexts(&self) -> usize {
        self.count(SourceCall::Next)
    }

    /// How many `next`s have not given anything: those that were dropped while they waited, and one that still waits.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.nexts() - lock(&self.0).answered
    }

    /// The signals heard so far.
    #[must_use]
    pub fn signals(&self) -> Vec<Signal> {
        let calls = self.calls();
        calls
            .into_iter()
            .filter_map(|call| if let SourceCall::Signal(signal) = call { Some(signal) } else { None })
            .collect()
    }

    /// How often `close` was called.
    #[must_use]
    pub fn closes(&self) -> usize {
        self.count(SourceCall::Close)
    }

    /// Whether the source has been dropped.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        lock(&self.0).dropped
    }

    /// Fails unless the source was closed once (`S5`), to the end of its `close`, then dropped, and never asked after its end (`E4`).
    #[track_caller]
    pub fn assert_closed_once(&self) {
        assert_eq!(self.closes(), 1, "how often `close` was called: {self:?}");
        let seen = lock(&self.0);
        assert_eq!(seen.closed, 1, "how often `close` came to its end: {seen:?}");
        assert!(seen.dropped, "the source has not been dropped: {seen:?}");
        assert_eq!(seen.late, 0, "how often `next` was called after the end: {seen:?}");
    }

    /// Fails if the source was asked for an item between a Pause and the Drain that follows it, or if the two did not alternate (`L6`).
    #[track_caller]
    pub fn assert_not_asked_while_paused(&self) {
        let mut paused = false;
        let calls = self.calls();
        for (at, call) in calls.iter().enumerate() {
            match call {
                SourceCall::Next => assert!(!paused, "asked while paused, at {at} of {calls:?}"),
                SourceCall::Signal(signal) => {
                    assert_ne!(paused, *signal == Signal::Pause, "{signal:?} again, at {at} of {calls:?}");
                    paused = !paused;
                }
                SourceCall::Close => {}
            }
        }
    }
}
