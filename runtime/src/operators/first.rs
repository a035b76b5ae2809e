//! `first()`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::stage::{At, Chain, Closed, Consumer, Out, StageCell, Stream, Taken};
use crate::{PipelineError, Token};

/// The first item. As soon as it is there, everything upstream is cancelled and closed (`S3`). Its token is done when
/// the run has ended well.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let found = pipeline! { iter(1u32..) -> filter(|n| n % 7 == 0) -> first() }.run().await?;
/// assert_eq!(found, Some(7));
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is an `Option`, `None` if no item came
/// * pauses: never
/// * finishes: with its input, or after an item
/// * stops early: after one item, without waiting for another
#[doc(alias = "head")]
#[inline]
pub fn first<A, Tok: Token, H, P>(
    s: Stream<A, Tok, H, P>,
    at: At<'_, '_>,
) -> Closed<Option<A>, Chain<H, P, First<A, Tok>>> {
    let stage = at.cell();
    s.sink(at, |out| First { stage, item: None, out })
}

/// The fused sink.
pub struct First<A, Tok> {
    stage: Arc<StageCell>,
    item: Option<(A, Tok)>,
    out: Out<Option<A>>,
}

impl<A, Tok: Token> Consumer<(A, Tok)> for First<A, Tok> {
    #[inline(always)]
    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
        if self.item.is_none() {
            self.item = items.next();
        }
        Ok(if self.item.is_some() { Taken::Full } else { Taken::All })
    }

    fn is_satisfied(&self) -> bool {
        self.item.is_some()
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set_item(self.item.take(), &self.stage);
        Poll::Ready(Ok(()))
    }
}
