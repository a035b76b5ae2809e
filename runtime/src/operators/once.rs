//! `once(value)`.

use crate::connectors::Iter;
use crate::stage::{At, Direct, Stream};

/// One item.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let greeting = pipeline! { once("hello") -> first() }.run().await?;
/// assert_eq!(greeting, Some("hello"));
/// # Ok(())
/// # }
/// ```
///
/// * emits: the value
/// * pauses: when the link below is paused; it then takes nothing
/// * finishes: after it
/// * stops early: when downstream is satisfied, and at `finish()`
pub fn once<T>(value: T, at: At<'_, '_>) -> Stream<T, (), Iter<std::iter::Once<T>>, Direct> {
    Stream::source(Iter::new(std::iter::once(value), &at))
}
