//! Stages whose work is a future: `map_async` and its family, over futures that are ready at once and futures that wait once.

use std::collections::{HashMap, VecDeque};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aqueduct::{Pipeline, Spawnable, pipeline};
use futures::stream::{self, FuturesOrdered, FuturesUnordered, Stream, StreamExt};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::harness::{Case, Side};

/// As `then` and `filter_async` are: a source, a link of 256, a task that awaits. The adapters of `StreamExt` have neither link nor task.
const TASK: &str = "a task over tokio mpsc(256)";

/// How many keys there are for `map_async_keyed`: some wait behind another of their key.
const KEYS: u64 = 256;

/// What is called for each item: ready at once, or when it is polled a second time.
async fn answer<const WAITS: bool>(n: u64) -> u64 {
    if WAITS {
        tokio::task::yield_now().await;
    }
    black_box(n) ^ 3
}

/// The cases of one operator and one peer: futures that are ready and futures that wait once, with 4, 64 and 10,000 in flight.
macro_rules! at_all_limits {
    ($operator:literal, $ours:ident, $against:literal, $theirs:ident) => {
        [
            ready(concat!("p5 ", $operator, "(4), ready"), $ours::<4, false>, $against, $theirs::<4, false>),
            ready(concat!("p5 ", $operator, "(64), ready"), $ours::<64, false>, $against, $theirs::<64, false>),
            ready(
                concat!("p5 ", $operator, "(10000), ready"),
                $ours::<10_000, false>,
                $against,
                $theirs::<10_000, false>,
            ),
            waits(concat!("p5 ", $operator, "(4), waits once"), $ours::<4, true>, $against, $theirs::<4, true>),
            waits(concat!("p5 ", $operator, "(64), waits once"), $ours::<64, true>, $against, $theirs::<64, true>),
            waits(
                concat!("p5 ", $operator, "(10000), waits once"),
                $ours::<10_000, true>,
                $against,
                $theirs::<10_000, true>,
            ),
        ]
    };
}

pub fn cases() -> Vec<Case> {
    [
        at_all_limits!("map_async", map_async, "buffered", buffered),
        at_all_limits!("map_async", map_async, "FuturesOrdered by hand", futures_ordered),
        at_all_limits!("map_async_unordered", map_async_unordered, "buffer_unordered", buffer_unordered),
        at_all_limits!("map_async_unordered", map_async_unordered, "JoinSet, a task an item", join_set),
        at_all_limits!("for_each_async", for_each_async, "for_each_concurrent", for_each_concurrent),
        at_all_limits!("map_async_keyed", map_async_keyed, "FuturesUnordered, lanes by hand", lanes_by_hand),
    ]
    .into_iter()
    .flatten()
    .chain([
        ready("p5 then, ready", then::<false>, TASK, then_in_a_task::<false>),
        waits("p5 then, waits once", then::<true>, TASK, then_in_a_task::<true>),
        ready("p5 filter_async, ready", filter_async::<false>, TASK, filter_in_a_task::<false>),
        waits("p5 filter_async, waits once", filter_async::<true>, TASK, filter_in_a_task::<true>),
        for_scale(ready("p5 filter_async, ready", filter_async::<false>, "StreamExt::filter", stream_filter::<false>)),
        for_scale(waits(
            "p5 filter_async, waits once",
            filter_async::<true>,
            "StreamExt::filter",
            stream_filter::<true>,
        )),
    ])
    .collect()
}

type Run = fn(&Runtime, u64) -> u64;

const fn ready(name: &'static str, ours: Run, against: &'static str, theirs: Run) -> Case {
    case(name, ours, against, theirs, 1_000_000)
}

const fn waits(name: &'static str, ours: Run, against: &'static str, theirs: Run) -> Case {
    case(name, ours, against, theirs, 200_000)
}

const fn case(name: &'static str, ours: Run, against: &'static str, theirs: Run, items: u64) -> Case {
    let (ours, theirs) = (Side::new(ours, items), Side::new(theirs, items));
    Case { name, against, wanted: Some(1.0), workers: 0, ours, theirs }
}

/// A peer that does less: it has no task of its own for the stage, so it need not be reached.
const fn for_scale(case: Case) -> Case {
    Case { wanted: None, ..case }
}

/// Both sides run in tasks of tokio, one or several.
fn in_a_task<F>(runtime: &Runtime, work: F) -> F::Output
where
    F: Future<Output: Send> + Send + 'static,
{
    runtime.block_on(async { tokio::spawn(work).await }).expect("a task that ends")
}

fn run<O: Send + 'static>(runtime: &Runtime, pipeline: Pipeline<O, impl Spawnable<O> + 'static>) -> O {
    in_a_task(runtime, pipeline.run()).expect("a pipeline that ends well")
}

async fn sum(items: impl Stream<Item = u64>) -> u64 {
    items.fold(0u64, async |sum, n| sum.wrapping_add(n)).await
}

fn map_async<const LIMIT: usize, const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    run(
        runtime,
        pipeline! { iter(0..items) -> map_async(LIMIT, answer::<WAITS>) -> fold(0u64, |sum, n| sum.wrapping_add(n)) },
    )
}

fn buffered<const LIMIT: usize, const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    in_a_task(runtime, sum(stream::iter(0..items).map(answer::<WAITS>).buffered(LIMIT)))
}

fn futures_ordered<const LIMIT: usize, const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    in_a_task(runtime, async move {
        let mut items = 0..items;
        let mut running: FuturesOrdered<_> = items.by_ref().take(LIMIT).map(answer::<WAITS>).collect();
        let mut sum = 0u64;
        while let Some(n) = running.next().await {
            sum = sum.wrapping_add(n);
            running.extend(items.next().map(answer::<WAITS>));
        }
        sum
    })
}

fn map_async_unordered<const LIMIT: usize, const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    run(
        runtime,
        pipeline! { iter(0..items) -> map_async_unordered(LIMIT, answer::<WAITS>) -> fold(0u64, |sum, n| sum.wrapping_add(n)) },
    )
}

fn buffer_unordered<const LIMIT: usize, const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    in_a_task(runtime, sum(stream::iter(0..items).map(answer::<WAITS>).buffer_unordered(LIMIT)))
}

fn join_set<const LIMIT: usize, const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    in_a_task(runtime, async move {
        let mut items = 0..items;
        let mut running: JoinSet<_> = items.by_ref().take(LIMIT).map(answer::<WAITS>).collect();
        let mut sum = 0u64;
        while let Some(n) = running.join_next().await {
            sum = sum.wrapping_add(n.expect("a task that ends"));
            if let Some(n) = items.next() {
                running.spawn(answer::<WAITS>(n));
            }
        }
        sum
    })
}

/// A sum that all calls of a sink add to.
type Sum = Arc<AtomicU64>;

async fn add_answer<const WAITS: bool>(sum: &AtomicU64, n: u64) {
    sum.fetch_add(answer::<WAITS>(n).await, Ordering::Relaxed);
}

fn for_each_async<const LIMIT: usize, const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    let sum = Sum::default();
    let adding = Arc::clone(&sum);
    run(
        runtime,
        pipeline! { iter(0..items) -> for_each_async(LIMIT, async move |n| add_answer::<WAITS>(&adding, n).await) },
    );
    sum.load(Ordering::Relaxed)
}

fn for_each_concurrent<const LIMIT: usize, const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    let sum = Sum::default();
    let adding = Arc::clone(&sum);
    in_a_task(runtime, async move {
        let adding = &*adding;
        stream::iter(0..items).for_each_concurrent(LIMIT, |n| add_answer::<WAITS>(adding, n)).await;
    });
    sum.load(Ordering::Relaxed)
}

fn map_async_keyed<const LIMIT: usize, const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    run(
        runtime,
        pipeline! {
            iter(0..items)
            -> map_async_keyed(LIMIT, |n| n % KEYS, answer::<WAITS>)
            -> fold(0u64, |sum, n| sum.wrapping_add(n))
        },
    )
}

/// What runs has a lane in the map, with those that wait behind it.
fn lanes_by_hand<const LIMIT: usize, const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    let answer_of = async |key: u64, n: u64| (key, answer::<WAITS>(n).await);
    in_a_task(runtime, async move {
        let mut items = 0..items;
        let mut lanes: HashMap<u64, VecDeque<u64>> = HashMap::new();
        let mut running = FuturesUnordered::new();
        let mut inside = 0;
        let mut sum = 0u64;
        loop {
            while inside < LIMIT {
                let Some(n) = items.next() else { break };
                inside += 1;
                let key = n % KEYS;
                if let Some(lane) = lanes.get_mut(&key) {
                    lane.push_back(n);
                } else {
                    lanes.insert(key, VecDeque::new());
                    running.push(answer_of(key, n));
                }
            }
            let Some((key, n)) = running.next().await else { return sum };
            inside -= 1;
            sum = sum.wrapping_add(n);
            match lanes.get_mut(&key).and_then(VecDeque::pop_front) {
                Some(n) => running.push(answer_of(key, n)),
                None => drop(lanes.remove(&key)),
            }
        }
    })
}

fn then<const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    run(runtime, pipeline! { iter(0..items) -> then(answer::<WAITS>) -> fold(0u64, |sum, n| sum.wrapping_add(n)) })
}

/// What a task of its own sends, one number after the other.
fn sent(items: u64) -> mpsc::Receiver<u64> {
    let (to_us, from_it) = mpsc::channel(256);
    tokio::spawn(async move {
        for n in 0..items {
            to_us.send(n).await.expect("a receiver");
        }
    });
    from_it
}

fn then_in_a_task<const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    in_a_task(runtime, async move {
        let mut numbers = sent(items);
        let mut sum = 0u64;
        while let Some(n) = numbers.recv().await {
            sum = sum.wrapping_add(answer::<WAITS>(n).await);
        }
        sum
    })
}

fn filter_async<const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    run(
        runtime,
        pipeline! {
            iter(0..items) -> filter_async(async |n| answer::<WAITS>(*n).await % 2 == 0) -> fold(0u64, |sum, n| sum.wrapping_add(n))
        },
    )
}

fn filter_in_a_task<const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    in_a_task(runtime, async move {
        let mut numbers = sent(items);
        let mut sum = 0u64;
        while let Some(n) = numbers.recv().await {
            if answer::<WAITS>(n).await % 2 == 0 {
                sum = sum.wrapping_add(n);
            }
        }
        sum
    })
}

fn stream_filter<const WAITS: bool>(runtime: &Runtime, items: u64) -> u64 {
    in_a_task(
        runtime,
        sum(stream::iter(0..items).filter(|n| {
            let n = *n;
            async move { answer::<WAITS>(n).await % 2 == 0 }
        })),
    )
}
