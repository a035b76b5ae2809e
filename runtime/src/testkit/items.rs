use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::Weigh;
use crate::sync::{Mutex, lock};

/// Makes numbered items and counts what becomes of them: made, cloned, arrived, dropped. Clones are the same tracker.
///
/// What takes items out of the pipeline says so by [`Tracked::arrive`]. So an item that was dropped on the way is lost, and one that
/// arrived twice was doubled; both fail [`assert_all_once`](Self::assert_all_once).
///
/// ```
/// use aqueduct::pipeline;
/// use aqueduct::testkit::{Tracked, Tracker};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let tracker = Tracker::new();
/// let passing = pipeline! {
///     iter(tracker.items(0..1000)) -> queue(8) -> map_async_unordered(4, async |item| item) -> for_each(Tracked::arrive)
/// };
/// let bound = passing.bound().unwrap();
/// passing.run().await?;
/// tracker.assert_all_once();
/// assert_eq!(tracker.arrived(), 1000);
/// assert!(tracker.peak() <= bound);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tracker(Arc<Mutex<Ledger>>);

#[derive(Debug, Default)]
struct Ledger {
    items: BTreeMap<u64, Account>,
    live: usize,
    peak: usize,
}

/// What became of the items of one number.
#[derive(Debug, Default)]
struct Account {
    made: usize,
    cloned: usize,
    arrived: usize,
    dropped: usize,
}

impl Ledger {
    fn enter(&mut self, number: u64) -> &mut Account {
        self.live += 1;
        self.peak = self.peak.max(self.live);
        self.items.entry(number).or_default()
    }

    fn sum(&self, count: impl Fn(&Account) -> usize) -> usize {
        self.items.values().map(count).sum()
    }

    /// What is wrong with which items, as text: empty if nothing is.
    fn complaints(&self, wrong: impl Fn(&Account) -> Option<String>) -> String {
        const SHOWN: usize = 10;
        let mut all =
            self.items.iter().filter_map(|(number, account)| Some(format!("\n  item {number}: {}", wrong(account)?)));
        let mut text: String = all.by_ref().take(SHOWN).collect();
        match all.count() {
            0 => {}
            more => text.push_str(&format!("\n  and {more} more")),
        }
        text
    }
}

impl Account {
    fn wrongly_dropped(&self) -> Option<String> {
        let there = self.made + self.cloned;
        (self.dropped != there).then(|| format!("{} dropped of {there}", self.dropped))
    }

    fn wrongly_arrived(&self, times: usize) -> Option<String> {
        if self.made != 1 {
            return Some(format!("made {} times, so that one cannot be told from the other", self.made));
        }
        (self.arrived != times).then(|| format!("arrived {} times, not {times}", self.arrived))
    }
}

impl Tracker {
    /// A tracker that has made nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A new item.
    #[must_use]
    pub fn item(&self, number: u64) -> Tracked {
        lock(&self.0).enter(number).made += 1;
        Tracked { number, weight: 1, tracker: self.clone() }
    }

    /// The items of these numbers, each made when it is asked for.
    pub fn items<N: IntoIterator<Item = u64>>(&self, numbers: N) -> impl Iterator<Item = Tracked> + use<N> {
        let tracker = self.clone();
        numbers.into_iter().map(move |number| tracker.item(number))
    }

    /// How many items were made, without clones.
    #[must_use]
    pub fn made(&self) -> usize {
        lock(&self.0).sum(|account| account.made)
    }

    /// How many clones were made of items.
    #[must_use]
    pub fn clones(&self) -> usize {
        lock(&self.0).sum(|account| account.cloned)
    }

    /// How often an item has arrived.
    #[must_use]
    pub fn arrived(&self) -> usize {
        lock(&self.0).sum(|account| account.arrived)
    }

    /// How many items there are now, with clones.
    #[must_use]
    pub fn live(&self) -> usize {
        lock(&self.0).live
    }

    /// The most items there have been at once, with clones.
    #[must_use]
    pub fn peak(&self) -> usize {
        lock(&self.0).peak
    }

    /// Fails unless items were made, each of a number of its own, and each arrived exactly once and is dropped. What a pipeline that ended early has
    /// not asked for was not made, and is not missed: [`arrived`](Self::arrived) says how many came.
    #[track_caller]
    pub fn assert_all_once(&self) {
        self.assert_all_times(1);
    }

    /// As [`assert_all_once`](Self::assert_all_once), where each item is to arrive so often: the arms of a `broadcast`. Which copy
    /// has arrived it does not know: twice in one arm and never in another is twice.
    #[track_caller]
    pub fn assert_all_times(&self, times: usize) {
        self.assert_each("arrived as it should", |account| {
            account.wrongly_arrived(times).or_else(|| account.wrongly_dropped())
        });
    }

    /// Fails unless items were made, and each item and each clone was dropped exactly once, wherever that was: what must hold
    /// also of a pipeline that failed or was aborted.
    #[track_caller]
    pub fn assert_all_dropped_once(&self) {
        self.assert_each("was dropped once", Account::wrongly_dropped);
    }

    #[track_caller]
    fn assert_each(&self, what: &str, wrong: impl Fn(&Account) -> Option<String>) {
        let ledger = lock(&self.0);
        let complaints = ledger.complaints(wrong);
        assert!(!ledger.items.is_empty(), "no item was made");
        assert!(complaints.is_empty(), "not every item {what}:{complaints}");
    }
}

/// An item that its [`Tracker`] counts, until [`arrive`](Self::arrive) or its drop.
pub struct Tracked {
    number: u64,
    weight: usize,
    tracker: Tracker,
}

impl Tracked {
    /// Which one it is.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The same item with this weight, for a link that counts bytes; else it weighs 1.
    #[must_use]
    pub fn weighing(mut self, weight: usize) -> Self {
        self.weight = weight;
        self
    }

    /// Says that the item has come to where it should go, and drops it.
    pub fn arrive(self) {
        lock(&self.tracker.0).items.entry(self.number).or_default().arrived += 1;
    }
}

impl Weigh for Tracked {
    fn weight(&self) -> usize {
        self.weight
    }
}

impl Clone for Tracked {
    fn clone(&self) -> Self {
        lock(&self.tracker.0).enter(self.number).cloned += 1;
        Self { number: self.number, weight: self.weight, tracker: self.tracker.clone() }
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        let mut ledger = lock(&self.tracker.0);
        // An item dropped twice, by a defect in unsafe code, is for `assert_all_dropped_once` to report.
        ledger.live = ledger.live.saturating_sub(1);
        ledger.items.entry(self.number).or_default().dropped += 1;
    }
}

impl fmt::Debug for Tracked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tracked").field(&self.number).finish()
    }
}
