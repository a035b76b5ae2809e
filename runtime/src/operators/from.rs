//! `from(source)`.

use crate::connectors::IntoSource;
use crate::stage::{At, Direct, Head, Stream};

/// The items of a [`Source`](crate::Source) or an [`AckSource`](crate::AckSource) of your own, of an [`inlet`](crate::inlet()), or of a futures stream
/// that is `Send`.
///
/// # Cancel safety
/// At `finish()` and on failure a `next` in progress is dropped: it must be cancel safe, as a read from a channel is. Each item it gave comes out at
/// `finish()`. Of an inlet, waiting sends get their items back, and those it accepted come out.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (numbers, source) = aqueduct::inlet(8);
/// let sum = pipeline! { from(source) -> fold(0, |sum, n: u32| sum + n) }.spawn();
/// numbers.send(40).await?;
/// numbers.send(2).await?;
/// drop(numbers);
/// assert_eq!(sum.await?, 42);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item the source gives, in order
/// * pauses: when the link below is paused: the source hears `on_signal(Pause)` and is not asked
/// * finishes: when the source gives `None`
/// * stops early: when downstream is satisfied, and at `finish()`; the source's `close` is awaited
#[doc(alias = "from_source")]
#[doc(alias = "inlet")]
pub fn from<'p, M, S: IntoSource<'p, M>>(
    source: S,
    at: At<'_, 'p>,
) -> Stream<S::Item, S::Token, impl Head<Item = (S::Item, S::Token)> + Send + use<'p, M, S>, Direct> {
    Stream::source(source.wire_source(at))
}
