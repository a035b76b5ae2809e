//! `map_blocking(n, f)`.

use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::task::{JoinHandle, spawn_blocking};

use super::map_async::in_order;
use crate::stage::{At, Body, Direct, Head, Stream, Told};

/// Each item, changed by a blocking `f` on a thread of tokio's blocking pool, at most `n` at a time, in the order of the input.
///
/// For work that takes long, or waits without `await`. Results that wait for an earlier one, or for room below, count among the `n`. A call that
/// runs when the pipeline ends runs on, and its result is dropped; one that has not begun never does (`E1`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let hashes = pipeline! {
///     iter(["a", "b", "c"]) -> map_blocking(2, |text| text.to_uppercase()) -> collect::<Vec<_>>()
/// }
/// .run()
/// .await?;
/// assert_eq!(hashes, ["A", "B", "C"]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each result, in the order of the input
/// * pauses: when its output is paused and `n` results wait; its own link then fills and pauses
/// * finishes: with its input, after all calls
/// * stops early: never by itself
///
/// # Panics
/// When `n` is 0; when it runs outside a tokio runtime.
#[doc(alias = "spawn_blocking")]
#[track_caller]
pub fn map_blocking<A, B, Tok, H, F>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    f: F,
    mut at: At<'_, '_>,
) -> Stream<B, Tok, Body<(B, Tok), impl Future<Output = Result<(), Told>> + use<A, B, Tok, H, F>>, Direct>
where
    A: Send + 'static,
    B: Send + 'static,
    H: Head<Item = (A, Tok)>,
    F: Fn(A) -> B + Send + Sync + 'static,
{
    let n = at.at_once(n);
    let f = Arc::new(f);
    s.body(at, move |input, port| async move {
        in_order(n, |item| Blocking::new(&f, item), input, port).await;
        Ok(())
    })
}

/// A call on the blocking pool. Its panic goes on here, where the stage is known (E2).
pub(super) struct Blocking<B>(JoinHandle<B>);

impl<B: Send + 'static> Blocking<B> {
    pub(super) fn new<A, F>(f: &Arc<F>, item: A) -> Self
    where
        A: Send + 'static,
        F: Fn(A) -> B + Send + Sync + 'static,
    {
        let f = Arc::clone(f);
        Self(spawn_blocking(move || {
            let result = f(item);
            // Not at the end of the scope: where a drop there panics, rustc forgets what is to be returned (rust-lang/rust#47949).
            drop(f);
            result
        }))
    }
}

impl<B> Future for Blocking<B> {
    type Output = B;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B> {
        match Pin::new(&mut self.0).poll(cx) {
            Poll::Ready(Ok(result)) => Poll::Ready(result),
            Poll::Ready(Err(error)) => match error.try_into_panic() {
                Ok(payload) => resume_unwind(payload),
                // The runtime shuts down, and this task with it.
                Err(_) => Poll::Pending,
            },
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<B> Drop for Blocking<B> {
    /// A call that has not begun is not wanted any more.
    fn drop(&mut self) {
        self.0.abort();
    }
}
