//! `first()`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::PipelineError;
use crate::stage::{At, Chain, Closed, Consumer, Out, StageCell, Stream, Taken};

/// The first item. As soon as it is there, everything upstream is cancelled and closed (`S3`).
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
pub fn first<A, H, P>(s: Stream<A, H, P>, at: At<'_, '_>) -> Closed<Option<A>, Chain<H, P, First<A>>> {
    let stage = at.cell();
    s.sink(at, |out| First { stage, item: None, out })
}

/// The fused sink.
pub struct First<A> {
    stage: Arc<StageCell>,
    item: Option<A>,
    out: Out<Option<A>>,
}

impl<A> Consumer<A> for First<A> {
    #[inline(always)]
    fn consume<I: Iterator<Item = A>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
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
        self.out.set(self.item.take());
        Poll::Ready(Ok(()))
    }
}
