//! `map_async_keyed(n, key, f)`.

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::hash::Hash;
use std::sync::Arc;
use std::task::{Poll, ready};

use crate::stage::{At, Body, Direct, Head, InFlight, Input, Port, Stream, Told};

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
pub fn map_async_keyed<A, K, B, Tok, H, Key, F, Fut>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    key: Key,
    f: F,
    mut at: At<'_, '_>,
) -> Stream<B, Tok, Body<(B, Tok), impl Future<Output = Result<(), Told>> + use<A, K, B, Tok, H, Key, F, Fut>>, Direct>
where
    H: Head<Item = (A, Tok)>,
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
pub fn lending<A, K, B, Tok, H, Key, F>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    key: Key,
    f: F,
    mut at: At<'_, '_>,
) -> Stream<B, Tok, Body<(B, Tok), impl Future<Output = Result<(), Told>> + use<A, K, B, Tok, H, Key, F>>, Direct>
where
    H: Head<Item = (A, Tok)>,
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

async fn by_key<A, K, B, Tok, H, Key, F, Fut>(
    n: usize,
    mut key: Key,
    mut f: F,
    mut input: Input<H>,
    port: Port<(B, Tok)>,
) where
    H: Head<Item = (A, Tok)>,
    K: Hash + Eq,
    Key: FnMut(&A) -> K,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = B>,
{
    let mut flight = InFlight::of(input.stage());
    let mut lanes = Lanes::new();
    let mut idle = Vec::new();
    let mut taken = Vec::new();
    let mut ended = false;
    poll_fn(|cx| {
        flight.register(cx);
        flight.poll(|slot, result| {
            port.put(result);
            idle.extend(lanes.leave(slot));
        });
        for mut lane in idle.drain(..) {
            let slot = loop {
                let Some((item, token)) = lanes.next(&mut lane) else { break None };
                match flight.push(f(item), token) {
                    Ok(result) => port.put(result),
                    Err(slot) => break Some(slot),
                }
            };
            lanes.go_on(lane, slot);
        }
        loop {
            if ended {
                return if flight.is_empty() { Poll::Ready(()) } else { Poll::Pending };
            }
            let free = n.saturating_sub(flight.len() + lanes.waiting + port.len());
            if free == 0 {
                return Poll::Pending;
            }
            ended = !ready!(input.poll_fill(cx, free, &mut taken));
            for (item, token) in taken.drain(..) {
                let key = key(&item);
                if let Some((item, token)) = lanes.wait(&key, (item, token)) {
                    match flight.push(f(item), token) {
                        Ok(result) => port.put(result),
                        Err(slot) => lanes.run(key, slot),
                    }
                }
            }
        }
    })
    .await;
}

/// The keys of which an item runs, and the items that wait behind it.
struct Lanes<K, A> {
    /// For each key, the slot in which its item runs.
    slots: HashMap<Arc<K>, usize>,
    /// For each slot, the lane of the item that runs there.
    lanes: Vec<Option<Lane<K, A>>>,
    /// How many items wait in all lanes.
    waiting: usize,
}

struct Lane<K, A> {
    key: Arc<K>,
    waiting: VecDeque<A>,
}

impl<K: Hash + Eq, A> Lanes<K, A> {
    fn new() -> Self {
        Self { slots: HashMap::new(), lanes: Vec::new(), waiting: 0 }
    }

    /// Lets `item` wait behind the one of its key that runs; gives it back if there is none.
    fn wait(&mut self, key: &K, item: A) -> Option<A> {
        let Some(lane) = self.slots.get(key).and_then(|&slot| self.lanes[slot].as_mut()) else { return Some(item) };
        lane.waiting.push_back(item);
        self.waiting += 1;
        None
    }

    /// An item of a new key runs in `slot`.
    fn run(&mut self, key: K, slot: usize) {
        let key = Arc::new(key);
        self.slots.insert(Arc::clone(&key), slot);
        self.put(Lane { key, waiting: VecDeque::new() }, slot);
    }

    fn put(&mut self, lane: Lane<K, A>, slot: usize) {
        if slot >= self.lanes.len() {
            self.lanes.resize_with(slot + 1, || None);
        }
        self.lanes[slot] = Some(lane);
    }

    /// The item that ran in `slot` has finished: its lane goes on, or ends, by `go_on`.
    fn leave(&mut self, slot: usize) -> Option<Lane<K, A>> {
        self.lanes[slot].take()
    }

    /// The next item of a lane.
    fn next(&mut self, lane: &mut Lane<K, A>) -> Option<A> {
        let item = lane.waiting.pop_front()?;
        self.waiting -= 1;
        Some(item)
    }

    /// The lane's next item runs in `slot`; without one, its key is forgotten.
    fn go_on(&mut self, lane: Lane<K, A>, slot: Option<usize>) {
        let Some(slot) = slot else {
            self.slots.remove(&*lane.key);
            return;
        };
        if let Some(known) = self.slots.get_mut(&*lane.key) {
            *known = slot;
        }
        self.put(lane, slot);
    }
}
