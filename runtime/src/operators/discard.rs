//! `discard()`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::stage::{At, Chain, Closed, Consumer, Guard, Out, StageCell, Stream, Taken};
use crate::{PipelineError, Token};

/// Drops every item: an end for a stream whose work is done on the way. The token of an item is done.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let mut seen = 0;
/// pipeline! { iter(1..=3u32) -> inspect(|n| seen += n) -> discard() }.run_local().await?;
/// assert_eq!(seen, 6);
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is `()`
/// * pauses: never
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "ignore")]
#[doc(alias = "drain")]
#[inline]
pub fn discard<A, Tok: Token, H, P>(s: Stream<A, Tok, H, P>, at: At<'_, '_>) -> Closed<(), Chain<H, P, Discard>> {
    let stage = at.cell();
    s.sink(at, |out| Discard { stage, out })
}

/// The fused sink.
pub struct Discard {
    stage: Arc<StageCell>,
    out: Out<()>,
}

impl<A, Tok: Token> Consumer<(A, Tok)> for Discard {
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, items: I) -> Result<Taken, PipelineError> {
        let stage = &self.stage;
        items.for_each(|(item, token)| {
            let guard = Guard::new(stage);
            drop(item);
            guard.passed();
            token.done();
        });
        Ok(Taken::All)
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set(());
        Poll::Ready(Ok(()))
    }
}
