//! `filter(f)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then, paired};

/// The items for which `f` says `true`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let even = pipeline! { iter(1..=6u32) -> filter(|n| n % 2 == 0) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(even, [2, 4, 6]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item that passes, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "where")]
#[inline]
pub fn filter<A, Tok, H, P, F: FnMut(&A) -> bool>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Stream<A, Tok, H, Then<P, Filter<F>>> {
    s.then(Filter { stage: at.cell(), f, passed: 0 })
}

/// The fused stage.
pub struct Filter<F> {
    stage: Arc<StageCell>,
    f: F,
    passed: u64,
}

/// `f` under guard, counting; a function of its own for the types' sake, as in `map`.
#[inline(always)]
fn guarded<A, F: FnMut(&A) -> bool>(stage: &StageCell, f: &mut F, passed: &mut u64) -> impl FnMut(&A) -> bool {
    move |item| {
        let guard = Guard::new(stage);
        let keep = f(item);
        guard.passed();
        *passed += u64::from(keep);
        keep
    }
}

impl<A, F: FnMut(&A) -> bool, Tok: Token> Part<(A, Tok)> for Filter<F> {
    type Out = (A, Tok);
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (A, Tok)> {
        let Self { stage, f, passed } = self;
        items.filter_map(paired::keep(guarded(stage, f, passed)))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = std::mem::take(&mut self.passed);
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}
