use std::sync::Arc;

use ::loom::future::block_on;
use ::loom::thread;

use super::{Item, Last, Ledger, check_signals, consume, explore, produce};
use crate::link::state::LinkState;
use crate::link::{Overflow, SharedLink, SharedReceiver, SharedSender};

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
