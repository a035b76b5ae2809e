//! `take_while(f)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then, paired};

/// The items before the first for which `f` says `false`. That one is dropped, and everything upstream that feeds only this stage is cancelled
/// and closed (`S3`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let small = pipeline! { iter([1u32, 2, 9, 1]) -> take_while(|n| *n < 5) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(small, [1, 2]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item before the first that fails, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input, or at the first item that fails
/// * stops early: at the first item that fails, without waiting for another
#[inline]
pub fn take_while<A, Tok, H, P, F: FnMut(&A) -> bool>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Stream<A, Tok, H, Then<P, TakeWhile<F>>> {
    s.then(TakeWhile { stage: at.cell(), f, done: false, refused: false })
}

/// The fused stage.
pub struct TakeWhile<F> {
    stage: Arc<StageCell>,
    f: F,
    /// An item ended it: no further one is wanted.
    done: bool,
    /// That item is not settled yet.
    refused: bool,
}

impl<F> TakeWhile<F> {
    /// What is done for each item. Not in `adapt`, where the closure's type would hold the type of all stages above once more.
    #[inline(always)]
    fn each<A>(&mut self) -> impl FnMut(A) -> Option<A>
    where
        F: FnMut(&A) -> bool,
    {
        let Self { stage, f, done, refused } = self;
        move |item| {
            let guard = Guard::new(stage);
            let keep = f(&item);
            guard.passed();
            *done = !keep;
            *refused = *done;
            keep.then_some(item)
        }
    }
}

impl<A, F: FnMut(&A) -> bool, Tok: Token> Part<(A, Tok)> for TakeWhile<F> {
    type Out = (A, Tok);

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (A, Tok)> {
        // Once it is done it takes nothing from above, nor within the run that ended it.
        let most = if self.done { 0 } else { usize::MAX };
        let run = items.take(most).map_while(paired::keep_some(self.each()));
        run.fuse()
    }

    #[inline(always)]
    fn is_satisfied(&self) -> bool {
        self.done
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = taken - u64::from(std::mem::take(&mut self.refused));
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}
