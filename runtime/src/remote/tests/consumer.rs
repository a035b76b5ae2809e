//! The half below the queue.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::{CAPACITY, Queue, filled, push, queue, take_all, within, worker};
use crate::remote::memory::MemoryBroker;
use crate::remote::{Broker, Consumer, Handle, Json, Lane, Message, RemoteError};

/// Takes so many frames and keeps their handles.
async fn take(worker: &mut Consumer<u64, MemoryBroker>, frames: usize) -> Vec<Handle> {
    let mut handles = Vec::new();
    for _ in 0..frames {
        handles.push(worker.next().await.unwrap().expect("a frame").handle);
    }
    handles
}

async fn unacked(queue: &Queue) -> u64 {
    queue.broker.progress(Lane::Items).await.unwrap().unwrap().unacked
}

#[tokio::test(start_paused = true)]
async fn c1_no_more_is_fetched_than_there_is_room() {
    within(async {
        let queue = queue(2);
        filled(&queue, 100).await;
        let mut worker = worker(&queue).await;
        sleep(Duration::from_secs(60)).await;
        assert_eq!(worker.received().messages, 4);
        // Nothing is asked for before half of the room is free.
        let mut handles = take(&mut worker, 1).await;
        sleep(Duration::from_secs(60)).await;
        assert_eq!(worker.received().messages, 4);
        handles.extend(take(&mut worker, 1).await);
        sleep(Duration::from_secs(60)).await;
        assert_eq!(worker.received().messages, 6);
        handles.into_iter().for_each(Handle::done);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c1_asks_as_soon_as_there_is_room() {
    within(async {
        let queue = queue(2);
        filled(&queue, 1_000).await;
        let (mut worker, start) = (worker(&queue).await, Instant::now());
        for _ in 0..500 {
            worker.next().await.unwrap().expect("a frame").handle.done();
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c1_what_is_done_and_cannot_be_told_yet_takes_room() {
    within(async {
        let queue = queue(1);
        filled(&queue, 1_000).await;
        queue.broker.set_latency(Duration::from_secs(1));
        let (mut worker, mut most) = (worker(&queue).await, 0);
        while let Some(frame) = worker.next().await.unwrap() {
            frame.handle.done();
            most = most.max(queue.broker.progress(Lane::Items).await.unwrap().unwrap().unacked);
        }
        // Those that are being told, and the room twice: what came while the last of them was taken.
        assert!(most <= 256 + 2 * 4, "{most}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c1_what_comes_later_is_fetched_too() {
    within(async {
        let queue = queue(2);
        let mut worker = worker(&queue).await;
        let mut publisher = queue.publisher(CAPACITY, 0).await.unwrap();
        for n in 0..30 {
            // Longer than an ask lasts.
            sleep(Duration::from_secs(7)).await;
            push(&mut publisher, [n]).await.unwrap();
            publisher.flush().await.unwrap();
            let frame = worker.next().await.unwrap().unwrap();
            assert_eq!((frame.items.as_slice(), frame.first), ([n].as_slice(), n));
            frame.handle.done();
        }
    })
    .await;
}

/// As a token of a pipeline carries it: one closure a frame, which whoever drops the last item calls.
#[tokio::test(start_paused = true)]
async fn c3_a_verdict_may_come_from_any_thread_without_a_runtime() {
    type Tell = Box<dyn FnOnce(Option<bool>) + Send>;
    within(async {
        let queue = queue(2);
        filled(&queue, 6).await;
        let mut worker = worker(&queue).await;
        for verdict in [Some(true), Some(false), None] {
            let handle = worker.next().await.unwrap().unwrap().handle;
            let tell: Tell = Box::new(move |verdict| match verdict {
                Some(true) => handle.done(),
                Some(false) => handle.guilty(),
                None => drop(handle),
            });
            std::thread::spawn(move || tell(verdict)).join().unwrap();
        }
        assert_eq!(take_all(&mut worker).await.len(), 2 + 2, "the guilty one's, and those of the one given back");
        let received = worker.received();
        assert_eq!((received.taken_apart, received.given_back, received.unconfirmed), (1, 1, 0), "{received:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c2_what_is_worked_on_is_kept_however_long_nobody_asks() {
    within(async {
        let queue = queue(2).ack_wait(Duration::from_secs(1));
        filled(&queue, 100).await;
        let (mut slow, mut other) = (worker(&queue).await, worker(&queue).await);
        let handles = take(&mut slow, 3).await;
        let mut taken = 3 * 2;
        while let Ok(frame) = timeout(Duration::from_secs(100), other.next()).await {
            let frame = frame.unwrap().unwrap();
            taken += frame.items.len();
            frame.handle.done();
        }
        // The other one got everything but what the first has in hand and has fetched ahead.
        let ahead = slow.received().messages - 3;
        assert_eq!((taken as u64, other.received().redelivered), (100 - 2 * ahead, 0), "{:?}", slow.received());
        assert!(slow.oldest_unacked().unwrap() >= Duration::from_secs(100));
        handles.into_iter().for_each(Handle::done);
        take_all(&mut slow).await;
        assert_eq!(slow.received().redelivered, 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c3_a_verdict_is_told_until_it_is_confirmed() {
    within(async {
        let queue = queue(2);
        filled(&queue, 8).await;
        let mut worker = worker(&queue).await;
        let handles = take(&mut worker, 2).await;
        queue.broker.set_unreachable(true);
        handles.into_iter().for_each(Handle::done);
        sleep(Duration::from_secs(5)).await;
        assert_eq!(worker.received().done, 0);
        queue.broker.set_unreachable(false);
        sleep(Duration::from_secs(1)).await;
        assert_eq!((worker.received().done, worker.received().unconfirmed), (2, 0));
        assert_eq!(queue.broker.look(Lane::Items).messages, 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c3_but_not_for_ever() {
    within(async {
        let queue = queue(2);
        filled(&queue, 8).await;
        let mut worker = worker(&queue).await;
        let handles = take(&mut worker, 2).await;
        queue.broker.set_unreachable(true);
        handles.into_iter().for_each(Handle::done);
        sleep(Duration::from_secs(60)).await;
        assert_eq!(worker.received().unconfirmed, 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c4_a_dropped_handle_gives_its_items_back_at_once() {
    within(async {
        let queue = queue(2);
        filled(&queue, 8).await;
        let (mut worker, start) = (worker(&queue).await, Instant::now());
        drop(take(&mut worker, 4).await);
        assert_eq!(take_all(&mut worker).await, Vec::from_iter(0..8));
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        assert_eq!(worker.received().redelivered, 4);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c4_who_leaves_waits_for_what_is_worked_on_and_gives_back_the_rest() {
    within(async {
        let queue = queue(2);
        filled(&queue, 100).await;
        let mut leaving = worker(&queue).await;
        let handles = take(&mut leaving, 2).await;
        let left = tokio::spawn(leaving.leave());
        sleep(Duration::from_secs(60)).await;
        assert!(!left.is_finished());
        assert_eq!(unacked(&queue).await, 2, "what was fetched ahead has been given back");
        handles.into_iter().for_each(Handle::done);
        let start = Instant::now();
        left.await.unwrap();
        assert!(start.elapsed() < Duration::from_millis(300), "{:?}", start.elapsed());
        assert_eq!((unacked(&queue).await, queue.broker.look(Lane::Items).messages), (0, 48));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c4_a_dropped_consumer_gives_back_what_nobody_has_got() {
    within(async {
        let queue = queue(2);
        filled(&queue, 100).await;
        let mut dropped = worker(&queue).await;
        let handles = take(&mut dropped, 2).await;
        drop(dropped);
        sleep(Duration::from_secs(1)).await;
        assert_eq!(unacked(&queue).await, 2);
        // Their handles are still good.
        handles.into_iter().for_each(Handle::done);
        sleep(Duration::from_secs(1)).await;
        assert_eq!(unacked(&queue).await, 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c9_another_schema_is_left_for_who_knows_it() {
    within(async {
        let queue = queue(2).schema("orders/2");
        filled(&queue, 4).await;
        let mut older = queue.clone().schema("orders/1").consumer::<u64>(CAPACITY, 0).await.unwrap();
        timeout(Duration::from_secs(4), older.next()).await.expect_err("it can read nothing");
        assert_eq!(older.received().unreadable, 2);
        assert!(older.last_unreadable().unwrap().contains("another schema tag"), "{:?}", older.last_unreadable());
        drop(older);
        assert_eq!(take_all(&mut worker(&queue).await).await, [0, 1, 2, 3]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c9_what_nobody_can_read_becomes_a_dead_letter() {
    within(async {
        let queue = queue(2).attempts(2);
        filled(&queue, 4).await;
        let foreign = Message { id: "x".to_owned(), expected_last: None, payload: "hello".into() };
        queue.broker.store(Lane::Items, &foreign);
        let mut worker = worker(&queue).await;
        assert_eq!(take_all(&mut worker).await, [0, 1, 2, 3]);
        assert_eq!((worker.received().dead, worker.received().unreadable), (1, 3));
        assert_eq!(queue.broker.look(Lane::Dead).messages, 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c9_another_codec_or_type_is_not_guessed() {
    within(async {
        let queue = queue(2);
        filled(&queue, 2).await;
        let mut json = queue.clone().codec(Json).consumer::<u64>(CAPACITY, 0).await.unwrap();
        timeout(Duration::from_secs(1), json.next()).await.expect_err("it can read nothing");
        assert!(json.last_unreadable().unwrap().contains("codec 1, and this side reads codec 2"));
        drop(json);
        let mut texts = queue.consumer::<(String, String)>(CAPACITY, 0).await.unwrap();
        timeout(Duration::from_secs(6), texts.next()).await.expect_err("it can read nothing");
        assert!(texts.last_unreadable().unwrap().contains("cannot be decoded"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c10_an_unreachable_broker_is_waited_for() {
    within(async {
        let queue = queue(2);
        filled(&queue, 100).await;
        let mut worker = worker(&queue).await;
        take(&mut worker, 10).await.into_iter().for_each(Handle::done);
        sleep(Duration::from_secs(1)).await;
        queue.broker.set_unreachable(true);
        sleep(Duration::from_secs(3_000)).await;
        queue.broker.set_unreachable(false);
        let mut rest = take_all(&mut worker).await;
        // What had been fetched ahead has come again meanwhile.
        rest.sort_unstable();
        rest.dedup();
        assert_eq!(rest, Vec::from_iter(20..100));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c10_unless_it_is_to_give_up() {
    within(async {
        let queue = queue(2).give_up_after(Duration::from_secs(20));
        let mut worker = worker(&queue).await;
        queue.broker.set_unreachable(true);
        let start = Instant::now();
        let error = worker.next().await.unwrap_err();
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error}");
        assert!((20..23).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
        let refused = queue.consumer::<u64>(CAPACITY, 0).await.unwrap_err();
        assert!(matches!(refused, RemoteError::Unreachable(_)), "{refused}");
    })
    .await;
}
