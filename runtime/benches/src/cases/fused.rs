//! A chain without buffers: numbers from a range, two maps, a sum. Twice: with every item hidden from the optimiser, and as one writes
//! it, so that the compiler may vectorise it.

use std::future::ready;
use std::hint::black_box;

use aqueduct::pipeline;
use futures::StreamExt;
use tokio::runtime::Runtime;

use crate::harness::{Case, Side};

const OPAQUE: &str = "p1 fused, black_box an item";
const PLAIN: &str = "p1v fused";

const fn opaque(against: &'static str, wanted: f64, theirs: fn(&Runtime, u64) -> u64) -> Case {
    Case {
        name: OPAQUE,
        against,
        wanted: Some(wanted),
        workers: 0,
        ours: Side::new(aqueduct_opaque, 20_000_000),
        theirs: Side::new(theirs, 20_000_000),
    }
}

const fn plain(against: &'static str, wanted: f64, theirs: fn(&Runtime, u64) -> u64) -> Case {
    Case {
        name: PLAIN,
        against,
        wanted: Some(wanted),
        workers: 0,
        ours: Side::new(aqueduct_plain, 50_000_000),
        theirs: Side::new(theirs, 50_000_000),
    }
}

pub fn cases() -> Vec<Case> {
    vec![
        opaque("loop", 0.9, loop_opaque),
        opaque("futures streams", 0.9, futures_opaque),
        #[cfg(feature = "heavy")]
        opaque("dfir", 1.0, super::dfir::opaque),
        plain("loop, vectorised", 0.5, loop_plain),
        plain("futures streams", 1.0, futures_plain),
        #[cfg(feature = "heavy")]
        plain("dfir", 1.0, super::dfir::plain),
    ]
}

fn aqueduct_opaque(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items) -> map(|n| black_box(n) + 1) -> map(|n| n ^ 3) -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(run.run()).expect("a sum")
}

fn loop_opaque(_: &Runtime, items: u64) -> u64 {
    let mut sum = 0u64;
    for n in 0..items {
        sum = sum.wrapping_add((black_box(n) + 1) ^ 3);
    }
    sum
}

fn futures_opaque(runtime: &Runtime, items: u64) -> u64 {
    let numbers = futures::stream::iter(0..items).map(|n| black_box(n) + 1).map(|n| n ^ 3);
    runtime.block_on(numbers.fold(0u64, |sum, n| ready(sum.wrapping_add(n))))
}

fn aqueduct_plain(runtime: &Runtime, items: u64) -> u64 {
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

fn futures_plain(runtime: &Runtime, items: u64) -> u64 {
    let numbers = futures::stream::iter(0..items).map(|n| n.wrapping_mul(3)).map(|n| n ^ 3);
    runtime.block_on(numbers.fold(0u64, |sum, n| ready(sum.wrapping_add(n))))
}
