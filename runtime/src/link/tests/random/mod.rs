//! Random moves on a link, compared with a model of its rules. `ring` and `shared` have a model each.
//!
//! A failure prints its seed; `AQUEDUCT_SEED=<seed>` runs that case alone.

mod model;
mod ring;
mod shared;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};
use std::time::Duration;

use super::{Item, Ledger, within};

/// A small generator of random numbers (splitmix64), the same everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    /// Once in `n` times.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// A waker that counts, and whether its owner sleeps: has been told to wait and not been woken since.
#[derive(Default)]
pub(crate) struct Sleeper {
    wakes: Arc<Wakes>,
    asleep: Option<usize>,
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Sleeper {
    pub(crate) fn waker(&self) -> Waker {
        Arc::clone(&self.wakes).into()
    }

    pub(crate) fn count(&self) -> usize {
        self.wakes.0.load(Ordering::Relaxed)
    }

    /// Whether somebody still has the waker.
    pub(crate) fn is_kept(&self) -> bool {
        Arc::strong_count(&self.wakes) > 1
    }

    /// A poll gave `Pending` (`true`) or not.
    pub(crate) fn told(&mut self, pending: bool) {
        self.asleep = pending.then(|| self.count());
    }

    /// What the owner waits for has come: it must have been woken (L7).
    pub(crate) fn expect_woken(&mut self) {
        if let Some(before) = self.asleep.take() {
            assert!(self.count() > before, "a sleeper was not woken");
        }
    }
}

/// How an iterator of new items behaves.
#[derive(Clone, Copy)]
struct Feed {
    items: usize,
    /// It panics instead of giving this item.
    panic_at: Option<usize>,
    /// What its size hint says: the truth, too much, or nothing.
    hint: Hint,
}

#[derive(Clone, Copy)]
enum Hint {
    Exact,
    More,
    Unknown,
}

impl Feed {
    fn roll(dice: &mut Dice, most: usize) -> Self {
        let items = dice.below(most + 1);
        let panic_at = (items > 0 && dice.one_in(12)).then(|| dice.below(items));
        let hint = [Hint::Exact, Hint::More, Hint::Unknown][dice.below(3)];
        Self { items, panic_at, hint }
    }

    /// The items; `given` counts those that were given.
    fn items<'a>(
        self,
        ledger: &'a Ledger,
        given: &'a Cell<usize>,
        mut weight: impl FnMut() -> usize + 'a,
    ) -> Hinted<impl Iterator<Item = Item> + 'a> {
        let inner = std::iter::from_fn(move || {
            if self.panic_at == Some(given.get()) {
                planned_panic();
            }
            if given.get() == self.items {
                return None;
            }
            given.set(given.get() + 1);
            Some(ledger.make(weight()))
        });
        Hinted { inner, left: self.items, hint: self.hint }
    }
}

struct Hinted<I> {
    inner: I,
    left: usize,
    hint: Hint,
}

impl<I: Iterator> Iterator for Hinted<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let item = self.inner.next();
        self.left -= usize::from(item.is_some());
        item
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self.hint {
            Hint::Exact => (self.left, Some(self.left)),
            Hint::More => (0, Some(self.left + 2)),
            Hint::Unknown => (0, None),
        }
    }
}

struct Planned;

/// A panic that the test itself catches, without a message.
fn planned_panic() -> ! {
    resume_unwind(Box::new(Planned))
}

/// `f`'s result, or `None` when it panicked as planned.
fn survive<R>(f: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(result) => Some(result),
        Err(payload) if payload.is::<Planned>() => None,
        Err(payload) => resume_unwind(payload),
    }
}

/// Prints the seed of a case that fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("failed with AQUEDUCT_SEED={}", self.0);
        }
    }
}

/// Plays `count` cases, each with its seed, within a minute.
#[track_caller]
pub(crate) fn cases(count: u64, case: fn(&mut Dice)) {
    within(Duration::from_secs(60), move || {
        let alone = std::env::var("AQUEDUCT_SEED").ok().map(|seed| seed.parse().expect("AQUEDUCT_SEED is a number"));
        let seeds = alone.map_or(0..count, |seed: u64| seed..seed + 1);
        for seed in seeds {
            let _seed = Seed(seed);
            case(&mut Dice::new(seed));
        }
    });
}
