//! `map_async_keyed(n, key, f)`.

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::hash::Hash;
use std::sync::Arc;
use std::task::{Poll, ready};

use crate::PipelineError;
use crate::stage::{At, Body, Direct, Head, InFlight, Input, Port, Stream};

/// Each item, changed by an asynchronous `f`, at most `n` at a time and one at a time for a key, as they finish.
///
/// Items of one key are worked on in their order, and their results come out in it; different keys overtake each other. Items that wait
/// behind another of their key, and results that wait for room below, count among the `n`. Futures in flight are polled to completion
/// however full the output is (`G3`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let orders = [("ann", 1), ("bob", 2), ("ann", 3)];
/// let done = pipeline! {
///     iter(orders)
///     -> map_async_keyed(8, |(who, _)| *who, async |(who, n)| { tokio::task::yield_now().await; (who, n) })
///     -> collect::<Vec<_>>()
/// }
/// .run()
/// .await?;
/// let ann: Vec<_> = done.iter().filter(|(who, _)| *who == "ann").map(|(_, n)| *n).collect();
/// assert_eq!(ann, [1, 3]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each result, as soon as it is there; in order for each key
/// * pauses: when its output is paused and `n` results wait; its own link then fills and pauses
/// * finishes: with its input, after all in flight
/// * stops early: never by itself
///
/// # Panics
/// When `n` is 0.
#[doc(alias = "mapAsyncPartitioned")]
#[track_caller]
pub fn map_async_keyed<A, K, B, H, Key, F, Fut>(
    s: Stream<A, H, Direct>,
    n: usize,
    key: Key,
    f: F,
    mut at: At<'_, '_>,
) -> Stream<B, Body<B, impl Future<Output = Result<(), PipelineError>> + use<A, K, B, H, Key, F, Fut>>, Direct>
where
    H: Head<Item = A>,
    K: Hash + Eq,
    Key: FnMut(&A) -> K,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = B>,
{
    let n = at.at_once(n);
    s.body(at, move |input, port| async move {
        by_key(n, key, f, input, port).await;
        Ok(())
    })
}

/// `map_async_keyed(n, key, async |item| …)`; see [`map_async_keyed`](self).
///
/// # Panics
/// When `n` is 0.
#[track_caller]
pub fn lending<A, K, B, H, Key, F>(
    s: Stream<A, H, Direct>,
    n: usize,
    key: Key,
    f: F,
    mut at: At<'_, '_>,
) -> Stream<B, Body<B, impl Future<Output = Result<(), PipelineError>> + use<A, K, B, H, Key, F>>, Direct>
where
    H: Head<Item = A>,
    K: Hash + Eq,
    Key: FnMut(&A) -> K,
    F: AsyncFn(A) -> B,
{
    let n = at.at_once(n);
    s.body(at, move |input, port| async move {
        by_key(n, key, |item| f(item), input, port).await;
        Ok(())
    })
}

async fn by_key<A, K, B, H, Key, F, Fut>(n: usize, mut key: Key, mut f: F, mut input: Input<H>, port: Port<B>)
where
    H: Head<Item = A>,
    K: Hash + Eq,
    Key: FnMut(&A) -> K,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = B>,
{
    let mut flight = InFlight::new();
    let mut lanes = Lanes::new();
    let mut taken = Vec::new();
    let mut ended = false;
    poll_fn(|cx| {
        flight.register(cx);
        flight.poll(|slot, result| {
            port.put(result);
            lanes.finish(slot);
        });
        loop {
            while let Some((key, item)) = lanes.next() {
                match flight.push(f(item)) {
                    Ok(result) => {
                        port.put(result);
                        lanes.freed.push(key);
                    }
                    Err(slot) => lanes.run(slot, key),
                }
            }
            if ended {
                return if flight.is_empty() { Poll::Ready(()) } else { Poll::Pending };
            }
            let free = n.saturating_sub(flight.len() + lanes.waiting + port.len());
            if free == 0 {
                return Poll::Pending;
            }
            ended = !ready!(input.poll_fill(cx, free, &mut taken));
            for item in taken.drain(..) {
                lanes.enter(key(&item), item);
            }
        }
    })
    .await;
}

/// The items by key: one of each key runs, the others wait behind it.
struct Lanes<K, A> {
    /// The keys of which an item runs or may run next, with those that wait.
    of_key: HashMap<Arc<K>, VecDeque<A>>,
    /// For each slot in which a future runs, its key.
    of_slot: Vec<Option<Arc<K>>>,
    /// Keys of which nothing runs: their next item may.
    freed: Vec<Arc<K>>,
    waiting: usize,
}

impl<K: Hash + Eq, A> Lanes<K, A> {
    fn new() -> Self {
        Self { of_key: HashMap::new(), of_slot: Vec::new(), freed: Vec::new(), waiting: 0 }
    }

    fn enter(&mut self, key: K, item: A) {
        self.waiting += 1;
        if let Some(lane) = self.of_key.get_mut(&key) {
            lane.push_back(item);
        } else {
            let key = Arc::new(key);
            self.of_key.insert(Arc::clone(&key), VecDeque::from([item]));
            self.freed.push(key);
        }
    }

    /// An item that may run, with its key; keys with none are forgotten.
    fn next(&mut self) -> Option<(Arc<K>, A)> {
        loop {
            let key = self.freed.pop()?;
            if let Some(item) = self.of_key.get_mut(&*key).and_then(VecDeque::pop_front) {
                self.waiting -= 1;
                return Some((key, item));
            }
            self.of_key.remove(&*key);
        }
    }

    fn run(&mut self, slot: usize, key: Arc<K>) {
        if slot >= self.of_slot.len() {
            self.of_slot.resize_with(slot + 1, || None);
        }
        self.of_slot[slot] = Some(key);
    }

    fn finish(&mut self, slot: usize) {
        self.freed.extend(self.of_slot[slot].take());
    }
}
