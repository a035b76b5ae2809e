//! `conflate(f)`.

use std::future::poll_fn;
use std::task::Poll;

use crate::Token;
use crate::stage::{At, Body, Direct, Head, Stream, Told};

/// The items; those that come while its output is paused are folded into one by `f`.
///
/// It always has room, so what is above it never waits for what is below. `f(so_far, item)` says what becomes of two items, so none is
/// dropped here (`L10`). The link below takes items before it pauses: a small one, `-> conflate(f) -> queue(1)`, keeps what leaves fresh.
/// The token of what `f` made of several items is that of all of them.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let sums = pipeline! {
///     iter(1..=1000u32) -> conflate(|sum, n| sum + n) -> queue(1) -> then(async |sum| { tokio::task::yield_now().await; sum }) -> collect::<Vec<_>>()
/// }
/// .run()
/// .await?;
/// assert_eq!(sums.iter().sum::<u32>(), 500_500);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item, or what `f` made of several
/// * pauses: never; it folds instead
/// * finishes: with its input, after what it holds
/// * stops early: never by itself
#[doc(alias = "conflate_with_seed")]
#[doc(alias = "on_backpressure_reduce")]
pub fn conflate<A, Tok, H, F>(
    s: Stream<A, Tok, H, Direct>,
    mut f: F,
    mut at: At<'_, '_>,
) -> Stream<A, Tok, Body<(A, Tok), impl Future<Output = Result<(), Told>> + use<A, Tok, H, F>>, Direct>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: FnMut(A, A) -> A,
{
    at.holds(1);
    s.body(at, move |mut input, port| async move {
        let mut held: Option<A> = None;
        // Those of the items that `held` was made of.
        let mut tokens = Tok::Group::default();
        let mut ended = false;
        poll_fn(|cx| {
            loop {
                // What was put out leaves before more is taken: so there are never more than two items here.
                if port.len() > 0 {
                    return Poll::Pending;
                }
                if port.is_open()
                    && let Some(item) = held.take()
                {
                    port.put((item, Tok::join(&mut tokens)));
                    return Poll::Pending;
                }
                if ended {
                    return if held.is_none() { Poll::Ready(()) } else { Poll::Pending };
                }
                let most = if port.is_open() { 1 } else { usize::MAX };
                let more = input.poll_some(cx, most, |(item, token)| {
                    held = Some(match held.take() {
                        Some(so_far) => f(so_far, item),
                        None => item,
                    });
                    token.add_to(&mut tokens);
                });
                match more {
                    Poll::Ready(more) => ended = !more,
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await;
        Ok(())
    })
}
