//! `windows(n)`.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then};

/// Every `n` items in a row, as `Vec`s that overlap: as `windows` of slices. Fewer than `n` items make no window.
///
/// The stage keeps the last `n - 1` items; each window is made of clones of them and the next item. The token of an item is done when all windows
/// that it is in have left; those of the items that are kept at the end, with the stream.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let averages = pipeline! {
///     iter([1.0, 3.0, 5.0, 7.0]) -> windows(2) -> map(|pair| (pair[0] + pair[1]) / 2.0) -> collect::<Vec<f64>>()
/// }
/// .run()
/// .await?;
/// assert_eq!(averages, [2.0, 4.0, 6.0]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: a window for each item after the first `n - 1`, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input; what never made a window is dropped
/// * stops early: never by itself
///
/// # Panics
/// When `n` is 0.
#[doc(alias = "sliding")]
#[inline]
#[track_caller]
pub fn windows<A: Clone, Tok: Token, H, P>(
    s: Stream<A, Tok, H, P>,
    n: usize,
    mut at: At<'_, '_>,
) -> Stream<Vec<A>, Tok, H, Then<P, Windows<A, Tok>>> {
    let n = at.positive("`n`", n);
    at.holds(n);
    s.then(Windows { stage: at.cell(), n, last: VecDeque::new(), passed: 0, ended: false })
}

/// The fused stage.
pub struct Windows<A, Tok> {
    stage: Arc<StageCell>,
    n: usize,
    /// The last items, fewer than `n`.
    last: VecDeque<(A, Tok)>,
    passed: u64,
    /// The run is one after the last item.
    ended: bool,
}

impl<A: Clone, Tok: Token> Windows<A, Tok> {
    /// What is done for each item. Not in `adapt`, where the closure's type would hold the type of all stages above once more.
    #[inline(always)]
    fn each(&mut self) -> impl FnMut((A, Tok)) -> Option<(Vec<A>, Tok)> {
        let Self { stage, n, last, passed, .. } = self;
        move |item| {
            last.push_back(item);
            if last.len() < *n {
                return None;
            }
            let mut window = Vec::with_capacity(*n);
            // The oldest is in no further window: it moves.
            let (oldest, token) = last.pop_front()?;
            window.push(oldest);
            let guard = Guard::new(stage);
            window.extend(last.iter().map(|(item, _)| item.clone()));
            guard.passed();
            *passed += 1;
            let mut tokens = Tok::Group::default();
            token.add_to(&mut tokens);
            last.iter().for_each(|(_, token)| token.split().add_to(&mut tokens));
            Some((window, Tok::join(&mut tokens)))
        }
    }
}

impl<A: Clone, Tok: Token> Part<(A, Tok)> for Windows<A, Tok> {
    type Out = (Vec<A>, Tok);

    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, cut: Cut) -> impl Iterator<Item = (Vec<A>, Tok)> {
        self.ended = cut.ended;
        items.filter_map(self.each())
    }

    /// The tokens of the last items: there will be no further window for them.
    fn has_rest(&self) -> bool {
        self.last.iter().any(|(_, token)| token.is_asked())
    }

    fn settle(&mut self, taken: u64) -> u64 {
        if self.ended && taken == 0 {
            self.last.drain(..).for_each(|(_, token)| token.done());
        }
        let passed = std::mem::take(&mut self.passed);
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}
