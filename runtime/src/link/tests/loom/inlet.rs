//! Models of an inlet: several producers before one link, who stand in a line.
//!
//! Rules: L1, L7, L8, L12

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use ::loom::future::block_on;
use ::loom::thread;

use super::{Item, Ledger, explore};
use crate::connectors::{Inlet, entrance};
use crate::link::SharedReceiver;
use crate::stage::Head;
use crate::{Closed, TrySendError};

/// Takes single items until it has `most` or the stream has ended; their numbers.
async fn gather(mut receiver: SharedReceiver<(Item, ())>, most: usize) -> Vec<usize> {
    let mut taken = Vec::new();
    while taken.len() < most && poll_fn(|cx| receiver.poll_items(cx)).await.expect("this link does not fail") {
        taken.extend(receiver.items(1).map(|(item, ())| item.number));
    }
    taken
}

/// A pipeline above which two producers stand: what each does with its inlet is its own matter; it says what it knows to have sent. The
/// consumer wants `most`. What was taken must be what was sent, or the beginning of it, of each producer in its order (L12).
fn play(most: usize, first: fn(Inlet<Item>, Ledger) -> Vec<usize>, second: fn(Inlet<Item>, Ledger) -> Vec<usize>) {
    explore(move || {
        let ledger = Ledger::new(4);
        let (inlet, link) = entrance(1);
        let (other, items) = (inlet.clone(), ledger.clone());
        let above = thread::spawn(move || first(other, items));
        let items = ledger.clone();
        let beside = thread::spawn(move || second(inlet, items));
        let taken = block_on(gather(SharedReceiver::new(link), most));
        let sent = [above.join().expect("the first ends"), beside.join().expect("the second ends")];
        for own in &sent {
            let came: Vec<_> = taken.iter().copied().filter(|number| own.contains(number)).collect();
            assert!(own.starts_with(&came), "sent {own:?}, taken {taken:?}");
        }
        let all = sent.concat();
        assert!(taken.iter().all(|number| all.contains(number)), "only what was sent comes out");
        assert!(taken.len() == all.len().min(most), "sent {sent:?}, taken {taken:?}");
        ledger.close();
    });
}

/// Sends one item, and says its number if that went well.
async fn send(inlet: &Inlet<Item>, ledger: &Ledger) -> Option<usize> {
    let item = ledger.make(1);
    let number = item.number;
    inlet.send(item).await.is_ok().then_some(number)
}

fn one(inlet: Inlet<Item>, ledger: Ledger) -> Vec<usize> {
    block_on(send(&inlet, &ledger)).into_iter().collect()
}

fn two(inlet: Inlet<Item>, ledger: Ledger) -> Vec<usize> {
    block_on(async { [send(&inlet, &ledger).await, send(&inlet, &ledger).await].into_iter().flatten().collect() })
}

/// Begins to send, and thinks better of it: whoever stands behind in the line must be woken.
fn cancelled(inlet: Inlet<Item>, ledger: Ledger) -> Vec<usize> {
    let item = ledger.make(1);
    let number = item.number;
    block_on(async {
        let mut sending = pin!(inlet.send(item));
        poll_fn(|cx| match sending.as_mut().poll(cx) {
            Poll::Ready(sent) => Poll::Ready(sent.is_ok()),
            Poll::Pending => Poll::Ready(false),
        })
        .await
    })
    .then_some(number)
    .into_iter()
    .collect()
}

/// Waits for room, then tries until it has sent one item.
fn when_ready(inlet: Inlet<Item>, ledger: Ledger) -> Vec<usize> {
    let mut item = ledger.make(1);
    let number = item.number;
    loop {
        if block_on(inlet.ready()).is_err() {
            return Vec::new();
        }
        match inlet.try_send(item) {
            Ok(()) => return vec![number],
            Err(TrySendError::Closed(_)) => return Vec::new(),
            Err(TrySendError::Full(back)) => item = back,
        }
    }
}

/// Closes for both.
fn close(inlet: Inlet<Item>, _: Ledger) -> Vec<usize> {
    inlet.close();
    Vec::new()
}

#[test]
fn two_send_one_each() {
    play(usize::MAX, one, one);
}

#[test]
fn two_send_two_and_one() {
    play(usize::MAX, two, one);
}

#[test]
fn one_cancels_while_the_other_waits() {
    play(usize::MAX, cancelled, two);
}

#[test]
fn one_waits_for_room_beside_another_that_sends() {
    play(usize::MAX, when_ready, one);
}

#[test]
fn one_closes_while_the_other_sends() {
    play(usize::MAX, close, two);
}

#[test]
fn one_cancels_while_the_other_waits_for_room() {
    play(usize::MAX, cancelled, when_ready);
}

#[test]
fn one_cancels_while_the_other_closes() {
    play(usize::MAX, cancelled, close);
}

#[test]
fn both_cancel() {
    play(usize::MAX, cancelled, cancelled);
}

#[test]
fn both_wait_for_room() {
    play(usize::MAX, when_ready, when_ready);
}

#[test]
fn one_closes_while_the_other_waits_for_room() {
    play(usize::MAX, close, when_ready);
}

#[test]
fn both_close() {
    play(usize::MAX, close, close);
}

#[test]
fn the_consumer_leaves_while_one_cancels() {
    play(1, cancelled, one);
}

#[test]
fn the_consumer_leaves_while_one_waits_for_room() {
    play(1, when_ready, one);
}

#[test]
fn the_consumer_leaves_while_one_closes() {
    play(1, close, two);
}

#[test]
fn the_consumer_leaves_at_once() {
    play(0, one, when_ready);
}

/// The consumer leaves: who waits gets the item back.
#[test]
fn the_consumer_leaves_after_1() {
    explore(|| {
        let ledger = Ledger::new(2);
        let (inlet, link) = entrance(1);
        let (other, items) = (inlet.clone(), ledger.clone());
        let above =
            thread::spawn(move || block_on(other.send(items.make(1))).map_err(|Closed(item)| drop(item)).is_ok());
        let items = ledger.clone();
        let beside =
            thread::spawn(move || block_on(inlet.send(items.make(1))).map_err(|Closed(item)| drop(item)).is_ok());
        assert_eq!(block_on(gather(SharedReceiver::new(Arc::clone(&link)), 1)).len(), 1);
        let sent = [above, beside].map(|thread| thread.join().expect("nobody waits for ever"));
        assert!(sent.contains(&true), "what was taken had been sent");
        drop(link);
        ledger.close();
    });
}
