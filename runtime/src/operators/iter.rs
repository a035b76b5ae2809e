//! `iter(into_iter)`.

use crate::connectors::Iter;
use crate::stage::{At, Direct, Stream};

/// The items of an iterator, as fast as the stages below take them.
///
/// The iterator runs inside the task: one that waits (for a disk, a lock) holds up everything fused with it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let squares = pipeline! { iter(1..=4u32) -> map(|n| n * n) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(squares, [1, 4, 9, 16]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item, in order
/// * pauses: when the link below is paused; it then takes nothing
/// * finishes: when the iterator gives `None`
/// * stops early: when downstream is satisfied, and at `finish()`
#[doc(alias = "from_iter")]
pub fn iter<I, A, T>(items: I, at: At<'_, '_>) -> Stream<A, (), Iter<T>, Direct>
where
    I: IntoIterator<Item = A, IntoIter = T>,
    T: Iterator<Item = A>,
{
    Stream::source(Iter::new(items.into_iter(), &at))
}
