//! A queue is opened: what is there, what is missing, and who may. By hand: nothing flows, or next to nothing.

use std::time::Duration;

use aqueduct::remote::jetstream;
use aqueduct_remote_tests::items::{publish, take_all};
use aqueduct_remote_tests::{Server, within};
use async_nats::jetstream::stream::Config;
use futures_util::future::join_all;

const CAPACITY: usize = 20_000;
const LOW: usize = 10_000;

/// As when a supervisor starts all processes of a job at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_opens_a_new_queue_at_the_same_time_opens_the_same() {
    within(async {
        let (server, n) = (Server::start().await, 200);
        let clients = join_all((0..6).map(|_| server.client())).await;
        let jobs = (0..12).map(|job| {
            let mut queues =
                clients.iter().map(|client| jetstream(format!("orders{job}"), client.clone()).run("monday"));
            let (above, below) = (queues.next().expect("the first client"), Vec::from_iter(queues));
            let publishing = tokio::spawn(async move {
                let mut publisher = above.publisher(CAPACITY, LOW).await?;
                publish(&mut publisher, 0..n).await?;
                publisher.finish().await
            });
            let taking =
                Vec::from_iter(below.into_iter().map(|queue| {
                    tokio::spawn(async move { take_all(&mut queue.consumer(CAPACITY, LOW).await?).await })
                }));
            async move {
                publishing.await.unwrap().unwrap();
                let counts = join_all(taking).await.into_iter().map(|count| count.unwrap().unwrap());
                counts.fold((0, 0), |(came, twice), count| (came + n - count.lost(n), twice + count.repeated()))
            }
        });
        for came in join_all(jobs).await {
            assert_eq!(came, (n, 0));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_existing_queue_that_differs_is_refused_or_changed() {
    within(async {
        let server = Server::start().await;
        let queue = jetstream("orders", server.client().await);
        drop(queue.publisher(CAPACITY, LOW).await.unwrap());
        drop(queue.publisher(CAPACITY, LOW).await.unwrap());
        let error = queue.publisher(2 * CAPACITY, LOW).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "stream `orders` of queue `orders` is there already, with a capacity in messages of 1250 and not 2500: ask for the same, set \
             `on_existing(OnExisting::Update)`, or give the queue another name"
        );
        let error = queue.clone().ack_wait(Duration::from_secs(3)).consumer::<u64>(CAPACITY, LOW).await.unwrap_err();
        assert!(error.to_string().contains("set up with an `ack_wait` of 10s and not 3s: ask"), "{error}");
        // Somebody lets the server forget what is old, or what is too much.
        let context = async_nats::jetstream::new(server.client().await);
        let made = context.get_stream("orders").await.unwrap().cached_info().config.clone();
        let forgetful = [
            (Config { max_age: Duration::from_secs(600), ..made.clone() }, "with a limit of age of 600s and not 0ns: ask"),
            (Config { max_messages: 1_250, ..made.clone() }, "with a limit in messages of 1250 and not 0: ask"),
            (Config { description: None, ..made }, "with a capacity in messages of 0 and not 1250: ask"),
        ];
        for (config, what) in forgetful {
            context.update_stream(config).await.unwrap();
            let error = queue.publisher(CAPACITY, LOW).await.unwrap_err();
            assert!(error.to_string().contains(what), "{error}");
        }
        let update = queue.on_existing(aqueduct::remote::OnExisting::Update);
        drop(update.publisher(2 * CAPACITY, LOW).await.unwrap());
        drop(update.publisher(2 * CAPACITY, LOW).await.unwrap());
        let foreign = Config {
            name: "foreign".to_owned(),
            subjects: vec!["bills.>".to_owned()],
            ..Default::default()
        };
        context.create_stream(foreign).await.unwrap();
        let error = jetstream("bills", server.client().await).publisher(CAPACITY, LOW).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "queue `bills`: the server refuses stream `bills`: subjects overlap with an existing stream (code 400, error code 10065)"
        );
        let error = jetstream("or.ders", server.client().await).publisher(CAPACITY, LOW).await.unwrap_err();
        assert_eq!(error.to_string(), "\"or.ders\" cannot name a queue on JetStream: letters, digits, `-` and `_` can");
    })
    .await;
}
