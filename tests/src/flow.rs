//! Helpers for tests of links, inlets and fusing: time limits, gates, items that are counted, sources that keep a log.

use std::future::poll_fn;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use aqueduct::{BoxError, Signal, SignalEvent, Source};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the process, with a message, when it is not dropped in time. It counts real time, also where tokio's clock is paused.
#[derive(Debug)]
pub struct Watchdog {
    fed: Arc<(Mutex<bool>, Condvar)>,
}

impl Watchdog {
    /// A watchdog that waits for `limit`; `what` says who was too slow.
    #[must_use]
    pub fn new(limit: Duration, what: impl Into<String>) -> Self {
        let what = what.into();
        let fed = Arc::new((Mutex::new(false), Condvar::new()));
        let watched = Arc::clone(&fed);
        std::thread::spawn(move || {
            let (done, changed) = &*watched;
            let waited = changed.wait_timeout_while(lock(done), limit, |done| !*done);
            let done = *waited.unwrap_or_else(PoisonError::into_inner).0;
            if !done {
                // Straight to the process's stderr: what the test harness captures would be lost.
                let _ = writeln!(std::io::stderr(), "\n{what}: not done within {limit:?}");
                std::process::exit(101);
            }
        });
        Self { fed }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        *lock(&self.fed.0) = true;
        self.fed.1.notify_all();
    }
}

/// Awaits `future`; when that takes longer than `limit` of real time, the process ends with a message.
#[track_caller]
pub fn within<F: Future>(limit: Duration, future: F) -> impl Future<Output = F::Output> {
    let caller = std::panic::Location::caller();
    let thread = std::thread::current();
    let watchdog = Watchdog::new(limit, format!("{} ({caller})", thread.name().unwrap_or("a test")));
    async move {
        let outcome = future.await;
        drop(watchdog);
        outcome
    }
}

/// Lets every other task that is ready have its turn, `n` times.
pub async fn turns(n: usize) {
    for _ in 0..n {
        let mut waited = false;
        poll_fn(|cx| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// Holds whoever passes, until it is opened or lets some through. Closed at first.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    state: Arc<Mutex<GateState>>,
}

#[derive(Debug, Default)]
struct GateState {
    free: usize,
    open: bool,
    arrived: usize,
    passed: usize,
    waiting: Vec<Waker>,
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits to be let through.
    pub async fn pass(&self) {
        let mut arrived = false;
        poll_fn(|cx| {
            let mut state = lock(&self.state);
            if !std::mem::replace(&mut arrived, true) {
                state.arrived += 1;
            }
            if state.open || state.free > 0 {
                state.free = state.free.saturating_sub(1);
                state.passed += 1;
                return Poll::Ready(());
            }
            state.waiting.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Lets `n` through.
    pub fn let_through(&self, n: usize) {
        let waiting = {
            let mut state = lock(&self.state);
            state.free += n;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Lets all through, for good.
    pub fn open(&self) {
        let waiting = {
            let mut state = lock(&self.state);
            state.open = true;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// How many have come to the gate.
    #[must_use]
    pub fn arrived(&self) -> usize {
        lock(&self.state).arrived
    }

    /// How many have passed it.
    #[must_use]
    pub fn passed(&self) -> usize {
        lock(&self.state).passed
    }
}

/// Counts the [`Counted`] items it has made: how many there are, and have been at most.
#[derive(Clone, Debug, Default)]
pub struct Census {
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    made: AtomicUsize,
    live: AtomicUsize,
    peak: AtomicUsize,
}

impl Census {
    /// A census of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A new item.
    #[must_use]
    pub fn item(&self, number: u64) -> Counted {
        self.counts.made.fetch_add(1, Ordering::Relaxed);
        let live = self.counts.live.fetch_add(1, Ordering::Relaxed) + 1;
        self.counts.peak.fetch_max(live, Ordering::Relaxed);
        Counted { number, weight: 1, census: self.clone() }
    }

    /// A new item of that weight.
    #[must_use]
    pub fn heavy(&self, number: u64, weight: usize) -> Counted {
        let mut item = self.item(number);
        item.weight = weight;
        item
    }

    /// How many items were made.
    #[must_use]
    pub fn made(&self) -> usize {
        self.counts.made.load(Ordering::Relaxed)
    }

    /// How many items there are now.
    #[must_use]
    pub fn live(&self) -> usize {
        self.counts.live.load(Ordering::Relaxed)
    }

    /// The most items there have been at once.
    #[must_use]
    pub fn peak(&self) -> usize {
        self.counts.peak.load(Ordering::Relaxed)
    }
}

/// An item that a [`Census`] counts. Not `Clone`: nothing can double it unseen.
#[derive(Debug)]
pub struct Counted {
    /// Which one it is.
    pub number: u64,
    /// Its weight at a byte link.
    pub weight: usize,
    census: Census,
}

impl aqueduct::Weigh for Counted {
    fn weight(&self) -> usize {
        self.weight
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.census.counts.live.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a [`Logged`] source was told and asked, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// `next` was called.
    Next,
    /// `on_signal` was called.
    Signal(Signal),
    /// `close` was called.
    Close,
}

/// A source of the numbers `0..end` that keeps a log of all calls.
#[derive(Debug)]
pub struct Logged {
    next: u64,
    end: u64,
    log: Arc<Mutex<Vec<Told>>>,
}

/// A look into the log of a [`Logged`] source.
#[derive(Clone, Debug)]
pub struct Log(Arc<Mutex<Vec<Told>>>);

/// A source of the numbers `0..end`, and its log.
#[must_use]
pub fn logged(end: u64) -> (Logged, Log) {
    let log = Arc::new(Mutex::new(Vec::new()));
    (Logged { next: 0, end, log: Arc::clone(&log) }, Log(log))
}

impl Log {
    /// All calls so far.
    #[must_use]
    pub fn all(&self) -> Vec<Told> {
        lock(&self.0).clone()
    }

    /// How often `next` was called.
    #[must_use]
    pub fn nexts(&self) -> usize {
        lock(&self.0).iter().filter(|told| **told == Told::Next).count()
    }

    /// The signals heard so far.
    #[must_use]
    pub fn signals(&self) -> Vec<Signal> {
        let told = self.all();
        told.into_iter().filter_map(|told| if let Told::Signal(signal) = told { Some(signal) } else { None }).collect()
    }

    /// Whether the source was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        lock(&self.0).contains(&Told::Close)
    }
}

impl Source for Logged {
    type Item = u64;

    async fn next(&mut self) -> Result<Option<u64>, BoxError> {
        lock(&self.log).push(Told::Next);
        if self.next == self.end {
            return Ok(None);
        }
        self.next += 1;
        Ok(Some(self.next - 1))
    }

    fn on_signal(&mut self, signal: Signal) {
        lock(&self.log).push(Told::Signal(signal));
    }

    async fn close(&mut self) {
        lock(&self.log).push(Told::Close);
    }
}

/// Checks the signals of one link (L3, G6): Pause and Drain in turn, Pause first; Pause at the capacity, Drain at the low mark.
///
/// # Panics
/// When they are not so, or when some were missed.
#[track_caller]
pub fn assert_strict(events: &[SignalEvent], link: &str, capacity: usize, low: usize) {
    let mut expected = Signal::Pause;
    for (index, event) in events.iter().filter(|event| event.link == link).enumerate() {
        assert_eq!(event.missed, 0, "the test reads too slowly to see all");
        assert_eq!(event.signal, expected, "signal {index} of `{link}`");
        let (len, next) = match expected {
            Signal::Pause => (capacity, Signal::Drain),
            Signal::Drain => (low, Signal::Pause),
        };
        assert_eq!(event.len, len, "level at signal {index} of `{link}`, {:?}", event.signal);
        expected = next;
    }
}

/// A random number generator that gives the same numbers every time (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}
