//! `take_until(future)`.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Poll, ready};

use crate::stage::{At, Body, Direct, Head, Stream, Told};

/// The items until `future` is ready; then what is above is cancelled, and the pipeline goes on to its end (`S3`).
///
/// What has not come out by then is dropped. What the future gives does not matter. The tokens of the items that are dropped are not done.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
/// let running = pipeline! { iter(0..) -> take_until(stopped) -> count() }.spawn();
/// tokio::task::yield_now().await;
/// drop(stop);
/// running.await?;
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item, in order
/// * pauses: when its output is paused; its own link then fills and pauses
/// * finishes: with its input
/// * stops early: as soon as the future is ready, without waiting for an item
#[doc(alias = "kill_switch")]
#[doc(alias = "stop_when")]
pub fn take_until<A, Tok, H, Fut>(
    s: Stream<A, Tok, H, Direct>,
    future: Fut,
    at: At<'_, '_>,
) -> Stream<A, Tok, Body<(A, Tok), impl Future<Output = Result<(), Told>> + use<A, Tok, H, Fut>>, Direct>
where
    H: Head<Item = (A, Tok)>,
    Fut: Future,
{
    s.body(at, move |mut input, port| async move {
        let mut future = pin!(future);
        poll_fn(|cx| {
            if future.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            if port.has_room() {
                let Some(item) = ready!(input.poll_next(cx)) else { return Poll::Ready(()) };
                port.put(item);
            }
            Poll::Pending
        })
        .await;
        Ok(())
    })
}
