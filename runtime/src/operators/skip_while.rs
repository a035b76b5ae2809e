//! `skip_while(f)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then, paired};

/// The items from the first on for which `f` says `false`; `f` is not asked again after it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let rest = pipeline! { iter([1u32, 2, 9, 1]) -> skip_while(|n| *n < 5) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(rest, [9, 1]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item from the first that fails on, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "drop_while")]
#[inline]
pub fn skip_while<A, Tok, H, P, F: FnMut(&A) -> bool>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Stream<A, Tok, H, Then<P, SkipWhile<F>>> {
    s.then(SkipWhile { stage: at.cell(), f, flows: false, skipped: 0 })
}

/// The fused stage.
pub struct SkipWhile<F> {
    stage: Arc<StageCell>,
    f: F,
    /// The first item that is wanted has come.
    flows: bool,
    skipped: u64,
}

impl<F> SkipWhile<F> {
    /// What is done for each item. Not in `adapt`, where the closure's type would hold the type of all stages above once more.
    #[inline(always)]
    fn each<A>(&mut self) -> impl FnMut(&A) -> bool
    where
        F: FnMut(&A) -> bool,
    {
        let Self { stage, f, flows, skipped } = self;
        move |item| {
            if !*flows {
                let guard = Guard::new(stage);
                *flows = !f(item);
                guard.passed();
                *skipped += u64::from(!*flows);
            }
            *flows
        }
    }
}

impl<A, F: FnMut(&A) -> bool, Tok: Token> Part<(A, Tok)> for SkipWhile<F> {
    type Out = (A, Tok);
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (A, Tok)> {
        items.filter_map(paired::keep(self.each()))
    }

    fn with_view<R>(&self, item: &A, f: impl FnOnce(&A) -> R) -> Option<R> {
        self.flows.then(|| f(item))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = taken - std::mem::take(&mut self.skipped);
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}
