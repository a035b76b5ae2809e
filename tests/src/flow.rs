//! Helpers for tests of links, inlets and fusing: time limits, sources that keep a log.

use std::future::poll_fn;
use std::io::Write as _;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use aqueduct::testkit::{ScriptedSource, SourceWatch};
use aqueduct::{Signal, SignalEvent};

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

/// Lets all other tasks come to where they have to wait. Takes no time.
pub async fn settle() {
    turns(64).await;
}

/// Lets all other tasks come to where they have to wait for time or for the test: a millisecond of the paused clock.
pub async fn at_rest() {
    tokio::time::sleep(Duration::from_millis(1)).await;
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

/// A source of the numbers below `end`, and who watches it.
pub fn logged(end: u64) -> (ScriptedSource<u64>, SourceWatch) {
    let source = ScriptedSource::new().items(0..end);
    let watch = source.watch();
    (source, watch)
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
