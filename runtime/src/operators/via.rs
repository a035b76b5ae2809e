//! `via(transform)`.

use crate::link::Entering;
use crate::stage::{At, Direct, Head, Stream};
use crate::{Token, Transform};

/// A [`Transform`] of your own, or a segment: for what no operator does.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// use aqueduct::{BoxError, Emitter, Transform};
///
/// /// Gives each item twice.
/// struct Twice;
///
/// impl Transform<u32> for Twice {
///     type Out = u32;
///
///     async fn apply(&mut self, item: u32, out: &mut Emitter<'_, u32>) -> Result<(), BoxError> {
///         out.emit(item).await;
///         out.emit(item).await;
///         Ok(())
///     }
/// }
///
/// let doubled = pipeline! { iter(1..=2u32) -> via(Twice) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(doubled, [1, 1, 2, 2]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: what the transform does
/// * pauses: when its output is paused: `emit` waits; its own link then fills and pauses
/// * finishes: with its input, after `Transform::finish`
/// * stops early: never by itself
#[doc(alias = "through")]
#[doc(alias = "pipe")]
pub fn via<'p, A, R, T, Tok>(
    s: Stream<A, Tok, R, Direct>,
    transform: T,
    at: At<'_, 'p>,
) -> Stream<T::Out, Tok, impl Head<Item = (T::Out, Tok)> + Send + use<'p, A, R, T, Tok>, Direct>
where
    A: Send + 'p,
    R: Entering<A, Tok> + Send + 'p,
    Tok: Token,
    T: Transform<A, Out: Send + 'p> + Send + 'p,
{
    Stream::source(transform.wire(s.head, at))
}
