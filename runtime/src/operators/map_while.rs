//! `map_while(f)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then, paired};

/// What is in each `Some` that `f` gives for an item. At the first `None` the stream ends, and everything upstream that feeds only it is
/// cancelled and closed (`S3`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let numbers = pipeline! {
///     iter(["1", "2", "stop", "3"]) -> map_while(|text| text.parse::<u32>().ok()) -> collect::<Vec<_>>()
/// }
/// .run()
/// .await?;
/// assert_eq!(numbers, [1, 2]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: what `f` gives for each item before the first `None`, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input, or at the first `None` of `f`
/// * stops early: at the first `None` of `f`, without waiting for another item
#[inline]
pub fn map_while<A, B, Tok, H, P, F: FnMut(A) -> Option<B>>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Stream<B, Tok, H, Then<P, MapWhile<F>>> {
    s.then(MapWhile { stage: at.cell(), f, done: false, refused: false })
}

/// The fused stage.
pub struct MapWhile<F> {
    stage: Arc<StageCell>,
    f: F,
    /// An item ended it: no further one is wanted.
    done: bool,
    /// That item is not settled yet.
    refused: bool,
}

impl<F> MapWhile<F> {
    /// What is done for each item. Not in `adapt`, where the closure's type would hold the type of all stages above once more.
    #[inline(always)]
    fn each<A, B>(&mut self) -> impl FnMut(A) -> Option<B>
    where
        F: FnMut(A) -> Option<B>,
    {
        let Self { stage, f, done, refused } = self;
        move |item| {
            let guard = Guard::new(stage);
            let changed = f(item);
            guard.passed();
            *done = changed.is_none();
            *refused = *done;
            changed
        }
    }
}

impl<A, B, F: FnMut(A) -> Option<B>, Tok: Token> Part<(A, Tok)> for MapWhile<F> {
    type Out = (B, Tok);

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (B, Tok)> {
        // Once it is done it takes nothing from above, nor within the run that ended it.
        let most = if self.done { 0 } else { usize::MAX };
        let run = items.take(most).map_while(paired::keep_some(self.each()));
        run.fuse()
    }

    #[inline(always)]
    fn is_satisfied(&self) -> bool {
        self.done
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = taken - u64::from(std::mem::take(&mut self.refused));
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}
