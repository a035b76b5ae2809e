//! `skip(n)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Part, StageCell, Stream, Then, paired};

/// All items but the first `n`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let body = pipeline! { iter(["header", "a", "b"]) -> skip(1) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(body, ["a", "b"]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item after the first `n`, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "drop")]
#[inline]
pub fn skip<A, Tok, H, P>(s: Stream<A, Tok, H, P>, n: usize, at: At<'_, '_>) -> Stream<A, Tok, H, Then<P, Skip>> {
    s.then(Skip { stage: at.cell(), left: n, skipped: 0 })
}

/// The fused stage.
pub struct Skip {
    stage: Arc<StageCell>,
    left: usize,
    skipped: u64,
}

impl Skip {
    /// What is done for each item. Not in `adapt`, where the closure's type would hold the type of all stages above once more.
    #[inline(always)]
    fn each<A>(&mut self) -> impl FnMut(&A) -> bool {
        let Self { left, skipped, .. } = self;
        move |_| {
            let pass = *left == 0;
            if !pass {
                *left -= 1;
                *skipped += 1;
            }
            pass
        }
    }
}

impl<A, Tok: Token> Part<(A, Tok)> for Skip {
    type Out = (A, Tok);
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (A, Tok)> {
        items.filter_map(paired::keep(self.each()))
    }

    fn with_view<R>(&self, item: &A, f: impl FnOnce(&A) -> R) -> Option<R> {
        (self.left == 0).then(|| f(item))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = taken - std::mem::take(&mut self.skipped);
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}
