//! `zip(a, b, …)`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::PipelineError;
use crate::stage::{At, Direct, Head, Partners, StageCell, Stream, paired};

/// One item of each stream together, as a tuple: the first of each, then the second of each, and so on.
///
/// It ends as soon as any of its inputs can give no further partner, and cancels the others (`F4`): what these still hold is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let pairs = pipeline! { zip(iter(1..), iter(["one", "two"])) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(pairs, [(1, "one"), (2, "two")]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: a tuple, when each input has an item
/// * pauses: when its output is paused, and while any input has nothing; the links of its inputs then fill and pause
/// * finishes: when any of its inputs has, and has given its last item; the others are cancelled
/// * stops early: when downstream is satisfied; all inputs are cancelled
#[doc(alias = "pair")]
pub fn zip<I, B, F>(inputs: I, tuple: F, mut at: At<'_, '_>) -> Stream<B, I::Token, Zip<I, F>, Direct>
where
    I: Partners,
    F: FnMut(I::Items) -> B,
{
    // Besides the one in the task's hand.
    at.holds(I::COUNT.saturating_sub(1));
    Stream::source(Zip { inputs, tuple, stage: at.cell(), taken: 0 })
}

/// The head of the fan-in's task. It takes nothing from an input before each of the others has its partner.
pub struct Zip<I, F> {
    inputs: I,
    /// Makes a tuple of a list.
    tuple: F,
    stage: Arc<StageCell>,
    taken: u64,
}

impl<I: Partners, B, F: FnMut(I::Items) -> B> Head for Zip<I, F> {
    type Item = (B, I::Token);

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        let polled = self.inputs.poll_all(cx);
        if let Poll::Ready(Ok(false)) = polled {
            self.inputs.cancel();
        }
        polled
    }

    #[inline]
    fn items(&mut self, limit: usize) -> impl Iterator<Item = (B, I::Token)> {
        let Self { inputs, tuple, taken, .. } = self;
        let sure = inputs.ready(limit);
        inputs.runs(sure).map(paired::change(tuple)).inspect(|_| *taken += 1)
    }

    fn settle(&mut self) -> u64 {
        let tuples = std::mem::take(&mut self.taken);
        self.stage.add_in(self.inputs.settle());
        self.stage.add_out(tuples);
        tuples
    }

    /// A tuple that is dropped is an item of each input.
    /// The input of a segment that is spawned alone is a source (E5).
    fn stop(&mut self) {
        self.inputs.stop();
    }

    fn cancel(&mut self) {
        self.inputs.cancel();
    }
}
