//! `concat(a, b, …)`.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::link::Either;
use crate::stage::{At, Direct, Head, Inputs, Joined, Stream, TaskCell};
use crate::{PipelineError, Token};

/// One stream after the other: all items of the first, then all of the second, and so on.
///
/// A source that feeds only a later input is not asked for anything, and no timer of it runs, before the input before it has ended (`F4`).
/// Is the stream over before that, by `finish()` or because nobody wants more, such a source is closed without ever being asked (`E5`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let all = pipeline! { concat(once(0u32), iter(7..9), iter([20])) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(all, [0, 7, 8, 20]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item, in order, input after input
/// * pauses: when its output is paused; the links of the input that is read, and of those that come later, then fill and pause
/// * finishes: when its last input has
/// * stops early: when downstream is satisfied; all inputs are cancelled
#[doc(alias = "chain")]
#[doc(alias = "append")]
pub fn concat<A, Tok: Token>(
    inputs: Inputs<A, Tok>,
    gates: &[&[usize]],
    at: At<'_, '_>,
) -> Stream<A, Tok, Concat<A, Tok>, Direct> {
    debug_assert_eq!(gates.len() + 1, inputs.len(), "a gate for each input but the first");
    let gates: VecDeque<_> = gates.iter().map(|tasks| at.tasks(tasks)).collect();
    gates.iter().flatten().for_each(|task| task.hold());
    Stream::source(Concat { inputs: inputs.joined(&at), gates })
}

/// The head of the fan-in's task.
pub struct Concat<A, Tok> {
    /// Those that have not ended. The first is read.
    inputs: Joined<A, Tok>,
    /// The tasks that feed only one of the inputs not begun, in the inputs' order: held until their turn comes.
    gates: VecDeque<Vec<Arc<TaskCell>>>,
}

impl<A, Tok: Token> Head for Concat<A, Tok> {
    type Item = (A, Tok);

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        while let Some(input) = self.inputs.open.first_mut() {
            if ready!(input.poll_items(cx))? {
                return Poll::Ready(Ok(true));
            }
            self.inputs.leave(0);
            self.gates.pop_front().iter().flatten().for_each(|task| task.release());
        }
        Poll::Ready(Ok(false))
    }

    #[inline]
    fn items(&mut self, limit: usize) -> impl Iterator<Item = (A, Tok)> {
        match self.inputs.open.first_mut() {
            Some(input) => Either::Left(input.items(limit)),
            None => Either::Right(std::iter::empty()),
        }
    }

    fn settle(&mut self) -> u64 {
        self.inputs.settle()
    }

    /// Noted at the link of the input that is read.
    /// The input of a segment that is spawned alone is a source (E5).
    fn stop(&mut self) {
        self.inputs.stop();
    }

    /// The links are left first: a task that is let go then finds that nobody wants its items.
    fn cancel(&mut self) {
        self.inputs.cancel();
        self.gates.drain(..).flatten().for_each(|task| task.dismiss());
    }
}
