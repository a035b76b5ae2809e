//! One play: which items a pipeline gets, where it stalls, how it is disturbed, and what must come of it.

use std::fmt;
use std::time::Duration;

use aqueduct::testkit::{ScriptedSource, SourceWatch, Tracked, Tracker};
use aqueduct::{ErrorKind, Running};
use aqueduct_tests::ends::Broken;
use aqueduct_tests::flow::Dice;
use futures_util::StreamExt as _;
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::pipelines::Kind;
use crate::report::Report;

/// The message of a panic that belongs to a play.
pub const PLANNED: &str = "a panic that was planned";

/// What disturbs a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    None,
    /// Its sources are held for a while.
    Pause,
    /// A closure gives an `Err`.
    Fail,
    /// A closure panics.
    Panic,
    /// It is finished early.
    Finish,
    /// It is aborted.
    Abort,
    /// Its `Running` is dropped.
    Drop,
}

/// A play, and what its items and sources tell.
pub struct Play {
    number: u64,
    kind: Kind,
    pub trouble: Trouble,
    pub items: u64,
    /// Of pauses, ends and aborts: when.
    delay: Duration,
    pub step: Step,
    pub tracker: Tracker,
    /// Capacities, concurrencies.
    pub sizes: [usize; 4],
}

/// How a pipeline has ended.
#[derive(Debug)]
pub enum End {
    Done,
    Failed(ErrorKind),
    Dropped,
}

impl Play {
    /// The play of that number.
    pub fn new(seed: u64, number: u64) -> Self {
        let mut dice = Dice(seed ^ number.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let items = 1 + dice.below(3000);
        let trouble = match dice.below(12) {
            0 => Trouble::Pause,
            1 => Trouble::Fail,
            2 => Trouble::Panic,
            3 => Trouble::Finish,
            4 => Trouble::Abort,
            5 => Trouble::Drop,
            _ => Trouble::None,
        };
        let step = Step { seed: dice.below(u64::MAX), trouble, at: dice.below(items) };
        let sizes = [(); 4].map(|()| {
            let most = if dice.below(3) == 0 { 300 } else { 8 };
            1 + dice.below(most) as usize
        });
        Self {
            number,
            kind: Kind::ALL[dice.below(Kind::ALL.len() as u64) as usize],
            trouble,
            items,
            delay: Duration::from_micros(dice.below(8000)),
            step,
            tracker: Tracker::new(),
            sizes,
        }
    }

    /// A source of the items of these numbers, which waits now and then, and who watches it.
    pub fn source(&self, numbers: std::ops::Range<u64>) -> (ScriptedSource<Tracked>, SourceWatch) {
        let mut dice = Dice(self.step.seed ^ numbers.start);
        let mut source = ScriptedSource::new();
        let mut start = numbers.start;
        while start < numbers.end {
            let end = numbers.end.min(start + 1 + dice.below(800));
            source = source.items(self.tracker.items(start..end)).wait(Duration::from_micros(dice.below(2000)));
            start = end;
        }
        let watch = source.watch();
        (source, watch)
    }

    /// Disturbs the pipeline and waits for its end.
    pub async fn disturb<O>(&self, running: Running<O>, report: &Report) -> End {
        let control = running.control();
        match self.trouble {
            Trouble::None | Trouble::Fail | Trouble::Panic => {}
            Trouble::Pause => {
                sleep(self.delay).await;
                control.pause();
                sleep(self.delay).await;
                control.resume();
            }
            Trouble::Finish => {
                sleep(self.delay).await;
                control.finish();
            }
            Trouble::Abort => {
                sleep(self.delay).await;
                control.abort();
            }
            Trouble::Drop => {
                let signals = control.signals();
                sleep(self.delay).await;
                drop(running);
                // They end with the pipeline.
                signals.count().await;
                return End::Dropped;
            }
        }
        let outcome = running.await;
        report.paused(control.snapshot().links.iter().map(|link| link.pauses).sum());
        match outcome {
            Ok(_) => End::Done,
            Err(error) => End::Failed(error.kind()),
        }
    }

    /// Plays it, and checks what came of it.
    pub async fn perform(&self, report: &Report) -> Result<(), String> {
        let (end, copies, watches) = self.kind.play(self, report).await;
        let expected = match (self.trouble, &end) {
            (Trouble::None | Trouble::Pause | Trouble::Finish, End::Done) => true,
            (Trouble::Fail, End::Failed(kind)) => *kind == ErrorKind::Failed,
            (Trouble::Panic, End::Failed(kind)) => *kind == ErrorKind::Panicked,
            // It may have been done before.
            (Trouble::Abort, End::Failed(kind)) => *kind == ErrorKind::Aborted,
            (Trouble::Abort, End::Done) | (Trouble::Drop, End::Dropped) => true,
            _ => false,
        };
        if !expected {
            return Err(format!("{self}: it ended as {end:?}"));
        }
        report.played(self.tracker.arrived() as u64);
        let name = self.to_string();
        // What these assertions say is told by the panic; which play it was, here.
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            if matches!((self.trouble, &end), (Trouble::None | Trouble::Pause, End::Done)) {
                assert_eq!(self.tracker.made() as u64, self.items, "an undisturbed play makes all its items");
            }
            if self.tracker.made() > 0 {
                self.tracker.assert_all_dropped_once();
                if matches!(end, End::Done) {
                    self.tracker.assert_all_times(copies);
                }
            }
            watches.iter().for_each(SourceWatch::assert_closed_once);
        }));
        checked.map_err(|_| name)
    }
}

impl fmt::Display for Play {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, kind, trouble, items, sizes, step, .. } = self;
        write!(f, "play {number}, {kind:?}, {items} items, {trouble:?} at {}, sizes {sizes:?}", step.at)
    }
}

/// What a closure of the pipeline does with an item: stalls, fails, panics, or gives it on.
#[derive(Clone, Copy)]
pub struct Step {
    seed: u64,
    trouble: Trouble,
    at: u64,
}

impl Step {
    /// Fails or panics if it is the item for that.
    pub fn now(self, item: Tracked) -> Result<Tracked, Broken> {
        if item.number() == self.at {
            match self.trouble {
                Trouble::Fail => return Err(Broken("a failure that was planned")),
                Trouble::Panic => std::panic::panic_any(PLANNED),
                _ => {}
            }
        }
        Ok(item)
    }

    /// As [`now`](Self::now), after a stall that most items do not have.
    pub async fn later(self, item: Tracked) -> Result<Tracked, Broken> {
        match Dice(self.seed ^ item.number()).below(400) {
            0 => sleep(Duration::from_millis(2)).await,
            1..=20 => yield_now().await,
            _ => {}
        }
        self.now(item)
    }
}
