//! What it costs to be looked at: P2's pipeline, while somebody takes snapshots or reads every signal, against itself alone.

use std::future::pending;
use std::hint::black_box;
use std::time::Duration;

use aqueduct::{Control, pipeline};
use futures::StreamExt;
use tokio::runtime::Runtime;

use crate::harness::{Case, Side};

/// The capacity of each link.
const CAPACITY: usize = 1024;

/// Between two snapshots: of those who come with aqueduct, nobody asks for them as often.
const EVERY: Duration = Duration::from_millis(10);

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for workers in [0, 2] {
        let case = |name, wanted, ours| Case {
            name,
            against: "nobody looks",
            wanted,
            workers,
            ours: Side::new(ours, 10_000_000),
            theirs: Side::new(alone, 10_000_000),
        };
        cases.extend([
            case("watched: a snapshot every 10 ms, three queues", Some(0.97), with_snapshots),
            case("watched: each signal read, three queues", None, with_signals),
        ]);
    }
    cases
}

/// Runs P2's pipeline beside `watcher`, which never ends by itself.
fn beside<W>(runtime: &Runtime, items: u64, watcher: impl FnOnce(Control) -> W) -> u64
where
    W: Future<Output = ()> + Send + 'static,
{
    runtime.block_on(async {
        let running = pipeline! {
            iter(0..items) -> queue(CAPACITY) -> map(|n| n ^ 5) -> queue(CAPACITY) -> map(|n| n + 7)
            -> queue(CAPACITY) -> fold(0u64, |sum, n| black_box(sum.wrapping_add(n)))
        }
        .spawn();
        let watcher = tokio::spawn(watcher(running.control()));
        let sum = running.await.expect("a pipeline that ends well");
        watcher.abort();
        sum
    })
}

fn alone(runtime: &Runtime, items: u64) -> u64 {
    beside(runtime, items, |_| pending())
}

fn with_snapshots(runtime: &Runtime, items: u64) -> u64 {
    beside(runtime, items, |control| async move {
        let mut ticks = tokio::time::interval(EVERY);
        let mut before = control.snapshot();
        loop {
            ticks.tick().await;
            let now = control.snapshot();
            black_box(now.since(&before).bottleneck());
            before = now;
        }
    })
}

fn with_signals(runtime: &Runtime, items: u64) -> u64 {
    beside(runtime, items, |control| control.signals().for_each(async |event| drop(black_box(event))))
}
