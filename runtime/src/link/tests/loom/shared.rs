//! Rules: L1, L2, L3, L5, L7, L8

use std::future::poll_fn;
use std::sync::Arc;

use ::loom::future::block_on;
use ::loom::thread;

use super::{Item, Last, Ledger, check_signals, consume, explore, produce};
use crate::link::state::LinkState;
use crate::link::{Overflow, SharedLink, SharedReceiver, SharedSender, Turn};
use crate::stage::Head;

/// As the models of the ring. There is no second look to take out: looking and registering happen under one lock.
fn play(capacity: usize, low: usize, send: usize, last: Last, take: usize) {
    explore(move || {
        let state = Arc::new(LinkState::new(capacity, low));
        let ledger = Ledger::new(send);
        let link = SharedLink::new(Arc::clone(&state));
        let sender = SharedSender::new(Arc::clone(&link), Overflow::Block, |item: &Item| item.weight);
        let receiver = SharedReceiver::new(link);
        let items = ledger.clone();
        let above = thread::spawn(move || block_on(produce(sender, items, send, 1, last)));
        let taken = block_on(consume(receiver, take, 1));
        let stayed = above.join().expect("the producer ends");
        assert_eq!(taken, send.min(take), "all that are wanted arrive");
        assert!(stayed || taken == take, "the consumer has gone");
        assert!(state.snapshot().max_len <= capacity, "too full (L1)");
        check_signals(&state.trace(), &state);
        ledger.close();
    });
}

#[test]
fn flow_through_one_slot() {
    play(1, 0, 3, Last::Finish, usize::MAX);
}

#[test]
fn flow_through_two_slots_low_0() {
    play(2, 0, 3, Last::Finish, usize::MAX);
}

#[test]
fn flow_through_two_slots_low_1() {
    play(2, 1, 3, Last::Finish, usize::MAX);
}

#[test]
fn leave_after_0() {
    play(1, 0, 2, Last::Finish, 0);
}

#[test]
fn leave_after_1() {
    play(1, 0, 2, Last::Finish, 1);
}

#[test]
fn leave_two_slots_after_1() {
    play(2, 1, 3, Last::Finish, 1);
}

#[test]
fn abandon_after_1() {
    play(1, 0, 1, Last::Drop, 1);
}

#[test]
fn abandon_after_2() {
    play(2, 1, 2, Last::Drop, 2);
}

#[test]
fn abandon_after_2_and_leave_after_1() {
    play(1, 0, 2, Last::Drop, 1);
}

#[test]
fn abandon_two_slots_after_3_and_leave_after_1() {
    play(2, 1, 3, Last::Drop, 1);
}

/// Takes single items until it has `most` or the stream has ended; their numbers.
async fn gather(mut turn: Turn<Item>, most: usize) -> Vec<usize> {
    let mut taken = Vec::new();
    while taken.len() < most {
        if !poll_fn(|cx| turn.poll_items(cx)).await.expect("this link does not fail") {
            break;
        }
        taken.extend(turn.items(1).map(|item| item.number));
    }
    assert!(taken.is_sorted(), "out of order");
    taken
}

/// One producer, and two who share the lower end: each takes as many as it wants, then leaves (F5).
fn share(capacity: usize, send: usize, take: [usize; 2]) {
    explore(move || {
        let state = Arc::new(LinkState::new(capacity, capacity / 2));
        let ledger = Ledger::new(send);
        let link = SharedLink::new(Arc::clone(&state));
        let sender = SharedSender::new(Arc::clone(&link), Overflow::Block, |item: &Item| item.weight);
        let mut turns = SharedReceiver::new(link).shared_by(2).into_iter();
        let mut consumers = take.map(|take| {
            let turn = turns.next().expect("two of them");
            Some(thread::spawn(move || block_on(gather(turn, take))))
        });
        let items = ledger.clone();
        let stayed = block_on(produce(sender, items, send, 1, Last::Finish));
        let mut taken = Vec::new();
        for consumer in &mut consumers {
            taken.extend(consumer.take().expect("it runs").join().expect("it ends"));
        }
        taken.sort_unstable();
        let all: Vec<usize> = (0..send).collect();
        if take.contains(&usize::MAX) {
            assert_eq!(taken, all, "every item reaches one of them, once");
            assert!(stayed, "one of them is still there");
        }
        assert!(state.snapshot().max_len <= capacity, "too full (L1)");
        check_signals(&state.trace(), &state);
        ledger.close();
    });
}

/// Rules: F5
#[test]
fn two_share_one_slot() {
    share(1, 2, [usize::MAX, usize::MAX]);
}

/// Rules: F5
#[test]
fn one_of_two_leaves_at_once() {
    share(1, 2, [usize::MAX, 0]);
}

/// Rules: F5
#[test]
fn one_of_two_leaves_after_1() {
    share(2, 3, [usize::MAX, 1]);
}

/// Rules: F5
#[test]
fn both_leave() {
    share(1, 2, [1, 0]);
}
