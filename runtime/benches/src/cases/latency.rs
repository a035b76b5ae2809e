//! P7: how long one item takes through three links and four tasks that have nothing else to do, or neighbours that have.
//!
//! The item goes round: the last task sends the next one over a tokio channel, the same on both sides, to the first. So there is never a
//! second item on the way, and an item that was held back until others come would never arrive.

use std::hint::black_box;

use aqueduct::pipeline;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::harness::{Case, Side};

/// The capacity of each link.
const CAPACITY: usize = 256;

/// How many tasks that never rest there are beside the pipeline.
const NEIGHBOURS: usize = 4;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for workers in [0, 2] {
        let case = |name, wanted, items, ours, theirs| Case {
            name,
            against: "the same over tokio mpsc",
            wanted,
            workers,
            ours: Side::new(ours, items),
            theirs: Side::new(theirs, items),
        };
        cases.extend([
            case("p7 one item", Some(1.0), 200_000, links, channels),
            case("p7 one item beside busy tasks", Some(1.0), 20_000, links_beside_tasks, channels_beside_tasks),
            case(
                "p7 one item beside busy pipelines",
                Some(1.0),
                5_000,
                links_beside_pipelines,
                channels_beside_pipelines,
            ),
            // Busy neighbours of either kind move their own items at their own speed.
            case("p7 one item beside its own kind", None, 5_000, links_beside_pipelines, channels_beside_channels),
        ]);
    }
    cases
}

/// Sends the item back to the first task, until it has gone round often enough.
fn again(back: &mut Option<mpsc::Sender<u64>>, n: u64) {
    if let Some(to_first) = back.take_if(|_| n == 0) {
        drop(to_first);
    } else if let Some(to_first) = back {
        to_first.try_send(n - 1).expect("room for the one item");
    }
}

async fn through_links(rounds: u64) -> u64 {
    let (to_first, first) = mpsc::channel(1);
    to_first.try_send(rounds).expect("room for the one item");
    let mut back = Some(to_first);
    let run = pipeline! {
        recv(first)
        -> queue(CAPACITY) -> map(black_box)
        -> queue(CAPACITY) -> map(black_box)
        -> queue(CAPACITY) -> for_each(move |n| again(&mut back, n))
    };
    run.run().await.expect("a pipeline that ends well");
    rounds
}

async fn through_channels(rounds: u64) -> u64 {
    let (to_first, mut first) = mpsc::channel(1);
    let (to_second, mut second) = mpsc::channel(CAPACITY);
    let (to_third, mut third) = mpsc::channel(CAPACITY);
    let (to_fourth, mut fourth) = mpsc::channel(CAPACITY);
    to_first.try_send(rounds).expect("room for the one item");
    let mut back = Some(to_first);
    tokio::spawn(async move {
        while let Some(n) = first.recv().await {
            to_second.send(n).await.expect("a receiver");
        }
    });
    tokio::spawn(async move {
        while let Some(n) = second.recv().await {
            to_third.send(black_box(n)).await.expect("a receiver");
        }
    });
    tokio::spawn(async move {
        while let Some(n) = third.recv().await {
            to_fourth.send(black_box(n)).await.expect("a receiver");
        }
    });
    let last = tokio::spawn(async move {
        while let Some(n) = fourth.recv().await {
            again(&mut back, n);
        }
    });
    last.await.expect("a task that ends");
    rounds
}

fn links(runtime: &Runtime, rounds: u64) -> u64 {
    runtime.block_on(async { tokio::spawn(through_links(rounds)).await }).expect("a task that ends")
}

fn channels(runtime: &Runtime, rounds: u64) -> u64 {
    runtime.block_on(async { tokio::spawn(through_channels(rounds)).await }).expect("a task that ends")
}

/// Runs `work` while the neighbours are busy, then lets these go.
fn beside<F>(runtime: &Runtime, neighbour: fn() -> JoinHandle<()>, neighbours: usize, work: F) -> F::Output
where
    F: Future<Output: Send> + Send + 'static,
{
    runtime.block_on(async move {
        let neighbours: Vec<_> = (0..neighbours).map(|_| neighbour()).collect();
        let outcome = tokio::spawn(work).await.expect("a task that ends");
        for neighbour in neighbours {
            neighbour.abort();
            let _ = neighbour.await;
        }
        outcome
    })
}

/// Works for some microseconds, lets others have their turn, and so on.
fn busy_task() -> JoinHandle<()> {
    tokio::spawn(async {
        loop {
            for n in 0..2_000u64 {
                black_box(n);
            }
            tokio::task::yield_now().await;
        }
    })
}

/// As many items as the machine gives.
fn busy_pipeline() -> JoinHandle<()> {
    tokio::spawn(async {
        let endless = pipeline! { iter(0u64..) -> queue(CAPACITY) -> map(black_box) -> queue(CAPACITY) -> discard() };
        endless.run().await.expect("a pipeline that does not fail");
    })
}

fn busy_channels() -> JoinHandle<()> {
    let (to_second, mut second) = mpsc::channel(CAPACITY);
    let (to_third, mut third) = mpsc::channel(CAPACITY);
    tokio::spawn(async move {
        while let Some(n) = third.recv().await {
            black_box::<u64>(n);
        }
    });
    tokio::spawn(async move {
        while let Some(n) = second.recv().await {
            if to_third.send(black_box::<u64>(n)).await.is_err() {
                return;
            }
        }
    });
    tokio::spawn(async move {
        for n in 0u64.. {
            if to_second.send(n).await.is_err() {
                return;
            }
        }
    })
}

fn links_beside_tasks(runtime: &Runtime, rounds: u64) -> u64 {
    beside(runtime, busy_task, NEIGHBOURS, through_links(rounds))
}

fn channels_beside_tasks(runtime: &Runtime, rounds: u64) -> u64 {
    beside(runtime, busy_task, NEIGHBOURS, through_channels(rounds))
}

fn links_beside_pipelines(runtime: &Runtime, rounds: u64) -> u64 {
    beside(runtime, busy_pipeline, NEIGHBOURS / 2, through_links(rounds))
}

fn channels_beside_pipelines(runtime: &Runtime, rounds: u64) -> u64 {
    beside(runtime, busy_pipeline, NEIGHBOURS / 2, through_channels(rounds))
}

fn channels_beside_channels(runtime: &Runtime, rounds: u64) -> u64 {
    beside(runtime, busy_channels, NEIGHBOURS / 2, through_channels(rounds))
}
