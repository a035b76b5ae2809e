//! `collect::<C>()`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::PipelineError;
use crate::stage::{At, Chain, Closed, Consumer, Guard, Out, StageCell, Stream, Taken};

/// All items, in a collection: anything that is `Default` and `Extend`.
///
/// What is collected has left the pipeline: it counts into no bound, and grows with the input.
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
pub fn collect<C: Collects<A, Sink = K>, A, H, P, K>(
    s: Stream<A, H, P>,
    at: At<'_, '_>,
) -> Closed<C, Chain<H, P, K>> {
    let stage = at.cell();
    s.sink(at, |out| C::sink(stage, out))
}

/// What items of type `A` can be collected in: anything that is `Default` and `Extend<A>`.
///
/// The sink is its associated type, so that where there is none rustc knows no sink either, and says so once.
#[diagnostic::on_unimplemented(
    message = "items of type `{A}` cannot be collected into `{Self}`",
    label = "this collection is not `Default + Extend<{A}>`",
    note = "to stop at the first `Err`, write `?` after the stage that gives `Result`s, and collect what is `Ok`"
)]
pub trait Collects<A>: Sized {
    /// The fused sink.
    type Sink;

    #[doc(hidden)]
    fn sink(stage: Arc<StageCell>, out: Out<Self>) -> Self::Sink;
}

#[diagnostic::do_not_recommend]
impl<A, C: Default + Extend<A>> Collects<A> for C {
    type Sink = Collect<C>;

    fn sink(stage: Arc<StageCell>, out: Out<C>) -> Collect<C> {
        Collect { stage, collection: C::default(), out }
    }
}

/// The fused sink.
pub struct Collect<C> {
    stage: Arc<StageCell>,
    collection: C,
    out: Out<C>,
}

impl<A, C: Default + Extend<A>> Consumer<A> for Collect<C> {
    const TAKES_ALL: bool = true;

    #[inline]
    fn consume<I: Iterator<Item = A>>(&mut self, items: I) -> Result<Taken, PipelineError> {
        let Self { stage, collection, .. } = self;
        let guard = Guard::new(stage);
        collection.extend(items);
        guard.passed();
        Ok(Taken::All)
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set(std::mem::take(&mut self.collection));
        Poll::Ready(Ok(()))
    }
}
