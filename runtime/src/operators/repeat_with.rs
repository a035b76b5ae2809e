//! `repeat_with(f)`.

use crate::connectors::Iter;
use crate::stage::{At, Direct, Stream};

/// What `f` gives, again and again: as [`std::iter::repeat_with`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let mut n = 0;
/// let ticks = pipeline! { repeat_with(move || { n += 1; n }) -> take(3) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(ticks, [1, 2, 3]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each result of `f`
/// * pauses: when the link below is paused; it then takes nothing
/// * finishes: never by itself
/// * stops early: when downstream is satisfied, and at `finish()`
#[doc(alias = "generate")]
pub fn repeat_with<T, F: FnMut() -> T>(f: F, at: At<'_, '_>) -> Stream<T, (), Iter<std::iter::RepeatWith<F>>, Direct> {
    Stream::source(Iter::new(std::iter::repeat_with(f), &at))
}
