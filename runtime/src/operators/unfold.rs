//! `unfold(init, f)`.

use crate::connectors::StreamHead;
use crate::stage::{At, Direct, Stream};

/// Items unfolded from a state: `f` takes the state and gives a future of `Some((item, state))`, or of `None` at the end. As in futures.
///
/// `f` is an async closure, which may lend what it captures to its futures, or anything that returns a future.
///
/// # Cancel safety
/// At `finish()` and on failure a future is dropped while it waits, and the state with it: what it waits for must be cancel safe. Each item
/// it gave comes out at `finish()`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let countdown = pipeline! {
///     unfold(3u32, async |left| left.checked_sub(1).map(|next| (left, next))) -> collect::<Vec<_>>()
/// }
/// .run()
/// .await?;
/// assert_eq!(countdown, [3, 2, 1]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item, in order
/// * pauses: when the link below is paused; `f` is then not called
/// * finishes: when a future gives `None`
/// * stops early: when downstream is satisfied, and at `finish()`
#[doc(alias = "paginate")]
pub fn unfold<A, S, F, Fut>(
    init: S,
    f: F,
    at: At<'_, '_>,
) -> Stream<A, (), StreamHead<futures_util::stream::Unfold<S, F, Fut>, A>, Direct>
where
    F: FnMut(S) -> Fut,
    Fut: Future<Output = Option<(A, S)>>,
{
    Stream::source(StreamHead::new(futures_util::stream::unfold(init, f), &at))
}

/// `unfold(init, async |state| …)`; see [`unfold`](self).
pub fn lending<A, S, F>(
    init: S,
    f: F,
    at: At<'_, '_>,
) -> Stream<A, (), StreamHead<impl futures_core::Stream<Item = A> + use<A, S, F>, A>, Direct>
where
    F: AsyncFnMut(S) -> Option<(A, S)>,
{
    let items = futures_util::stream::unfold((init, f), |(state, mut f)| async move {
        let (item, state) = f(state).await?;
        Some((item, (state, f)))
    });
    Stream::source(StreamHead::new(items, &at))
}
