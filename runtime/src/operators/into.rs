//! `into(sink)`.

use crate::Token;
use crate::connectors::IntoSink;
use crate::link::Entering;
use crate::stage::{At, Closed, Direct, Stream};

/// A [`Sink`](crate::Sink) of your own, or a futures `Sink` that is `Send`.
///
/// The output is the sink's; for a futures sink it is `()`, and the sink is flushed whenever nothing waits and closed at the end. The
/// token of an item is done when `write` has given `Ok`; for a futures sink, after the flush that covers the item.
///
/// # Cancel safety
/// At `finish()` all that was taken is written, then the sink is finished, or flushed and closed. On failure or abort a write in progress is dropped,
/// with its item: what a futures sink has been fed and has not flushed may be lost, and it is not closed.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (sender, receiver) = futures_channel::mpsc::channel(4);
/// let sending = pipeline! { iter(1..=3u32) -> into(sender) }.spawn();
/// let received = pipeline! { stream(receiver) -> collect::<Vec<_>>() }.run().await?;
/// sending.await?;
/// assert_eq!(received, [1, 2, 3]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is the sink's
/// * pauses: while the sink works or is not ready it takes nothing; its own link then fills and pauses
/// * finishes: with its input, after `Sink::finish`
/// * stops early: never by itself
#[doc(alias = "sink")]
pub fn into<'p, A, R, M, S: IntoSink<'p, A, M>, Tok>(
    s: Stream<A, Tok, R, Direct>,
    sink: S,
    at: At<'_, 'p>,
) -> Closed<S::Output, ()>
where
    R: Entering<A, Tok> + Send + 'p,
    Tok: Token,
{
    Closed { out: sink.wire_sink(s.head, at), task: () }
}
