//! `interleave(a, b, …)`.

use std::task::{Context, Poll, ready};

use crate::link::Either;
use crate::stage::{At, Counted, Direct, Head, Inputs, Joined, Stream};
use crate::{PipelineError, Token};

/// One item of each stream in turn, in the order of the arguments.
///
/// The one whose turn it is is waited for, however much the others have; those that have ended are left out (`F3`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let all = pipeline! { interleave(iter(0..2u32), iter(10..14)) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(all, [0, 10, 1, 11, 12, 13]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: one item of each input in turn
/// * pauses: when its output is paused, and while the input whose turn it is has nothing; the links of the others then fill and pause
/// * finishes: when all its inputs have
/// * stops early: when downstream is satisfied; all inputs are cancelled
#[doc(alias = "round_robin")]
#[doc(alias = "alternate")]
pub fn interleave<A, Tok: Token>(inputs: Inputs<A, Tok>, at: At<'_, '_>) -> Stream<A, Tok, Interleave<A, Tok>, Direct> {
    Stream::source(Interleave { inputs: inputs.joined(&at), turn: 0 })
}

/// The head of the fan-in's task.
pub struct Interleave<A, Tok> {
    inputs: Joined<A, Tok>,
    /// Whose turn it is. When the last of the list has left, the first's.
    turn: usize,
}

impl<A, Tok: Token> Interleave<A, Tok> {
    /// How many rounds are there for certain.
    #[inline]
    fn rounds(&mut self, limit: usize) -> usize {
        self.inputs.open.iter_mut().fold(limit, |rounds, input| input.ready(rounds))
    }
}

impl<A, Tok: Token> Head for Interleave<A, Tok> {
    type Item = (A, Tok);

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        loop {
            if self.turn >= self.inputs.open.len() {
                self.turn = 0;
            }
            let Some(input) = self.inputs.open.get_mut(self.turn) else { return Poll::Ready(Ok(false)) };
            if ready!(input.poll_items(cx))? {
                return Poll::Ready(Ok(true));
            }
            // Whoever comes after it has its turn.
            self.inputs.leave(self.turn);
        }
    }

    #[inline]
    fn items(&mut self, limit: usize) -> impl Iterator<Item = (A, Tok)> {
        let count = self.inputs.open.len();
        let rounds = self.rounds(limit.div_ceil(count.max(1)));
        let Self { inputs: Joined { open, .. }, turn } = self;
        if *turn >= count {
            *turn = 0;
        }
        if rounds > 1 {
            let runs: Vec<_> = open.iter_mut().map(|input| input.items(rounds)).collect();
            return Either::Left(Rounds { runs, turn, left: limit.min(rounds * count) });
        }
        let (before, from) = open.split_at_mut(*turn);
        let each = from.iter_mut().chain(before).map_while(|input| input.items(1).next()).fuse();
        Either::Right(each.take(limit).inspect(move |_| pass(turn, count)))
    }

    fn settle(&mut self) -> u64 {
        self.inputs.settle()
    }

    /// Noted at the link that has given last.
    /// The input of a segment that is spawned alone is a source (E5).
    fn stop(&mut self) {
        self.inputs.stop();
    }

    fn cancel(&mut self) {
        self.inputs.cancel();
    }
}

/// The next of `inputs` inputs has its turn.
#[inline(always)]
fn pass(turn: &mut usize, inputs: usize) {
    *turn = if *turn + 1 < inputs { *turn + 1 } else { 0 };
}

/// Several rounds, of which every input has its part.
struct Rounds<'a, R> {
    runs: Vec<R>,
    turn: &'a mut usize,
    left: usize,
}

impl<R: Iterator> Iterator for Rounds<'_, R> {
    type Item = R::Item;

    #[inline]
    fn next(&mut self) -> Option<R::Item> {
        if self.left == 0 {
            return None;
        }
        let item = self.runs[*self.turn].next()?;
        self.left -= 1;
        pass(self.turn, self.runs.len());
        Some(item)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left))
    }
}
