use std::sync::Arc;
use std::task::{Context, Poll};

use super::cells::StageCell;
use super::{Cut, Head, Pace, Pair, Part, Wait};
use crate::{PipelineError, Signal};

/// The end of a segment, fused with what follows: a head, and the stages below it that the segment brought along (G1).
///
/// It does with them what `drive.rs` does with a task's own, but for the room: whoever reads it has that.
pub struct Fused<H, P> {
    head: H,
    /// Gone as soon as it is cancelled.
    part: Option<P>,
    /// The stage that the segment is in the pipeline around it.
    stage: Arc<StageCell>,
    /// What goes in may be far more than what comes out (G5).
    pace: Pace,
    /// No more input: what the stages hold leaves.
    ended: bool,
    failure: Option<PipelineError>,
}

impl<H: Head<Item: Pair>, P: Part<H::Item>> Fused<H, P> {
    pub(crate) fn new(head: H, part: P, stage: Arc<StageCell>) -> Self {
        Self { head, part: Some(part), stage, pace: Pace::new(), ended: false, failure: None }
    }

    fn is_parked(&self) -> bool {
        self.part.as_ref().is_some_and(|part| part.is_parked())
    }

    /// Whether what comes next has yet to enter.
    fn is_hungry(&self) -> bool {
        let hungry = |part: &P| !part.is_parked() && !part.is_satisfied();
        !self.ended && self.failure.is_none() && self.part.as_ref().is_some_and(hungry)
    }
}

impl<H: Head<Item: Pair>, P: Part<H::Item>> Head for Fused<H, P> {
    type Item = P::Out;

    /// What has entered already is not held: what is parked, the rest at the end, a failure.
    fn is_source(&self) -> bool {
        self.head.is_source() && self.is_hungry()
    }

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        if let Some(failure) = self.failure.take() {
            return Poll::Ready(Err(failure));
        }
        let Some(part) = &mut self.part else { return Poll::Ready(Ok(false)) };
        if self.pace.limit(self.stage.task()) == 0 {
            cx.waker().wake_by_ref();
            self.stage.note_wait(Wait::Turn);
            return Poll::Pending;
        }
        if !self.ended {
            if part.is_satisfied() {
                self.head.cancel();
            } else if part.is_parked() {
                return Poll::Ready(Ok(true));
            } else {
                let Poll::Ready(filled) = self.head.poll_items(cx) else {
                    self.stage.note_wait(self.head.waits_for());
                    return Poll::Pending;
                };
                if filled? {
                    return Poll::Ready(Ok(true));
                }
            }
            self.ended = true;
        }
        Poll::Ready(Ok(part.has_rest()))
    }

    fn waits_for(&self) -> Wait {
        self.stage.wait()
    }

    #[inline(always)]
    fn items(&mut self, limit: usize) -> impl Iterator<Item = P::Out> {
        // What is parked comes before what is new. No stage gives more than `most` of one run, so that is the limit of all.
        let new = if self.ended || self.is_parked() { 0 } else { self.pace.limit(self.stage.task()).max(1).min(limit) };
        let cut = Cut { ended: self.ended && limit > 0 && !self.is_parked(), most: limit };
        let Self { head, part, .. } = self;
        Given(part.as_mut().map(|part| part.adapt(head.items(new), cut)))
    }

    fn with_next<R>(&self, f: impl FnOnce(&<P::Out as Pair>::Bare) -> R) -> Option<R> {
        let part = self.part.as_ref().filter(|part| !part.is_parked())?;
        self.head.with_next(|item| part.with_view(item, f)).flatten()
    }

    fn settle(&mut self) -> u64 {
        let taken = self.head.settle();
        let Some(part) = &mut self.part else { return 0 };
        let passed = part.settle(taken);
        self.stage.add_out(passed);
        let moved = usize::try_from(taken.max(passed)).unwrap_or(usize::MAX);
        self.pace.moved(moved, self.stage.task());
        if self.failure.is_none() {
            self.failure = part.failure();
        }
        if !self.ended && part.is_satisfied() {
            self.ended = true;
            self.head.cancel();
        }
        passed
    }

    fn poll_work(&mut self, cx: &mut Context<'_>) -> Result<(), PipelineError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.ended {
            // Nothing more is wanted of the source: it is closed although there is no room for what is left (L8).
            let _ = self.head.poll_close(cx);
            return Ok(());
        }
        self.head.poll_work(cx)?;
        // A failure needs no room (L8).
        let Some(part) = self.part.as_mut().filter(|part| !part.is_parked()) else { return Ok(()) };
        if self.head.with_next(|item| part.fails(item)) == Some(true) {
            let none = part.adapt(self.head.items(1), Cut { ended: false, most: 1 }).next().is_none();
            debug_assert!(none, "an item that fails does not come out");
            part.failure().map_or(Ok(()), Err)?;
        }
        Ok(())
    }

    fn signal(&mut self, signal: Signal) {
        self.head.signal(signal);
    }

    fn stop(&mut self) {
        self.head.stop();
    }

    fn cancel(&mut self) {
        self.ended = true;
        self.head.cancel();
        self.part = None;
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.head.poll_close(cx)
    }
}

/// A run of what there is, or an empty one.
struct Given<I>(Option<I>);

impl<I: Iterator> Iterator for Given<I> {
    type Item = I::Item;

    #[inline(always)]
    fn next(&mut self) -> Option<I::Item> {
        self.0.as_mut()?.next()
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.as_ref().map_or((0, Some(0)), Iterator::size_hint)
    }

    #[inline(always)]
    fn fold<B, F: FnMut(B, I::Item) -> B>(self, init: B, f: F) -> B {
        match self.0 {
            Some(items) => items.fold(init, f),
            None => init,
        }
    }
}
