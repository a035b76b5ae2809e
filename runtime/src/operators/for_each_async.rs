//! `for_each_async(n, f)`.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use crate::stage::{At, Closed, Direct, Head, InFlight, Input, Stream, Told, Worker, paired};
use crate::{BoxError, Token};

/// Calls an asynchronous `f` with each item, at most `n` at a time.
///
/// The futures run concurrently inside the sink's task, not in parallel. `for_each_async(n, f)?` fails the pipeline at the first `Err`.
/// The token of an item is done when its future has ended, but without that `Err`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (sender, mut receiver) = tokio::sync::mpsc::channel(8);
/// pipeline! { iter(1..=3u32) -> for_each_async(1, async move |n| sender.send(n).await)? }.run().await?;
/// assert_eq!(receiver.recv().await, Some(1));
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is `()`
/// * pauses: with `n` futures in flight it takes nothing; its own link then fills and pauses
/// * finishes: with its input, after all in flight
/// * stops early: never by itself
///
/// # Panics
/// When `n` is 0.
#[doc(alias = "for_each_concurrent")]
#[track_caller]
pub fn for_each_async<A, Tok, H, F, Fut>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    f: F,
    mut at: At<'_, '_>,
) -> Closed<(), Worker<impl Future<Output = Result<(), Told>> + use<A, Tok, H, F, Fut>>>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = ()>,
{
    let n = at.at_once(n);
    s.worker(at, move |input, out| async move {
        work(n, f, |()| Ok(()), input).await?;
        out.set(());
        Ok(())
    })
}

/// `for_each_async(n, async |item| …)`; see [`for_each_async`](self).
///
/// # Panics
/// When `n` is 0.
#[track_caller]
pub fn lending<A, Tok, H, F>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    f: F,
    mut at: At<'_, '_>,
) -> Closed<(), Worker<impl Future<Output = Result<(), Told>> + use<A, Tok, H, F>>>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: AsyncFn(A),
{
    let n = at.at_once(n);
    s.worker(at, move |input, out| async move {
        work(n, |item| f(item), |()| Ok(()), input).await?;
        out.set(());
        Ok(())
    })
}

/// `for_each_async(n, f)?`; see [`for_each_async`](self).
///
/// # Panics
/// When `n` is 0.
#[track_caller]
pub fn tried<A, E, Tok, H, F, Fut>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    f: F,
    mut at: At<'_, '_>,
) -> Closed<(), Worker<impl Future<Output = Result<(), Told>> + use<A, E, Tok, H, F, Fut>>>
where
    E: Into<BoxError>,
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = Result<(), E>>,
{
    let n = at.at_once(n);
    s.worker(at, move |input, out| async move {
        let failed = |result: Result<(), E>| result.map_err(Into::into);
        work(n, f, failed, input).await?;
        out.set(());
        Ok(())
    })
}

/// `for_each_async(n, async |item| …)?`; see [`for_each_async`](self).
///
/// # Panics
/// When `n` is 0.
#[track_caller]
pub fn tried_lending<A, E, Tok, H, F>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    f: F,
    mut at: At<'_, '_>,
) -> Closed<(), Worker<impl Future<Output = Result<(), Told>> + use<A, E, Tok, H, F>>>
where
    E: Into<BoxError>,
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: AsyncFn(A) -> Result<(), E>,
{
    let n = at.at_once(n);
    s.worker(at, move |input, out| async move {
        let failed = |result: Result<(), E>| result.map_err(Into::into);
        work(n, |item| f(item), failed, input).await?;
        out.set(());
        Ok(())
    })
}

/// Keeps up to `n` futures running until the input has ended and all are done; `check` says whether a result is a failure. The token of an item
/// is done when its result is not one.
pub(super) async fn work<A, R, Tok, H, F, Fut>(
    n: usize,
    mut f: F,
    check: impl Fn(R) -> Result<(), BoxError>,
    mut input: Input<H>,
) -> Result<(), Told>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = R>,
{
    let stage = Arc::clone(input.stage());
    let settle = |(result, token): (R, Tok)| {
        let checked = check(result).map_err(|cause| stage.failed(cause));
        paired::unless_failed(&checked, token, Token::done);
        checked
    };
    let mut flight = InFlight::of(&stage);
    let mut ended = false;
    poll_fn(|cx| {
        let mut outcome = Ok(());
        flight.register(cx);
        flight.poll(|_, result| {
            let settled = settle(result);
            if outcome.is_ok() {
                outcome = settled;
            }
        });
        outcome?;
        while !ended && flight.len() < n {
            match input.poll_next(cx) {
                Poll::Ready(Some((item, token))) => {
                    if let Ok(result) = flight.push(f(item), token) {
                        settle(result)?;
                    }
                }
                Poll::Ready(None) => ended = true,
                Poll::Pending => return Poll::Pending,
            }
        }
        if ended && flight.is_empty() { Poll::Ready(Ok(())) } else { Poll::Pending }
    })
    .await
}
