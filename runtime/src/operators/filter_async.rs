//! `filter_async(f)`.

use crate::Token;
use crate::stage::{At, Direct, Head, Stream};

/// The items that an asynchronous `f` says `true` to, asked one after the other.
///
/// `f` gets a reference. The future of an async closure may hold on to it; what else returns a future (`FnMut(&T) -> Fut`) takes from the item what
/// its future needs before it returns. The token of an item that is left out is done.
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
pub fn filter_async<A, Tok, H, F, Fut>(
    s: Stream<A, Tok, H, Direct>,
    f: F,
    at: At<'_, '_>,
) -> Stream<A, Tok, impl Head<Item = (A, Tok)> + use<A, Tok, H, F, Fut>, Direct>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: FnMut(&A) -> Fut,
    Fut: Future<Output = bool>,
{
    s.steps(at, f, ask::<A, F, Fut>)
}

async fn ask<A, F, Fut>(mut f: Box<F>, item: A) -> (Box<F>, Option<A>)
where
    F: FnMut(&A) -> Fut,
    Fut: Future<Output = bool>,
{
    let asked = f(&item);
    let kept = asked.await.then_some(item);
    (f, kept)
}

/// `filter_async(async |item| …)`; see [`filter_async`](self).
pub fn lending<A, Tok, H, F>(
    s: Stream<A, Tok, H, Direct>,
    f: F,
    at: At<'_, '_>,
) -> Stream<A, Tok, impl Head<Item = (A, Tok)> + use<A, Tok, H, F>, Direct>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: AsyncFnMut(&A) -> bool,
{
    s.steps(at, f, ask_lending::<A, F>)
}

async fn ask_lending<A, F: AsyncFnMut(&A) -> bool>(mut f: Box<F>, item: A) -> (Box<F>, Option<A>) {
    let kept = f(&item).await.then_some(item);
    (f, kept)
}
