//! What befalls those below the queue. By hand: a pipeline takes as much as it can, and here it matters how much a worker has.

use std::time::{Duration, Instant};

use aqueduct::remote::{Consumer, Handle, JetStream, RemoteQueue, jetstream};
use aqueduct_remote_tests::items::{Count, publish, take_all};
use aqueduct_remote_tests::{Server, within};
use tokio::time::sleep;

const CAPACITY: usize = 20_000;
const LOW: usize = 10_000;
const ACK_WAIT: Duration = Duration::from_secs(1);

/// A queue with these items, and nobody who takes them yet.
async fn queue(server: &Server, n: u64) -> RemoteQueue<JetStream> {
    let queue = jetstream("orders", server.client().await).run("monday").ack_wait(ACK_WAIT).room(256);
    let mut publisher = queue.publisher(CAPACITY, LOW).await.unwrap();
    publish(&mut publisher, 0..n).await.unwrap();
    publisher.finish().await.unwrap();
    queue
}

async fn worker(queue: &RemoteQueue<JetStream>) -> Consumer<u64, JetStream> {
    queue.consumer(CAPACITY, LOW).await.unwrap()
}

/// Takes so many frames and keeps their handles.
async fn take(worker: &mut Consumer<u64, JetStream>, frames: usize, count: &mut Count) -> Vec<Handle> {
    let mut handles = Vec::new();
    for _ in 0..frames {
        let frame = worker.next().await.unwrap().expect("a frame");
        count.add(frame.items);
        handles.push(frame.handle);
    }
    handles
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_worker_drops_goes_to_another_at_once() {
    within(async {
        let (server, n) = (Server::start().await, 10_000);
        let queue = queue(&server, n).await;
        let mut first = worker(&queue).await;
        let handles = take(&mut first, 20, &mut Count::default()).await;
        drop((handles, first));
        let start = Instant::now();
        let mut second = worker(&queue).await;
        let count = take_all(&mut second).await.unwrap();
        assert_eq!((count.lost(n), count.repeated()), (0, 0));
        // The frames that were taken, and those that were fetched ahead.
        assert!(second.received().redelivered >= 20, "{:?}", second.received());
        println!("{:?} {:?}", start.elapsed(), second.received());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_worker_had_that_died_comes_after_ack_wait() {
    within(async {
        let (server, n) = (Server::start().await, 10_000);
        let queue = queue(&server, n).await;
        // A runtime that is shut down gives no verdict, as a process that is killed.
        let process = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let port = server.port();
        process
            .spawn(async move {
                let client = async_nats::connect(format!("127.0.0.1:{port}")).await.unwrap();
                let queue = jetstream("orders", client).run("monday").ack_wait(ACK_WAIT).room(256);
                let mut dying = worker(&queue).await;
                let handles = take(&mut dying, 20, &mut Count::default()).await;
                std::mem::forget((handles, dying));
            })
            .await
            .unwrap();
        process.shutdown_background();
        let start = Instant::now();
        let mut second = worker(&queue).await;
        let count = take_all(&mut second).await.unwrap();
        assert_eq!((count.lost(n), count.repeated()), (0, 0));
        assert!(second.received().redelivered >= 20, "{:?}", second.received());
        assert!(start.elapsed() >= ACK_WAIT / 2, "{:?}", start.elapsed());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_leaves_nothing_behind() {
    within(async {
        let (server, n) = (Server::start().await, 10_000);
        let queue = queue(&server, n).await;
        let (mut leaving, mut count) = (worker(&queue).await, Count::default());
        let handles = take(&mut leaving, 100, &mut count).await;
        let (start, left) = (Instant::now(), tokio::spawn(leaving.leave()));
        sleep(Duration::from_millis(200)).await;
        assert!(!left.is_finished(), "it waits for what is being worked on");
        handles.into_iter().for_each(Handle::done);
        left.await.unwrap();
        println!("left after {:?}", start.elapsed());
        assert!(start.elapsed() < ACK_WAIT);
        let mut other = worker(&queue).await;
        while let Some(frame) = other.next().await.unwrap() {
            count.add(frame.items);
            frame.handle.done();
        }
        assert_eq!((count.lost(n), count.repeated()), (0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_to_who_is_leaving_goes_to_another_at_once() {
    within(async {
        let (server, n) = (Server::start().await, 320);
        let queue = jetstream("orders", server.client().await).run("monday").ack_wait(Duration::from_secs(60));
        let mut publisher = queue.publisher(CAPACITY, LOW).await.unwrap();
        publish(&mut publisher, 0..16).await.unwrap();
        publisher.flush().await.unwrap();
        let (mut leaving, mut count) = (worker(&queue).await, Count::default());
        let handles = take(&mut leaving, 1, &mut count).await;
        // It has asked for more, and waits for what it has in hand.
        let left = tokio::spawn(leaving.leave());
        sleep(Duration::from_millis(100)).await;
        let start = Instant::now();
        publish(&mut publisher, 16..n).await.unwrap();
        publisher.finish().await.unwrap();
        sleep(Duration::from_millis(100)).await;
        handles.into_iter().for_each(Handle::done);
        left.await.unwrap();
        let mut other = worker(&queue).await;
        while let Some(frame) = other.next().await.unwrap() {
            count.add(frame.items);
            frame.handle.done();
        }
        assert_eq!((count.lost(n), count.repeated()), (0, 0));
        assert!(other.received().redelivered > 0, "some came to the one that was leaving: {:?}", other.received());
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_that_somebody_deletes_is_made_again() {
    within(async {
        let (server, n) = (Server::start().await, 10_000);
        let queue = queue(&server, n).await;
        let (mut worker, mut count) = (worker(&queue).await, Count::default());
        take(&mut worker, 100, &mut count).await.into_iter().for_each(Handle::done);
        let context = async_nats::jetstream::new(server.client().await);
        context.delete_consumer_from_stream("work", "orders").await.unwrap();
        while let Some(frame) = worker.next().await.unwrap() {
            count.add(frame.items);
            frame.handle.done();
        }
        println!("repeated {}, {:?}", count.repeated(), worker.received());
        assert_eq!(count.lost(n), 0);
        assert!(worker.received().remade >= 1);
    })
    .await;
}
