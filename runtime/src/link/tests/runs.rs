//! Rules of a ring that its model does not know: what a run says of itself, what becomes of items that nobody took, who is woken.

use std::iter::once;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

use super::random::Sleeper;
use crate::link::state::LinkState;
use crate::link::{Sender, ring};
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

/// L9: whoever has been woken and has not looked since is not woken again, by items or by the end.
#[test]
fn an_end_that_has_been_woken_is_left_alone_until_it_looks() {
    let (mut sender, mut receiver) = ring::<u8>(Arc::new(LinkState::new(4, 0)));
    let (above, below) = (Sleeper::default(), Sleeper::default());
    assert!(receiver.poll_items(&mut Context::from_waker(&below.waker())).is_pending());
    for _ in 0..2 {
        assert!(sender.consume(once(1)).is_ok());
        sender.publish();
        assert_eq!(below.count(), 1);
    }
    assert!(sender.poll_finish(&mut Context::from_waker(&above.waker())).is_ready());
    assert_eq!(below.count(), 1);
}

/// A waker with whose last clone an item comes.
#[derive(Default)]
struct Gives(Mutex<Option<Sender<u8>>>);

impl Wake for Gives {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Gives {
    fn drop(&mut self) {
        if let Some(mut sender) = self.0.get_mut().unwrap().take() {
            assert!(sender.consume(once(2)).is_ok());
            sender.publish();
        }
    }
}

/// L7: the other end may be quicker than who is about to sleep. Here it publishes while the waker is left, before the link says who sleeps.
#[test]
fn an_item_that_comes_while_the_waker_is_left_is_seen_or_heard() {
    let (mut sender, mut receiver) = ring(Arc::new(LinkState::new(4, 0)));
    let gives = Arc::new(Gives::default());
    let before = Waker::from(Arc::clone(&gives));
    assert!(receiver.poll_items(&mut Context::from_waker(&before)).is_pending());
    assert!(sender.consume(once(1)).is_ok());
    sender.publish();
    assert_eq!(receiver.items(4).collect::<Vec<_>>(), [1]);
    *gives.0.lock().unwrap() = Some(sender);
    drop((before, gives));
    let sleeper = Sleeper::default();
    let poll = receiver.poll_items(&mut Context::from_waker(&sleeper.waker()));
    assert!(poll.is_ready() || sleeper.count() > 0, "it would sleep beside an item");
    assert_eq!(receiver.items(4).collect::<Vec<_>>(), [2]);
}
