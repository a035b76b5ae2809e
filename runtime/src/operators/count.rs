//! `count()`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::PipelineError;
use crate::stage::{At, Chain, Closed, Consumer, Out, StageCell, Stream, Taken};

/// How many items there were.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let words = pipeline! { iter("to and fro".split(' ')) -> count() }.run().await?;
/// assert_eq!(words, 3);
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is the number, a `u64`
/// * pauses: never
/// * finishes: with its input
/// * stops early: never by itself
#[inline]
pub fn count<A, H, P>(s: Stream<A, H, P>, at: At<'_, '_>) -> Closed<u64, Chain<H, P, Count>> {
    let stage = at.cell();
    s.sink(at, |out| Count { stage, count: 0, out })
}

/// The fused sink.
pub struct Count {
    stage: Arc<StageCell>,
    count: u64,
    out: Out<u64>,
}

impl<A> Consumer<A> for Count {
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn consume<I: Iterator<Item = A>>(&mut self, items: I) -> Result<Taken, PipelineError> {
        self.count += items.fold(0, |count, _| count + 1);
        Ok(Taken::All)
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set(self.count);
        Poll::Ready(Ok(()))
    }
}
