//! The tests' time limit: a pass that never ends is a failure, not a wait.

use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

/// For all tests of this crate together, in a debug build on a busy machine; they take a few seconds, and as long as is asked for random texts.
const LIMIT: Duration = Duration::from_secs(300);

/// What has been begun and is not over: said when it never is.
static AT_WORK: Mutex<Option<String>> = Mutex::new(None);

/// Begins the limit. Every test comes through here, by the helper that runs the passes for it.
pub(crate) fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        std::thread::spawn(|| {
            let limit = LIMIT + asked();
            std::thread::sleep(limit);
            let at_work = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner).take();
            eprintln!("the tests of the macro took longer than {limit:?}: {}", at_work.unwrap_or_default());
            std::process::exit(101);
        });
    });
}

/// How long random texts are tried: `AQUEDUCT_FUZZ_SECONDS`, or 20 seconds.
pub(crate) fn asked() -> Duration {
    Duration::from_secs(number("AQUEDUCT_FUZZ_SECONDS").unwrap_or(20))
}

/// A number that the environment gives.
pub(crate) fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// Notes what has been begun, or that it is over.
pub(crate) fn note(what: Option<String>) {
    *AT_WORK.lock().unwrap_or_else(PoisonError::into_inner) = what;
}
