//! `dedup()`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then, paired};

/// The items without repetitions in a row, as [`Vec::dedup`]: each that equals the one that passed last is dropped.
///
/// No item is held back: it passes at once, and the stage keeps a clone of it to compare the next with. Where a part of an item is enough,
/// [`dedup_by_key`](super::dedup_by_key()) needs no `Clone`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let changes = pipeline! { iter([1u32, 1, 2, 2, 1]) -> dedup() -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(changes, [1, 2, 1]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item that differs from the one emitted before it, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "distinct_until_changed")]
#[inline]
pub fn dedup<A: PartialEq + Clone, Tok, H, P>(
    s: Stream<A, Tok, H, P>,
    at: At<'_, '_>,
) -> Stream<A, Tok, H, Then<P, Dedup<A>>> {
    s.then(Dedup { stage: at.cell(), last: None, passed: 0 })
}

/// The fused stage.
pub struct Dedup<A> {
    stage: Arc<StageCell>,
    /// A clone of the item that passed last.
    last: Option<A>,
    passed: u64,
}

impl<A: PartialEq + Clone> Dedup<A> {
    /// What is done for each item. Not in `adapt`, where the closure's type would hold the type of all stages above once more.
    #[inline(always)]
    fn each(&mut self) -> impl FnMut(&A) -> bool {
        let Self { stage, last, passed } = self;
        move |item| {
            let guard = Guard::new(stage);
            let differs = match last {
                Some(last) if last == item => false,
                Some(last) => {
                    last.clone_from(item);
                    true
                }
                None => {
                    *last = Some(item.clone());
                    true
                }
            };
            guard.passed();
            *passed += u64::from(differs);
            differs
        }
    }
}

impl<A: PartialEq + Clone, Tok: Token> Part<(A, Tok)> for Dedup<A> {
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
