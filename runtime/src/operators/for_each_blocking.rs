//! `for_each_blocking(n, f)`.

use std::sync::Arc;

use super::for_each_async::work;
use super::map_blocking::Blocking;
use crate::stage::{At, Closed, Direct, Head, Stream, Told, Worker};
use crate::{BoxError, Token};

/// Calls a blocking `f` with each item on a thread of tokio's blocking pool, at most `n` at a time.
///
/// With `n = 1` the items come one after the other, in order. `for_each_blocking(n, f)?` fails the pipeline at the first `Err`. A call that
/// runs when the pipeline ends runs on; one that has not begun never does (`E1`).
/// The token of an item is done when its call has ended, but without that `Err`.
///
/// # Cancel safety
/// A call cannot be interrupted. At `finish()` all that was taken is handed to `f`, and `f`, with what it captured, is dropped before the run ends: a
/// `BufWriter` in it has been flushed. After a failure or an abort the calls that run are not waited for, and `f` goes with the last of them.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (sender, receiver) = std::sync::mpsc::channel();
/// pipeline! { iter(1..=3u32) -> for_each_blocking(1, move |n| sender.send(n))? }.run().await?;
/// assert_eq!(receiver.iter().collect::<Vec<_>>(), [1, 2, 3]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is `()`
/// * pauses: with `n` calls running it takes nothing; its own link then fills and pauses
/// * finishes: with its input, after all calls
/// * stops early: never by itself
///
/// # Panics
/// When `n` is 0; when it runs outside a tokio runtime.
#[doc(alias = "spawn_blocking")]
#[track_caller]
pub fn for_each_blocking<A, Tok, H, F>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    f: F,
    mut at: At<'_, '_>,
) -> Closed<(), Worker<impl Future<Output = Result<(), Told>> + use<A, Tok, H, F>>>
where
    A: Send + 'static,
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: Fn(A) + Send + Sync + 'static,
{
    let n = at.at_once(n);
    let f = Arc::new(f);
    s.worker(at, move |input, out| async move {
        work(n, |item| Blocking::new(&f, item), |()| Ok(()), input).await?;
        out.set(());
        Ok(())
    })
}

/// `for_each_blocking(n, f)?`; see [`for_each_blocking`](self).
///
/// # Panics
/// When `n` is 0.
#[track_caller]
pub fn tried<A, E, Tok, H, F>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    f: F,
    mut at: At<'_, '_>,
) -> Closed<(), Worker<impl Future<Output = Result<(), Told>> + use<A, E, Tok, H, F>>>
where
    A: Send + 'static,
    E: Into<BoxError> + Send + 'static,
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    F: Fn(A) -> Result<(), E> + Send + Sync + 'static,
{
    let n = at.at_once(n);
    let f = Arc::new(f);
    s.worker(at, move |input, out| async move {
        let failed = |result: Result<(), E>| result.map_err(Into::into);
        work(n, |item| Blocking::new(&f, item), failed, input).await?;
        out.set(());
        Ok(())
    })
}
