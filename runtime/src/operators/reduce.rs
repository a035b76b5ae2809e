//! `reduce(f)`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::stage::{At, Chain, Closed, Consumer, Guard, Out, StageCell, Stream, Taken, paired};
use crate::{BoxError, PipelineError, Token};

/// One item out of all items: `f` takes the one so far, which is the first to begin with, and the next, and gives the one from then on.
///
/// `reduce(f)?` fails the pipeline at the first `Err` of `f`. The token of each item is done when the run has ended well.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let largest = pipeline! { iter([3u32, 7, 5]) -> reduce(|a, b| a.max(b)) }.run().await?;
/// assert_eq!(largest, Some(7));
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is an `Option`, `None` if no item came
/// * pauses: never
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "fold_first")]
#[inline]
pub fn reduce<A, Tok: Token, H, P, F: FnMut(A, A) -> A>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Closed<Option<A>, Chain<H, P, Reduce<A, F, Tok>>> {
    let stage = at.cell();
    s.sink(at, |out| Reduce { stage, f, value: None, tokens: Tok::Group::default(), out })
}

/// The fused sink.
pub struct Reduce<A, F, Tok: Token> {
    stage: Arc<StageCell>,
    f: F,
    /// Gone before the first item, while a run is being reduced, and after a panic in it.
    value: Option<A>,
    tokens: Tok::Group,
    out: Out<Option<A>>,
}

impl<A, F: FnMut(A, A) -> A, Tok: Token> Consumer<(A, Tok)> for Reduce<A, F, Tok> {
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
        let Self { stage, f, value, tokens, .. } = self;
        // For a run the value is a local, which the compiler can keep in a register.
        if let Some(start) = value.take().or_else(|| items.next().map(paired::keep_all(tokens))) {
            *value = Some(items.fold(start, |value, (item, token)| {
                let guard = Guard::new(stage);
                let next = f(value, item);
                guard.passed();
                token.keep_in(tokens);
                next
            }));
        }
        Ok(Taken::All)
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set_asked(self.value.take(), Tok::join(&mut self.tokens), &self.stage);
        Poll::Ready(Ok(()))
    }
}

/// `reduce(f)?`; see [`reduce`](self).
#[inline]
pub fn tried<A, E, Tok: Token, H, P, F>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Closed<Option<A>, Chain<H, P, TryReduce<A, F, Tok>>>
where
    E: Into<BoxError>,
    F: FnMut(A, A) -> Result<A, E>,
{
    let stage = at.cell();
    s.sink(at, |out| TryReduce { stage, f, value: None, tokens: Tok::Group::default(), out })
}

/// The fused sink whose function may fail.
pub struct TryReduce<A, F, Tok: Token> {
    stage: Arc<StageCell>,
    f: F,
    value: Option<A>,
    tokens: Tok::Group,
    out: Out<Option<A>>,
}

impl<A, E, F, Tok> Consumer<(A, Tok)> for TryReduce<A, F, Tok>
where
    E: Into<BoxError>,
    F: FnMut(A, A) -> Result<A, E>,
    Tok: Token,
{
    #[inline(always)]
    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
        let Self { stage, f, value, tokens, .. } = self;
        let start = value.take().or_else(|| items.next().map(paired::keep_all(tokens)));
        let Some(start) = start else { return Ok(Taken::All) };
        let reduced = items.try_fold(start, |value, (item, token)| {
            let guard = Guard::new(stage);
            let next = f(value, item);
            guard.passed();
            paired::unless_failed(&next, token, |token| token.keep_in(tokens));
            next
        });
        match reduced {
            Ok(next) => {
                *value = Some(next);
                Ok(Taken::All)
            }
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
        self.out.set_asked(self.value.take(), Tok::join(&mut self.tokens), &self.stage);
        Poll::Ready(Ok(()))
    }
}
