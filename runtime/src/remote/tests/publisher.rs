//! The half above the queue.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::{Queue, borders, items, push, queue, within};
use crate::Signal;
use crate::link::tests::random::Dice;
use crate::remote::memory::faults::Fate;
use crate::remote::{Broker, Change, Lane, Reason, RemoteError};

const PLENTY: usize = 1 << 20;

fn stored(queue: &Queue) -> Vec<u64> {
    items(&queue.broker.history(Lane::Items))
}

fn signals(changes: &[Change]) -> Vec<Signal> {
    changes.iter().map(|change| change.signal).collect()
}

#[tokio::test(start_paused = true)]
async fn q1_each_message_expects_the_one_before_it() {
    within(async {
        let queue = queue(2);
        queue.broker.set_latency(Duration::from_millis(1));
        let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
        push(&mut publisher, 0..12).await.unwrap();
        publisher.flush().await.unwrap();
        let expected = Vec::from_iter(queue.broker.log().into_iter().map(|(_, expected)| expected));
        assert_eq!(expected, Vec::from_iter((0..6).map(Some)));
    })
    .await;
}

/// Whatever is lost on the way, there or back: order, nothing lost, nothing twice. The ids are forgotten now and then, and what is stored is
/// consumed now and then, so that every way to find out what is stored is gone.
#[tokio::test(start_paused = true)]
async fn q1_q2_nothing_is_lost_doubled_or_out_of_order() {
    for seed in 0..150 {
        let mut dice = Dice::new(seed);
        let (queue, n) = (queue(1 + dice.below(4)).window(1 + dice.below(6)), dice.below(200) as u64);
        queue.broker.set_latency(Duration::from_millis(dice.below(3) as u64));
        let worker = {
            let (broker, mut dice) = (queue.broker.clone(), Dice::new(seed + 1_000_000));
            tokio::spawn(async move {
                loop {
                    sleep(Duration::from_millis(1 + dice.below(20) as u64)).await;
                    broker.hurt(Lane::Items, |store| {
                        (0..dice.below(6)).for_each(|_| store.consume());
                        if dice.one_in(8) {
                            store.forget_ids();
                        }
                    });
                    broker.script((0..dice.below(4)).map(|_| match dice.below(4) {
                        0 => Fate::AnswerLost,
                        1 => Fate::Lost,
                        _ => Fate::Arrives,
                    }));
                }
            })
        };
        let messages = 4 * (1 + dice.below(3));
        let capacity = messages * queue.options.per_message;
        within(async {
            let mut publisher = queue.publisher(capacity, capacity / 2).await.unwrap();
            for first in (0..n).step_by(10) {
                push(&mut publisher, first..n.min(first + 10)).await.unwrap();
                assert!(
                    publisher.sent().position <= stored(&queue).len() as u64,
                    "seed {seed}: what is said to be stored is"
                );
            }
            publisher.finish().await.unwrap();
            assert_eq!(publisher.sent().position, n);
        })
        .await;
        worker.abort();
        assert_eq!(stored(&queue), Vec::from_iter(0..n), "seed {seed}");
        assert!(queue.broker.peak(Lane::Items) <= messages as u64, "seed {seed}");
        assert_eq!(queue.broker.record().await.unwrap().unwrap().1.ended, Some(queue.broker.look(Lane::Items).last));
    }
}

#[tokio::test(start_paused = true)]
async fn q2_a_lost_window_costs_one_time_limit() {
    within(async {
        let queue = queue(1).window(64);
        let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
        queue.broker.set_latency(Duration::from_millis(1));
        queue.broker.script([Fate::Lost; 64]);
        let start = Instant::now();
        push(&mut publisher, 0..64).await.unwrap();
        publisher.flush().await.unwrap();
        assert!(start.elapsed() < Duration::from_millis(2_100), "{:?}", start.elapsed());
        assert_eq!(stored(&queue), Vec::from_iter(0..64));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q3_a_full_queue_is_left_alone_until_it_is_low() {
    within(async {
        let queue = queue(2);
        let mut publisher = queue.publisher(16, 8).await.unwrap();
        push(&mut publisher, 0..16).await.unwrap();
        publisher.flush().await.unwrap();
        assert_eq!(publisher.paused(), None, "full, and nothing waits yet");
        push(&mut publisher, 16..18).await.unwrap();
        timeout(Duration::from_secs(60), publisher.ready()).await.expect_err("paused");
        assert_eq!(publisher.paused(), Some(Reason::Full));
        let sent = queue.broker.log().len();

        // Above the low mark nothing is sent, although there would be room.
        queue.broker.hurt(Lane::Items, |store| (0..3).for_each(|_| store.consume()));
        timeout(Duration::from_secs(60), publisher.ready()).await.expect_err("paused");
        assert_eq!(queue.broker.log().len(), sent);

        queue.broker.hurt(Lane::Items, |store| store.consume());
        publisher.flush().await.unwrap();
        assert_eq!(stored(&queue), Vec::from_iter(0..18));
        let changes = Vec::from_iter(std::iter::from_fn(|| publisher.take_change()));
        assert_eq!(signals(&changes), [Signal::Pause, Signal::Drain]);
        assert!(changes.iter().all(|change| change.reason == Reason::Full));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q3_many_full_phases_alternate_and_never_exceed_the_capacity() {
    within(async {
        let queue = queue(4);
        let broker = queue.broker.clone();
        broker.set_latency(Duration::from_micros(100));
        let worker = tokio::spawn(async move {
            while broker.record().await.unwrap().is_none_or(|(_, record)| record.ended.is_none()) {
                broker.hurt(Lane::Items, |store| store.consume());
                sleep(Duration::from_millis(2)).await;
            }
        });
        let mut publisher = queue.publisher(128, 64).await.unwrap();
        let mut changes = Vec::new();
        for n in 0..4_000 {
            push(&mut publisher, [n]).await.unwrap();
            changes.extend(std::iter::from_fn(|| publisher.take_change()));
        }
        publisher.finish().await.unwrap();
        changes.extend(std::iter::from_fn(|| publisher.take_change()));
        assert_eq!(stored(&queue), Vec::from_iter(0..4_000));
        worker.await.unwrap();
        assert_eq!(queue.broker.peak(Lane::Items), 32);
        assert!(publisher.sent().full >= 50, "{:?}", publisher.sent());
        assert!(publisher.sent().looks <= 8 * publisher.sent().full, "{:?}", publisher.sent());
        let alternate = signals(&changes).chunks(2).all(|pair| pair == [Signal::Pause, Signal::Drain]);
        assert!(alternate && changes.len() as u64 == 2 * publisher.sent().full, "{changes:?}");
    })
    .await;
}

/// What the publisher before has left counts, too.
#[tokio::test(start_paused = true)]
async fn q3_who_begins_at_a_full_queue_sends_nothing() {
    within(async {
        let queue = queue(2);
        let mut first = queue.publisher(16, 8).await.unwrap();
        push(&mut first, 0..14).await.unwrap();
        first.flush().await.unwrap();
        drop(first);
        let mut second = queue.clone().run("s").publisher(16, 8).await.unwrap();
        push(&mut second, 100..104).await.unwrap();
        timeout(Duration::from_secs(60), second.flush()).await.expect_err("one message had room");
        assert_eq!(second.paused(), Some(Reason::Full));
        assert_eq!(queue.broker.log().len(), 8, "nobody had to be refused");
        drop(second);
        let mut third = queue.clone().run("t").publisher(16, 8).await.unwrap();
        push(&mut third, 200..202).await.unwrap();
        timeout(Duration::from_secs(60), third.flush()).await.expect_err("no room");
        assert_eq!((third.paused(), queue.broker.log().len()), (Some(Reason::Full), 8));
        queue.broker.hurt(Lane::Items, |store| (0..4).for_each(|_| store.consume()));
        third.flush().await.unwrap();
        assert_eq!((third.paused(), queue.broker.look(Lane::Items).messages), (None, 5));
    })
    .await;
}

/// Somebody has given the broker a limit of its own.
#[tokio::test(start_paused = true)]
async fn q3_a_refusal_for_want_of_room_pauses_too() {
    within(async {
        let queue = queue(2);
        let mut publisher = queue.publisher(16, 4).await.unwrap();
        queue.broker.hurt(Lane::Items, |store| store.limit(4));
        push(&mut publisher, 0..12).await.unwrap();
        timeout(Duration::from_secs(60), publisher.flush()).await.expect_err("paused");
        assert_eq!(publisher.paused(), Some(Reason::Full));
        queue.broker.hurt(Lane::Items, |store| (0..2).for_each(|_| store.consume()));
        publisher.flush().await.unwrap();
        assert_eq!(stored(&queue), Vec::from_iter(0..12));
        let changes = Vec::from_iter(std::iter::from_fn(|| publisher.take_change()));
        assert_eq!(signals(&changes), [Signal::Pause, Signal::Drain]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q4_full_frames_end_at_multiples() {
    within(async {
        let queue = queue(4);
        queue.broker.set_latency(Duration::from_millis(1));
        let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
        push(&mut publisher, 0..1).await.unwrap();
        publisher.flush().await.unwrap();
        push(&mut publisher, 1..11).await.unwrap();
        publisher.flush().await.unwrap();
        assert_eq!(borders(&queue.broker.history(Lane::Items)), [(0, 1), (1, 4), (4, 8), (8, 11)]);
        assert_eq!(queue.broker.log()[1].0, "r.1-3");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q4_what_a_killed_publisher_had_sent_is_not_stored_again() {
    within(async {
        let queue = queue(4);
        let mut first = queue.publisher(PLENTY, 0).await.unwrap();
        push(&mut first, 0..9).await.unwrap();
        first.flush().await.unwrap();
        drop(first);
        // It does not resume: it sends everything again, and the borders agree.
        let mut second = queue.publisher(PLENTY, 0).await.unwrap();
        assert_eq!(second.resume_from(), 0);
        push(&mut second, 0..20).await.unwrap();
        second.finish().await.unwrap();
        assert_eq!(borders(&queue.broker.history(Lane::Items)), [(0, 4), (4, 8), (8, 9), (8, 12), (12, 16), (16, 20)]);
        assert_eq!(second.sent().repeated, 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q4_resume_goes_on_where_the_broker_ends() {
    for consumed in [0, 3] {
        within(async {
            let queue = queue(4).resume(true);
            let mut first = queue.publisher(PLENTY, 0).await.unwrap();
            push(&mut first, 0..9).await.unwrap();
            first.flush().await.unwrap();
            // Long enough for the record, which is what tells it when the newest message is consumed.
            let _ = timeout(
                Duration::from_secs(1),
                std::future::poll_fn(|cx| {
                    let _ = first.poll_ready(cx);
                    std::task::Poll::<()>::Pending
                }),
            )
            .await;
            drop(first);
            queue.broker.hurt(Lane::Items, |store| (0..consumed).for_each(|_| store.consume()));
            let mut second = queue.publisher(PLENTY, 0).await.unwrap();
            assert_eq!(second.resume_from(), 9);
            push(&mut second, 0..20).await.unwrap();
            second.finish().await.unwrap();
            assert_eq!(stored(&queue), Vec::from_iter(0..20));

            let mut third = queue.publisher(PLENTY, 0).await.unwrap();
            assert_eq!(third.resume_from(), 20);
            third.begin_at_resume();
            push(&mut third, 20..24).await.unwrap();
            third.finish().await.unwrap();
            assert_eq!(stored(&queue), Vec::from_iter(0..24));
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn q7_a_lone_item_leaves_at_once_and_others_together() {
    within(async {
        let queue = queue(8);
        queue.broker.set_latency(Duration::from_millis(10));
        let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
        push(&mut publisher, 0..1).await.unwrap();
        push(&mut publisher, 1..5).await.unwrap();
        publisher.ready().await.unwrap();
        assert_eq!(queue.broker.log().len(), 1, "the first item is on its way, the others wait for it");
        publisher.flush().await.unwrap();
        assert_eq!(borders(&queue.broker.history(Lane::Items)), [(0, 1), (1, 5)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q7_large_items_close_a_frame() {
    within(async {
        let queue = queue(8);
        queue.broker.set_latency(Duration::from_millis(1));
        let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
        for size in [100_000, 100_000, 100_000, 900_000, 10] {
            publisher.ready().await.unwrap();
            publisher.push(&"x".repeat(size)).unwrap();
        }
        publisher.flush().await.unwrap();
        let refused = publisher.push(&"x".repeat(2_000_000)).unwrap_err();
        assert!(matches!(refused, RemoteError::TooLarge { size: 2_000_000.., most: 1_048_576 }), "{refused}");
        publisher.push("small").unwrap();
        publisher.flush().await.unwrap();
        assert_eq!(borders(&queue.broker.history(Lane::Items)), [(0, 1), (1, 3), (3, 4), (4, 5), (5, 6)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q8_never_more_than_the_window_and_two_are_held() {
    for position in 0..4 {
        within(async {
            let queue = queue(4);
            let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
            push(&mut publisher, 0..position).await.unwrap();
            publisher.flush().await.unwrap();
            queue.broker.set_latency(Duration::from_secs(1));
            let mut taken = 0;
            while let Ok(room) = timeout(Duration::from_millis(500), publisher.ready()).await {
                let room = room.unwrap();
                (0..room).for_each(|n| publisher.push(&n).unwrap());
                taken += room;
            }
            assert!(taken <= queue.layout(PLENTY, 0).unwrap().held_above(), "{taken}");
            assert!(taken >= 4 * 4, "{taken}");
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn q9_the_end_is_written_after_the_last_item_is_stored() {
    within(async {
        let queue = queue(2);
        let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
        queue.broker.script([Fate::Lost]);
        push(&mut publisher, 0..2).await.unwrap();
        timeout(Duration::from_secs(1), publisher.finish()).await.expect_err("no answer yet");
        assert_eq!(queue.broker.record().await.unwrap().unwrap().1.ended, None);
        publisher.finish().await.unwrap();
        let (_, record) = queue.broker.record().await.unwrap().unwrap();
        assert_eq!((record.ended, record.position, stored(&queue).len()), (Some(1), 2, 2));
        publisher.finish().await.expect("to finish again does nothing");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q10_an_unreachable_broker_pauses_and_is_retried_for_ever() {
    within(async {
        let queue = queue(2);
        let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
        queue.broker.set_unreachable(true);
        push(&mut publisher, 0..2).await.unwrap();
        timeout(Duration::from_secs(3_000), publisher.flush()).await.expect_err("nobody is there");
        assert!(matches!(publisher.paused(), Some(Reason::Disconnected(_))));
        queue.broker.set_unreachable(false);
        publisher.flush().await.unwrap();
        assert_eq!(publisher.paused(), None);
        let changes = Vec::from_iter(std::iter::from_fn(|| publisher.take_change()));
        assert_eq!(signals(&changes), [Signal::Pause, Signal::Drain]);
        assert_eq!(stored(&queue), [0, 1]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q10_unless_it_is_to_give_up() {
    within(async {
        let queue = queue(2).give_up_after(Duration::from_secs(20));
        let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
        queue.broker.set_unreachable(true);
        let start = Instant::now();
        push(&mut publisher, 0..2).await.unwrap();
        let error = publisher.finish().await.unwrap_err();
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error}");
        assert!((20..25).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
        assert_eq!(publisher.ready().await.unwrap_err(), error, "every later call says the same");
        assert!(matches!(queue.publisher(PLENTY, 0).await, Err(RemoteError::Unreachable(_))));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q11_a_broker_that_has_lost_messages_is_an_error() {
    within(async {
        let queue = queue(1);
        let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
        push(&mut publisher, 0..10).await.unwrap();
        publisher.flush().await.unwrap();
        queue.broker.hurt(Lane::Items, |store| store.lose_last(3));
        push(&mut publisher, 10..11).await.unwrap();
        assert_eq!(publisher.flush().await.unwrap_err(), RemoteError::BrokerLost(3));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q11_also_when_a_publisher_begins() {
    within(async {
        let queue = queue(1);
        let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
        push(&mut publisher, 0..10).await.unwrap();
        publisher.finish().await.unwrap();
        queue.broker.hurt(Lane::Items, |store| store.lose_last(3));
        assert_eq!(queue.publisher(PLENTY, 0).await.unwrap_err(), RemoteError::BrokerLost(3));
        // Another run is what the message tells to begin.
        drop(queue.run("another").publisher(PLENTY, 0).await.unwrap());
    })
    .await;
}
