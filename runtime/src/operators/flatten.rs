//! `flatten()`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then};

/// The items of each item, which is something to iterate over.
///
/// An item is taken when all that the one before it holds has gone on; what has no room yet stays parked in the stage (`L5`). Its
/// token is done when that of each inner item is.
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
pub fn flatten<A: IntoIterator, Tok, H, P>(
    s: Stream<A, Tok, H, P>,
    mut at: At<'_, '_>,
) -> Stream<A::Item, Tok, H, Then<P, Flatten<A::IntoIter, Tok>>> {
    at.holds(1);
    s.then(Flatten { stage: at.cell(), parked: None, passed: 0 })
}

/// The fused stage.
pub struct Flatten<I, Tok> {
    stage: Arc<StageCell>,
    parked: Option<(I, Tok)>,
    passed: u64,
}

impl<A: IntoIterator, Tok: Token> Part<(A, Tok)> for Flatten<A::IntoIter, Tok> {
    type Out = (A::Item, Tok);
    const AT_MOST_ONE: bool = false;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, cut: Cut) -> impl Iterator<Item = (A::Item, Tok)> {
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
pub(super) struct Flattening<'a, I, J, Tok> {
    pub(super) items: I,
    pub(super) stage: &'a StageCell,
    pub(super) parked: &'a mut Option<(J, Tok)>,
    pub(super) passed: &'a mut u64,
    pub(super) left: usize,
}

impl<B, I, J, Tok> Iterator for Flattening<'_, I, J, Tok>
where
    B: IntoIterator<Item = J::Item, IntoIter = J>,
    I: Iterator<Item = (B, Tok)>,
    J: Iterator,
    Tok: Token,
{
    type Item = (J::Item, Tok);

    #[inline(always)]
    fn next(&mut self) -> Option<(J::Item, Tok)> {
        loop {
            if self.left == 0 {
                return None;
            }
            if let Some((inner, whole)) = self.parked {
                // It is split before: a panic is to find a token of the item at hand.
                let token = whole.split();
                let guard = Guard::new(self.stage);
                let item = inner.next();
                if item.is_none()
                    && let Some((inner, whole)) = self.parked.take()
                {
                    drop(inner);
                    whole.done();
                }
                guard.passed();
                if let Some(item) = item {
                    self.left -= 1;
                    *self.passed += 1;
                    return Some((item, token));
                }
                token.done();
            }
            let (outer, token) = self.items.next()?;
            let guard = Guard::new(self.stage);
            *self.parked = Some((outer.into_iter(), token));
            guard.passed();
        }
    }
}
