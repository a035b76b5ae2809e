//! `flatten()`.

use std::sync::Arc;

use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then};

/// The items of each item, which is something to iterate over.
///
/// An item is taken when all that the one before it holds has gone on; what has no room yet stays parked in the stage (`L5`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let all = pipeline! { iter([vec![1, 2], vec![], vec![3]]) -> flatten() -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(all, [1, 2, 3]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each inner item, in order
/// * pauses: with the task it is fused in, in the middle of an item if need be
/// * finishes: with its input, after the parked rest
/// * stops early: never by itself
#[inline]
pub fn flatten<A: IntoIterator, H, P>(
    s: Stream<A, H, P>,
    mut at: At<'_, '_>,
) -> Stream<A::Item, H, Then<P, Flatten<A::IntoIter>>> {
    at.holds(1);
    s.then(Flatten { stage: at.cell(), parked: None, passed: 0 })
}

/// The fused stage.
pub struct Flatten<I> {
    stage: Arc<StageCell>,
    parked: Option<I>,
    passed: u64,
}

impl<A: IntoIterator> Part<A> for Flatten<A::IntoIter> {
    type Out = A::Item;
    const AT_MOST_ONE: bool = false;

    #[inline(always)]
    fn adapt<I: Iterator<Item = A>>(&mut self, items: I, cut: Cut) -> impl Iterator<Item = A::Item> {
        let Self { stage, parked, passed } = self;
        // One item may hold more than a task may move without a rest (G5).
        Flattening { items, stage, parked, passed, left: cut.most }
    }

    #[inline(always)]
    fn is_parked(&self) -> bool {
        self.parked.is_some()
    }

    fn has_moved(&self) -> bool {
        self.passed > 0
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = std::mem::take(&mut self.passed);
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}

/// A run, flattened. A type of its own, with no closure in it: a closure's type would hold the type of all stages above once more.
pub(super) struct Flattening<'a, I, J> {
    pub(super) items: I,
    pub(super) stage: &'a StageCell,
    pub(super) parked: &'a mut Option<J>,
    pub(super) passed: &'a mut u64,
    pub(super) left: usize,
}

impl<J: Iterator, I: Iterator<Item: IntoIterator<Item = J::Item, IntoIter = J>>> Iterator for Flattening<'_, I, J> {
    type Item = J::Item;

    #[inline(always)]
    fn next(&mut self) -> Option<J::Item> {
        loop {
            if self.left == 0 {
                return None;
            }
            if let Some(inner) = self.parked {
                let guard = Guard::new(self.stage);
                let item = inner.next();
                if item.is_none() {
                    *self.parked = None;
                }
                guard.passed();
                if item.is_some() {
                    self.left -= 1;
                    *self.passed += 1;
                    return item;
                }
            }
            let outer = self.items.next()?;
            let guard = Guard::new(self.stage);
            *self.parked = Some(outer.into_iter());
            guard.passed();
        }
    }
}
