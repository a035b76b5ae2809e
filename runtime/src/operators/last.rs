//! `last()`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::stage::{At, Chain, Closed, Consumer, Out, StageCell, Stream, Taken, paired};
use crate::{PipelineError, Token};

/// The last item. The tokens of those before it are done as they are replaced, its own when the run has ended well.
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
pub fn last<A, Tok: Token, H, P>(
    s: Stream<A, Tok, H, P>,
    at: At<'_, '_>,
) -> Closed<Option<A>, Chain<H, P, Last<A, Tok>>> {
    let stage = at.cell();
    s.sink(at, |out| Last { stage, item: None, out })
}

/// The fused sink.
pub struct Last<A, Tok> {
    stage: Arc<StageCell>,
    item: Option<(A, Tok)>,
    out: Out<Option<A>>,
}

impl<A, Tok: Token> Consumer<(A, Tok)> for Last<A, Tok> {
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, items: I) -> Result<Taken, PipelineError> {
        self.item = items.fold(self.item.take(), |before, item| {
            paired::leave_out(before);
            Some(item)
        });
        Ok(Taken::All)
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set_item(self.item.take(), &self.stage);
        Poll::Ready(Ok(()))
    }
}
