//! Stages whose work is a future.

use std::future::ready;
use std::hint::black_box;

use aqueduct::pipeline;
use futures::StreamExt;
use tokio::runtime::Runtime;

use crate::harness::{Case, Side};

pub fn cases() -> Vec<Case> {
    vec![Case {
        name: "p5 map_async(4), ready futures",
        against: "StreamExt::buffered(4)",
        wanted: Some(1.0),
        workers: 0,
        ours: Side::new(aqueduct_ready, 2_000_000),
        theirs: Side::new(buffered_ready, 2_000_000),
    }]
}

fn aqueduct_ready(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items) -> map_async(4, |n| ready(black_box(n) + 1)) -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(run.run()).expect("a sum")
}

fn buffered_ready(runtime: &Runtime, items: u64) -> u64 {
    let numbers = futures::stream::iter(0..items).map(|n| ready(black_box(n) + 1)).buffered(4);
    runtime.block_on(numbers.fold(0u64, |sum, n| ready(sum.wrapping_add(n))))
}
