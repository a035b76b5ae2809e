//! What a run of a ring says of itself, and what becomes of items that nobody took.

use std::iter::once;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Context;

use super::random::Sleeper;
use crate::link::ring;
use crate::link::state::LinkState;
use crate::stage::{Consumer, Head};

/// A consumer that collects, or a link that the run goes to, makes room by it.
#[test]
fn a_run_says_how_many_items_are_left() {
    let (mut sender, mut receiver) = ring(Arc::new(LinkState::new(4, 0)));
    assert!(sender.consume(0..3).is_ok());
    sender.publish();
    let mut run = receiver.items(4);
    for left in (0..=3).rev() {
        assert_eq!(run.size_hint(), (left, Some(left)));
        run.next();
    }
}

struct Broken {
    breaks: bool,
    drops: Arc<AtomicUsize>,
}

impl Drop for Broken {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::Relaxed);
        assert!(!self.breaks, "planned");
    }
}

/// R8
#[test]
fn items_behind_one_whose_drop_panics_are_dropped_too() {
    let drops = Arc::new(AtomicUsize::new(0));
    let (mut sender, receiver) = ring(Arc::new(LinkState::new(4, 0)));
    assert!(
        sender
            .consume([true, false, false].map(|breaks| Broken { breaks, drops: Arc::clone(&drops) }).into_iter())
            .is_ok()
    );
    drop(sender);
    assert!(catch_unwind(AssertUnwindSafe(|| drop(receiver))).is_err());
    assert_eq!(drops.load(Ordering::Relaxed), 3);
}

/// A waker keeps its task's memory, and whoever watches a pipeline keeps its links.
#[test]
fn a_link_keeps_no_waker_of_an_end_that_is_gone() {
    let state = Arc::new(LinkState::new(1, 0));
    let (mut sender, mut receiver) = ring::<u8>(Arc::clone(&state));
    let (above, below) = (Sleeper::default(), Sleeper::default());
    assert!(receiver.poll_items(&mut Context::from_waker(&below.waker())).is_pending());
    assert!(sender.poll_gone(&mut Context::from_waker(&above.waker())).is_pending());
    assert!(above.is_kept() && below.is_kept());
    drop(sender);
    assert!(!above.is_kept() && below.is_kept());
    drop(receiver);
    assert!(!below.is_kept());
}

/// The waker stays where it was left, so each of them must be heard.
#[test]
fn an_end_is_woken_as_often_as_it_sleeps() {
    let (mut sender, mut receiver) = ring::<u8>(Arc::new(LinkState::new(1, 0)));
    let (above, below) = (Sleeper::default(), Sleeper::default());
    for times in 1..=3 {
        assert!(receiver.poll_items(&mut Context::from_waker(&below.waker())).is_pending());
        assert!(sender.consume(once(1)).is_ok());
        assert_eq!(below.count(), times);
        assert!(sender.poll_ready(&mut Context::from_waker(&above.waker())).is_pending());
        assert_eq!(receiver.items(1).count(), 1);
        assert_eq!(above.count(), times);
    }
    // Another task has the end: the waker before it is not woken any more.
    let other = Sleeper::default();
    assert!(receiver.poll_items(&mut Context::from_waker(&other.waker())).is_pending());
    assert!(sender.consume(once(1)).is_ok());
    assert_eq!((below.count(), other.count()), (3, 1));
}
