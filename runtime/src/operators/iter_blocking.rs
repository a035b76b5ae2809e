//! `iter_blocking(into_iter)`.

use crate::connectors::Blocking;
use crate::stage::{At, Direct, Stream};

/// The items of an iterator that waits: for a disk, a lock, a library without async. It is driven on tokio's blocking pool.
///
/// The iterator and its items must be `Send + 'static`, also for `run_local`, which needs a tokio runtime around it then. Up to 64 items are made
/// ahead of the task, which `bound()` counts; while the link below is paused, or the pipeline is, none is made. Each item goes on
/// as soon as it is there. The iterator is dropped on the blocking pool too.
///
/// # Cancel safety
/// A call of `next` cannot be interrupted: `finish()`, `abort()` and a satisfied downstream do not wait for it, and what it gives then is dropped,
/// on the blocking pool, like the iterator. Items made before a `finish()` come out.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::io::{BufRead, BufReader};
///
/// use aqueduct::pipeline;
///
/// let file = BufReader::new(&b"one\ntwo\n"[..]);
/// let lines = pipeline! { iter_blocking(file.lines())? -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(lines, ["one", "two"]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item, in order
/// * pauses: when the link below is paused; the iterator is then not asked
/// * finishes: when the iterator gives `None`
/// * stops early: when downstream is satisfied, and at `finish()`
///
/// # Panics
/// The run fails with the stage's name when the iterator panics, and where there is no tokio runtime.
#[doc(alias = "spawn_blocking")]
pub fn iter_blocking<I, A, T>(items: I, mut at: At<'_, '_>) -> Stream<A, (), Blocking<T>, Direct>
where
    I: IntoIterator<Item = A, IntoIter = T>,
    T: Iterator<Item = A> + Send + 'static,
    A: Send,
{
    Stream::source(Blocking::new(items.into_iter(), &mut at))
}
