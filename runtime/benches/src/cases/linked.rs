//! A task for the source, for each map and for the sum, and a buffer of 1,024 between each two.

use std::future::ready;
use std::hint::black_box;

use aqueduct::pipeline;
use futures::StreamExt;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::node;
use crate::channels::{AsyncChannel, Channel, Flume, Kanal, Tokio};
use crate::harness::{Case, Side};

const CAPACITY: usize = 1024;
const BATCH: usize = 128;

const OURS: Side = Side::new(aqueduct, 10_000_000);

const fn case(name: &'static str, against: &'static str, workers: usize, wanted: f64, theirs: Side) -> Case {
    Case { name, against, wanted: Some(wanted), workers, ours: OURS, theirs }
}

pub fn cases() -> Vec<Case> {
    const NAIVE: Side = Side::new(one_a_send::<Tokio>, 300_000);
    const NAIVE_IS: &str = "tokio mpsc, one item a send";
    const VECS: Side = Side::new(tokio_vecs, 10_000_000);
    const VECS_IS: &str = "tokio mpsc(8) of Vecs of 128";
    let mut cases = vec![
        case("p2 three queues", NAIVE_IS, 0, 100.0, NAIVE),
        case("p3 three queues", NAIVE_IS, 2, 60.0, NAIVE),
        case("p4 three queues", VECS_IS, 0, 1.5, VECS),
        case("p4 three queues", VECS_IS, 2, 1.2, VECS),
    ];
    for workers in [0, 2] {
        let against = |against, theirs| case("three queues", against, workers, 1.0, theirs);
        cases.extend([
            against("tokio mpsc, recv_many", Side::new(tokio_many, 2_000_000)),
            against("futures mpsc", Side::new(futures, 300_000)),
            against("flume", Side::new(one_a_send::<Flume>, 300_000)),
            against("kanal", Side::new(one_a_send::<Kanal>, 1_000_000)),
            against("async-channel", Side::new(one_a_send::<AsyncChannel>, 300_000)),
            #[cfg(feature = "heavy")]
            against("pumps", Side::new(pumps, 200_000)),
        ]);
    }
    #[cfg(feature = "heavy")]
    cases.push(case("three queues", "dfir, ticks of 1024", 0, 1.0, Side::new(super::dfir::handed_off, 10_000_000)));
    if node::version().is_some() {
        cases.push(case("three queues", "node streams", 0, 1.0, Side::apart(node::run, 300_000)));
    }
    cases.push(Case {
        name: "one queue",
        against: "rtrb, two threads that spin",
        wanted: None,
        workers: 2,
        ours: Side::new(aqueduct_one, 10_000_000),
        theirs: Side::new(rtrb, 10_000_000),
    });
    cases
}

fn aqueduct(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items)
        -> queue(CAPACITY) -> map(|n| black_box(n) + 1)
        -> queue(CAPACITY) -> map(|n| n ^ 3)
        -> queue(CAPACITY) -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum")
}

/// What one writes by hand.
fn one_a_send<C: Channel>(runtime: &Runtime, items: u64) -> u64 {
    runtime.block_on(async move {
        let (to_first, mut first) = C::bounded(CAPACITY);
        let (to_second, mut second) = C::bounded(CAPACITY);
        let (to_third, mut third) = C::bounded(CAPACITY);
        tokio::spawn(async move {
            for n in 0..items {
                C::send(&to_first, n).await;
            }
        });
        tokio::spawn(async move {
            while let Some(n) = C::receive(&mut first).await {
                C::send(&to_second, black_box(n) + 1).await;
            }
        });
        tokio::spawn(async move {
            while let Some(n) = C::receive(&mut second).await {
                C::send(&to_third, n ^ 3).await;
            }
        });
        tokio::spawn(async move {
            let mut sum = 0u64;
            while let Some(n) = C::receive(&mut third).await {
                sum = sum.wrapping_add(n);
            }
            sum
        })
        .await
        .expect("a task")
    })
}

/// Tokio's own batches: places are reserved and items are taken many at once, half of the capacity in the channel, half in hand.
fn tokio_many(runtime: &Runtime, items: u64) -> u64 {
    const MANY: usize = CAPACITY / 2;
    async fn send(to: &mpsc::Sender<u64>, mut batch: impl ExactSizeIterator<Item = u64>) {
        while batch.len() > 0 {
            let places = to.reserve_many(batch.len().min(BATCH)).await.expect("a receiver");
            places.zip(&mut batch).for_each(|(place, n)| place.send(n));
        }
    }
    runtime.block_on(async move {
        let (to_first, mut first) = mpsc::channel(MANY);
        let (to_second, mut second) = mpsc::channel(MANY);
        let (to_third, mut third) = mpsc::channel(MANY);
        tokio::spawn(async move {
            for from in (0..items).step_by(BATCH) {
                let until = items.min(from + BATCH as u64);
                send(&to_first, (from..until).collect::<Vec<_>>().into_iter()).await;
            }
        });
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(MANY);
            while first.recv_many(&mut batch, MANY).await > 0 {
                send(&to_second, batch.drain(..).map(|n| black_box(n) + 1)).await;
            }
        });
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(MANY);
            while second.recv_many(&mut batch, MANY).await > 0 {
                send(&to_third, batch.drain(..).map(|n| n ^ 3)).await;
            }
        });
        tokio::spawn(async move {
            let (mut batch, mut sum) = (Vec::with_capacity(MANY), 0u64);
            while third.recv_many(&mut batch, MANY).await > 0 {
                sum = batch.drain(..).fold(sum, u64::wrapping_add);
            }
            sum
        })
        .await
        .expect("a task")
    })
}

/// What one writes by hand where it has to be fast: 8 batches of 128 in each channel. An item waits until its batch is full.
fn tokio_vecs(runtime: &Runtime, items: u64) -> u64 {
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

fn futures(runtime: &Runtime, items: u64) -> u64 {
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

#[cfg(feature = "heavy")]
fn pumps(runtime: &Runtime, items: u64) -> u64 {
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

fn aqueduct_one(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items) -> map(|n| black_box(n) + 1) -> queue(CAPACITY) -> map(|n| n ^ 3) -> fold(0u64, |sum, n| sum.wrapping_add(n))
    };
    runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum")
}

/// How fast a ring can be: a thread at each end, for itself, that never sleeps.
fn rtrb(_: &Runtime, items: u64) -> u64 {
    let (mut producer, mut consumer) = rtrb::RingBuffer::new(CAPACITY);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let (mut numbers, mut left) = ((0..items).map(|n| black_box(n) + 1), items as usize);
            while left > 0 {
                let room = producer.slots().min(left);
                left -= producer.write_chunk_uninit(room).expect("room").fill_from_iter(&mut numbers);
            }
        });
        let (mut sum, mut left) = (0u64, items);
        while left > 0 {
            let run = consumer.read_chunk(consumer.slots()).expect("items");
            left -= run.len() as u64;
            sum = run.into_iter().fold(sum, |sum, n| sum.wrapping_add(n ^ 3));
        }
        sum
    })
}
