//! The same chain without buffers. Twice: as one writes it, so that the compiler may vectorise it, and with every item hidden from
//! the optimiser.

use std::future::ready;
use std::hint::black_box;

use aqueduct::pipeline;
use futures::StreamExt;
use tokio::runtime::Runtime;

pub fn aqueduct(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items) -> map(|n| n.wrapping_mul(3)) -> map(|n| n ^ 3) -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(run.run()).expect("a sum")
}

pub fn plain_loop(_: &Runtime, items: u64) -> u64 {
    let mut sum = 0u64;
    for n in 0..items {
        sum = sum.wrapping_add(n.wrapping_mul(3) ^ 3);
    }
    sum
}

pub fn futures(runtime: &Runtime, items: u64) -> u64 {
    let numbers = futures::stream::iter(0..items).map(|n| n.wrapping_mul(3)).map(|n| n ^ 3);
    runtime.block_on(numbers.fold(0u64, |sum, n| ready(sum.wrapping_add(n))))
}

pub fn aqueduct_opaque(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items) -> map(|n| black_box(n) + 1) -> map(|n| n ^ 3) -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(run.run()).expect("a sum")
}

pub fn plain_loop_opaque(_: &Runtime, items: u64) -> u64 {
    let mut sum = 0u64;
    for n in 0..items {
        sum = sum.wrapping_add((black_box(n) + 1) ^ 3);
    }
    sum
}

pub fn futures_opaque(runtime: &Runtime, items: u64) -> u64 {
    let numbers = futures::stream::iter(0..items).map(|n| black_box(n) + 1).map(|n| n ^ 3);
    runtime.block_on(numbers.fold(0u64, |sum, n| ready(sum.wrapping_add(n))))
}
