//! `map(f)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then, paired};

/// Each item, changed by `f`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let lengths = pipeline! { iter(["one", "three"]) -> map(|word| word.len()) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(lengths, [3, 5]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: what `f` gives for each item, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input
/// * stops early: never by itself
#[inline]
pub fn map<A, B, Tok, H, P, F: FnMut(A) -> B>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Stream<B, Tok, H, Then<P, Map<F>>> {
    s.then(Map { stage: at.cell(), f })
}

/// The fused stage.
pub struct Map<F> {
    stage: Arc<StageCell>,
    f: F,
}

/// `f` under guard. A function of its own: inside `adapt` the closure's type would hold the type of all stages above once more, and
/// with each stage the types would double.
#[inline(always)]
pub(super) fn guarded<A, B, F: FnMut(A) -> B>(stage: &StageCell, f: &mut F) -> impl FnMut(A) -> B {
    move |item| {
        let guard = Guard::new(stage);
        let changed = f(item);
        guard.passed();
        changed
    }
}

impl<A, B, F: FnMut(A) -> B, Tok: Token> Part<(A, Tok)> for Map<F> {
    type Out = (B, Tok);
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (B, Tok)> {
        let Self { stage, f } = self;
        items.map(paired::change(guarded(stage, f)))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        self.stage.add_in(taken);
        self.stage.add_out(taken);
        taken
    }
}
