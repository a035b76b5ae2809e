//! A task for the source, for each map and for the sum, and a buffer of 1,024 between each two.

use std::future::ready;
use std::hint::black_box;

use aqueduct::pipeline;
use futures::StreamExt;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

const CAPACITY: usize = 1024;
const BATCH: usize = 128;

pub fn aqueduct(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items)
        -> queue(CAPACITY) -> map(|n| black_box(n) + 1)
        -> queue(CAPACITY) -> map(|n| n ^ 3)
        -> queue(CAPACITY) -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum")
}

/// What one writes by hand.
pub fn tokio(runtime: &Runtime, items: u64) -> u64 {
    runtime.block_on(async move {
        let (to_first, mut first) = mpsc::channel(CAPACITY);
        let (to_second, mut second) = mpsc::channel(CAPACITY);
        let (to_third, mut third) = mpsc::channel(CAPACITY);
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

/// What one writes by hand where it has to be fast: 8 batches of 128 in each channel. An item waits until its batch is full.
pub fn tokio_vecs(runtime: &Runtime, items: u64) -> u64 {
    runtime.block_on(async move {
        let (to_first, mut first) = mpsc::channel::<Vec<u64>>(CAPACITY / BATCH);
        let (to_second, mut second) = mpsc::channel::<Vec<u64>>(CAPACITY / BATCH);
        let (to_third, mut third) = mpsc::channel::<Vec<u64>>(CAPACITY / BATCH);
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

pub fn futures(runtime: &Runtime, items: u64) -> u64 {
    use futures::channel::mpsc;
    runtime.block_on(async move {
        let (to_first, first) = mpsc::channel(CAPACITY);
        let (to_second, second) = mpsc::channel(CAPACITY);
        let (to_third, third) = mpsc::channel(CAPACITY);
        tokio::spawn(futures::stream::iter(0..items).map(Ok).forward(to_first));
        tokio::spawn(first.map(|n| Ok(black_box(n) + 1)).forward(to_second));
        tokio::spawn(second.map(|n| Ok(n ^ 3)).forward(to_third));
        tokio::spawn(third.fold(0u64, |sum, n| ready(sum.wrapping_add(n)))).await.expect("a task")
    })
}

pub fn pumps(runtime: &Runtime, items: u64) -> u64 {
    use pumps::{Concurrency, Pipeline};
    runtime.block_on(async move {
        let (mut output, _tasks) = Pipeline::from_iter(0..items)
            .backpressure(CAPACITY)
            .map(|n| ready(black_box(n) + 1), Concurrency::serial())
            .backpressure(CAPACITY)
            .map(|n| ready(n ^ 3), Concurrency::serial())
            .backpressure(CAPACITY)
            .build();
        tokio::spawn(async move {
            let mut sum = 0u64;
            while let Some(n) = output.recv().await {
                sum = sum.wrapping_add(n);
            }
            sum
        })
        .await
        .expect("a task")
    })
}
