//! `scan(init, f)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then, paired};

/// What `f` makes of each item and a state that it may change. When `f` gives `None` the stream ends, as in `Iterator`, and everything
/// upstream that feeds only it is cancelled and closed (`S3`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let sums = pipeline! {
///     iter(1..=4u32) -> scan(0, |sum, n| { *sum += n; Some(*sum) }) -> collect::<Vec<_>>()
/// }
/// .run()
/// .await?;
/// assert_eq!(sums, [1, 3, 6, 10]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: what is in each `Some` of `f`, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input, or at the first `None` of `f`
/// * stops early: at the first `None` of `f`, without waiting for another item
#[doc(alias = "accumulate")]
#[inline]
pub fn scan<A, B, S, Tok, H, P, F: FnMut(&mut S, A) -> Option<B>>(
    s: Stream<A, Tok, H, P>,
    init: S,
    f: F,
    at: At<'_, '_>,
) -> Stream<B, Tok, H, Then<P, Scan<S, F>>> {
    s.then(Scan { stage: at.cell(), state: init, f, done: false, refused: false })
}

/// The fused stage.
pub struct Scan<S, F> {
    stage: Arc<StageCell>,
    state: S,
    f: F,
    /// An item ended it: no further one is wanted.
    done: bool,
    /// That item is not settled yet.
    refused: bool,
}

impl<S, F> Scan<S, F> {
    /// What is done for each item. Not in `adapt`, where the closure's type would hold the type of all stages above once more.
    #[inline(always)]
    fn each<A, B>(&mut self) -> impl FnMut(A) -> Option<B>
    where
        F: FnMut(&mut S, A) -> Option<B>,
    {
        let Self { stage, state, f, done, refused } = self;
        move |item| {
            let guard = Guard::new(stage);
            let changed = f(state, item);
            guard.passed();
            *done = changed.is_none();
            *refused = *done;
            changed
        }
    }
}

impl<A, B, S, F: FnMut(&mut S, A) -> Option<B>, Tok: Token> Part<(A, Tok)> for Scan<S, F> {
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
