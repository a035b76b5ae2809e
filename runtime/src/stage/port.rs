use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use crate::Signal;

/// The opening between the async block of a stage or source and the task around it.
///
/// Both sides are polled by the same task, one after the other, so its lock is never waited for, and neither side has to wake the
/// other: the task polls the block again after it has taken items or told it something.
pub struct Port<T>(Arc<Mutex<State<T>>>);

impl<T> Clone for Port<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct State<T> {
    items: VecDeque<T>,
    /// The task's output has room: what is put here leaves at once.
    open: bool,
    /// A source is to get no further items.
    stopped: bool,
    /// A source has got its last item, and may now close.
    closing: bool,
    /// The source's stream is over; its block goes on to `close`.
    over: bool,
    signals: VecDeque<Signal>,
}

/// What a source is told to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Get an item.
    Next,
    /// Hear a signal.
    Signal(Signal),
    /// Get no further items.
    Stop,
}

impl<T> Port<T> {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            items: VecDeque::new(),
            open: false,
            stopped: false,
            closing: false,
            over: false,
            signals: VecDeque::new(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // The async block's side.

    /// Whether an item put here now would leave at once.
    pub(crate) fn has_room(&self) -> bool {
        let state = self.state();
        state.open && state.items.is_empty()
    }

    /// Puts here what `next` gives; says how many wait then.
    pub(crate) fn fill(&self, next: impl FnMut() -> Option<T>) -> usize {
        let mut state = self.state();
        state.items.extend(std::iter::from_fn(next));
        state.items.len()
    }

    /// How many items wait here.
    pub(crate) fn len(&self) -> usize {
        self.state().items.len()
    }

    /// Whether the task's output takes items.
    pub(crate) fn is_open(&self) -> bool {
        self.state().open
    }

    pub(crate) fn put(&self, item: T) {
        self.state().items.push_back(item);
    }

    /// Puts `item` here, and waits until it has left. It is here before there is room for it, so that the task sees what it is: a
    /// failure needs no room (L8).
    pub(crate) async fn emit(&self, item: T) {
        self.put(item);
        poll_fn(|_| if self.len() == 0 { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    /// The next thing a source is to do: signals first, in order; then items, as long as it is not stopped.
    pub(crate) async fn command(&self) -> Command {
        poll_fn(|_| {
            let mut state = self.state();
            if state.stopped {
                return Poll::Ready(Command::Stop);
            }
            if let Some(signal) = state.signals.pop_front() {
                return Poll::Ready(Command::Signal(signal));
            }
            if state.open && state.items.is_empty() { Poll::Ready(Command::Next) } else { Poll::Pending }
        })
        .await
    }

    /// `future`'s outcome, or `None` when the source is stopped before: the future is dropped then (E5).
    pub(crate) async fn unless_stopped<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = std::pin::pin!(future);
        poll_fn(|cx| if self.state().stopped { Poll::Ready(None) } else { future.as_mut().poll(cx).map(Some) }).await
    }

    /// The source has given its last item; waits until it is to close.
    pub(crate) async fn over(&self) {
        self.state().over = true;
        poll_fn(|_| if self.state().closing { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    // The task's side.

    pub(crate) fn set_open(&self, open: bool) {
        self.state().open = open;
    }

    pub(crate) fn tell(&self, signal: Signal) {
        self.state().signals.push_back(signal);
    }

    pub(crate) fn stop(&self) {
        self.state().stopped = true;
    }

    pub(crate) fn let_close(&self) {
        let mut state = self.state();
        state.stopped = true;
        state.closing = true;
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state().over
    }

    pub(crate) fn has_signals(&self) -> bool {
        !self.state().signals.is_empty()
    }

    pub(crate) fn clear(&self) {
        let items = std::mem::take(&mut self.state().items);
        drop(items);
    }

    /// What `f` says of the item that waits longest here.
    pub(crate) fn with_next<R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        self.state().items.front().map(f)
    }

    /// At most `limit` of the items that wait here. The lock is held for the run: the block is not polled meanwhile.
    pub(crate) fn items(&self, limit: usize) -> impl Iterator<Item = T> {
        let mut state = self.state();
        std::iter::from_fn(move || state.items.pop_front()).take(limit)
    }
}
