//! Rules: L1, L2, L3, L4, L5, L7, L8

use std::future::poll_fn;
use std::sync::Arc;

use ::loom::future::block_on;
use ::loom::thread;

use super::{Last, Ledger, check_signals, consume, models, produce, read, watched};
use crate::link::ring;
use crate::link::state::LinkState;
use crate::stage::Consumer;

/// A link's capacity and low mark.
#[derive(Clone, Copy)]
struct Shape(usize, usize);

/// What the two sides do.
#[derive(Clone, Copy)]
struct Script {
    /// So many items are sent, at most so many at once; then this.
    send: usize,
    send_run: usize,
    last: Last,
    /// So many are wanted, at most so many at once; then the consumer goes.
    take: usize,
    take_run: usize,
}

const ALL: usize = usize::MAX;

fn play(Shape(capacity, low): Shape, script: Script) {
    let state = Arc::new(LinkState::new(capacity, low));
    let ledger = Ledger::new(script.send);
    let (sender, receiver) = ring(Arc::clone(&state));
    let items = ledger.clone();
    let above = thread::spawn(move || {
        let Script { send, send_run, last, .. } = script;
        block_on(produce(sender, items, send, send_run, last))
    });
    let taken = block_on(consume(receiver, script.take, script.take_run));
    let stayed = above.join().expect("the producer ends");
    assert_eq!(taken, script.send.min(script.take), "all that are wanted arrive");
    assert!(stayed || taken == script.take, "the consumer has gone");
    assert!(state.snapshot().max_len <= capacity, "too full (L1)");
    check_signals(&state.trace(), &state);
    ledger.close();
}

/// Three items, one at a time or as they fit; then the end.
fn flow(shape: Shape, run: usize) {
    play(shape, Script { send: 3, send_run: run, last: Last::Finish, take: ALL, take_run: run });
}

/// The stream ends after `send` items.
fn finish(shape: Shape, send: usize) {
    play(shape, Script { send, send_run: 1, last: Last::Finish, take: ALL, take_run: ALL });
}

/// The consumer goes after `take` items of three.
fn leave(shape: Shape, take: usize) {
    play(shape, Script { send: 3, send_run: ALL, last: Last::Finish, take, take_run: 1 });
}

/// A mark so high that a run cut by an old level would miss it.
fn high_mark() {
    play(Shape(4, 3), Script { send: 4, send_run: 2, last: Last::Drop, take: 4, take_run: ALL });
}

/// The producer is dropped after `send` items, as many as the consumer wants before it goes too.
fn abandon(shape: Shape, send: usize) {
    abandon_and_leave(shape, send, send);
}

/// Both fail: the producer is dropped without an end after `send` items, and the consumer goes after `take`. What stays in the link is dropped
/// once, by whoever goes last.
fn abandon_and_leave(shape: Shape, send: usize, take: usize) {
    play(shape, Script { send, send_run: 1, last: Last::Drop, take, take_run: 1 });
}

/// The producer has nothing to send and waits for the consumer to go.
fn leave_an_idle_producer(take: usize) {
    let state = Arc::new(LinkState::new(2, 1));
    let ledger = Ledger::new(take);
    let (mut sender, receiver) = ring(state);
    let items = ledger.clone();
    let above = thread::spawn(move || {
        sender.consume((0..take).map(|_| items.make(1))).expect("a ring does not fail");
        sender.publish();
        block_on(poll_fn(|cx| sender.poll_gone(cx)));
    });
    assert_eq!(block_on(consume(receiver, take, 1)), take);
    above.join().expect("the producer ends");
    ledger.close();
}

const SHAPES: [Shape; 3] = [Shape(1, 0), Shape(2, 0), Shape(2, 1)];

models! {
    flow_through_one_slot => flow(SHAPES[0], 1);
    flow_through_two_slots_low_0 => flow(SHAPES[1], 1);
    flow_through_two_slots_low_1 => flow(SHAPES[2], 1);
    runs_through_two_slots_low_0 => flow(SHAPES[1], ALL);
    runs_through_two_slots_low_1 => flow(SHAPES[2], ALL);
    runs_through_four_slots_low_3 => high_mark();
    finish_after_none => finish(SHAPES[0], 0);
    finish_after_1_of_one_slot => finish(SHAPES[0], 1);
    finish_after_1_of_two_slots => finish(SHAPES[2], 1);
    finish_after_2_of_one_slot => finish(SHAPES[0], 2);
    finish_after_2_of_two_slots_low_0 => finish(SHAPES[1], 2);
    finish_after_2_of_two_slots_low_1 => finish(SHAPES[2], 2);
    leave_one_slot_after_0 => leave(SHAPES[0], 0);
    leave_one_slot_after_1 => leave(SHAPES[0], 1);
    leave_one_slot_after_2 => leave(SHAPES[0], 2);
    leave_one_slot_after_3 => leave(SHAPES[0], 3);
    leave_two_slots_low_0_after_0 => leave(SHAPES[1], 0);
    leave_two_slots_low_0_after_1 => leave(SHAPES[1], 1);
    leave_two_slots_low_0_after_2 => leave(SHAPES[1], 2);
    leave_two_slots_low_0_after_3 => leave(SHAPES[1], 3);
    leave_two_slots_low_1_after_0 => leave(SHAPES[2], 0);
    leave_two_slots_low_1_after_1 => leave(SHAPES[2], 1);
    leave_two_slots_low_1_after_2 => leave(SHAPES[2], 2);
    leave_two_slots_low_1_after_3 => leave(SHAPES[2], 3);
    abandon_one_slot_after_1 => abandon(SHAPES[0], 1);
    abandon_one_slot_after_2 => abandon(SHAPES[0], 2);
    abandon_one_slot_after_3 => abandon(SHAPES[0], 3);
    abandon_two_slots_low_0_after_1 => abandon(SHAPES[1], 1);
    abandon_two_slots_low_0_after_2 => abandon(SHAPES[1], 2);
    abandon_two_slots_low_0_after_3 => abandon(SHAPES[1], 3);
    abandon_two_slots_low_1_after_1 => abandon(SHAPES[2], 1);
    abandon_two_slots_low_1_after_2 => abandon(SHAPES[2], 2);
    abandon_two_slots_low_1_after_3 => abandon(SHAPES[2], 3);
    abandon_one_slot_after_2_and_leave_after_0 => abandon_and_leave(SHAPES[0], 2, 0);
    abandon_one_slot_after_2_and_leave_after_1 => abandon_and_leave(SHAPES[0], 2, 1);
    abandon_one_slot_after_3_and_leave_after_1 => abandon_and_leave(SHAPES[0], 3, 1);
    abandon_two_slots_low_0_after_2_and_leave_after_1 => abandon_and_leave(SHAPES[1], 2, 1);
    abandon_two_slots_low_0_after_3_and_leave_after_1 => abandon_and_leave(SHAPES[1], 3, 1);
    abandon_two_slots_low_1_after_2_and_leave_after_1 => abandon_and_leave(SHAPES[2], 2, 1);
    abandon_two_slots_low_1_after_3_and_leave_after_1 => abandon_and_leave(SHAPES[2], 3, 1);
    leave_an_idle_producer_after_0 => leave_an_idle_producer(0);
    leave_an_idle_producer_after_1 => leave_an_idle_producer(1);
}

/// Somebody who only looks never sees more than the capacity.
#[test]
fn an_observer_sees_a_level_within_the_bounds() {
    super::explore(|| {
        let state = Arc::new(LinkState::new(1, 0));
        let ledger = Ledger::new(1);
        let (sender, receiver) = ring(Arc::clone(&state));
        let items = ledger.clone();
        let above = thread::spawn(move || block_on(produce(sender, items, 1, 1, Last::Finish)));
        let looking = thread::spawn(move || {
            let snapshot = state.snapshot();
            assert!(snapshot.len <= snapshot.capacity, "{snapshot:?}");
            assert!(snapshot.pauses <= 1, "{snapshot:?}");
        });
        assert_eq!(block_on(consume(receiver, ALL, 1)), 1);
        above.join().expect("the producer ends");
        looking.join().expect("the observer ends");
        ledger.close();
    });
}

/// A watcher hears what the link's own log says.
#[test]
fn a_watcher_hears_the_signals_in_their_order() {
    super::explore(|| {
        let (state, observers, mut signals) = watched(1, 0);
        let ledger = Ledger::new(2);
        let (sender, receiver) = ring(Arc::clone(&state));
        let items = ledger.clone();
        let above = thread::spawn(move || block_on(produce(sender, items, 2, 1, Last::Finish)));
        assert_eq!(block_on(consume(receiver, ALL, 1)), 2);
        above.join().expect("the producer ends");
        observers.close();
        let heard = read(&mut signals);
        assert_eq!(heard, state.trace());
        check_signals(&heard, &state);
    });
}
