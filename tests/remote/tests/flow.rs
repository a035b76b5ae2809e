//! The link over a real server, with nothing in its way.

use std::time::Duration;

use aqueduct::remote::{Reason, jetstream};
use aqueduct_remote_tests::items::{publish, take_all};
use aqueduct_remote_tests::{Server, job, within};
use tokio::time::interval;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finite_run_ends_by_itself_in_order_through_many_full_phases() {
    within(async {
        let server = Server::start().await;
        let above = jetstream("job", server.client().await).run("monday");
        let below = jetstream("job", server.client().await).run("monday");
        let out = job::run(above, below, 100_000, 640, &[], async |_| {}).await.unwrap();
        assert_eq!((out.lost, out.repeated, out.late), (0, 0, 0));
        assert!(out.sent.full >= 50, "{out:?}");
    })
    .await;
}

/// The server would take more: the publisher keeps the capacity. By hand, so that what the server has can be counted while nobody takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_takes_stops_at_the_capacity() {
    within(async {
        let (server, n) = (Server::start().await, 5_000);
        let queue = jetstream("orders", server.client().await).run("monday");
        let mut publisher = queue.publisher(640, 320).await.unwrap();
        let gauge = publisher.gauge();
        let publishing = tokio::spawn(async move {
            publish(&mut publisher, 0..n).await?;
            publisher.finish().await
        });
        let mut look = interval(Duration::from_millis(10));
        while gauge.read().paused != Some(Reason::Full) {
            look.tick().await;
        }
        let context = async_nats::jetstream::new(server.client().await);
        assert_eq!(context.get_stream("orders").await.unwrap().cached_info().state.messages, 40);
        let count = take_all(&mut queue.consumer(640, 320).await.unwrap()).await.unwrap();
        publishing.await.unwrap().unwrap();
        assert_eq!((count.lost(n), count.repeated(), count.late), (0, 0, 0));
    })
    .await;
}
