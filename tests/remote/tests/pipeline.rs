//! A queue that a broker keeps, in a pipeline of one process: what flows through it, what is shown of it, how it ends.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::remote::{RemoteError, in_memory};
use aqueduct::{ErrorKind, Signal, pipeline};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::time::Instant;

fn shared() -> (Arc<Mutex<Vec<u32>>>, Arc<Mutex<Vec<u32>>>) {
    let seen = Arc::default();
    (Arc::clone(&seen), seen)
}

#[tokio::test(start_paused = true)]
async fn what_goes_in_comes_out_in_order() {
    let (log, seen) = shared();
    let p = pipeline! {
        iter(0..10_000u32) -> map(|n| n + 1) -> queue(in_memory("orders"), capacity = 256, low = 64) as orders
            -> map_async(4, async |n| n) -> for_each(move |n| log.lock().unwrap().push(n))
    };
    p.run().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), (1..=10_000).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn what_is_at_hand_travels_in_full_messages() {
    let p = pipeline! {
        stream(futures_util::stream::iter(0..1_600u32)) -> queue(in_memory("full"), capacity = 256) as full -> discard()
    };
    let control = p.control();
    p.run().await.unwrap();
    let sent = control.snapshot().link("full").unwrap().queue.as_ref().unwrap().sent.unwrap();
    assert_eq!((sent.position, sent.messages), (1_600, 100));
}

#[tokio::test(start_paused = true)]
async fn a_lone_item_leaves_at_once() {
    let (ask, asked) = mpsc::channel(1);
    let (answer, mut answers) = mpsc::channel(1);
    let p = pipeline! {
        recv(asked) -> broadcast {
            filter(|n| n % 2 == 1) -> queue(in_memory("first"), capacity = 64) -> send(answer.clone()),
            filter(|n| n % 2 == 0) -> queue(in_memory("second"), capacity = 64) -> send(answer),
        }
    };
    let running = p.spawn();
    let start = Instant::now();
    for n in 0..40u32 {
        ask.send(n).await.unwrap();
        assert_eq!(answers.recv().await, Some(n));
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    drop(ask);
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_job_ends_although_stages_keep_its_last_items() {
    let start = Instant::now();
    let chunks =
        pipeline! { iter(0..25u32) -> queue(in_memory("chunks"), capacity = 64) -> chunks(10) -> collect::<Vec<_>>() };
    assert_eq!(chunks.run().await.unwrap().last(), Some(&vec![20, 21, 22, 23, 24]));
    let windows = pipeline! { iter(0..25u32) -> queue(in_memory("windows"), capacity = 64) -> windows(3) -> count() };
    assert_eq!(windows.run().await.unwrap(), 23);
    let batch = pipeline! { iter(0..25u32) -> queue(in_memory("batch"), capacity = 64) -> batch(10, 1h) -> count() };
    assert_eq!(batch.run().await.unwrap(), 3);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_job_ends_although_each_of_its_workers_keeps_some() {
    let queue = in_memory("shared").per_message(1).room(4).run("once");
    let work = || {
        let queue = queue.clone();
        let p = pipeline! {
            #![role = Some("work")]
            iter(0..0u32) -> queue(queue, capacity = 64, role = "work") -> chunks(10) -> collect::<Vec<_>>()
        };
        p.boxed().spawn()
    };
    let workers = [work(), work(), work()];
    let ingest = pipeline! {
        #![role = Some("ingest")]
        iter(0..25u32) -> then(async |n| { tokio::time::sleep(Duration::from_millis(1)).await; n })
            -> queue(queue, capacity = 64, role = "work") -> discard()
    };
    ingest.run().await.unwrap();
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap().unwrap().concat());
    }
    all.sort_unstable();
    assert_eq!(all, (0..25).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn it_pauses_when_it_is_full_and_drains_at_the_mark() {
    let p = pipeline! {
        iter(0..2_000u32) as numbers -> queue(in_memory("slow"), capacity = 128, low = 64) as slow
            -> for_each_async(1, async |_| tokio::time::sleep(Duration::from_millis(1)).await)
    };
    let signals = p.control().signals();
    let control = p.control();
    p.run().await.unwrap();
    let told: Vec<_> =
        signals.filter(|event| std::future::ready(&*event.link == "slow")).map(|event| event.signal).collect().await;
    assert!(told.len() >= 4, "{told:?}");
    let alternate = told.iter().enumerate().all(|(n, signal)| *signal == [Signal::Pause, Signal::Drain][n % 2]);
    assert!(alternate, "{told:?}");
    let snapshot = control.snapshot();
    let link = snapshot.links.iter().find(|link| &*link.name == "slow").unwrap();
    assert_eq!((link.capacity, link.low, link.dropped), (128, 64, 0));
    assert!(link.max_len <= 128, "{link:?}");
    let queue = link.queue.as_ref().expect("its halves were open");
    assert_eq!(queue.sent.unwrap().position, 2_000);
}

#[tokio::test(start_paused = true)]
async fn what_it_holds_here_is_in_the_bound() {
    let p = pipeline! {
        iter(0..10u32) -> queue(in_memory("bound").per_message(4).window(2).room(32), capacity = 1_000_000) -> discard()
    };
    // Two tasks with an item in hand, (2 + 2) messages of four above the queue, 32 items below it.
    assert_eq!(p.bound(), Some(2 + 16 + 32));
    p.run().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_has_enough_below_stops_the_source_above() {
    let out = pipeline! {
        iter(0..u32::MAX) -> queue(in_memory("enough"), capacity = 256) -> take(100) -> collect::<Vec<_>>()
    }
    .run()
    .await
    .unwrap();
    assert_eq!(out, (0..100).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn finish_lets_everything_out() {
    let p = pipeline! {
        iter(0..u32::MAX) -> queue(in_memory("finish"), capacity = 256)
            -> then(async |n| { tokio::time::sleep(Duration::from_millis(1)).await; n }) -> collect::<Vec<_>>()
    };
    let control = p.control();
    let running = p.spawn();
    tokio::time::sleep(Duration::from_millis(50)).await;
    control.finish();
    let out = running.await.unwrap();
    assert!(out.len() > 150, "what was in the queue came out: {}", out.len());
    assert_eq!(out, (0..out.len() as u32).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn what_the_queue_cannot_be_fails_the_run_before_an_item_is_taken() {
    let mut taken = 0;
    let error = pipeline! {
        iter((0..10u32).inspect(|_| taken += 1)) -> queue(in_memory("small"), capacity = 32) as small -> discard()
    }
    .run_local()
    .await
    .unwrap_err();
    assert_eq!((error.kind(), error.stage()), (ErrorKind::Remote, "small"));
    let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<RemoteError>());
    assert!(matches!(cause, Some(RemoteError::Config(what)) if what.contains("four messages")), "{cause:?}");
    assert_eq!(taken, 0);
}

#[tokio::test(start_paused = true)]
async fn an_item_that_fails_is_tried_again_and_set_aside() {
    let queue = in_memory("poison").per_message(4).attempts(2).run("once");
    let mut ends = Vec::new();
    let (log, seen) = shared();
    // Each run is a worker that is started again by whoever watches over it.
    for _ in 0..20 {
        let log = Arc::clone(&log);
        let out = pipeline! {
            #![role = Some("work")]
            iter(0..0u32) -> queue(queue.clone(), capacity = 64, role = "work")
                -> map(|n| if n == 13 { Err("thirteen") } else { Ok(n) })?
                -> for_each(move |n| log.lock().unwrap().push(n))
        };
        let above = pipeline! {
            #![role = Some("ingest")]
            iter(0..40u32) -> queue(queue.clone().resume(true), capacity = 64, role = "work") -> discard()
        };
        let (out, _) = tokio::join!(out.run(), above.run());
        ends.push(out.is_ok());
        if out.is_ok() {
            break;
        }
    }
    assert_eq!(ends.last(), Some(&true), "{ends:?}");
    let mut seen = seen.lock().unwrap().clone();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, (0..40).filter(|n| *n != 13).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn an_item_that_is_tried_alone_does_not_wait_for_a_batch() {
    let (queue, start) = (in_memory("alone").per_message(8).attempts(2).run("once"), Instant::now());
    let (log, seen) = shared();
    let mut ended = false;
    for _ in 0..6 {
        let log = Arc::clone(&log);
        let above = pipeline! {
            #![role = Some("ingest")]
            iter(0..8u32) -> queue(queue.clone().resume(true), capacity = 64, role = "work") -> discard()
        };
        // None of the groups is ever full, and none may wait until it is due.
        let below = pipeline! {
            #![role = Some("work")]
            iter(0..0u32) -> queue(queue.clone(), capacity = 64, role = "work")
                -> map(|n| if n == 3 { Err("three") } else { Ok(n) })? -> queue(16)
                -> batch(500, 1h) -> chunks(2) -> map(|groups| groups.concat()) -> queue(16)
                -> for_each(move |group| log.lock().unwrap().extend(group))
        };
        let (_, out) = tokio::join!(above.run(), below.run());
        ended = out.is_ok();
        if ended {
            break;
        }
    }
    assert!(ended);
    let mut seen = seen.lock().unwrap().clone();
    seen.sort_unstable();
    assert_eq!(seen, [0, 1, 2, 4, 5, 6, 7]);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}
