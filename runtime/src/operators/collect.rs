//! `collect::<C>()`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::PipelineError;
use crate::stage::{At, Chain, Closed, Cons, Consumer, Guard, Out, StageCell, Stream, Taken};

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
pub fn collect<C: Default + Extend<A>, A, H, P, Ts>(
    s: Stream<A, H, P, Ts>,
    at: At<'_, '_>,
) -> Closed<C, Cons<Chain<H, P, Collect<C>>, Ts>> {
    let stage = at.cell();
    s.sink(at, |out| Collect { stage, collection: C::default(), out })
}

/// The fused sink.
pub struct Collect<C> {
    stage: Arc<StageCell>,
    collection: C,
    out: Out<C>,
}

impl<A, C: Default + Extend<A>> Consumer<A> for Collect<C> {
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
