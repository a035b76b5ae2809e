//! `filter_map(f)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then, paired};

/// What `f` gives for each item, where that is `Some`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let numbers = pipeline! { iter(["1", "x", "3"]) -> filter_map(|text| text.parse::<u32>().ok()) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(numbers, [1, 3]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: what is inside each `Some`, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input
/// * stops early: never by itself
#[inline]
pub fn filter_map<A, B, Tok, H, P, F: FnMut(A) -> Option<B>>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Stream<B, Tok, H, Then<P, FilterMap<F>>> {
    s.then(FilterMap { stage: at.cell(), f, passed: 0 })
}

/// The fused stage.
pub struct FilterMap<F> {
    stage: Arc<StageCell>,
    f: F,
    passed: u64,
}

/// `f` under guard, counting; a function of its own for the types' sake, as in `map`.
#[inline(always)]
fn guarded<A, B, F: FnMut(A) -> Option<B>>(
    stage: &StageCell,
    f: &mut F,
    passed: &mut u64,
) -> impl FnMut(A) -> Option<B> {
    move |item| {
        let guard = Guard::new(stage);
        let kept = f(item);
        guard.passed();
        *passed += u64::from(kept.is_some());
        kept
    }
}

impl<A, B, F: FnMut(A) -> Option<B>, Tok: Token> Part<(A, Tok)> for FilterMap<F> {
    type Out = (B, Tok);
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (B, Tok)> {
        let Self { stage, f, passed } = self;
        items.filter_map(paired::keep_some(guarded(stage, f, passed)))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = std::mem::take(&mut self.passed);
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}
