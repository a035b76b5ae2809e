//! `map_async(n, f)`.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;

use crate::PipelineError;
use crate::stage::{At, Body, Direct, Head, InFlight, Input, Port, Stream};

/// Each item, changed by an asynchronous `f`, at most `n` at a time, in the order of the input (`S1`).
///
/// Results that wait for an earlier one, or for room below, count as in flight; futures in flight are polled to completion however full the
/// output is (`G3`). They run concurrently inside the stage's task, not in parallel. With `n = 1` it works as
/// [`then`](super::then()).
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
pub fn map_async<A, B, H, Ts, F, Fut>(
    s: Stream<A, H, Direct, Ts>,
    n: usize,
    f: F,
    mut at: At<'_, '_>,
) -> Stream<B, Body<B, impl Future<Output = Result<(), PipelineError>> + use<A, B, H, Ts, F, Fut>>, Direct, Ts>
where
    H: Head<Item = A>,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = B>,
{
    let n = set_up(n, &mut at);
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
pub fn lending<A, B, H, Ts, F>(
    s: Stream<A, H, Direct, Ts>,
    n: usize,
    f: F,
    mut at: At<'_, '_>,
) -> Stream<B, Body<B, impl Future<Output = Result<(), PipelineError>> + use<A, B, H, Ts, F>>, Direct, Ts>
where
    H: Head<Item = A>,
    F: AsyncFn(A) -> B,
{
    let n = set_up(n, &mut at);
    s.body(at, move |input, port| async move {
        in_order(n, |item| f(item), input, port).await;
        Ok(())
    })
}

#[track_caller]
fn set_up(n: usize, at: &mut At<'_, '_>) -> usize {
    let n = at.positive("`n`", n);
    at.holds(n);
    at.describe(format_args!("{n} at once"));
    n
}

/// A place in the order of the input.
enum Turn<B> {
    /// The future runs, in this slot.
    Running(usize),
    Finished(B),
}

async fn in_order<A, B, H, F, Fut>(n: usize, mut f: F, mut input: Input<H>, port: Port<B>)
where
    H: Head<Item = A>,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = B>,
{
    let mut flight = InFlight::new();
    let mut turns: VecDeque<Turn<B>> = VecDeque::new();
    let mut ended = false;
    poll_fn(|cx| {
        flight.register(cx);
        flight.poll(|slot, result| {
            if let Some(turn) = turns.iter_mut().find(|turn| matches!(turn, Turn::Running(running) if *running == slot)) {
                *turn = Turn::Finished(result);
            }
        });
        loop {
            // What is finished and first leaves, while there is room.
            let mut room = port.room(n);
            while room > 0
                && let Some(turn) = turns.pop_front_if(|turn| matches!(turn, Turn::Finished(_)))
            {
                if let Turn::Finished(result) = turn {
                    port.put(result);
                    room -= 1;
                }
            }
            if ended {
                return if turns.is_empty() { Poll::Ready(()) } else { Poll::Pending };
            }
            if turns.len() + port.len() >= n {
                return Poll::Pending;
            }
            match input.poll_next(cx) {
                Poll::Ready(Some(item)) => turns.push_back(match flight.push(f(item)) {
                    Ok(result) => Turn::Finished(result),
                    Err(slot) => Turn::Running(slot),
                }),
                Poll::Ready(None) => ended = true,
                Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await;
}
