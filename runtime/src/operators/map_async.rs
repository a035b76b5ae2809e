//! `map_async(n, f)`.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;

use crate::stage::{At, Body, Direct, Head, InFlight, Input, Port, Stream, Told};

/// Each item, changed by an asynchronous `f`, at most `n` at a time, in the order of the input (`S1`).
///
/// Results that wait for an earlier one, or for room below, count as in flight; futures in flight are polled to completion however full the
/// output is (`G3`). They run concurrently inside the stage's task, not in parallel. With `n = 1` it works as
/// [`then`](super::then()). With `?`, a result is tried when its turn to leave has come; [`map_async_unordered`](super::map_async_unordered())
/// tries it at once. A panic fails the pipeline at once.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let answers = pipeline! {
///     iter(1..=4u64) -> map_async(2, async |n| { tokio::task::yield_now().await; n * n }) -> collect::<Vec<_>>()
/// }
/// .run()
/// .await?;
/// assert_eq!(answers, [1, 4, 9, 16]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each result, in the order of the input
/// * pauses: when its output is paused and `n` results wait; its own link then fills and pauses
/// * finishes: with its input, after all in flight
/// * stops early: never by itself
///
/// # Panics
/// When `n` is 0.
#[doc(alias = "buffered")]
#[doc(alias = "mapAsync")]
#[track_caller]
pub fn map_async<A, B, Tok, H, F, Fut>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    f: F,
    mut at: At<'_, '_>,
) -> Stream<B, Tok, Body<(B, Tok), impl Future<Output = Result<(), Told>> + use<A, B, Tok, H, F, Fut>>, Direct>
where
    H: Head<Item = (A, Tok)>,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = B>,
{
    let n = at.at_once(n);
    s.body(at, move |input, port| async move {
        in_order(n, f, input, port).await;
        Ok(())
    })
}

/// `map_async(n, async |item| …)`; see [`map_async`](self).
///
/// # Panics
/// When `n` is 0.
#[track_caller]
pub fn lending<A, B, Tok, H, F>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    f: F,
    mut at: At<'_, '_>,
) -> Stream<B, Tok, Body<(B, Tok), impl Future<Output = Result<(), Told>> + use<A, B, Tok, H, F>>, Direct>
where
    H: Head<Item = (A, Tok)>,
    F: AsyncFn(A) -> B,
{
    let n = at.at_once(n);
    s.body(at, move |input, port| async move {
        in_order(n, |item| f(item), input, port).await;
        Ok(())
    })
}

pub(super) async fn in_order<A, B, Tok, H, F, Fut>(n: usize, mut f: F, mut input: Input<H>, port: Port<(B, Tok)>)
where
    H: Head<Item = (A, Tok)>,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = B>,
{
    let mut flight = InFlight::of(input.stage());
    let mut order = Order::new();
    let mut taken = Vec::new();
    let mut ended = false;
    poll_fn(|cx| {
        flight.register(cx);
        flight.poll(|slot, result| order.finish(slot, result));
        loop {
            let waiting = port.fill(|| order.leave());
            if ended {
                return if order.is_empty() { Poll::Ready(()) } else { Poll::Pending };
            }
            let free = n.saturating_sub(order.len() + waiting);
            if free == 0 {
                return Poll::Pending;
            }
            let Poll::Ready(more) = input.poll_fill(cx, free, &mut taken) else { return Poll::Pending };
            ended = !more;
            for (item, token) in taken.drain(..) {
                order.enter(flight.push(f(item), token));
            }
        }
    })
    .await;
}

/// The results in the order of the input: a place for each future in flight.
struct Order<B> {
    places: VecDeque<Option<B>>,
    /// How many have left: the number of the first place.
    left: u64,
    /// For each slot in which a future runs, the number of its place.
    of_slot: Vec<u64>,
}

impl<B> Order<B> {
    fn new() -> Self {
        Self { places: VecDeque::new(), left: 0, of_slot: Vec::new() }
    }

    fn len(&self) -> usize {
        self.places.len()
    }

    fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The next place: of a result that was ready at once, or of the future in a slot.
    fn enter(&mut self, started: Result<B, usize>) {
        if let Err(slot) = started {
            if slot >= self.of_slot.len() {
                self.of_slot.resize(slot + 1, 0);
            }
            self.of_slot[slot] = self.left + self.places.len() as u64;
        }
        self.places.push_back(started.ok());
    }

    fn finish(&mut self, slot: usize, result: B) {
        let place = usize::try_from(self.of_slot[slot] - self.left).ok();
        if let Some(place) = place.and_then(|place| self.places.get_mut(place)) {
            *place = Some(result);
        }
    }

    /// The first result, if it is there.
    fn leave(&mut self) -> Option<B> {
        let first = self.places.front_mut()?.take()?;
        self.places.pop_front();
        self.left += 1;
        Some(first)
    }
}
