//! P1, P2 and P3 of the design: aqueduct against what a good engineer writes by hand, in the same process, run in turn.
//!
//! `cargo bench -p aqueduct --bench ratios` prints, for each case, the nanoseconds an item of both (medians) and the median of the pairwise
//! ratios with its spread. `cargo bench … -- p2 15` runs only the cases whose name contains `p2`, with 15 pairs.

use std::hint::black_box;
use std::time::Instant;

use aqueduct::pipeline;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

/// One case: what is measured against what, over how many items each, and the ratio that is wanted.
struct Case {
    name: &'static str,
    against: &'static str,
    wanted: f64,
    ours: fn(&Runtime, u64) -> u64,
    ours_items: u64,
    theirs: fn(&Runtime, u64) -> u64,
    theirs_items: u64,
    workers: usize,
}

const CASES: &[Case] = &[
    Case {
        name: "p1 fused, black_box an item",
        against: "hand-written loop",
        wanted: 0.9,
        ours: fused_opaque,
        ours_items: 20_000_000,
        theirs: loop_opaque,
        theirs_items: 20_000_000,
        workers: 0,
    },
    Case {
        name: "p1v fused",
        against: "hand-written loop, vectorised",
        wanted: 0.5,
        ours: fused,
        ours_items: 50_000_000,
        theirs: loop_plain,
        theirs_items: 50_000_000,
        workers: 0,
    },
    Case {
        name: "p2 three queues, one thread",
        against: "tokio mpsc, one item a send",
        wanted: 100.0,
        ours: queued,
        ours_items: 10_000_000,
        theirs: channels,
        theirs_items: 300_000,
        workers: 0,
    },
    Case {
        name: "p3 three queues, two threads",
        against: "tokio mpsc, one item a send",
        wanted: 60.0,
        ours: queued,
        ours_items: 10_000_000,
        theirs: channels,
        theirs_items: 300_000,
        workers: 2,
    },
    Case {
        name: "p4 three queues, one thread",
        against: "tokio mpsc(8) of Vecs of 128",
        wanted: 1.5,
        ours: queued,
        ours_items: 10_000_000,
        theirs: batched_channels,
        theirs_items: 10_000_000,
        workers: 0,
    },
    Case {
        name: "p4 three queues, two threads",
        against: "tokio mpsc(8) of Vecs of 128",
        wanted: 1.2,
        ours: queued,
        ours_items: 10_000_000,
        theirs: batched_channels,
        theirs_items: 10_000_000,
        workers: 2,
    },
    Case {
        name: "p5 map_async(4), ready futures",
        against: "StreamExt::buffered(4)",
        wanted: 1.0,
        ours: ready_futures,
        ours_items: 2_000_000,
        theirs: buffered,
        theirs_items: 2_000_000,
        workers: 0,
    },
    Case {
        name: "g1 match, black_box an arm",
        against: "hand-written loop, same branch",
        wanted: 1.0 / 1.3,
        ours: matched,
        ours_items: 20_000_000,
        theirs: branching_loop,
        theirs_items: 20_000_000,
        workers: 0,
    },
    Case {
        name: "g2 broadcast, two linked arms",
        against: "one link, an item of each arm",
        wanted: 0.8,
        ours: broadcast,
        ours_items: 10_000_000,
        theirs: one_link,
        theirs_items: 10_000_000,
        workers: 0,
    },
    Case {
        name: "g2 the same, two threads",
        against: "one link, an item of each arm",
        wanted: 0.8,
        ours: broadcast,
        ours_items: 10_000_000,
        theirs: one_link,
        theirs_items: 10_000_000,
        workers: 2,
    },
    Case {
        name: "g3 merge of two linked sources",
        against: "one link",
        wanted: 0.5,
        ours: merged,
        ours_items: 10_000_000,
        theirs: one_link,
        theirs_items: 10_000_000,
        workers: 0,
    },
    Case {
        name: "g3 the same, two threads",
        against: "one link",
        wanted: 0.5,
        ours: merged,
        ours_items: 10_000_000,
        theirs: one_link,
        theirs_items: 10_000_000,
        workers: 2,
    },
];

fn main() {
    let mut filter = None;
    let mut pairs = 9;
    // Cargo adds `--bench` itself.
    for argument in std::env::args().skip(1).filter(|argument| !argument.starts_with("--")) {
        match argument.parse() {
            Ok(number) => pairs = number,
            Err(_) => filter = Some(argument),
        }
    }
    println!(
        "{:<32} {:<32} {:>9} {:>9} {:>8} {:>17} {:>7}",
        "case", "against", "ns/item", "theirs", "ratio", "spread", "wanted"
    );
    for case in CASES.iter().filter(|case| filter.as_ref().is_none_or(|filter| case.name.contains(filter.as_str()))) {
        let runtime = if case.workers == 0 {
            Builder::new_current_thread().enable_all().build()
        } else {
            Builder::new_multi_thread().worker_threads(case.workers).enable_all().build()
        }
        .expect("a runtime");
        let time = |run: fn(&Runtime, u64) -> u64, items: u64| {
            let start = Instant::now();
            black_box(run(&runtime, black_box(items)));
            start.elapsed().as_secs_f64() * 1e9 / items as f64
        };
        time(case.ours, case.ours_items);
        time(case.theirs, case.theirs_items);
        let mut rows: Vec<(f64, f64, f64)> = (0..pairs)
            .map(|_| {
                let ours = time(case.ours, case.ours_items);
                let theirs = time(case.theirs, case.theirs_items);
                (ours, theirs, theirs / ours)
            })
            .collect();
        let mut median = |pick: fn(&(f64, f64, f64)) -> f64| {
            rows.sort_by(|a, b| pick(a).total_cmp(&pick(b)));
            pick(&rows[rows.len() / 2])
        };
        let (ours, theirs, ratio) = (median(|row| row.0), median(|row| row.1), median(|row| row.2));
        let spread = format!("{:.2}..{:.2}", rows[0].2, rows[rows.len() - 1].2);
        println!(
            "{:<32} {:<32} {ours:>9.3} {theirs:>9.3} {ratio:>8.2} {spread:>17} {:>7}",
            case.name, case.against, case.wanted
        );
    }
}

fn fused_opaque(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items) -> map(|n| black_box(n) + 1) -> map(|n| n ^ 3) -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(run.run()).expect("a sum")
}

fn loop_opaque(_: &Runtime, items: u64) -> u64 {
    let mut sum = 0u64;
    for n in 0..items {
        let n = black_box(n) + 1;
        let n = n ^ 3;
        sum = sum.wrapping_add(n);
    }
    sum
}

fn fused(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items) -> map(|n| n.wrapping_mul(3)) -> map(|n| n ^ 3) -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(run.run()).expect("a sum")
}

fn loop_plain(_: &Runtime, items: u64) -> u64 {
    let mut sum = 0u64;
    for n in 0..items {
        sum = sum.wrapping_add(n.wrapping_mul(3) ^ 3);
    }
    sum
}

fn queued(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items)
        -> queue(1024) -> map(|n| black_box(n) + 1)
        -> queue(1024) -> map(|n| n ^ 3)
        -> queue(1024) -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum")
}

fn channels(runtime: &Runtime, items: u64) -> u64 {
    runtime.block_on(async move {
        let (to_first, mut first) = mpsc::channel(1024);
        let (to_second, mut second) = mpsc::channel(1024);
        let (to_third, mut third) = mpsc::channel(1024);
        tokio::spawn(async move {
            for n in 0..items {
                to_first.send(n).await.expect("a receiver");
            }
        });
        tokio::spawn(async move {
            while let Some(n) = first.recv().await {
                to_second.send(black_box(n) + 1).await.expect("a receiver");
            }
        });
        tokio::spawn(async move {
            while let Some(n) = second.recv().await {
                to_third.send(n ^ 3).await.expect("a receiver");
            }
        });
        tokio::spawn(async move {
            let mut sum = 0u64;
            while let Some(n) = third.recv().await {
                sum = sum.wrapping_add(n);
            }
            sum
        })
        .await
        .expect("a task")
    })
}

fn batched_channels(runtime: &Runtime, items: u64) -> u64 {
    const BATCH: usize = 128;
    runtime.block_on(async move {
        let (to_first, mut first) = mpsc::channel::<Vec<u64>>(8);
        let (to_second, mut second) = mpsc::channel::<Vec<u64>>(8);
        let (to_third, mut third) = mpsc::channel::<Vec<u64>>(8);
        tokio::spawn(async move {
            let mut source = 0..items;
            loop {
                let batch: Vec<u64> = source.by_ref().take(BATCH).collect();
                if batch.is_empty() {
                    break;
                }
                to_first.send(batch).await.expect("a receiver");
            }
        });
        tokio::spawn(async move {
            while let Some(mut batch) = first.recv().await {
                batch.iter_mut().for_each(|n| *n = black_box(*n) + 1);
                to_second.send(batch).await.expect("a receiver");
            }
        });
        tokio::spawn(async move {
            while let Some(mut batch) = second.recv().await {
                batch.iter_mut().for_each(|n| *n ^= 3);
                to_third.send(batch).await.expect("a receiver");
            }
        });
        tokio::spawn(async move {
            let mut sum = 0u64;
            while let Some(batch) = third.recv().await {
                sum = batch.iter().fold(sum, |sum, n| sum.wrapping_add(*n));
            }
            sum
        })
        .await
        .expect("a task")
    })
}

fn ready_futures(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items) -> map_async(4, |n| std::future::ready(black_box(n) + 1)) -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(run.run()).expect("a sum")
}

fn buffered(runtime: &Runtime, items: u64) -> u64 {
    use futures_util::StreamExt;
    runtime.block_on(
        futures_util::stream::iter(0..items)
            .map(|n| std::future::ready(black_box(n) + 1))
            .buffered(4)
            .fold(0u64, |sum, n| std::future::ready(sum.wrapping_add(n))),
    )
}

fn matched(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items) -> match {
            n if n % 7 < 3 => n -> map(|n| black_box(n).wrapping_mul(5)),
            n => n -> map(|n| black_box(n) ^ 11),
        } -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(run.run()).expect("a sum")
}

fn branching_loop(_: &Runtime, items: u64) -> u64 {
    let mut sum = 0u64;
    for n in 0..items {
        let n = match n {
            n if n % 7 < 3 => black_box(n).wrapping_mul(5),
            n => black_box(n) ^ 11,
        };
        sum = sum.wrapping_add(n);
    }
    sum
}

/// `items` in both arms together.
fn broadcast(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items / 2) -> broadcast {
            queue(1024) -> fold(0u64, |sum, n| sum.wrapping_add(black_box(n))),
            queue(1024) -> fold(0u64, |sum, n| sum.wrapping_add(black_box(n))),
        }
    };
    let (one, other) = runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("two sums");
    one ^ other
}

fn one_link(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items) -> queue(1024) -> fold(0u64, |sum, n| sum.wrapping_add(black_box(n)))
    };
    runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum")
}

fn merged(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        #![queue = 1024]
        merge(iter(0..items / 2), iter(items / 2..items)) -> fold(0u64, |sum, n| sum.wrapping_add(black_box(n)))
    };
    runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum")
}
