//! Blocks and fan-ins, against the same items without them.

use std::hint::black_box;

use aqueduct::pipeline;
use tokio::runtime::Runtime;

use crate::harness::{Case, Side};

pub fn cases() -> Vec<Case> {
    let mut cases = vec![Case {
        name: "g1 match, black_box an arm",
        against: "loop with the same branch",
        wanted: Some(1.0 / 1.3),
        workers: 0,
        ours: Side::new(matched, 20_000_000),
        theirs: Side::new(branching_loop, 20_000_000),
    }];
    for workers in [0, 2] {
        cases.push(Case {
            name: "g2 broadcast, two linked arms",
            against: "one link, an item of each arm",
            wanted: Some(0.8),
            workers,
            ours: Side::new(broadcast, 10_000_000),
            theirs: Side::new(one_link, 10_000_000),
        });
    }
    for workers in [0, 2] {
        cases.push(Case {
            name: "g3 merge of two linked sources",
            against: "one link",
            wanted: Some(0.5),
            workers,
            ours: Side::new(merged, 10_000_000),
            theirs: Side::new(one_link, 10_000_000),
        });
    }
    cases
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

/// `items` in both arms together. The sum is that of `one_link`, as if the second arm's numbers went on where those of the first end.
fn broadcast(runtime: &Runtime, items: u64) -> u64 {
    let half = items / 2;
    let run = pipeline! {
        iter(0..half) -> broadcast {
            queue(1024) -> fold(0u64, |sum, n| sum.wrapping_add(black_box(n))),
            queue(1024) -> fold(0u64, |sum, n| sum.wrapping_add(black_box(n))),
        }
    };
    let (one, other) = runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("two sums");
    one.wrapping_add(other).wrapping_add(half.wrapping_mul(half))
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
