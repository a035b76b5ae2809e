//! `last()`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::PipelineError;
use crate::stage::{At, Chain, Closed, Consumer, Out, StageCell, Stream, Taken};

/// The last item.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let newest = pipeline! { iter(["old", "new"]) -> last() }.run().await?;
/// assert_eq!(newest, Some("new"));
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is an `Option`, `None` if no item came
/// * pauses: never
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "tail")]
#[inline]
pub fn last<A, H, P>(s: Stream<A, H, P>, at: At<'_, '_>) -> Closed<Option<A>, Chain<H, P, Last<A>>> {
    let stage = at.cell();
    s.sink(at, |out| Last { stage, item: None, out })
}

/// The fused sink.
pub struct Last<A> {
    stage: Arc<StageCell>,
    item: Option<A>,
    out: Out<Option<A>>,
}

impl<A> Consumer<A> for Last<A> {
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn consume<I: Iterator<Item = A>>(&mut self, items: I) -> Result<Taken, PipelineError> {
        let before = self.item.take();
        self.item = items.last().or(before);
        Ok(Taken::All)
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set(self.item.take());
        Poll::Ready(Ok(()))
    }
}
