//! What a fan-in reads: several links.

use std::sync::Arc;
use std::task::{Context, Poll};

use super::{At, Counted, Direct, HasItem, Head, SameItem, StageCell, Stream};
use crate::PipelineError;
use crate::link::AnyReceiver;

/// The inputs of a fan-in that is being built, in the order of the text.
#[must_use = "inputs do nothing until they are joined"]
pub struct Inputs<A>(Vec<AnyReceiver<A>>);

/// The first input of a fan-in.
pub fn input<A, R: Into<AnyReceiver<A>>>(s: Stream<A, R, Direct>) -> Inputs<A> {
    Inputs(vec![s.head.into()])
}

/// No input yet: of copies that take turns, each adds its own.
pub fn inputs<A>() -> Inputs<A> {
    Inputs(Vec::new())
}

impl<A> Inputs<A> {
    /// One more input, whose items are of the same type.
    pub fn and<B, S>(mut self, s: S) -> Self
    where
        S: HasItem<B> + SameItem<A, B, Head: Into<AnyReceiver<A>>>,
    {
        self.0.push(s.same().head.into());
        self
    }

    /// One more input, of a copy like the one before.
    pub fn push<R: Into<AnyReceiver<A>>>(&mut self, s: Stream<A, R, Direct>) {
        self.0.push(s.head.into());
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The inputs of the fan-in that stands at `at`.
    pub(crate) fn joined(self, at: &At<'_, '_>) -> Joined<A> {
        Joined { open: self.0, stage: at.cell(), counted: 0 }
    }
}

/// The inputs of a fan-in that have not ended, and its counters.
pub(crate) struct Joined<A> {
    pub(crate) open: Vec<AnyReceiver<A>>,
    stage: Arc<StageCell>,
    /// Items given since they were last asked for, of inputs that were settled in between.
    pub(crate) counted: u64,
}

impl<A> Joined<A> {
    /// Whether any input has an item; asks nobody to wake the task.
    #[inline]
    pub(crate) fn any_ready(&mut self) -> bool {
        self.open.iter_mut().any(|input| input.ready(1) > 0)
    }

    /// Waits until any input has an item (`true`), or all have ended (`false`). Tells `left` which inputs are left out, as they stand then.
    pub(crate) fn poll_any(
        &mut self,
        cx: &mut Context<'_>,
        mut left: impl FnMut(usize),
    ) -> Poll<Result<bool, PipelineError>> {
        // The first look costs the producers nothing: they need not wake a task that has work.
        if self.any_ready() {
            return Poll::Ready(Ok(true));
        }
        let mut at = 0;
        while let Some(input) = self.open.get_mut(at) {
            match input.poll_items(cx)? {
                Poll::Ready(true) => return Poll::Ready(Ok(true)),
                Poll::Ready(false) => {
                    self.leave(at);
                    left(at);
                }
                Poll::Pending => at += 1,
            }
        }
        if self.open.is_empty() { Poll::Ready(Ok(false)) } else { Poll::Pending }
    }

    /// Leaves out an input that has ended.
    pub(crate) fn leave(&mut self, at: usize) {
        self.open.remove(at);
    }

    pub(crate) fn settle(&mut self) -> u64 {
        let taken = std::mem::take(&mut self.counted) + self.open.iter_mut().map(Head::settle).sum::<u64>();
        self.stage.add_in(taken);
        self.stage.add_out(taken);
        taken
    }

    pub(crate) fn stop(&mut self) {
        self.open.iter_mut().for_each(Head::stop);
    }

    pub(crate) fn cancel(&mut self) {
        self.open.iter_mut().for_each(Head::cancel);
    }
}
