//! `filter_async(f)`.

use crate::PipelineError;
use crate::stage::{At, Body, Direct, Head, Stream};

/// The items that an asynchronous `f` says `true` to, asked one after the other.
///
/// `f` gets a reference. The future of an async closure may hold on to it; what else returns a future (`FnMut(&T) -> Fut`) takes from the item what
/// its future needs before it returns.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let odd = pipeline! {
///     iter(0..6u32) -> filter_async(async |n| { tokio::task::yield_now().await; *n % 2 == 1 }) -> collect::<Vec<_>>()
/// }
/// .run()
/// .await?;
/// assert_eq!(odd, [1, 3, 5]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: the items kept, unchanged and in order
/// * pauses: when its output is paused; its own link then fills and pauses
/// * finishes: with its input, after the future in progress
/// * stops early: never by itself
#[doc(alias = "filter_then")]
pub fn filter_async<A, H, F, Fut>(
    s: Stream<A, H, Direct>,
    mut f: F,
    at: At<'_, '_>,
) -> Stream<A, Body<A, impl Future<Output = Result<(), PipelineError>> + use<A, H, F, Fut>>, Direct>
where
    H: Head<Item = A>,
    F: FnMut(&A) -> Fut,
    Fut: Future<Output = bool>,
{
    s.body(at, move |mut input, port| async move {
        while let Some(item) = input.next().await {
            let asked = f(&item);
            if asked.await {
                port.emit(item).await;
            }
        }
        Ok(())
    })
}

/// `filter_async(async |item| …)`; see [`filter_async`](self).
pub fn lending<A, H, F>(
    s: Stream<A, H, Direct>,
    mut f: F,
    at: At<'_, '_>,
) -> Stream<A, Body<A, impl Future<Output = Result<(), PipelineError>> + use<A, H, F>>, Direct>
where
    H: Head<Item = A>,
    F: AsyncFnMut(&A) -> bool,
{
    s.body(at, move |mut input, port| async move {
        while let Some(item) = input.next().await {
            if f(&item).await {
                port.emit(item).await;
            }
        }
        Ok(())
    })
}
