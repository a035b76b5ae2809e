//! `flat_map(f)`.

use std::sync::Arc;

use super::flatten::Flattening;
use super::map::guarded;
use crate::Token;
use crate::stage::{At, Cut, Part, StageCell, Stream, Then, paired};

/// The items of what `f` makes of each item, which is something to iterate over.
///
/// An item is taken when all that came of the one before it has gone on; what has no room yet stays parked in the stage (`L5`). Its token
/// is done when that of each inner item is.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let letters = pipeline! {
///     iter(["ab", "", "c"]) -> flat_map(|word| word.chars()) -> collect::<String>()
/// }
/// .run()
/// .await?;
/// assert_eq!(letters, "abc");
/// # Ok(())
/// # }
/// ```
///
/// * emits: each inner item, in order
/// * pauses: with the task it is fused in, in the middle of an item if need be
/// * finishes: with its input, after the parked rest
/// * stops early: never by itself
#[doc(alias = "concat_map")]
#[inline]
pub fn flat_map<A, B: IntoIterator, Tok, H, P, F: FnMut(A) -> B>(
    s: Stream<A, Tok, H, P>,
    f: F,
    mut at: At<'_, '_>,
) -> Stream<B::Item, Tok, H, Then<P, FlatMap<B::IntoIter, F, Tok>>> {
    at.holds(1);
    s.then(FlatMap { stage: at.cell(), f, parked: None, passed: 0 })
}

/// The fused stage.
pub struct FlatMap<I, F, Tok> {
    stage: Arc<StageCell>,
    f: F,
    parked: Option<(I, Tok)>,
    passed: u64,
}

impl<A, B: IntoIterator, F: FnMut(A) -> B, Tok: Token> Part<(A, Tok)> for FlatMap<B::IntoIter, F, Tok> {
    type Out = (B::Item, Tok);
    const AT_MOST_ONE: bool = false;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, cut: Cut) -> impl Iterator<Item = (B::Item, Tok)> {
        let Self { stage, f, parked, passed } = self;
        let items = items.map(paired::change(guarded(stage, f)));
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
