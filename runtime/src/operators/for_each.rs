//! `for_each(f)`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::stage::{At, Chain, Closed, Consumer, Guard, Out, StageCell, Stream, Taken, paired};
use crate::{BoxError, PipelineError, Token};

/// Calls `f` with each item.
///
/// `for_each(f)?` fails the pipeline at the first `Err` of `f`. The token of an item is done when `f` has returned, and not with an `Err`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let mut sum = 0;
/// pipeline! { iter(1..=3u32) -> for_each(|n| sum += n) }.run_local().await?;
/// assert_eq!(sum, 6);
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is `()`
/// * pauses: never
/// * finishes: with its input
/// * stops early: never by itself
#[inline]
pub fn for_each<A, Tok: Token, H, P, F: FnMut(A)>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Closed<(), Chain<H, P, ForEach<F>>> {
    let stage = at.cell();
    s.sink(at, |out| ForEach { stage, f, out })
}

/// The fused sink.
pub struct ForEach<F> {
    stage: Arc<StageCell>,
    f: F,
    out: Out<()>,
}

impl<A, F: FnMut(A), Tok: Token> Consumer<(A, Tok)> for ForEach<F> {
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, items: I) -> Result<Taken, PipelineError> {
        let Self { stage, f, .. } = self;
        items.for_each(|(item, token)| {
            let guard = Guard::new(stage);
            f(item);
            guard.passed();
            token.done();
        });
        Ok(Taken::All)
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set(());
        Poll::Ready(Ok(()))
    }
}

/// `for_each(f)?`; see [`for_each`](self).
#[inline]
pub fn tried<A, E, Tok: Token, H, P, F>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Closed<(), Chain<H, P, TryForEach<F>>>
where
    E: Into<BoxError>,
    F: FnMut(A) -> Result<(), E>,
{
    let stage = at.cell();
    s.sink(at, |out| TryForEach { stage, f, out })
}

/// The fused sink whose function may fail.
pub struct TryForEach<F> {
    stage: Arc<StageCell>,
    f: F,
    out: Out<()>,
}

impl<A, E, F, Tok> Consumer<(A, Tok)> for TryForEach<F>
where
    E: Into<BoxError>,
    F: FnMut(A) -> Result<(), E>,
    Tok: Token,
{
    #[inline(always)]
    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
        let Self { stage, f, .. } = self;
        let outcome = items.try_for_each(|(item, token)| {
            let guard = Guard::new(stage);
            let outcome = f(item);
            guard.passed();
            paired::unless_failed(&outcome, token, Tok::done);
            outcome
        });
        match outcome {
            Ok(()) => Ok(Taken::All),
            Err(cause) => {
                let guard = Guard::new(stage);
                let cause = cause.into();
                guard.passed();
                Err(PipelineError::failed(stage.name(), cause))
            }
        }
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set(());
        Poll::Ready(Ok(()))
    }
}
