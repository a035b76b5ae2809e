//! `collect::<C>()`.

use std::sync::Arc;
use std::task::{Context, Poll};

use super::given::{No, Nothing, Yes};
use crate::stage::{At, Chain, Closed, Consumer, Guard, Out, StageCell, Stream, Taken, paired};
use crate::{PipelineError, Token};

/// All items, in a collection: anything that is `Default` and `Extend`.
///
/// What is collected has left the pipeline: it counts into no bound, and grows with the input. The token of each item is done when
/// the run has ended well.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// use std::collections::BTreeSet;
/// let letters = pipeline! { iter("abca".chars()) -> collect::<BTreeSet<_>>() }.run().await?;
/// assert_eq!(letters.into_iter().collect::<String>(), "abc");
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is the collection
/// * pauses: never
/// * finishes: with its input
/// * stops early: never by itself
#[inline]
pub fn collect<C: Collects<A, Tok, M, Sink = K>, A, Tok: Token, H, P, K, M>(
    s: Stream<A, Tok, H, P>,
    at: At<'_, '_>,
) -> Closed<C, Chain<H, P, K>> {
    let stage = at.cell();
    s.sink(at, |out| C::sink(stage, out))
}

/// What items of type `A` can be collected in: anything that is `Default` and `Extend<A>`.
///
/// The sink is its associated type, so that where there is none rustc knows no sink either, and says so once; that takes two implementations, as
/// [`given`](super::given) explains. Of the stream's token nobody can say that it is [`Nothing`] before the stream is looked at: so it is the
/// stream that says what the items are, and the collection only where that is open.
#[diagnostic::on_unimplemented(
    message = "items of type `{A}` cannot be collected into `{Self}`",
    label = "this collection is not `Default + Extend<{A}>`",
    note = "make them what it holds, for example with `-> map(…)`; to stop at the first `Err`, write `?` after the stage that gives `Result`s, and collect what is `Ok`"
)]
pub trait Collects<A, Tok, M>: Sized {
    /// The fused sink.
    type Sink;

    #[doc(hidden)]
    fn sink(stage: Arc<StageCell>, out: Out<Self>) -> Self::Sink;
}

#[diagnostic::do_not_recommend]
impl<A, Tok: Token, C: Default + Extend<A>> Collects<A, Tok, Yes> for C {
    type Sink = Collect<C, Tok>;

    fn sink(stage: Arc<StageCell>, out: Out<C>) -> Collect<C, Tok> {
        Collect { stage, collection: C::default(), tokens: Tok::Group::default(), out }
    }
}

#[diagnostic::do_not_recommend]
impl<A, Tok: Token + Nothing, C: Default + Extend<A>> Collects<A, Tok, No> for C {
    type Sink = Collect<C, Tok>;

    fn sink(stage: Arc<StageCell>, out: Out<C>) -> Collect<C, Tok> {
        Collect { stage, collection: C::default(), tokens: Tok::Group::default(), out }
    }
}

/// The fused sink.
pub struct Collect<C, Tok: Token> {
    stage: Arc<StageCell>,
    collection: C,
    tokens: Tok::Group,
    out: Out<C>,
}

impl<A, C: Default + Extend<A>, Tok: Token> Consumer<(A, Tok)> for Collect<C, Tok> {
    const TAKES_ALL: bool = true;

    #[inline]
    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, items: I) -> Result<Taken, PipelineError> {
        let Self { stage, collection, tokens, .. } = self;
        let guard = Guard::new(stage);
        collection.extend(items.map(paired::keep_all(tokens)));
        guard.passed();
        Ok(Taken::All)
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        let collection = std::mem::take(&mut self.collection);
        self.out.set_asked(collection, Tok::join(&mut self.tokens), &self.stage);
        Poll::Ready(Ok(()))
    }
}
