//! `take(n)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Part, StageCell, Stream, Then, paired};

/// The first `n` items. As soon as it has them, everything upstream that feeds only it is cancelled and closed (`S3`).
///
/// `take(0)` ends at once, as in `Iterator`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let few = pipeline! { iter(0u32..) -> take(3) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(few, [0, 1, 2]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each of the first `n` items, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input, or after `n` items
/// * stops early: after `n` items, without waiting for another
#[doc(alias = "limit")]
#[inline]
pub fn take<A, Tok, H, P>(s: Stream<A, Tok, H, P>, n: usize, at: At<'_, '_>) -> Stream<A, Tok, H, Then<P, Take>> {
    s.then(Take { stage: at.cell(), left: n, passed: 0 })
}

/// The fused stage.
pub struct Take {
    stage: Arc<StageCell>,
    left: usize,
    passed: u64,
}

/// Counts an item; a function of its own for the types' sake, as in `map`.
#[inline(always)]
fn counted<A>(left: &mut usize, passed: &mut u64) -> impl FnMut(&A) {
    move |_| {
        *left -= 1;
        *passed += 1;
    }
}

impl<A, Tok: Token> Part<(A, Tok)> for Take {
    type Out = (A, Tok);

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (A, Tok)> {
        let Self { left, passed, .. } = self;
        // What is past the last wanted item is not taken from above.
        items.take(*left).inspect(paired::look(counted(left, passed)))
    }

    #[inline(always)]
    fn is_satisfied(&self) -> bool {
        self.left == 0
    }

    fn settle(&mut self, _: u64) -> u64 {
        let passed = std::mem::take(&mut self.passed);
        self.stage.add_in(passed);
        self.stage.add_out(passed);
        passed
    }
}
