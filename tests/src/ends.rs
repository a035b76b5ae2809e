//! What the tests of stages, ends and errors share: a time limit, sources that are watched, errors.

use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io::Write as _;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use aqueduct::testkit::{ScriptedSource, SourceWatch};
use aqueduct::{ErrorKind, PipelineError};

/// Real time a test may take: a machine that is busy with much else is slow.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs `test`; one that has not ended after 60 s of real time fails, and one that does not even return from a poll by then ends the
/// test process, with the test's name.
pub async fn within<F: Future>(test: F) -> F::Output {
    let watched = Watchdog::start();
    let mut test = pin!(test);
    poll_fn(|cx| {
        watched.wake_later(cx.waker());
        let outcome = test.as_mut().poll(cx);
        assert!(outcome.is_ready() || !watched.is_over(), "the test has not ended in its time");
        outcome
    })
    .await
}

/// As [`within`], for what does not run in a future.
pub fn in_time<R>(test: impl FnOnce() -> R) -> R {
    let _watched = Watchdog::start();
    test()
}

struct Watchdog(Arc<Watch>);

#[derive(Default)]
struct Watch {
    waker: Mutex<Option<Waker>>,
    ended: AtomicBool,
    over: AtomicBool,
}

impl Watchdog {
    fn start() -> Self {
        let watch = Arc::new(Watch::default());
        let seen = Arc::clone(&watch);
        let name = std::thread::current().name().unwrap_or("a test").to_owned();
        let started = Instant::now();
        std::thread::spawn(move || {
            while started.elapsed() < LIMIT {
                std::thread::sleep(Duration::from_millis(50));
                if seen.ended.load(Ordering::Acquire) {
                    return;
                }
            }
            seen.over.store(true, Ordering::Release);
            if let Some(waker) = lock(&seen.waker).take() {
                waker.wake();
            }
            std::thread::sleep(Duration::from_secs(5));
            if !seen.ended.load(Ordering::Acquire) {
                // Not by `eprintln!`, which the test harness would keep for itself.
                let _ = std::io::stderr().write_all(format!("{name}: stuck in one poll\n").as_bytes());
                std::process::abort();
            }
        });
        Self(watch)
    }

    fn wake_later(&self, waker: &Waker) {
        *lock(&self.0.waker) = Some(waker.clone());
    }

    fn is_over(&self) -> bool {
        self.0.over.load(Ordering::Acquire)
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Release);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a future on this thread, without tokio.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return outcome;
        }
        std::thread::park();
    }
}

/// What comes after the items of a [`recorded`] source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// It ends.
    End,
    /// It fails with `dry`.
    Fail,
    /// It panics with `burst`.
    Panic,
    /// It never gives anything more.
    Wait,
}

/// A source of the numbers below `items`, and then `after`, and who watches it.
pub fn recorded(items: u64, after: After) -> (ScriptedSource<u64>, SourceWatch) {
    let source = ScriptedSource::new().items(0..items);
    let source = match after {
        After::End => source,
        After::Fail => source.fail("dry"),
        After::Panic => source.panic("burst"),
        After::Wait => source.pending(),
    };
    let watch = source.watch();
    (source, watch)
}

/// An error of the tests' own, so that it can be told from others.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken(pub &'static str);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Broken {}

/// Fails unless `outcome` is a failure of that stage and kind whose cause reads `cause`.
#[track_caller]
pub fn assert_failed<O: fmt::Debug>(outcome: Result<O, PipelineError>, stage: &str, kind: ErrorKind, cause: &str) {
    let error = outcome.expect_err("the run should have failed");
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    assert_eq!((error.stage(), error.kind(), source.as_str()), (stage, kind, cause));
}

/// Fails unless `outcome` is a panic of that stage with that message.
#[track_caller]
pub fn assert_panicked<O: fmt::Debug>(outcome: Result<O, PipelineError>, stage: &str, message: &str) {
    assert_failed(outcome, stage, ErrorKind::Panicked, message);
}

/// Fails unless `outcome` is an abort.
#[track_caller]
pub fn assert_aborted<O: fmt::Debug>(outcome: Result<O, PipelineError>) {
    assert_failed(outcome, "pipeline", ErrorKind::Aborted, "");
}
