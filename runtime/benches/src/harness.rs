//! What a case is, and how it is measured.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::{Builder, Runtime};

/// One comparison.
#[derive(Clone, Copy)]
pub struct Case {
    /// What is done. A case of the design's table begins with its name there: `p1`, `g2`.
    pub name: &'static str,
    /// Who else does it.
    pub against: &'static str,
    /// How many times faster than that we want to be.
    pub wanted: Option<f64>,
    /// The threads of the runtime; 0 is a current-thread one.
    pub workers: usize,
    pub ours: Side,
    pub theirs: Side,
}

/// What is measured of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// How long it takes.
    Wall,
    /// How long it keeps the processor: what else the machine does hardly counts. It says nothing of a run on several threads.
    Processor,
}

impl Clock {
    /// The seconds that `run` takes.
    fn time(self, run: impl FnOnce()) -> f64 {
        let used = || {
            let used = clock_gettime(ClockId::ProcessCPUTime);
            Duration::try_from(used).expect("a time since the process began")
        };
        let (start, before) = (Instant::now(), used());
        run();
        let taken = match self {
            Self::Wall => start.elapsed(),
            Self::Processor => used() - before,
        };
        taken.as_secs_f64()
    }
}

/// What is run, and over how many items: enough for some tens of milliseconds.
#[derive(Clone, Copy)]
pub struct Side {
    run: Run,
    pub items: u64,
}

#[derive(Clone, Copy)]
enum Run {
    Here(fn(&Runtime, u64) -> u64),
    Apart(fn(u64) -> (u64, f64)),
}

impl Side {
    /// `run` gets the case's runtime and how many items, and gives a figure that depends on every item, the same on both sides.
    pub const fn new(run: fn(&Runtime, u64) -> u64, items: u64) -> Self {
        Self { run: Run::Here(run), items }
    }

    /// What runs in a process of its own. It measures itself: `run` gives the figure, and the nanoseconds an item.
    pub const fn apart(run: fn(u64) -> (u64, f64), items: u64) -> Self {
        Self { run: Run::Apart(run), items }
    }

    /// Whether only the run itself can tell its time.
    pub const fn is_apart(&self) -> bool {
        matches!(self.run, Run::Apart(_))
    }

    /// The figure that comes of so many items.
    pub fn result(&self, runtime: &Runtime, items: u64) -> u64 {
        match self.run {
            Run::Here(run) => run(runtime, black_box(items)),
            Run::Apart(run) => run(items).0,
        }
    }

    /// The nanoseconds an item, over all items.
    fn time(&self, runtime: &Runtime, clock: Clock) -> f64 {
        match self.run {
            Run::Here(_) => {
                let run = || {
                    black_box(self.result(runtime, self.items));
                };
                clock.time(run) * 1e9 / self.items as f64
            }
            Run::Apart(run) => run(self.items).1,
        }
    }
}

/// The most items over which the results of both sides are compared.
const COMPARED: u64 = 10_000;

impl Case {
    /// The name it has in the design's table, if it stands there.
    pub fn id(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or_default()
    }

    /// Whether the name or the peer contains one of the words; without words, true.
    pub fn matches(&self, words: &[String]) -> bool {
        words.is_empty() || words.iter().any(|word| self.name.contains(word) || self.against.contains(word))
    }

    /// Whether its processor time says anything: both sides run here, on one thread.
    pub fn is_single(&self) -> bool {
        self.workers == 0 && !self.ours.is_apart() && !self.theirs.is_apart()
    }

    /// How many threads run the tasks.
    pub fn threads(&self) -> usize {
        self.workers.max(1)
    }

    pub fn runtime(&self) -> Runtime {
        let mut builder = if self.workers == 0 { Builder::new_current_thread() } else { Builder::new_multi_thread() };
        builder.worker_threads(self.threads()).enable_all().build().expect("a runtime")
    }

    /// Both sides over the same few items. Says what each has got if they differ.
    pub fn check(&self) -> Result<(), String> {
        let runtime = self.runtime();
        let items = COMPARED.min(self.ours.items).min(self.theirs.items);
        let (ours, theirs) = (self.ours.result(&runtime, items), self.theirs.result(&runtime, items));
        if ours == theirs { Ok(()) } else { Err(format!("of {items} items we make {ours}, they {theirs}")) }
    }

    /// Compares the results, warms both sides up, and measures them in turn.
    ///
    /// # Panics
    ///
    /// When the results differ.
    pub fn measure(&self, pairs: usize, clock: Clock) -> Measured {
        if let Err(difference) = self.check() {
            panic!("{}, against {}: {difference}", self.name, self.against);
        }
        let runtime = self.runtime();
        self.ours.time(&runtime, clock);
        self.theirs.time(&runtime, clock);
        let pair = |_| Pair { ours: self.ours.time(&runtime, clock), theirs: self.theirs.time(&runtime, clock) };
        Measured((0..pairs).map(pair).collect())
    }
}

/// Two measurements, one just after the other: nanoseconds an item.
#[derive(Clone, Copy)]
pub struct Pair {
    pub ours: f64,
    pub theirs: f64,
}

/// All pairs of a case, at least one.
pub struct Measured(pub Vec<Pair>);

impl Measured {
    fn sorted(&self, pick: fn(&Pair) -> f64) -> Vec<f64> {
        let mut values: Vec<f64> = self.0.iter().map(pick).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    /// The nanoseconds an item that we need: the median.
    pub fn ours(&self) -> f64 {
        self.sorted(|pair| pair.ours)[self.0.len() / 2]
    }

    /// The nanoseconds an item that they need: the median.
    pub fn theirs(&self) -> f64 {
        self.sorted(|pair| pair.theirs)[self.0.len() / 2]
    }

    /// How many times faster we are: the median of the pairs' ratios, and the least and the greatest of them.
    pub fn ratio(&self) -> (f64, f64, f64) {
        let ratios = self.sorted(|pair| pair.theirs / pair.ours);
        (ratios[ratios.len() / 2], ratios[0], ratios[ratios.len() - 1])
    }
}
