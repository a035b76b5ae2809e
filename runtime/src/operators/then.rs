//! `then(f)`.

use crate::Token;
use crate::stage::{At, Direct, Head, Stream};

/// Each item, changed by an asynchronous `f`, one after the other.
///
/// `f` is an async closure, which may lend what it captures to its futures, or anything that returns a future. For more than one at a time
/// see [`map_async`](super::map_async()).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let looked_up = pipeline! {
///     iter([1u32, 2]) -> then(async |n| { tokio::task::yield_now().await; n * 10 }) -> collect::<Vec<_>>()
/// }
/// .run()
/// .await?;
/// assert_eq!(looked_up, [10, 20]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: the future's output for each item, in order
/// * pauses: when its output is paused; its own link then fills and pauses
/// * finishes: with its input, after the future in progress
/// * stops early: never by itself
#[doc(alias = "map_async_sequential")]
pub fn then<A, B, Tok, H, F, Fut>(
    s: Stream<A, Tok, H, Direct>,
    f: F,
    at: At<'_, '_>,
) -> Stream<B, Tok, impl Head<Item = (B, Tok)> + use<A, B, Tok, H, F, Fut>, Direct>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: FnMut(A) -> Fut,
    Fut: Future<Output = B>,
{
    s.steps(at, f, change::<A, B, F, Fut>)
}

async fn change<A, B, F, Fut>(mut f: Box<F>, item: A) -> (Box<F>, Option<B>)
where
    F: FnMut(A) -> Fut,
    Fut: Future<Output = B>,
{
    let changed = f(item).await;
    (f, Some(changed))
}

/// `then(async |item| …)`; see [`then`](self).
pub fn lending<A, B, Tok, H, F>(
    s: Stream<A, Tok, H, Direct>,
    f: F,
    at: At<'_, '_>,
) -> Stream<B, Tok, impl Head<Item = (B, Tok)> + use<A, B, Tok, H, F>, Direct>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: AsyncFnMut(A) -> B,
{
    s.steps(at, f, change_lending::<A, B, F>)
}

async fn change_lending<A, B, F: AsyncFnMut(A) -> B>(mut f: Box<F>, item: A) -> (Box<F>, Option<B>) {
    let changed = f(item).await;
    (f, Some(changed))
}
