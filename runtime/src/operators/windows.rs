//! `windows(n)`.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then};

/// Every `n` items in a row, as `Vec`s that overlap: as `windows` of slices. Fewer than `n` items make no window.
///
/// The stage keeps the last `n - 1` items; each window is made of clones of them and the next item.
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
pub fn windows<A: Clone, H, P>(
    s: Stream<A, H, P>,
    n: usize,
    mut at: At<'_, '_>,
) -> Stream<Vec<A>, H, Then<P, Windows<A>>> {
    let n = at.positive("`n`", n);
    at.holds(n);
    s.then(Windows { stage: at.cell(), n, last: VecDeque::new(), passed: 0 })
}

/// The fused stage.
pub struct Windows<A> {
    stage: Arc<StageCell>,
    n: usize,
    /// The last items, fewer than `n`.
    last: VecDeque<A>,
    passed: u64,
}

impl<A: Clone> Windows<A> {
    /// What is done for each item. Not in `adapt`, where the closure's type would hold the type of all stages above once more.
    #[inline(always)]
    fn each(&mut self) -> impl FnMut(A) -> Option<Vec<A>> {
        let Self { stage, n, last, passed } = self;
        move |item| {
            last.push_back(item);
            if last.len() < *n {
                return None;
            }
            let mut window = Vec::with_capacity(*n);
            // The oldest is in no further window: it moves.
            window.extend(last.pop_front());
            let guard = Guard::new(stage);
            window.extend(last.iter().cloned());
            guard.passed();
            *passed += 1;
            Some(window)
        }
    }
}

impl<A: Clone> Part<A> for Windows<A> {
    type Out = Vec<A>;

    fn adapt<I: Iterator<Item = A>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = Vec<A>> {
        items.filter_map(self.each())
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = std::mem::take(&mut self.passed);
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}
