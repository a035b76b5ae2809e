//! What befalls those above the queue, and the server while they publish.

use std::error::Error;
use std::time::Duration;

use aqueduct::ErrorKind;
use aqueduct::remote::{RemoteError, jetstream};
use aqueduct_remote_tests::items::{Count, publish, stored, take_all};
use aqueduct_remote_tests::job::{self, done, job};
use aqueduct_remote_tests::{Server, Table, within};
use futures_util::future::join;
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;

const CAPACITY: usize = 20_000;
const LOW: usize = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_twice_costs_time_and_no_item() {
    within(async {
        let (mut server, n) = (Server::start().await, 160_000);
        let above = jetstream("job", server.client().await).run("monday");
        let below = jetstream("job", server.client().await).run("monday");
        let out = job::run(above, below, n, CAPACITY, &[n / 3, 2 * n / 3], async |_| {
            server.kill();
            sleep(Duration::from_millis(500)).await;
            server.restart();
        })
        .await
        .unwrap();
        assert_eq!(out.lost, 0);
        // Nothing is published twice; what was in hand when the server died may be delivered twice.
        assert_eq!(out.sent.messages + out.sent.repeated, stored(server.client().await, "job").await, "{out:?}");
    })
    .await;
}

/// The second one goes on with the run, as when a supervisor starts an ingest that it takes for dead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_ingests_at_once_the_older_fails_and_nothing_is_lost() {
    within(async {
        let (server, n) = (Server::start().await, 60_000);
        let (file, (come, mut seen)) = (server.file("table"), watch::channel(0));
        let queue = async || jetstream("job", server.client().await).run("monday").resume(true);
        let below = job(Some("work"), queue().await, CAPACITY, 0..0, &file, move |item| {
            come.send_replace(item);
            done(item)
        });
        let below = tokio::spawn(below.run());
        let older = job(Some("ingest"), queue().await, CAPACITY, 0..n, &file, done).spawn();
        seen.wait_for(|come| *come >= n / 4).await.unwrap();
        let newer = job(Some("ingest"), queue().await, CAPACITY, 0..n, &file, done);
        let (older, newer) = join(older, newer.run()).await;
        let error = older.unwrap_err();
        assert_eq!((error.kind(), error.stage()), (ErrorKind::Remote, "job"));
        let cause = error.source().and_then(|cause| cause.downcast_ref());
        assert!(matches!(cause, Some(RemoteError::Fenced(_))), "{cause:?}");
        newer.unwrap();
        below.await.unwrap().unwrap();
        let table = Table::open(&file).unwrap();
        let (lost, repeated) = table.lost_and_repeated(n).unwrap();
        println!("lost {lost}, repeated {repeated}, late {}", table.late().unwrap());
        assert_eq!(lost, 0);
        // What the older one had on its way when the newer one looked where to go on.
        assert!(repeated <= 64 * 16, "{repeated}");
    })
    .await;
}

/// By hand, because a pipeline does not see whose items it gets, nor that of the older one's none is out of its place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_publishers_the_older_is_fenced() {
    within(async {
        let (server, n) = (Server::start().await, 50_000);
        let older = jetstream("orders", server.client().await).run("sunday");
        let newer = jetstream("orders", server.client().await).run("monday");
        let below = newer.clone();
        let fenced = tokio::spawn(async move {
            let mut publisher = older.publisher(CAPACITY, LOW).await?;
            publish(&mut publisher, 0..).await
        });
        let (begin, begun) = oneshot::channel();
        let publishing = tokio::spawn(async move {
            begun.await.expect("the consumer tells");
            let mut publisher = newer.publisher(CAPACITY, LOW).await?;
            publish(&mut publisher, 0..n).await?;
            publisher.finish().await
        });
        let mut consumer = below.consumer::<u64>(CAPACITY, LOW).await.unwrap();
        let (mut old, mut new, mut begin) = (Count::default(), Count::default(), Some(begin));
        while let Some(frame) = consumer.next().await.unwrap() {
            if frame.first >= 10_000 {
                begin.take().map(|begin| begin.send(()));
            }
            if frame.run == "monday" { &mut new } else { &mut old }.add(frame.items);
            frame.handle.done();
        }
        publishing.await.unwrap().unwrap();
        let error = fenced.await.unwrap().unwrap_err();
        assert!(matches!(error, RemoteError::Fenced(_)), "{error}");
        assert_eq!((new.lost(n), new.repeated(), new.late), (0, 0, 0), "{:?}", consumer.received());
        assert_eq!((old.repeated(), old.late), (0, 0), "{:?}", consumer.received());
    })
    .await;
}

async fn killed_and_started_again(resume: bool) {
    within(async {
        let (server, n) = (Server::start().await, 60_000);
        let queue = jetstream("orders", server.client().await).run("monday").resume(resume);
        let above = queue.clone();
        let publishing = tokio::spawn(async move {
            for killed_at in [n / 3, 2 * n / 3] {
                let mut publisher = above.publisher(CAPACITY, LOW).await?;
                publish(&mut publisher, 0..killed_at).await?;
                // Dropped with a window on its way.
            }
            let mut publisher = above.publisher(CAPACITY, LOW).await?;
            let resumed = publisher.resume_from();
            publish(&mut publisher, 0..n).await?;
            publisher.finish().await?;
            Ok::<_, RemoteError>((resumed, publisher.sent()))
        });
        let mut consumer = queue.consumer::<u64>(CAPACITY, LOW).await.unwrap();
        let count = take_all(&mut consumer).await.unwrap();
        let (resumed, sent) = publishing.await.unwrap().unwrap();
        println!("resumed at {resumed}, {sent:?}");
        assert_eq!((count.lost(n), count.repeated(), count.late), (0, 0, 0));
        assert_eq!(resumed > 0, resume);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_that_is_killed_and_resumes_loses_and_doubles_nothing() {
    killed_and_started_again(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_begins_from_the_start_neither_while_the_server_knows_the_ids() {
    killed_and_started_again(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_somebody_deletes_is_an_error() {
    within(async {
        let server = Server::start().await;
        let client = server.client().await;
        let queue = jetstream("orders", client.clone());
        let mut publisher = queue.publisher(CAPACITY, LOW).await.unwrap();
        publish(&mut publisher, 0..100).await.unwrap();
        publisher.flush().await.unwrap();
        async_nats::jetstream::new(client).delete_stream("orders").await.unwrap();
        publish(&mut publisher, 100..200).await.unwrap();
        let error = publisher.flush().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "stream `orders` of queue `orders` is not there any more: start the queue's processes again, and it is made anew"
        );
    })
    .await;
}
