//! What the tables of operators share: a source that is watched, values that say which items are in them, what came out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aqueduct::testkit::{Tracked, Tracker};
use aqueduct::{BoxError, Source};

/// So many milliseconds.
#[must_use]
pub const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// A source of the items of a tracker, numbered from 0, and what happened to it.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// Its items.
    pub tracker: Tracker,
    calls: Arc<Calls>,
}

#[derive(Debug, Default)]
struct Calls {
    closes: AtomicUsize,
    drops: AtomicUsize,
    late: AtomicUsize,
}

impl Watched {
    /// A source of which nothing has been asked.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A source of `items` items, one each `every`, or all at once if that is zero; after them it waits for ever.
    #[must_use]
    pub fn source(&self, items: u64, every: Duration) -> WatchedSource {
        WatchedSource { watched: self.clone(), next: 0, items, every, fails: false, over: false }
    }

    /// A source of `items` items that come at once, which fails with `dry` then.
    #[must_use]
    pub fn failing(&self, items: u64) -> WatchedSource {
        let mut source = self.source(items, Duration::ZERO);
        source.fails = true;
        source
    }

    /// How many items it has given.
    #[must_use]
    pub fn made(&self) -> u64 {
        self.tracker.made() as u64
    }

    /// Whether the source was closed and dropped, each once, and not asked after its end.
    #[must_use]
    pub fn is_closed_once(&self) -> bool {
        let read = |count: &AtomicUsize| count.load(Ordering::SeqCst);
        (read(&self.calls.closes), read(&self.calls.drops), read(&self.calls.late)) == (1, 1, 0)
    }

    /// Fails unless the source was closed and dropped, each once, and every item was dropped once (one that was dropped twice makes
    /// the count of those that live wrap). An item in a call on the blocking pool is waited for: the call cannot be interrupted (E1).
    pub async fn assert_all_gone(&self, what: &str) {
        assert!(self.is_closed_once(), "{what}: {:?}", self.calls);
        assert!(self.tracker.made() > 0, "{what}: no item was made");
        if what.contains("blocking") {
            while self.tracker.live() > 0 {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(self.tracker.live(), 0, "{what}: items left behind");
    }
}

/// The source of a [`Watched`].
#[derive(Debug)]
pub struct WatchedSource {
    watched: Watched,
    next: u64,
    items: u64,
    every: Duration,
    fails: bool,
    over: bool,
}

impl Source for WatchedSource {
    type Item = Tracked;

    async fn next(&mut self) -> Result<Option<Tracked>, BoxError> {
        if self.over {
            self.watched.calls.late.fetch_add(1, Ordering::SeqCst);
        }
        if self.next == self.items {
            if self.fails {
                self.over = true;
                return Err("dry".into());
            }
            std::future::pending::<()>().await;
        }
        if !self.every.is_zero() {
            tokio::time::sleep(self.every).await;
        }
        self.next += 1;
        Ok(Some(self.watched.tracker.item(self.next - 1)))
    }

    async fn close(&mut self) {
        self.over = true;
        self.watched.calls.closes.fetch_add(1, Ordering::SeqCst);
    }
}

impl Drop for WatchedSource {
    fn drop(&mut self) {
        self.watched.calls.drops.fetch_add(1, Ordering::SeqCst);
    }
}

/// A value that carries items.
pub trait Carries {
    /// The numbers of its items.
    fn numbers(&self) -> Vec<u64>;
}

impl Carries for Tracked {
    fn numbers(&self) -> Vec<u64> {
        vec![self.number()]
    }
}

impl Carries for Vec<Tracked> {
    fn numbers(&self) -> Vec<u64> {
        self.iter().map(|item| item.number()).collect()
    }
}

/// The numbers of the items that came out, in their order.
#[derive(Clone, Debug, Default)]
pub struct Came(Arc<Mutex<Vec<u64>>>);

impl Came {
    /// Notes what came.
    pub fn note(&self, value: &impl Carries) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(value.numbers());
    }

    /// What has come so far.
    #[must_use]
    pub fn all(&self) -> Vec<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What has come so far, sorted.
    #[must_use]
    pub fn sorted(&self) -> Vec<u64> {
        let mut all = self.all();
        all.sort_unstable();
        all
    }
}
