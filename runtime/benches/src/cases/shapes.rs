//! Other items than numbers, other capacities than 1,024, other chains than three maps: is there a cliff?
//!
//! A job has against it those ways by hand of `linked` that hold as many items, sleep when idle, and were the strongest at any of these jobs;
//! of them the strongest is the one that counts (`ratios --strongest`).

use std::future::ready;
use std::hint::black_box;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use aqueduct::pipeline;
use futures::StreamExt;
use tokio::runtime::Runtime;
use tokio::time::sleep;

use super::items::{Filled, Item, Shared, Wide};
use super::linked::{three, three_by_hand};
use crate::by_hand::{ByHand, OneASend, Vecs};
use crate::channels::{Kanal, Tokio};
use crate::harness::{Case, Side};

pub fn cases() -> Vec<Case> {
    [
        linked::<Three<Wide, 1024>>("structs of 64 bytes", 2_000_000),
        linked::<Three<String, 1024>>("Strings", 300_000),
        linked::<Three<Shared, 1024>>("Bytes of 64 KiB, shared", 1_000_000),
        linked::<Three<Filled, 16>>("Bytes of 64 KiB, filled; capacity 16", 5_000),
        linked::<Three<u64, 1>>("capacity 1", 100_000),
        linked::<Three<u64, 16>>("capacity 16", 1_000_000),
        linked::<Three<u64, 256>>("capacity 256", 5_000_000),
        linked::<Three<u64, 4096>>("capacity 4096", 10_000_000),
        linked::<Filtered>("filter drops 15 of 16", 10_000_000),
        linked::<Repeated>("flat_map by 4", 2_500_000),
        linked::<Ten>("ten links", 3_000_000),
        slow_sinks(),
        ten_fused(),
    ]
    .concat()
}

/// A chain of links, ours and by hand.
trait Job {
    const CAPACITY: usize;

    fn ours(runtime: &Runtime, items: u64) -> u64;

    fn by_hand<H: ByHand>(runtime: &Runtime, items: u64) -> u64;
}

/// A job against the strongest ways by hand, on one thread and on two. Who sends one item at a time gets fewer of them: its time is the
/// longer. A capacity of 1 cannot be cut into `Vec`s.
fn linked<J: Job>(name: &'static str, items: u64) -> Vec<Case> {
    let fewer = items.min(300_000);
    let mut peers = vec![
        ("tokio mpsc, one item a send", Side::new(J::by_hand::<OneASend<Tokio>>, fewer)),
        ("kanal", Side::new(J::by_hand::<OneASend<Kanal>>, fewer)),
    ];
    if J::CAPACITY > 1 {
        peers.extend([
            ("tokio mpsc of Vecs, 1/4 each", Side::new(J::by_hand::<Vecs<Tokio, 4>>, items)),
            ("kanal of Vecs, 1/4 each", Side::new(J::by_hand::<Vecs<Kanal, 4>>, items)),
            ("kanal of Vecs, 1/8 each", Side::new(J::by_hand::<Vecs<Kanal, 8>>, items)),
        ]);
    }
    let ours = Side::new(J::ours, items);
    let case = |workers, (against, theirs)| Case { name, against, wanted: Some(1.0), workers, ours, theirs };
    [0, 2].iter().flat_map(|workers| peers.iter().map(|peer| case(*workers, *peer))).collect()
}

struct Three<T, const CAPACITY: usize>(PhantomData<T>);

impl<T: Item, const CAPACITY: usize> Job for Three<T, CAPACITY> {
    const CAPACITY: usize = CAPACITY;

    fn ours(runtime: &Runtime, items: u64) -> u64 {
        three::<T, CAPACITY>(runtime, items)
    }

    fn by_hand<H: ByHand>(runtime: &Runtime, items: u64) -> u64 {
        three_by_hand::<H, T, CAPACITY>(runtime, items)
    }
}

struct Filtered;

impl Job for Filtered {
    const CAPACITY: usize = 1024;

    fn ours(runtime: &Runtime, items: u64) -> u64 {
        let run = pipeline! {
            iter(0..items)
            -> queue(Self::CAPACITY) -> filter(|n| black_box(*n) % 16 == 0)
            -> queue(Self::CAPACITY) -> map(|n| n ^ 3)
            -> queue(Self::CAPACITY) -> fold(0u64, u64::add_to)
        };
        runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum")
    }

    fn by_hand<H: ByHand>(runtime: &Runtime, items: u64) -> u64 {
        flat_mapped::<H, _>(runtime, items, Self::CAPACITY, |n| (black_box(n) % 16 == 0).then_some(n))
    }
}

struct Repeated;

impl Job for Repeated {
    const CAPACITY: usize = 1024;

    fn ours(runtime: &Runtime, items: u64) -> u64 {
        let run = pipeline! {
            iter(0..items)
            -> queue(Self::CAPACITY) -> flat_map(|n| [black_box(n); 4])
            -> queue(Self::CAPACITY) -> map(|n| n ^ 3)
            -> queue(Self::CAPACITY) -> fold(0u64, u64::add_to)
        };
        runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum")
    }

    fn by_hand<H: ByHand>(runtime: &Runtime, items: u64) -> u64 {
        flat_mapped::<H, _>(runtime, items, Self::CAPACITY, |n| [black_box(n); 4])
    }
}

fn flat_mapped<H: ByHand, I: IntoIterator<Item = u64, IntoIter: Send> + 'static>(
    runtime: &Runtime,
    items: u64,
    capacity: usize,
    f: fn(u64) -> I,
) -> u64 {
    let (to_first, first) = H::link(capacity);
    let (to_second, second) = H::link(capacity);
    let (to_third, third) = H::link(capacity);
    runtime.block_on(async move {
        tokio::spawn(H::feed(to_first, 0..items));
        tokio::spawn(H::flat_map(first, to_second, f));
        tokio::spawn(H::map(second, to_third, |n| n ^ 3));
        tokio::spawn(H::fold(third, u64::add_to)).await.expect("a task")
    })
}

struct Ten;

impl Job for Ten {
    const CAPACITY: usize = 1024;

    fn ours(runtime: &Runtime, items: u64) -> u64 {
        let run = pipeline! {
            iter(0..items)
            -> queue(Self::CAPACITY) -> map(u64::first)
            -> queue(Self::CAPACITY) -> map(u64::first)
            -> queue(Self::CAPACITY) -> map(u64::first)
            -> queue(Self::CAPACITY) -> map(u64::first)
            -> queue(Self::CAPACITY) -> map(u64::first)
            -> queue(Self::CAPACITY) -> map(u64::first)
            -> queue(Self::CAPACITY) -> map(u64::first)
            -> queue(Self::CAPACITY) -> map(u64::first)
            -> queue(Self::CAPACITY) -> map(u64::first)
            -> queue(Self::CAPACITY) -> fold(0u64, u64::add_to)
        };
        runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum")
    }

    fn by_hand<H: ByHand>(runtime: &Runtime, items: u64) -> u64 {
        let (to_first, mut last) = H::link(Self::CAPACITY);
        runtime.block_on(async move {
            tokio::spawn(H::feed(to_first, 0..items));
            for _ in 0..9 {
                let (to, from) = H::link(Self::CAPACITY);
                tokio::spawn(H::map(last, to, u64::first));
                last = from;
            }
            tokio::spawn(H::fold(last, u64::add_to)).await.expect("a task")
        })
    }
}

/// The sink decides how fast all goes: against the sink alone.
fn slow_sinks() -> Vec<Case> {
    let case = |name, workers, ours, theirs, items| Case {
        name,
        against: "the sink alone",
        wanted: Some(0.98),
        workers,
        ours: Side::new(ours, items),
        theirs: Side::new(theirs, items),
    };
    [0, 2]
        .iter()
        .flat_map(|&workers| {
            [
                case("sink of 1 us", workers, busy, busy_alone, 30_000),
                case("sink that sleeps 1 ms", workers, sleeping, sleeping_alone, 50),
            ]
        })
        .collect()
}

/// About a microsecond of work, always the same.
fn work(sum: u64, n: u64) -> u64 {
    (0..600).fold(sum ^ n, |sum, _| black_box(sum.rotate_left(5).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}

fn busy(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! { iter(0..items) -> queue(1024) -> map(u64::first) -> queue(1024) -> fold(0u64, work) };
    runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum")
}

fn busy_alone(_: &Runtime, items: u64) -> u64 {
    (0..items).map(u64::first).fold(0, work)
}

fn sleeping(runtime: &Runtime, items: u64) -> u64 {
    let sum = Arc::new(AtomicU64::new(0));
    let add = {
        let sum = Arc::clone(&sum);
        move |n| slowly(Arc::clone(&sum), n)
    };
    let run = pipeline! { iter(0..items) -> queue(1024) -> map(u64::first) -> for_each_async(1, add) };
    runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("a sum");
    sum.load(Relaxed)
}

fn sleeping_alone(runtime: &Runtime, items: u64) -> u64 {
    let sum = Arc::new(AtomicU64::new(0));
    let result = Arc::clone(&sum);
    runtime.block_on(async move {
        let alone = tokio::spawn(async move {
            for n in 0..items {
                slowly(Arc::clone(&sum), n.first()).await;
            }
        });
        alone.await.expect("a task");
    });
    result.load(Relaxed)
}

async fn slowly(sum: Arc<AtomicU64>, n: u64) {
    sleep(Duration::from_millis(1)).await;
    sum.fetch_add(n, Relaxed);
}

/// Ten maps in one task: against the loop, and against the chain of another crate.
fn ten_fused() -> Vec<Case> {
    let case = |against, wanted, theirs| Case {
        name: "ten fused maps, black_box an item",
        against,
        wanted: Some(wanted),
        workers: 0,
        ours: Side::new(fused, 10_000_000),
        theirs: Side::new(theirs, 10_000_000),
    };
    vec![case("loop", 0.9, fused_loop), case("futures streams", 1.0, fused_futures)]
}

fn fused(runtime: &Runtime, items: u64) -> u64 {
    let run = pipeline! {
        iter(0..items)
        -> map(u64::first) -> map(u64::second) -> map(|n| n << 1) -> map(|n| n ^ 7) -> map(|n| n + 3)
        -> map(|n| n ^ 5) -> map(|n| n << 1) -> map(|n| n + 9) -> map(|n| n ^ 1) -> map(|n| n + 11)
        -> fold(0u64, u64::add_to)
    };
    runtime.block_on(run.run()).expect("a sum")
}

fn fused_loop(_: &Runtime, items: u64) -> u64 {
    let mut sum = 0u64;
    for n in 0..items {
        let n = (n.first().second() << 1) ^ 7;
        let n = (((n + 3) ^ 5) << 1) + 9;
        sum = u64::add_to(sum, (n ^ 1) + 11);
    }
    sum
}

fn fused_futures(runtime: &Runtime, items: u64) -> u64 {
    let numbers = futures::stream::iter(0..items).map(u64::first).map(u64::second).map(|n| n << 1).map(|n| n ^ 7);
    let numbers = numbers.map(|n| n + 3).map(|n| n ^ 5).map(|n| n << 1).map(|n| n + 9).map(|n| n ^ 1).map(|n| n + 11);
    runtime.block_on(numbers.fold(0u64, |sum, n| ready(u64::add_to(sum, n))))
}
