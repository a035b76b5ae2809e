//! Rules of the core behind a lock that its model does not know: who is woken, how often, and how several tasks share a lower end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use futures_util::StreamExt;

use super::random::Sleeper;
use super::{watched, within};
use crate::link::state::LinkState;
use crate::link::{Overflow, SharedLink, SharedReceiver, SharedSender, Turn};
use crate::stage::{Consumer, Demand, Head};

fn link(capacity: usize) -> (Arc<SharedLink<u8>>, SharedSender<u8>) {
    let link = SharedLink::new(Arc::new(LinkState::new(capacity, 0)));
    let sender = SharedSender::new(Arc::clone(&link), Overflow::Block, |_| 1);
    (link, sender)
}

fn shared(capacity: usize, tasks: usize) -> (SharedSender<u8>, Vec<Turn<u8>>) {
    let (link, sender) = link(capacity);
    (sender, SharedReceiver::new(link).shared_by(tasks))
}

fn is_gone(sender: &mut SharedSender<u8>) -> bool {
    let waker = Sleeper::default().waker();
    matches!(sender.poll_ready(&mut Context::from_waker(&waker)), Poll::Ready(Demand::Gone))
}

/// F5
#[test]
fn a_task_takes_its_share_of_what_waits_and_one_at_least() {
    let (mut sender, mut turns) = shared(9, 3);
    assert!(sender.consume(0..7).is_ok());
    assert_eq!(turns[0].items(9).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(turns[1].items(0).count(), 0);
    assert_eq!(turns[1].items(9).collect::<Vec<_>>(), [2]);
    turns[2].cancel();
    assert_eq!(turns[2].items(9).count(), 0);
    assert_eq!(turns[0].items(9).collect::<Vec<_>>(), [3]);
}

/// F5
#[test]
fn a_shared_link_is_left_when_the_last_has_left_it() {
    let (mut sender, mut turns) = shared(9, 2);
    turns[0].cancel();
    turns[0].cancel();
    assert!(!is_gone(&mut sender));
    turns[1].cancel();
    assert!(is_gone(&mut sender));

    let (mut sender, turns) = shared(9, 2);
    drop(turns);
    assert!(is_gone(&mut sender));
}

/// L9: a wake without cause is work without cause.
#[test]
fn who_waits_for_items_is_woken_once_however_often_it_has_asked() {
    let (mut sender, mut turns) = shared(9, 2);
    let sleepers = [Sleeper::default(), Sleeper::default()];
    for _ in 0..3 {
        for (turn, sleeper) in turns.iter_mut().zip(&sleepers) {
            assert!(turn.poll_items(&mut Context::from_waker(&sleeper.waker())).is_pending());
        }
    }
    assert!(sender.consume(0..1).is_ok());
    assert_eq!(sleepers.each_ref().map(Sleeper::count), [1, 1]);
}

/// L2
#[test]
fn a_link_that_is_full_is_not_open() {
    let (_link, mut sender) = link(3);
    assert!(sender.consume(0..2).is_ok());
    assert!(sender.is_open());
    assert!(sender.consume(2..3).is_ok());
    assert!(sender.is_paused() && !sender.is_open());
}

/// L10: what is taken and then dropped is counted where it came from.
#[test]
fn what_a_lower_end_drops_is_counted() {
    let (link, _) = link(3);
    let receiver = SharedReceiver::new(Arc::clone(&link));
    receiver.note_dropped(2);
    let turns = receiver.shared_by(1);
    turns[0].note_dropped(3);
    assert_eq!(link.state().snapshot().dropped, 5);

    let state = Arc::new(LinkState::new(3, 0));
    let (_sender, receiver) = crate::link::ring::<u8>(Arc::clone(&state));
    receiver.note_dropped(4);
    assert_eq!(state.snapshot().dropped, 4);
}

/// A waker that looks at the link.
struct Looks(Arc<SharedLink<u8>>, AtomicBool);

impl Wake for Looks {
    fn wake(self: Arc<Self>) {
        self.1.store(self.0.lock().is_paused(), Ordering::Relaxed);
    }
}

/// R6, R9: who watches is woken when the lock is free.
#[test]
fn an_observer_that_is_woken_may_look_at_the_link() {
    within(Duration::from_secs(60), || {
        let (state, _observers, mut signals) = watched(1, 0);
        let link = SharedLink::new(state);
        let looks = Arc::new(Looks(Arc::clone(&link), AtomicBool::new(false)));
        let waker = Arc::clone(&looks).into();
        assert!(signals.poll_next_unpin(&mut Context::from_waker(&waker)).is_pending());
        assert!(SharedSender::new(link, Overflow::Block, |_| 1).consume(0..1).is_ok());
        assert!(looks.1.load(Ordering::Relaxed), "it was woken, and saw the pause");
    });
}
