//! A task for the source, for each map and for the sum, and a buffer of 1,024 between each two.

use std::future::ready;
use std::hint::black_box;

use aqueduct::pipeline;
use futures::StreamExt;
use tokio::runtime::Runtime;

use super::items::Item;
use super::node;
use crate::by_hand::{ByHand, Many, OneASend, Vecs};
use crate::channels::{AsyncChannel, Flume, Kanal, Tokio};
use crate::harness::{Case, Side};

const CAPACITY: usize = 1024;

const OURS: Side = Side::new(three::<u64, CAPACITY>, 10_000_000);

/// So many numbers in all, the same way.
const fn by_hand<H: ByHand>(items: u64) -> Side {
    Side::new(three_by_hand::<H, u64, CAPACITY>, items)
}

const fn case(name: &'static str, against: &'static str, workers: usize, wanted: f64, theirs: Side) -> Case {
    Case { name, against, wanted: Some(wanted), workers, ours: OURS, theirs }
}

pub fn cases() -> Vec<Case> {
    const NAIVE: Side = by_hand::<OneASend<Tokio>>(300_000);
    const NAIVE_IS: &str = "tokio mpsc, one item a send";
    // Eight in the channel and one in hand.
    const VECS: Side = Side::new(three_by_hand::<Vecs<Tokio, 9>, u64, { 9 * 128 }>, 10_000_000);
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
            against("tokio mpsc, recv_many", by_hand::<Many>(2_000_000)),
            against("futures mpsc", Side::new(futures, 300_000)),
            against("flume", by_hand::<OneASend<Flume>>(300_000)),
            against("kanal", by_hand::<OneASend<Kanal>>(1_000_000)),
            against("kanal(3) of Vecs of 256", by_hand::<Vecs<Kanal, 4>>(10_000_000)),
            against("async-channel", by_hand::<OneASend<AsyncChannel>>(300_000)),
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

/// Three queues and four tasks, ours.
pub fn three<T: Item, const CAPACITY: usize>(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter((0..items).map(T::make))
        -> queue(CAPACITY) -> map(T::first)
        -> queue(CAPACITY) -> map(T::second)
        -> queue(CAPACITY) -> fold(0u64, T::add_to)
    };
    runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum")
}

/// The same by hand.
pub fn three_by_hand<H: ByHand, T: Item, const CAPACITY: usize>(runtime: &Runtime, items: u64) -> u64 {
    let (to_first, first) = H::link(CAPACITY);
    let (to_second, second) = H::link(CAPACITY);
    let (to_third, third) = H::link(CAPACITY);
    runtime.block_on(async move {
        tokio::spawn(H::feed(to_first, (0..items).map(T::make)));
        tokio::spawn(H::map(first, to_second, T::first));
        tokio::spawn(H::map(second, to_third, T::second));
        tokio::spawn(H::fold(third, T::add_to)).await.expect("a task")
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
