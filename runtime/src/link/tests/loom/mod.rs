//! Models of a small link: loom tries every interleaving of its two sides, within a bound of preemptions.
//!
//! `ring` has the models of the protocol, `shared` those of the core behind a lock, `inlet` those of several producers before it, `observers` those of the signals' watchers. A model
//! that has a second look to lose is also run without it, in a process of its own, where it must stand still.

mod inlet;
mod observers;
mod ring;
mod shared;

use std::future::poll_fn;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{Item, Ledger, read, watched, within};
use crate::Signal;
use crate::link::state::{LinkState, SKIP_RECHECK};
use crate::stage::{Consumer, Demand, Head};

/// Set in the process of a model that is to fail.
const WITHOUT: &str = "AQUEDUCT_WITHOUT_SECOND_LOOK";

/// How many preemptions an interleaving may have, unless `LOOM_MAX_PREEMPTIONS` says otherwise.
const PREEMPTIONS: usize = 2;

/// Every interleaving of `model`; fails when that takes more than five minutes.
#[track_caller]
pub(crate) fn explore(model: impl Fn() + Send + Sync + 'static) {
    within(Duration::from_secs(300), move || {
        if std::env::var_os(WITHOUT).is_some() {
            SKIP_RECHECK.store(true, Ordering::Relaxed);
        }
        let mut builder = ::loom::model::Builder::new();
        builder.preemption_bound.get_or_insert(PREEMPTIONS);
        let tried = AtomicUsize::new(0);
        let tried: &'static AtomicUsize = Box::leak(Box::new(tried));
        builder.check(move || {
            tried.fetch_add(1, Ordering::Relaxed);
            model();
        });
        println!("{} interleavings", tried.load(Ordering::Relaxed));
    });
}

/// `test` stands still when no side looks again after it has registered its waker.
#[track_caller]
pub(crate) fn stands_still_without_the_second_look(test: &'static str) {
    within(Duration::from_secs(300), move || {
        let test = test.split_once("::").map_or(test, |(_, path)| path);
        let program = std::env::current_exe().expect("a test knows its own path");
        let run = Command::new(program).args(["--exact", test, "--nocapture"]).env(WITHOUT, "1").output();
        let run = run.expect("a test can be started again");
        let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
        assert!(!run.status.success(), "the model does not notice that the second look is missing:\n{said}");
        assert!(said.contains("deadlock"), "the model fails, but not by standing still:\n{said}");
    });
}

/// Each model is a module of two tests: that it holds, and that it fails without the second look.
macro_rules! models {
    ($($(#[$doc:meta])* $name:ident => $model:expr;)*) => {
        $($(#[$doc])* mod $name {
            #[allow(unused_imports, reason = "not every model needs all")]
            use super::*;

            #[test]
            fn holds() {
                crate::link::tests::loom::explore(|| $model);
            }

            #[test]
            fn stands_still_without_the_second_look() {
                crate::link::tests::loom::stands_still_without_the_second_look(concat!(module_path!(), "::holds"));
            }
        })*
    };
}
pub(crate) use models;

/// What the producer does with the stream after its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    /// It says that this was the end.
    Finish,
    /// It is dropped: a failure elsewhere.
    Drop,
}

/// Sends `items` new items in runs of at most `run`; whether the consumer was there to the end.
pub(crate) async fn produce<K: Consumer<Item>>(
    mut sender: K,
    ledger: Ledger,
    items: usize,
    run: usize,
    last: Last,
) -> bool {
    let mut sent = 0;
    while sent < items {
        if poll_fn(|cx| sender.poll_ready(cx)).await == Demand::Gone {
            return false;
        }
        let n = run.min(items - sent).min(sender.room());
        assert!(n > 0, "room was promised");
        let run = (0..n).map(|_| {
            sent += 1;
            ledger.make(1)
        });
        sender.consume(run).expect("this link does not fail");
        sender.publish();
    }
    if last == Last::Finish {
        poll_fn(|cx| sender.poll_finish(cx)).await.expect("this link does not fail");
    }
    true
}

/// Takes items in runs of at most `run` until it has `most` or the stream has ended; how many came.
pub(crate) async fn consume<H: Head<Item = Item>>(mut receiver: H, most: usize, run: usize) -> usize {
    let mut taken = 0;
    while taken < most {
        if !poll_fn(|cx| receiver.poll_items(cx)).await.expect("this link does not fail") {
            break;
        }
        for item in receiver.items(run.min(most - taken)) {
            assert_eq!(item.number, taken, "out of order");
            taken += 1;
        }
    }
    taken
}

/// The signals alternate, beginning with Pause, and say exactly where the link stood.
pub(crate) fn check_signals(signals: &[(Signal, usize)], state: &LinkState) {
    for (place, signal) in signals.iter().enumerate() {
        let expected = if place % 2 == 0 { (Signal::Pause, state.capacity()) } else { (Signal::Drain, state.low()) };
        assert_eq!(*signal, expected, "signal {place}");
    }
}
