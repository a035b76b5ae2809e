//! Poison: what fails again and again, with and without a word.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{Queue, filled, items, push, queue, within, worker};
use crate::remote::RemoteError;
use crate::remote::broker::{Broker, Lane, Message};
use crate::remote::frame::{self, Head, hash};

const POISON: u64 = 7;

/// How a worker ends that meets the poison.
#[derive(Clone, Copy, PartialEq)]
enum Death {
    /// It knows which frame it was, as with an `Err`.
    Guilty,
    /// It is gone, and with it all that it had.
    Silent,
}

/// Runs workers, one after the other, until the run is over. Gives what was done, and how many died.
async fn until_over(queue: &Queue, death: Death) -> (Vec<u64>, usize) {
    let (mut done, mut deaths) = (Vec::new(), 0);
    loop {
        let mut worker = worker(queue).await;
        loop {
            let Some(frame) = worker.next().await.unwrap() else {
                done.sort_unstable();
                return (done, deaths);
            };
            if !frame.items.contains(&POISON) {
                done.extend(frame.items);
                frame.handle.done();
                continue;
            }
            deaths += 1;
            if death == Death::Guilty {
                frame.handle.guilty();
                worker.leave().await;
            } else {
                // Nobody says anything, and no sign of life: as far as the broker knows.
                queue.broker.set_unreachable(true);
                drop((frame, worker));
                sleep(Duration::from_secs(60)).await;
                queue.broker.set_unreachable(false);
            }
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn c6_c7_a_guilty_frame_is_taken_apart_and_the_culprit_tried_alone() {
    within(async {
        let queue = queue(4).attempts(3);
        filled(&queue, 40).await;
        let (done, deaths) = until_over(&queue, Death::Guilty).await;
        assert_eq!(done, Vec::from_iter((0..40).filter(|n| *n != POISON)));
        assert_eq!(deaths, 1 + 3);
        assert_eq!(items(&queue.broker.history(Lane::Dead)), [POISON]);
        assert_eq!(items(&queue.broker.history(Lane::Isolated)), [4, 5, 6, 7]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c6_c7_without_a_word_it_takes_as_many_deaths_again() {
    within(async {
        let queue = queue(4).attempts(3);
        filled(&queue, 40).await;
        let (mut done, deaths) = until_over(&queue, Death::Silent).await;
        // What a dying worker had done, and could not say so, is done again.
        done.dedup();
        assert_eq!(done, Vec::from_iter((0..40).filter(|n| *n != POISON)));
        assert_eq!(deaths, 3 + 3);
        assert_eq!(items(&queue.broker.history(Lane::Dead)), [POISON]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c6_the_neighbours_are_given_back_and_no_suspects() {
    within(async {
        let queue = queue(4).attempts(1);
        filled(&queue, 16).await;
        let mut worker = worker(&queue).await;
        let first = worker.next().await.unwrap().unwrap();
        let second = worker.next().await.unwrap().unwrap();
        first.handle.guilty();
        drop(second);
        worker.leave().await;
        let mut isolated = items(&queue.broker.history(Lane::Isolated));
        isolated.sort_unstable();
        assert_eq!(isolated, [0, 1, 2, 3]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c7_suspects_come_one_at_a_time() {
    within(async {
        let queue = queue(4);
        filled(&queue, 4).await;
        let mut worker = worker(&queue).await;
        worker.next().await.unwrap().unwrap().handle.guilty();
        for n in 0..4 {
            let suspect = worker.next().await.unwrap().unwrap();
            assert_eq!((suspect.items.as_slice(), suspect.isolated, suspect.first), ([n].as_slice(), true, n));
            if n < 3 {
                timeout(Duration::from_secs(60), worker.next()).await.expect_err("one at a time");
            }
            suspect.handle.done();
        }
        assert!(worker.next().await.unwrap().is_none());
        assert_eq!(worker.received().taken_apart, 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c6_there_are_no_more_suspects_than_the_queue_has_items() {
    within(async {
        let (queue, n) = (queue(4), 64);
        let above = queue.clone();
        let publishing = tokio::spawn(async move {
            let mut publisher = above.publisher(16, 0).await.unwrap();
            push(&mut publisher, 0..n).await.unwrap();
            publisher.finish().await.unwrap();
        });
        let (mut worker, mut done) = (queue.consumer::<u64>(16, 0).await.unwrap(), Vec::new());
        while let Some(frame) = worker.next().await.unwrap() {
            if frame.isolated {
                // Long enough for all that is to be taken apart.
                sleep(Duration::from_secs(1)).await;
                done.extend(frame.items);
                frame.handle.done();
            } else {
                frame.handle.guilty();
            }
        }
        publishing.await.unwrap();
        assert_eq!(queue.broker.peak(Lane::Isolated), 16);
        done.sort_unstable();
        assert_eq!(done, Vec::from_iter(0..n));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c6_without_dead_letters_it_is_tried_for_ever() {
    within(async {
        let queue = queue(4).attempts(1).dead_letters(false);
        filled(&queue, 4).await;
        let mut worker = worker(&queue).await;
        for attempt in 1..20 {
            let frame = worker.next().await.unwrap().unwrap();
            assert_eq!((frame.attempt, frame.items.len()), (attempt, 4));
            frame.handle.guilty();
        }
        assert!(queue.broker.history(Lane::Isolated).is_empty());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c7_after_its_last_attempt_a_suspect_is_a_dead_letter_at_once() {
    within(async {
        let queue = queue(4).attempts(1);
        filled(&queue, 4).await;
        let mut worker = worker(&queue).await;
        while let Some(frame) = worker.next().await.unwrap() {
            frame.handle.guilty();
        }
        assert_eq!((worker.received().messages, worker.received().dead), (1 + 4, 4));
        assert_eq!(items(&queue.broker.history(Lane::Dead)), [0, 1, 2, 3]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn dead_letters_are_read_in_order_and_stay_until_they_are_removed() {
    within(async {
        let queue = queue(4);
        filled(&queue, 0).await;
        for letter in [single("a", 3, &5u64), single("a", 9, &6u64)] {
            queue.broker.send(Lane::Dead, letter).await.unwrap().await;
        }
        let mut letters = queue.read_dead_letters::<u64>();
        queue.broker.set_unreachable(true);
        assert!(timeout(Duration::from_secs(60), letters.next()).await.is_err(), "it waits for the broker");
        queue.broker.set_unreachable(false);
        let first = letters.next().await.unwrap().unwrap();
        assert_eq!((&*first.run, first.first, first.items.as_deref()), ("a", 3, Ok(&[5][..])));
        let second = letters.next().await.unwrap().unwrap();
        assert_eq!((second.first, second.items.as_deref()), (9, Ok(&[6][..])));
        assert!(letters.next().await.unwrap().is_none());
        letters.remove(&first).await.unwrap();
        letters.remove(&first).await.unwrap();
        // Whoever reads them otherwise is told so, and may remove them too.
        let mut letters = queue.clone().schema("another").read_dead_letters::<u64>();
        let second = letters.next().await.unwrap().unwrap();
        assert!(matches!(&second.items, Err(RemoteError::Codec(why)) if why.contains("schema")), "{second:?}");
        letters.remove(&second).await.unwrap();
        assert!(queue.read_dead_letters::<u64>().next().await.unwrap().is_none());
        let patience = queue.clone().give_up_after(Duration::from_secs(1));
        queue.broker.set_unreachable(true);
        let told = patience.read_dead_letters::<u64>().next().await.map(drop);
        assert!(matches!(told, Err(RemoteError::Unreachable(_))), "{told:?}");
    })
    .await;
}

/// An item of a run, as a worker sets it aside.
fn single(run: &str, position: u64, item: &u64) -> Message {
    let head = Head { codec: 1, schema: hash(b""), epoch: 1, first: position, count: 1, run: run.to_owned() };
    let frame = frame::single(&head, 0, &postcard::to_stdvec(item).unwrap());
    Message { id: frame.id, expected_last: None, payload: frame.payload }
}
