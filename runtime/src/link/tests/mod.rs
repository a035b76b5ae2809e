//! The proofs of the link.
//!
//! `random` plays random moves on a link and compares it with a simple model, one thread, both cores; `runs` and `sharing` have what
//! the model does not know. `loom` tries every interleaving of two threads on a small link (`--cfg loom`). `../README.md` says what
//! each covers and how to run it.

#[cfg(loom)]
pub(crate) mod loom;
#[cfg(not(loom))]
pub(crate) mod random;
#[cfg(not(loom))]
mod runs;
#[cfg(not(loom))]
mod sharing;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};

use super::state::{LinkState, Place};
use crate::signal::{Observers, Signals};
use crate::{Name, Signal};

/// Counts how many items were made and how often each was dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    made: Arc<AtomicUsize>,
    drops: Arc<[AtomicUsize]>,
}

/// An item that enters its drop in the ledger.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) number: usize,
    pub(crate) weight: usize,
    ledger: Ledger,
}

impl Ledger {
    /// For at most `most` items.
    pub(crate) fn new(most: usize) -> Self {
        Self { made: Arc::default(), drops: (0..most).map(|_| AtomicUsize::new(0)).collect() }
    }

    /// The next item: numbers count from 0.
    pub(crate) fn make(&self, weight: usize) -> Item {
        Item { number: self.made.fetch_add(1, Ordering::Relaxed), weight, ledger: self.clone() }
    }

    pub(crate) fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }

    /// Whether the item was dropped.
    #[cfg(not(loom))]
    pub(crate) fn is_dropped(&self, number: usize) -> bool {
        self.drops[number].load(Ordering::Relaxed) > 0
    }

    /// Every item that was made has been dropped, once.
    pub(crate) fn close(&self) {
        for (number, drops) in self.drops.iter().enumerate() {
            let expected = usize::from(number < self.made());
            assert_eq!(drops.load(Ordering::Relaxed), expected, "item {number} was dropped a wrong number of times");
        }
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        self.ledger.drops[self.number].fetch_add(1, Ordering::Relaxed);
    }
}

/// A link's state with a stream of its signals.
pub(crate) fn watched(capacity: usize, low: usize) -> (Arc<LinkState>, Arc<Observers>, Signals) {
    let state = Arc::new(LinkState::new(capacity, low));
    let observers = Arc::new(Observers::default());
    let signals = Signals(observers.subscribe());
    let [name, from, to] = ["link", "above", "below"].map(Name::from);
    let (pipeline, watching) = ("pipeline".into(), Arc::clone(&observers));
    state.stand_at(Place { pipeline, name, from, to, observers: watching, tasks: None });
    (state, observers, signals)
}

/// The signals that have come so far.
pub(crate) fn read(signals: &mut Signals) -> Vec<(Signal, usize)> {
    let mut read = Vec::new();
    while let Some(Some(event)) = signals.next().now_or_never() {
        assert_eq!(event.missed, 0, "the model reads all events");
        read.push((event.signal, event.len));
    }
    read
}

/// Runs `test` on a thread of its own and fails when it takes longer than `limit`.
#[track_caller]
pub(crate) fn within(limit: Duration, test: impl FnOnce() + Send + 'static) {
    let (done, wait) = channel();
    let thread = std::thread::spawn(move || {
        test();
        let _ = done.send(());
    });
    if wait.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
        panic!("the test took longer than {limit:?}");
    }
    if let Err(payload) = thread.join() {
        std::panic::resume_unwind(payload);
    }
}
