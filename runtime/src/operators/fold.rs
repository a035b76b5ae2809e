//! `fold(init, f)`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::stage::{At, Chain, Closed, Consumer, Guard, Out, StageCell, Stream, Taken, paired};
use crate::{BoxError, PipelineError, Token};

/// One value out of all items: `f` takes the value so far and the next item, and gives the value from then on.
///
/// `fold(init, f)?` fails the pipeline at the first `Err` of `f`. The token of each item is done when the run has ended well.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let longest = pipeline! {
///     iter(["one", "three", "two"]) -> fold("", |longest, word| if word.len() > longest.len() { word } else { longest })
/// }
/// .run()
/// .await?;
/// assert_eq!(longest, "three");
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is the last value
/// * pauses: never
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "aggregate")]
#[inline]
pub fn fold<A, B, Tok: Token, H, P, F: FnMut(B, A) -> B>(
    s: Stream<A, Tok, H, P>,
    init: B,
    f: F,
    at: At<'_, '_>,
) -> Closed<B, Chain<H, P, Fold<B, F, Tok>>> {
    let stage = at.cell();
    s.sink(at, |out| Fold { stage, f, value: Some(init), tokens: Tok::Group::default(), out })
}

/// The fused sink.
pub struct Fold<B, F, Tok: Token> {
    stage: Arc<StageCell>,
    f: F,
    /// Gone only while a run is being folded, and after a panic in it.
    value: Option<B>,
    tokens: Tok::Group,
    out: Out<B>,
}

impl<A, B, F: FnMut(B, A) -> B, Tok: Token> Consumer<(A, Tok)> for Fold<B, F, Tok> {
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, items: I) -> Result<Taken, PipelineError> {
        let Self { stage, f, value, tokens, .. } = self;
        // For a run the value is a local, which the compiler can keep in a register.
        *value = value.take().map(|value| {
            items.fold(value, |value, (item, token)| {
                let guard = Guard::new(stage);
                let next = f(value, item);
                guard.passed();
                token.keep_in(tokens);
                next
            })
        });
        Ok(Taken::All)
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        if let Some(value) = self.value.take() {
            self.out.set_asked(value, Tok::join(&mut self.tokens), &self.stage);
        }
        Poll::Ready(Ok(()))
    }
}

/// `fold(init, f)?`; see [`fold`](self).
#[inline]
pub fn tried<A, B, E, Tok: Token, H, P, F>(
    s: Stream<A, Tok, H, P>,
    init: B,
    f: F,
    at: At<'_, '_>,
) -> Closed<B, Chain<H, P, TryFold<B, F, Tok>>>
where
    E: Into<BoxError>,
    F: FnMut(B, A) -> Result<B, E>,
{
    let stage = at.cell();
    s.sink(at, |out| TryFold { stage, f, value: Some(init), tokens: Tok::Group::default(), out })
}

/// The fused sink whose function may fail.
pub struct TryFold<B, F, Tok: Token> {
    stage: Arc<StageCell>,
    f: F,
    value: Option<B>,
    tokens: Tok::Group,
    out: Out<B>,
}

impl<A, B, E, F, Tok> Consumer<(A, Tok)> for TryFold<B, F, Tok>
where
    E: Into<BoxError>,
    F: FnMut(B, A) -> Result<B, E>,
    Tok: Token,
{
    #[inline(always)]
    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
        let Self { stage, f, value, tokens, .. } = self;
        let Some(start) = value.take() else { return Ok(Taken::All) };
        let folded = items.try_fold(start, |value, (item, token)| {
            let guard = Guard::new(stage);
            let next = f(value, item);
            guard.passed();
            paired::unless_failed(&next, token, |token| token.keep_in(tokens));
            next
        });
        match folded {
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
        if let Some(value) = self.value.take() {
            self.out.set_asked(value, Tok::join(&mut self.tokens), &self.stage);
        }
        Poll::Ready(Ok(()))
    }
}
