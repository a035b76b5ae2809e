//! All arms of a block: a list `(arm, (arm, ()))`.

use std::task::{Context, Poll};

use super::{Arm, Cut, WayOut};
use crate::PipelineError;

/// All arms of a block.
pub trait Arms<B> {
    const RUNS: bool;
    const AT_MOST_ONE: bool;
    const TAKES_ALL: bool;
    /// Whether there is an open arm.
    const OPEN: bool;

    fn all_done(&self) -> bool;
    fn any_live(&self) -> bool;
    /// Whether nothing more comes out.
    fn all_satisfied(&self) -> bool;
    fn is_parked(&self, ended: bool) -> bool;
    fn is_parked_within(&self, ended: bool) -> bool;
    /// Whether all that want items accept one, if the block's own way out is `output`.
    fn accept(&self, output: WayOut) -> bool;
    fn has_moved(&self) -> bool;
    /// The room of the one that has least.
    fn room(&self) -> usize;
    fn more(&mut self, cut: Cut) -> Option<B>;
    fn drain(&mut self, cut: Cut);
    /// Asks all; pending while one that wants items does not accept one.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()>;
    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()>;
    fn publish(&mut self);
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>>;
    fn has_failed(&self) -> bool;
    fn failure(&mut self) -> Option<PipelineError>;
    /// How many items all have been given since the last `settle`.
    fn given(&self) -> u64;
    fn settle(&mut self) -> u64;
}

impl<B> Arms<B> for () {
    const RUNS: bool = true;
    const AT_MOST_ONE: bool = true;
    const TAKES_ALL: bool = true;
    const OPEN: bool = false;

    #[inline(always)]
    fn all_done(&self) -> bool {
        true
    }

    #[inline(always)]
    fn any_live(&self) -> bool {
        false
    }

    #[inline(always)]
    fn all_satisfied(&self) -> bool {
        true
    }

    #[inline(always)]
    fn is_parked(&self, _: bool) -> bool {
        false
    }

    fn is_parked_within(&self, _: bool) -> bool {
        false
    }

    #[inline(always)]
    fn accept(&self, _: WayOut) -> bool {
        true
    }

    fn has_moved(&self) -> bool {
        false
    }

    #[inline(always)]
    fn room(&self) -> usize {
        usize::MAX
    }

    #[inline(always)]
    fn more(&mut self, _: Cut) -> Option<B> {
        None
    }

    fn drain(&mut self, _: Cut) {}

    #[inline(always)]
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn poll_gone(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    #[inline(always)]
    fn publish(&mut self) {}

    fn poll_end(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        Poll::Ready(Ok(()))
    }

    #[inline(always)]
    fn has_failed(&self) -> bool {
        false
    }

    fn failure(&mut self) -> Option<PipelineError> {
        None
    }

    fn given(&self) -> u64 {
        0
    }

    fn settle(&mut self) -> u64 {
        0
    }
}

impl<B, X: Arm<B>, R: Arms<B>> Arms<B> for (X, R) {
    const RUNS: bool = X::RUNS && R::RUNS;
    const AT_MOST_ONE: bool = X::AT_MOST_ONE && R::AT_MOST_ONE;
    const TAKES_ALL: bool = X::TAKES_ALL && R::TAKES_ALL;
    const OPEN: bool = X::OPEN || R::OPEN;

    #[inline(always)]
    fn all_done(&self) -> bool {
        self.0.is_done() && self.1.all_done()
    }

    #[inline(always)]
    fn any_live(&self) -> bool {
        self.0.is_live() || self.1.any_live()
    }

    #[inline(always)]
    fn all_satisfied(&self) -> bool {
        self.0.is_satisfied() && self.1.all_satisfied()
    }

    #[inline(always)]
    fn is_parked(&self, ended: bool) -> bool {
        self.0.is_parked(ended) || self.1.is_parked(ended)
    }

    fn is_parked_within(&self, ended: bool) -> bool {
        self.0.is_parked_within(ended) || self.1.is_parked_within(ended)
    }

    #[inline(always)]
    fn accept(&self, output: WayOut) -> bool {
        (self.0.is_done() || self.0.accepts(output)) && self.1.accept(output)
    }

    fn has_moved(&self) -> bool {
        self.0.has_moved() || self.1.has_moved()
    }

    #[inline(always)]
    fn room(&self) -> usize {
        let room = if self.0.is_done() { usize::MAX } else { self.0.room() };
        room.min(self.1.room())
    }

    #[inline(always)]
    fn more(&mut self, cut: Cut) -> Option<B> {
        if self.0.is_parked(cut.ended)
            && let Some(item) = self.0.more(cut)
        {
            return Some(item);
        }
        self.1.more(cut)
    }

    fn drain(&mut self, cut: Cut) {
        self.0.drain(cut);
        self.1.drain(cut);
    }

    #[inline(always)]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        both(self.0.poll_ready(cx), self.1.poll_ready(cx))
    }

    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        both(self.0.poll_gone(cx), self.1.poll_gone(cx))
    }

    #[inline(always)]
    fn publish(&mut self) {
        self.0.publish();
        self.1.publish();
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        let first = self.0.poll_end(cx)?;
        both(first, self.1.poll_end(cx)?).map(Ok)
    }

    #[inline(always)]
    fn has_failed(&self) -> bool {
        self.0.has_failed() || self.1.has_failed()
    }

    fn failure(&mut self) -> Option<PipelineError> {
        self.0.failure().or_else(|| self.1.failure())
    }

    fn given(&self) -> u64 {
        self.0.given() + self.1.given()
    }

    fn settle(&mut self) -> u64 {
        self.0.settle() + self.1.settle()
    }
}

/// Both have been asked; ready when both are.
#[inline(always)]
pub(super) fn both(one: Poll<()>, other: Poll<()>) -> Poll<()> {
    if one.is_ready() && other.is_ready() { Poll::Ready(()) } else { Poll::Pending }
}
