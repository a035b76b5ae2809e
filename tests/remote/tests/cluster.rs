//! Three servers that keep every message three times.

use std::time::Duration;

use aqueduct::remote::jetstream;
use aqueduct_remote_tests::items::stored;
use aqueduct_remote_tests::{Cluster, job, within};
use tokio::time::sleep;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_is_killed_twice_costs_time_and_no_item() {
    within(async {
        let (mut cluster, n) = (Cluster::start().await, 60_000);
        let above = jetstream("job", cluster.client().await).run("monday").replicas(3);
        let below = jetstream("job", cluster.client().await).run("monday").replicas(3);
        let out = job::run(above, below, n, 8_000, &[n / 3, 2 * n / 3], async |_| {
            let leader = cluster.leader("job").await;
            leader.kill();
            sleep(Duration::from_secs(2)).await;
            leader.restart();
        })
        .await
        .unwrap();
        assert_eq!(out.lost, 0);
        let stored = stored(cluster.client().await, "job").await;
        assert_eq!(out.sent.messages + out.sent.repeated, stored, "published twice: {out:?}");
    })
    .await;
}
