//! `flatten_unordered(n)`.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::StreamExt;
use futures_util::stream::SelectAll;

use crate::Token;
use crate::stage::{At, Body, Direct, Guard, Head, StageCell, Stream, Told, guarded};

/// The items of each item, which is a futures `Stream`; at most `n` of them at once, as their items come.
///
/// An inner stream is asked for an item only when there is room for it. For `pause()` and `finish()` inner streams are sources: they are held, or
/// dropped, and what they have given comes out (`E5`, `E7`). To go on with one stream after the other, take `n = 1`.
/// The token of an inner stream goes along with each of its items, and is done when the stream has ended.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// use futures_util::stream;
///
/// let mut all = pipeline! {
///     iter([0u32, 10]) -> map(|n| stream::iter(n..n + 3)) -> flatten_unordered(2) -> collect::<Vec<_>>()
/// }
/// .run()
/// .await?;
/// all.sort_unstable();
/// assert_eq!(all, [0, 1, 2, 10, 11, 12]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each inner item; in order for each inner stream
/// * pauses: when its output is paused; with `n` inner streams its own link then fills and pauses
/// * finishes: with its input, after all inner streams; at `finish()` these stop
/// * stops early: never by itself
///
/// # Panics
/// When `n` is 0.
#[doc(alias = "flat_map_unordered")]
#[doc(alias = "flatten_merge")]
#[track_caller]
pub fn flatten_unordered<A, Tok, H>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    mut at: At<'_, '_>,
) -> Stream<A::Item, Tok, Body<(A::Item, Tok), impl Future<Output = Result<(), Told>> + use<A, Tok, H>>, Direct>
where
    A: futures_core::Stream,
    Tok: Token,
    H: Head<Item = (A, Tok)>,
{
    let n = at.at_once(n);
    let stage = at.cell();
    s.body(at, move |mut input, port| async move {
        let mut inner = SelectAll::new();
        let mut ended = false;
        poll_fn(|cx| {
            let flags = stage.task().flags();
            if flags.finishing() {
                inner.clear();
            }
            loop {
                while !ended && inner.len() < n {
                    match input.poll_next(cx) {
                        // One that has not begun never does.
                        Poll::Ready(Some(_)) if flags.finishing() => {}
                        Poll::Ready(Some((stream, token))) => inner.push(Inner::new(stream, token, &stage)),
                        Poll::Ready(None) => ended = true,
                        Poll::Pending => break,
                    }
                }
                stage.note_in_flight(inner.len());
                if inner.is_empty() {
                    return if ended { Poll::Ready(()) } else { Poll::Pending };
                }
                if !port.has_room() || flags.paused() {
                    return Poll::Pending;
                }
                let before = inner.len();
                if let Poll::Ready(Some(item)) = inner.poll_next_unpin(cx) {
                    port.put(item);
                    return Poll::Pending;
                }
                // Where some have ended there is room for others.
                if inner.len() == before {
                    return Poll::Pending;
                }
            }
        })
        .await;
        Ok(())
    })
}

/// An inner stream. Each of its items gets a part of its token.
struct Inner<S, Tok> {
    /// Gone when the stream has ended.
    stream: Option<Pin<Box<S>>>,
    /// As above.
    token: Option<Tok>,
    stage: Arc<StageCell>,
}

impl<S, Tok> Inner<S, Tok> {
    fn new(stream: S, token: Tok, stage: &Arc<StageCell>) -> Self {
        Self { stream: Some(Box::pin(stream)), token: Some(token), stage: Arc::clone(stage) }
    }
}

impl<S, Tok> Drop for Inner<S, Tok> {
    /// A panic is told and goes no further: `SelectAll` would never drop the streams behind it.
    fn drop(&mut self) {
        let Some(stream) = self.stream.take() else { return };
        let token = self.token.take();
        guarded(self.stage.task(), || {
            let _token = token;
            let guard = Guard::new(&self.stage);
            drop(stream);
            guard.passed();
        });
    }
}

/// Nothing of it is pinned but what stands in the box.
impl<S, Tok> Unpin for Inner<S, Tok> {}

impl<S: futures_core::Stream, Tok: Token> futures_core::Stream for Inner<S, Tok> {
    type Item = (S::Item, Tok);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        // Here while the stream is polled: a panic of it is one at this item.
        let (Some(stream), Some(token)) = (&mut this.stream, this.token.take()) else { return Poll::Ready(None) };
        let next = match stream.as_mut().poll_next(cx) {
            Poll::Ready(None) => {
                // While the token is here: it may panic, too.
                this.stream = None;
                token.done();
                return Poll::Ready(None);
            }
            Poll::Ready(Some(item)) => Poll::Ready(Some((item, token.split()))),
            Poll::Pending => Poll::Pending,
        };
        this.token = Some(token);
        next
    }
}
