//! `inspect(f)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then, paired};

/// Each item, after `f` has looked at it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let mut seen = 0;
/// let total = pipeline! { iter(1..=3u32) -> inspect(|n| seen += n) -> count() }.run_local().await?;
/// assert_eq!((total, seen), (3, 6));
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "peek")]
#[inline]
pub fn inspect<A, Tok, H, P, F: FnMut(&A)>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Stream<A, Tok, H, Then<P, Inspect<F>>> {
    s.then(Inspect { stage: at.cell(), f })
}

/// The fused stage.
pub struct Inspect<F> {
    stage: Arc<StageCell>,
    f: F,
}

/// `f` under guard; a function of its own for the types' sake, as in `map`.
#[inline(always)]
fn guarded<A, F: FnMut(&A)>(stage: &StageCell, f: &mut F) -> impl FnMut(&A) {
    move |item| {
        let guard = Guard::new(stage);
        f(item);
        guard.passed();
    }
}

impl<A, F: FnMut(&A), Tok: Token> Part<(A, Tok)> for Inspect<F> {
    type Out = (A, Tok);
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (A, Tok)> {
        let Self { stage, f } = self;
        items.inspect(paired::look(guarded(stage, f)))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        self.stage.add_in(taken);
        self.stage.add_out(taken);
        taken
    }
}
