//! `latest()`.

use super::queue::{Shared, drop_oldest};
use crate::Token;
use crate::stage::{Edge, Stream};

/// A link that keeps only the latest item: [`queue(1, overflow = drop_oldest)`](super::queue()).
///
/// What is above it never waits; what is below gets, whenever it asks, the newest that it has not seen. What is dropped is counted (`L10`).
/// The token of an item that is dropped for a newer one is done.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let seen = pipeline! { iter(0..1000u32) -> latest() -> collect::<Vec<_>>() }.run_local().await?;
/// assert_eq!(seen.last(), Some(&999));
/// # Ok(())
/// # }
/// ```
///
/// * emits: the latest item, in order
/// * pauses: never; it drops the item before instead
/// * finishes: when its input has and it is empty
/// * stops early: when downstream is satisfied: what is inside is dropped
#[doc(alias = "watch")]
#[doc(alias = "on_backpressure_latest")]
#[track_caller]
pub fn latest<A, Tok: Token, H, P>(s: Stream<A, Tok, H, P>, edge: Edge<'_, '_>) -> Shared<A, Tok, H, P> {
    drop_oldest(s, 1, edge)
}
