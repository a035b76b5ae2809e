//! `map_async_unordered(n, f)`.

use std::future::poll_fn;
use std::task::{Poll, ready};

use crate::stage::{At, Body, Direct, Head, InFlight, Input, Port, Stream, Told};

/// Each item, changed by an asynchronous `f`, at most `n` at a time, as they finish.
///
/// As [`map_async`](super::map_async()), but a slow item holds no other back. Results that wait for room below count as in flight; futures in
/// flight are polled to completion however full the output is (`G3`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let ticks = [20u64, 0, 10];
/// let finished = pipeline! {
///     iter(ticks)
///     -> map_async_unordered(3, async |ms| { tokio::time::sleep(std::time::Duration::from_millis(ms)).await; ms })
///     -> collect::<Vec<_>>()
/// }
/// .run()
/// .await?;
/// assert_eq!(finished, [0, 10, 20]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each result, as soon as it is there
/// * pauses: when its output is paused and `n` results wait; its own link then fills and pauses
/// * finishes: with its input, after all in flight
/// * stops early: never by itself
///
/// # Panics
/// When `n` is 0.
#[doc(alias = "buffer_unordered")]
#[doc(alias = "mapAsyncUnordered")]
#[track_caller]
pub fn map_async_unordered<A, B, Tok, H, F, Fut>(
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
        as_they_finish(n, f, input, port).await;
        Ok(())
    })
}

/// `map_async_unordered(n, async |item| …)`; see [`map_async_unordered`](self).
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
        as_they_finish(n, |item| f(item), input, port).await;
        Ok(())
    })
}

async fn as_they_finish<A, B, Tok, H, F, Fut>(n: usize, mut f: F, mut input: Input<H>, port: Port<(B, Tok)>)
where
    H: Head<Item = (A, Tok)>,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = B>,
{
    let mut flight = InFlight::of(input.stage());
    let mut taken = Vec::new();
    let mut ended = false;
    poll_fn(|cx| {
        flight.register(cx);
        flight.poll(|_, result| port.put(result));
        loop {
            if ended {
                return if flight.is_empty() { Poll::Ready(()) } else { Poll::Pending };
            }
            let free = n.saturating_sub(flight.len() + port.len());
            if free == 0 {
                return Poll::Pending;
            }
            ended = !ready!(input.poll_fill(cx, free, &mut taken));
            for (item, token) in taken.drain(..) {
                if let Ok(result) = flight.push(f(item), token) {
                    port.put(result);
                }
            }
        }
    })
    .await;
}
