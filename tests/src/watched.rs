//! What the tables of operators share: a source that is watched, values that say which items are in them, what came out.

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aqueduct::testkit::{ScriptedSource, SourceWatch, Tracked, Tracker};

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
    source: Arc<OnceLock<SourceWatch>>,
}

impl Watched {
    /// A source of which nothing has been asked.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A source of `items` items, one each `every`, or all at once if that is zero; after them it waits for ever.
    pub fn source(&self, items: u64, every: Duration) -> ScriptedSource<Tracked> {
        let script = ScriptedSource::new();
        let script = if every.is_zero() {
            script.items(self.items(0..items))
        } else {
            (0..items).fold(script, |script, n| script.wait(every).items(self.items(n..n + 1)))
        };
        self.watched(script.pending())
    }

    /// A source of `items` items that come at once, which fails with `dry` then.
    pub fn failing(&self, items: u64) -> ScriptedSource<Tracked> {
        self.watched(ScriptedSource::new().items(self.items(0..items)).fail("dry"))
    }

    /// The items of these numbers, each made when it is asked for.
    fn items(&self, numbers: Range<u64>) -> impl Iterator<Item = Tracked> + Send + use<> {
        let tracker = self.tracker.clone();
        numbers.map(move |n| tracker.item(n))
    }

    fn watched(&self, source: ScriptedSource<Tracked>) -> ScriptedSource<Tracked> {
        self.source.set(source.watch()).expect("one source is watched");
        source
    }

    /// How many items it has given.
    #[must_use]
    pub fn made(&self) -> u64 {
        self.tracker.made() as u64
    }

    /// Fails unless the source was closed and dropped, each once, and not asked after its end.
    #[track_caller]
    pub fn assert_closed_once(&self, what: &str) {
        let watch = self.source.get().expect("there was a source");
        assert!(watch.is_dropped(), "{what}: {watch:?}");
        watch.assert_closed_once();
    }

    /// Fails unless the source was closed and dropped, each once, and every item was dropped once (one that was dropped twice makes
    /// the count of those that live wrap). An item in a call on the blocking pool is waited for: the call cannot be interrupted (E1).
    pub async fn assert_all_gone(&self, what: &str) {
        self.assert_closed_once(what);
        assert!(self.tracker.made() > 0, "{what}: no item was made");
        if what.contains("blocking") {
            while self.tracker.live() > 0 {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(self.tracker.live(), 0, "{what}: items left behind");
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
