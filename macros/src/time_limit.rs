//! The tests' time limit: a pass that never ends is a failure, not a wait.

use std::sync::Once;
use std::time::Duration;

/// For all tests of this crate together, in a debug build on a busy machine; they take a few seconds.
const LIMIT: Duration = Duration::from_secs(300);

/// Begins the limit. Every test comes through here, by the helper that runs the passes for it.
pub(crate) fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        std::thread::spawn(|| {
            std::thread::sleep(LIMIT);
            eprintln!("the tests of the macro took longer than {LIMIT:?}");
            std::process::exit(101);
        });
    });
}
