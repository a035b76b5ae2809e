//! `tap { … }`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::PipelineError;
use crate::Token;
use crate::link::SharedSender;
use crate::stage::{At, Branch, Chain, Consumer, Cut, Direct, Guard, Part, StageCell, Stream, Then};

/// A side branch: each item flows on, and a clone of it goes into the arm if that has room. `tap { stages -> sink }`
///
/// The arm runs in tasks of its own, behind a link that drops what finds it full: it never holds the main flow. A `queue` at its
/// head sets that link up, also with `overflow = drop_oldest`. What was dropped is counted at the link. The pipeline waits for the arm at its
/// end; an arm that finishes early drops out; a source that asks is not told of what becomes of the copies; a failure in it is a failure; its sink has an output like any other (`F7`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (seen, sum) = pipeline! {
///     iter(1..=3u32) -> tap { queue(8) -> collect::<Vec<_>>() } -> fold(0, |sum, n| sum + n)
/// }
/// .run()
/// .await?;
/// assert_eq!((seen, sum), (vec![1, 2, 3], 6));
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item, in order
/// * pauses: with the task it is fused in, never for its arm
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "also_to")]
#[doc(alias = "wire_tap")]
pub fn tap<A: Tapped, Tok, H, P>(
    s: Stream<A, Tok, H, P>,
    arm: Chain<Branch<(A, Tok)>, Direct, SharedSender<(A, Tok)>>,
    at: At<'_, '_>,
) -> Stream<A, Tok, H, Then<P, Tap<A, Tok>>> {
    let arm = arm.into_line().into_consumer();
    s.then(Tap { stage: at.cell(), arm, ended: false })
}

/// What can be tapped: whatever is `Clone`.
#[diagnostic::on_unimplemented(
    message = "`tap` copies its items, but `{Self}` is not `Clone`",
    label = "these items cannot be copied",
    note = "derive `Clone`, or share the items: `map(Arc::new)` before the `tap`"
)]
pub trait Tapped {
    /// A copy.
    #[must_use]
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<A: Clone> Tapped for A {
    fn copy(&self) -> Self {
        self.clone()
    }
}

/// The block.
pub struct Tap<A, Tok> {
    stage: Arc<StageCell>,
    arm: SharedSender<(A, Tok)>,
    ended: bool,
}

/// Gives the arm a copy, if it has room; a function of its own for the types' sake, as in `map`.
#[inline(always)]
fn copied<A: Tapped, Tok: Token>(stage: &StageCell, arm: &mut SharedSender<(A, Tok)>) -> impl FnMut(&(A, Tok)) {
    move |item| {
        let guard = Guard::new(stage);
        arm.offer_copy(item, |(item, _)| (item.copy(), Tok::none()));
        guard.passed();
    }
}

impl<A: Tapped, Tok: Token> Part<(A, Tok)> for Tap<A, Tok> {
    type Out = (A, Tok);
    const HAS_ARMS: bool = true;

    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (A, Tok)> {
        let Self { stage, arm, .. } = self;
        items.inspect(copied(stage, arm))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        self.stage.add_in(taken);
        self.stage.add_out(taken);
        taken
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        if !std::mem::replace(&mut self.ended, true) {
            return self.arm.poll_finish(cx);
        }
        Poll::Ready(Ok(()))
    }
}
