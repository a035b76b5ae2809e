//! A network that fails between the publisher and its server, or between a worker and its server; and a server that forgets.

use std::time::{Duration, Instant};

use aqueduct::remote::{JetStream, Reason, RemoteError, RemoteQueue, jetstream};
use aqueduct::testkit::Gate;
use aqueduct::{Control, ErrorKind};
use aqueduct_remote_tests::items::{Count, publish, stored, take_all};
use aqueduct_remote_tests::job::{self, Outcome, done, figures, job};
use aqueduct_remote_tests::{Network, Proxy, Server, copy, within};
use async_nats::{Client, jetstream as nats};
use futures_util::future::join;
use tokio::time::sleep;

const CAPACITY: usize = 20_000;
const LOW: usize = 10_000;
const ACK_WAIT: Duration = Duration::from_secs(1);

/// What befalls a network, and for how long. An answer is waited for for two seconds.
const FAULTS: [&[(Network, Duration)]; 4] = [
    &[(Network::Cut, Duration::from_secs(1))],
    &[(Network::Silent, Duration::from_secs(3))],
    &[(Network::Mute, Duration::from_secs(3))],
    // The answers that wait are lost.
    &[(Network::Mute, Duration::from_millis(300)), (Network::Cut, Duration::from_millis(100))],
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Above,
    Below,
}

fn queue(client: Client) -> RemoteQueue<JetStream> {
    jetstream("job", client).run("monday").ack_wait(ACK_WAIT)
}

async fn befall(network: &Proxy, fault: &[(Network, Duration)]) {
    for (state, time) in fault {
        network.set(*state).await;
        sleep(*time).await;
    }
    network.set(Network::Open).await;
}

/// A job whose network fails four times, above the queue or below it.
async fn failing(side: Side, ack_wait: Duration) -> Outcome {
    let (server, n) = (Server::start().await, 100_000);
    let network = Proxy::to(server.port()).await;
    let queue = |client| queue(client).ack_wait(ack_wait);
    let (direct, failing) = (queue(server.client().await), queue(network.client().await));
    let (above, below) = if side == Side::Above { (failing, direct) } else { (direct, failing) };
    let faults = [n / 5, 2 * n / 5, 3 * n / 5, 4 * n / 5];
    job::run(above, below, n, CAPACITY, &faults, async |number| befall(&network, FAULTS[number]).await).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_fails_above_loses_and_doubles_nothing() {
    within(async {
        let out = failing(Side::Above, Duration::from_secs(10)).await;
        assert_eq!((out.lost, out.repeated, out.late), (0, 0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_fails_below_loses_nothing() {
    within(async {
        let out = failing(Side::Below, ACK_WAIT).await;
        assert_eq!(out.lost, 0);
        // What was under way for longer than `ack_wait` comes again.
        assert!(out.repeated <= 4 * 2 * CAPACITY as u64 / 5, "{out:?}");
        assert!(out.received.redelivered > 0, "{out:?}");
    })
    .await;
}

/// What a run that is to end at once would tell its broker, it cannot tell.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_an_abort_and_a_deadline_are_kept() {
    within(async {
        let server = Server::start().await;
        let network = Proxy::to(server.port()).await;
        let file = server.file("table");
        job(Some("ingest"), queue(server.client().await), CAPACITY, 0..5_000, &file, done).run().await.unwrap();
        let held = Gate::new();
        for (end, most) in [
            (Control::abort as fn(&Control), Duration::from_secs(4)),
            (|control| control.finish_within(Duration::from_millis(500)), Duration::from_secs(2)),
        ] {
            let held = held.clone();
            let worker = job(Some("work"), queue(network.client().await), CAPACITY, 0..0, &file, move |item| {
                let held = held.clone();
                async move {
                    held.pass().await;
                    Ok(item)
                }
            })
            .spawn();
            while figures(&worker.control()).received.is_none_or(|received| received.messages == 0) {
                sleep(Duration::from_millis(10)).await;
            }
            network.set(Network::Silent).await;
            let start = Instant::now();
            end(&worker.control());
            assert_eq!(worker.await.unwrap_err().kind(), ErrorKind::Aborted);
            assert!(start.elapsed() < most, "{:?}", start.elapsed());
            network.set(Network::Open).await;
        }
    })
    .await;
}

/// By hand, so that there is always something on its way when the network fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_on_its_way_when_the_network_fails_is_stored_once() {
    within(async {
        let (server, n) = (Server::start().await, 80_000);
        let network = Proxy::to(server.port()).await;
        // There is room for all, so it always has something on its way.
        let mut publisher = queue(network.client().await).publisher(n as usize, 0).await.unwrap();
        let mut items = 0..n;
        for fault in FAULTS {
            publish(&mut publisher, items.by_ref().take(10_000)).await.unwrap();
            let (published, ()) =
                join(publish(&mut publisher, items.by_ref().take(10_000)), befall(&network, fault)).await;
            published.unwrap();
        }
        publisher.finish().await.unwrap();
        let mut consumer = queue(server.client().await).consumer(n as usize, 0).await.unwrap();
        let (count, sent) = (take_all(&mut consumer).await.unwrap(), publisher.sent());
        println!("lost {}, repeated {}, late {}\n{sent:?}", count.lost(n), count.repeated(), count.late);
        assert_eq!((count.lost(n), count.repeated(), count.late), (0, 0, 0));
        assert_eq!(sent.messages + sent.repeated, stored(server.client().await, "job").await, "{sent:?}");
        assert!(sent.recoveries >= 1, "answers were lost: {sent:?}");
        let changes = Vec::from_iter(std::iter::from_fn(|| publisher.take_change()));
        let pauses = changes.iter().filter(|change| matches!(change.reason, Reason::Disconnected(_))).step_by(2);
        assert!(pauses.count() >= 2, "what lasts longer than an answer may is a pause: {changes:?}");
    })
    .await;
}

/// Neither the answers nor the ids tell that the messages are stored, and nobody has them any more. The length of the stream does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_stored_without_an_answer_is_known_by_the_length_of_the_stream() {
    within(async {
        let server = Server::start().await;
        let network = Proxy::to(server.port()).await;
        let mut publisher = queue(network.client().await).publisher(CAPACITY, LOW).await.unwrap();
        let mut consumer = queue(server.client().await).consumer::<u64>(CAPACITY, LOW).await.unwrap();
        forget_ids_at_once(server.client().await).await;
        network.set(Network::Mute).await;
        publish(&mut publisher, 0..160).await.unwrap();
        let flushing = tokio::spawn(async move { publisher.flush().await.map(|()| publisher) });
        let mut count = Count::default();
        for _ in 0..10 {
            let frame = consumer.next().await.unwrap().unwrap();
            count.add(frame.items);
            frame.handle.done();
        }
        // What waits on the way back is lost.
        network.set(Network::Cut).await;
        network.set(Network::Open).await;
        let mut publisher = flushing.await.unwrap().unwrap();
        assert_eq!((publisher.sent().messages, publisher.sent().repeated, publisher.sent().position), (0, 10, 160));
        publish(&mut publisher, 160..320).await.unwrap();
        publisher.finish().await.unwrap();
        while let Some(frame) = consumer.next().await.unwrap() {
            count.add(frame.items);
            frame.handle.done();
        }
        assert_eq!((count.lost(320), count.repeated(), count.late), (0, 0, 0));
    })
    .await;
}

/// As after a time longer than the window in which the server knows them.
async fn forget_ids_at_once(client: Client) {
    let context = nats::new(client);
    let mut config = context.get_stream("job").await.unwrap().cached_info().config.clone();
    config.duplicate_window = Duration::from_millis(100);
    context.update_stream(config).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_has_lost_what_it_had_confirmed_is_an_error() {
    within(async {
        let mut server = Server::start().await;
        let queue = queue(server.client().await);
        let mut publisher = queue.publisher(CAPACITY, LOW).await.unwrap();
        publish(&mut publisher, 0..1_600).await.unwrap();
        publisher.flush().await.unwrap();
        let (stream, backup) = (server.stored("job"), server.file("backup"));
        server.kill();
        copy(&stream, &backup);
        server.restart();
        publish(&mut publisher, 1_600..3_200).await.unwrap();
        publisher.flush().await.unwrap();
        // Somebody restores what is older than the last confirmation; a power loss does the same.
        server.kill();
        copy(&backup, &stream);
        server.restart();
        let mut told = publish(&mut publisher, 3_200..4_800).await;
        if told.is_ok() {
            told = publisher.flush().await;
        }
        assert_eq!(told, Err(RemoteError::BrokerLost(100)));
        assert_eq!(publisher.sent().position, 3_200, "no more than that was ever said to be stored");
        let again = queue.publisher(CAPACITY, LOW).await.map(drop);
        assert_eq!(again, Err(RemoteError::BrokerLost(100)), "who goes on with the run is told too");
        queue.run("tuesday").publisher(CAPACITY, LOW).await.map(drop).unwrap();
    })
    .await;
}
