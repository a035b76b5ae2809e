//! A worker that stands still for longer than `ack_wait` keeps what it has, although another one is there and would take it.

use std::time::Duration;

use aqueduct::Control;
use aqueduct::remote::{JetStream, RemoteQueue, jetstream};
use aqueduct::testkit::Gate;
use aqueduct_remote_tests::job::{done, figures, job};
use aqueduct_remote_tests::{Server, Table, within};
use tokio::time::sleep;

const ACK_WAIT: Duration = Duration::from_secs(3);
const CAPACITY: usize = 8_000;

async fn queue(server: &Server) -> RemoteQueue<JetStream> {
    jetstream("job", server.client().await).run("monday").ack_wait(ACK_WAIT).room(256)
}

/// The first worker's stage lets 100 items pass, then more only if the gate is opened.
async fn nothing_comes_again(stop: impl FnOnce(&Control, &Gate), go_on: impl FnOnce(&Control, &Gate)) {
    within(async {
        let (server, n) = (Server::start().await, 2_000);
        let (file, gate) = (server.file("table"), Gate::new());
        job(Some("ingest"), queue(&server).await, CAPACITY, 0..n, &file, done).run().await.unwrap();
        let held = gate.clone();
        let first = job(Some("work"), queue(&server).await, CAPACITY, 0..0, &file, move |item| {
            let held = held.clone();
            async move {
                held.pass().await;
                Ok(item)
            }
        })
        .spawn();
        gate.allow(100);
        let first_control = first.control();
        while gate.passed() < 100 {
            sleep(Duration::from_millis(10)).await;
        }
        stop(&first_control, &gate);
        let other = job(Some("work"), queue(&server).await, CAPACITY, 0..0, &file, done).spawn();
        let other_control = other.control();
        sleep(3 * ACK_WAIT).await;
        let oldest = figures(&first_control).oldest_unacked;
        assert!(oldest.is_some_and(|oldest| oldest >= 3 * ACK_WAIT), "it has had something all the time: {oldest:?}");
        go_on(&first_control, &gate);
        first.await.unwrap();
        other.await.unwrap();
        assert_eq!(Table::open(&file).unwrap().lost_and_repeated(n).unwrap(), (0, 0));
        for control in [first_control, other_control] {
            let received = figures(&control).received.unwrap();
            println!("{received:?}");
            assert!(received.messages > 0 && received.redelivered == 0, "{received:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_paused_worker_has_goes_to_nobody_else() {
    nothing_comes_again(
        |control, gate| {
            control.pause();
            gate.open();
        },
        |control, _| control.resume(),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_stage_has_that_stands_still_goes_to_nobody_else() {
    nothing_comes_again(|_, _| {}, |_, gate| gate.open()).await;
}
