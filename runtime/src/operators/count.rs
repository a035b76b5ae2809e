//! `count()`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::stage::{At, Chain, Closed, Consumer, Out, StageCell, Stream, Taken};
use crate::{PipelineError, Token};

/// How many items there were. The token of each is done when the run has ended well.
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
pub fn count<A, Tok: Token, H, P>(s: Stream<A, Tok, H, P>, at: At<'_, '_>) -> Closed<u64, Chain<H, P, Count<Tok>>> {
    let stage = at.cell();
    s.sink(at, |out| Count { stage, count: 0, tokens: Tok::Group::default(), out })
}

/// The fused sink.
pub struct Count<Tok: Token> {
    stage: Arc<StageCell>,
    count: u64,
    tokens: Tok::Group,
    out: Out<u64>,
}

impl<A, Tok: Token> Consumer<(A, Tok)> for Count<Tok> {
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, items: I) -> Result<Taken, PipelineError> {
        let tokens = &mut self.tokens;
        self.count += items.fold(0, |count, (_, token)| {
            token.keep_in(tokens);
            count + 1
        });
        Ok(Taken::All)
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set_asked(self.count, Tok::join(&mut self.tokens), &self.stage);
        Poll::Ready(Ok(()))
    }
}
