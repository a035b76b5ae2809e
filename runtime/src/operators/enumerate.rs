//! `enumerate()`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Part, StageCell, Stream, Then, paired};

/// Each item with its number, as `(usize, item)`; the first is 0.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let numbered = pipeline! { iter(["a", "b"]) -> enumerate() -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(numbered, [(0, "a"), (1, "b")]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: a pair for each item, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "zip_with_index")]
#[inline]
pub fn enumerate<A, Tok, H, P>(
    s: Stream<A, Tok, H, P>,
    at: At<'_, '_>,
) -> Stream<(usize, A), Tok, H, Then<P, Enumerate>> {
    s.then(Enumerate { stage: at.cell(), next: 0 })
}

/// The fused stage.
pub struct Enumerate {
    stage: Arc<StageCell>,
    next: usize,
}

impl Enumerate {
    /// What is done for each item. Not in `adapt`, where the closure's type would hold the type of all stages above once more.
    #[inline(always)]
    fn each<A>(&mut self) -> impl FnMut(A) -> (usize, A) {
        let Self { next, .. } = self;
        move |item| {
            let number = *next;
            // A stream may outlast the numbers of a small machine.
            *next = next.wrapping_add(1);
            (number, item)
        }
    }
}

impl<A, Tok: Token> Part<(A, Tok)> for Enumerate {
    type Out = ((usize, A), Tok);
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = ((usize, A), Tok)> {
        items.map(paired::change(self.each()))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        self.stage.add_in(taken);
        self.stage.add_out(taken);
        taken
    }
}
