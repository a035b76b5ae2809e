//! How a run ends, and how a queue is mended after a broker's crash.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::{CAPACITY, filled, push, queue, take_all, within, worker};
use crate::remote::memory::in_memory;
use crate::remote::{Broker, Lane};

#[tokio::test(start_paused = true)]
async fn c5_a_run_ends_for_every_worker_when_all_is_done() {
    within(async {
        let queue = queue(2);
        let (mut one, mut other) = (worker(&queue).await, worker(&queue).await);
        let mut publisher = queue.publisher(CAPACITY, 0).await.unwrap();
        push(&mut publisher, 0..2).await.unwrap();
        publisher.finish().await.unwrap();
        let (first, second) =
            (timeout(Duration::from_secs(1), one.next()).await, timeout(Duration::from_secs(1), other.next()).await);
        let (mut busy, mut idle, frame) = match (first, second) {
            (Ok(frame), Err(_)) => (one, other, frame),
            (Err(_), Ok(frame)) => (other, one, frame),
            (first, second) => panic!("one frame goes to one worker: {first:?} {second:?}"),
        };
        // Nobody ends while somebody works: if that one dies, its items find a taker.
        timeout(Duration::from_secs(100), idle.next()).await.expect_err("not yet");
        frame.unwrap().unwrap().handle.done();
        let start = Instant::now();
        assert!(busy.next().await.unwrap().is_none());
        assert!(idle.next().await.unwrap().is_none());
        assert!(start.elapsed() < Duration::from_millis(1_500), "{:?}", start.elapsed());
        assert!(idle.next().await.unwrap().is_none(), "the end stays the end");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c5_an_empty_run_ends_too() {
    within(async {
        let queue = queue(2);
        let mut worker = worker(&queue).await;
        queue.publisher(CAPACITY, 0).await.unwrap().finish().await.unwrap();
        assert!(take_all(&mut worker).await.is_empty());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c5_the_end_of_another_run_is_not_ours() {
    within(async {
        let monday = queue(2);
        monday.publisher(CAPACITY, 0).await.unwrap().finish().await.unwrap();
        let tuesday = monday.clone().run("tuesday");
        let mut worker = tuesday.consumer::<u64>(CAPACITY, 0).await.unwrap();
        timeout(Duration::from_secs(100), worker.next()).await.expect_err("its run has not begun");
        let mut publisher = tuesday.publisher(CAPACITY, 0).await.unwrap();
        push(&mut publisher, 0..5).await.unwrap();
        publisher.finish().await.unwrap();
        assert_eq!(take_all(&mut worker).await, [0, 1, 2, 3, 4]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c5_without_a_name_a_run_ends_in_this_process_alone() {
    within(async {
        let queue = in_memory("orders");
        let elsewhere = crate::remote::RemoteQueue::new(queue.broker.clone());
        let mut service = elsewhere.consumer::<u64>(CAPACITY, 0).await.unwrap();
        let mut here = worker(&queue).await;
        queue.publisher(CAPACITY, 0).await.unwrap().finish().await.unwrap();
        assert!(here.next().await.unwrap().is_none());
        timeout(Duration::from_secs(100), service.next()).await.expect_err("a service never ends");
    })
    .await;
}

/// The broker may take for acknowledged what was only out: nobody knows, so it comes again.
#[tokio::test(start_paused = true)]
async fn c8_what_a_crash_left_behind_comes_again() {
    within(async {
        let queue = queue(1);
        filled(&queue, 10).await;
        queue.broker.hurt(Lane::Items, |store| store.leave_behind(1..=4));
        let (mut worker, start) = (worker(&queue).await, Instant::now());
        assert_eq!(take_all(&mut worker).await, [4, 5, 6, 7, 8, 9, 0, 1, 2, 3]);
        assert_eq!(worker.received().remade, 1);
        assert!(start.elapsed() <= Duration::from_secs(7), "{:?}", start.elapsed());
    })
    .await;
}

/// While the workers are never idle, and one holds what is behind it for ever.
#[tokio::test(start_paused = true)]
async fn c8_what_a_crash_left_behind_comes_again_in_a_busy_queue_too() {
    within(async {
        let queue = queue(1);
        let mut publisher = queue.publisher(CAPACITY, 0).await.unwrap();
        push(&mut publisher, 0..10).await.unwrap();
        publisher.flush().await.unwrap();
        queue.broker.hurt(Lane::Items, |store| store.leave_behind(1..=4));
        let mut worker = worker(&queue).await;
        let held = worker.next().await.unwrap().unwrap();
        let mut came = Vec::from_iter(held.items.iter().copied());
        for n in 10..200 {
            push(&mut publisher, [n]).await.unwrap();
            publisher.flush().await.unwrap();
            while let Ok(frame) = timeout(Duration::from_millis(100), worker.next()).await {
                let frame = frame.unwrap().unwrap();
                came.extend(&frame.items);
                frame.handle.done();
            }
        }
        held.handle.done();
        assert_eq!(worker.received().remade, 1);
        came.sort_unstable();
        came.dedup();
        assert_eq!(came, Vec::from_iter(0..200));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c8_what_the_broker_forgot_to_deliver_is_delivered() {
    within(async {
        let queue = queue(1);
        filled(&queue, 10).await;
        queue.broker.hurt(Lane::Items, |store| store.forget_pending());
        let (mut worker, start) = (worker(&queue).await, Instant::now());
        assert_eq!(take_all(&mut worker).await, Vec::from_iter(0..10));
        assert_eq!(worker.received().remade, 1);
        assert!(start.elapsed() > Duration::from_secs(3), "not before it has stood still for a while");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c8_a_broker_that_lost_messages_delivers_what_comes_in_their_place() {
    within(async {
        let queue = queue(1);
        let mut publisher = queue.publisher(CAPACITY, 0).await.unwrap();
        push(&mut publisher, 0..10).await.unwrap();
        publisher.flush().await.unwrap();
        let mut worker = worker(&queue).await;
        for _ in 0..10 {
            worker.next().await.unwrap().unwrap().handle.done();
        }
        sleep(Duration::from_millis(10)).await;
        drop(publisher);
        queue.broker.hurt(Lane::Items, |store| store.lose_last(3));
        sleep(Duration::from_secs(6)).await;
        assert_eq!(worker.received().remade, 1);
        assert_eq!(queue.broker.progress(Lane::Items).await.unwrap().unwrap().delivered, 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c5_who_keeps_the_last_leaves_when_nobody_else_can_have_died() {
    within(async {
        let queue = queue(4);
        filled(&queue, 8).await;
        let (mut one, mut other, mut idle) = (worker(&queue).await, worker(&queue).await, worker(&queue).await);
        let kept = one.next().await.unwrap().unwrap();
        // The room of the first worker is for all: it has fetched both.
        let also_kept = one.next().await.unwrap().unwrap();
        drop(also_kept);
        let also_kept = other.next().await.unwrap().unwrap();

        timeout(Duration::from_secs(9), one.next()).await.expect_err("the other may be dying");
        assert!(timeout(Duration::from_secs(3), one.next()).await.expect("it leaves").unwrap().is_none());
        kept.handle.done();
        // Now all that is left is with the other.
        assert!(timeout(Duration::from_secs(2), other.next()).await.expect("it leaves").unwrap().is_none());
        timeout(Duration::from_secs(60), idle.next()).await.expect_err("it would take what the other has");
        also_kept.handle.done();
        assert!(idle.next().await.unwrap().is_none());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c8_a_publisher_that_waits_mends_the_queue_where_no_worker_lives_long_enough() {
    within(async {
        let queue = queue(1);
        let mut publisher = queue.publisher(8, 0).await.unwrap();
        push(&mut publisher, 0..8).await.unwrap();
        publisher.flush().await.unwrap();
        queue.broker.hurt(Lane::Items, |store| store.leave_behind(1..=8));
        push(&mut publisher, [8]).await.unwrap();
        let start = Instant::now();
        let mut came = Vec::new();
        // Each worker is killed before it could see that something is wrong.
        while came.is_empty() {
            let mut worker = queue.consumer::<u64>(8, 0).await.unwrap();
            tokio::select! {
                frame = worker.next() => came.extend(frame.unwrap().unwrap().items),
                room = publisher.ready() => panic!("{room:?} in a full queue"),
                () = sleep(Duration::from_secs(2)) => {}
            }
        }
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c8_suspects_that_a_crash_left_behind_come_again() {
    within(async {
        let queue = queue(4).attempts(9);
        filled(&queue, 4).await;
        let mut worker = worker(&queue).await;
        worker.next().await.unwrap().unwrap().handle.guilty();
        let suspect = worker.next().await.unwrap().unwrap();
        queue.broker.hurt(Lane::Isolated, |store| store.leave_behind(2..=4));
        let mut came = suspect.items.clone();
        suspect.handle.done();
        came.extend(take_all(&mut worker).await);
        assert_eq!((came, worker.received().remade), (vec![0, 1, 2, 3], 1));
    })
    .await;
}
