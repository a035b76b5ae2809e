//! `step_by(n)`.

use std::sync::Arc;

use crate::stage::{At, Cut, Part, StageCell, Stream, Then};

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
pub fn step_by<A, H, P, Ts>(s: Stream<A, H, P, Ts>, n: usize, at: At<'_, '_>) -> Stream<A, H, Then<P, StepBy>, Ts> {
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

impl<A> Part<A> for StepBy {
    type Out = A;

    #[inline(always)]
    fn adapt<I: Iterator<Item = A>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = A> {
        let Self { between, left, passed, .. } = self;
        items.filter(|_| {
            let pass = *left == 0;
            *left = if pass { *between } else { *left - 1 };
            *passed += u64::from(pass);
            pass
        })
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = std::mem::take(&mut self.passed);
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}
