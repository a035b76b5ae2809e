//! `step_by(n)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Part, StageCell, Stream, Then, paired};

/// The first item, and every `n`-th after it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let some = pipeline! { iter(0..10u32) -> step_by(4) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(some, [0, 4, 8]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: one of each `n` items, the first of them, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input
/// * stops early: never by itself
///
/// # Panics
/// When `n` is 0.
#[doc(alias = "every")]
#[inline]
#[track_caller]
pub fn step_by<A, Tok, H, P>(s: Stream<A, Tok, H, P>, n: usize, at: At<'_, '_>) -> Stream<A, Tok, H, Then<P, StepBy>> {
    let n = at.positive("`n`", n);
    s.then(StepBy { stage: at.cell(), between: n - 1, left: 0, passed: 0 })
}

/// The fused stage.
pub struct StepBy {
    stage: Arc<StageCell>,
    /// How many items are left out after each that passes.
    between: usize,
    /// How many are still left out before the next passes.
    left: usize,
    passed: u64,
}

impl StepBy {
    /// What is done for each item. Not in `adapt`, where the closure's type would hold the type of all stages above once more.
    #[inline(always)]
    fn each<A>(&mut self) -> impl FnMut(&A) -> bool {
        let Self { between, left, passed, .. } = self;
        move |_| {
            let pass = *left == 0;
            *left = if pass { *between } else { *left - 1 };
            *passed += u64::from(pass);
            pass
        }
    }
}

impl<A, Tok: Token> Part<(A, Tok)> for StepBy {
    type Out = (A, Tok);
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (A, Tok)> {
        items.filter_map(paired::keep(self.each()))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = std::mem::take(&mut self.passed);
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}
