//! What a fan-in reads: several links.

use std::sync::Arc;
use std::task::{Context, Poll};

use super::{At, Counted, Direct, HasItem, Head, Meet, SameItem, StageCell, Stream};
use crate::link::AnyReceiver;
use crate::{PipelineError, Token};

/// The inputs of a fan-in that is being built, in the order of the text.
#[must_use = "inputs do nothing until they are joined"]
pub struct Inputs<A, Tok>(Vec<AnyReceiver<A, Tok>>);

/// The first input of a fan-in.
pub fn input<A, Tok, R: Into<AnyReceiver<A, Tok>>>(s: Stream<A, Tok, R, Direct>) -> Inputs<A, Tok> {
    Inputs(vec![s.head.into()])
}

/// No input yet: of copies that take turns, each adds its own.
pub fn inputs<A, Tok>() -> Inputs<A, Tok> {
    Inputs(Vec::new())
}

impl<A, Tok: Token> Inputs<A, Tok> {
    /// One more input, whose items are of the same type.
    pub fn and<B, S>(self, s: S) -> Inputs<A, Tok::Both>
    where
        S: HasItem<B> + SameItem<A, B, Head: Into<AnyReceiver<A, S::Token>>>,
        S::Token: Token,
        Tok: Meet<S::Token>,
    {
        let more = Tok::others(s.same().head.into());
        Inputs(self.0.into_iter().map(Tok::mine).chain([more]).collect())
    }

    /// One more input, of a copy like the one before.
    pub fn push<R: Into<AnyReceiver<A, Tok>>>(&mut self, s: Stream<A, Tok, R, Direct>) {
        self.0.push(s.head.into());
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The inputs of the fan-in that stands at `at`.
    pub(crate) fn joined(self, at: &At<'_, '_>) -> Joined<A, Tok> {
        Joined { open: self.0, stage: at.cell(), counted: 0 }
    }
}

/// The inputs of a fan-in that have not ended, and its counters.
pub(crate) struct Joined<A, Tok> {
    pub(crate) open: Vec<AnyReceiver<A, Tok>>,
    stage: Arc<StageCell>,
    /// Items given since they were last asked for, of inputs that were settled in between.
    pub(crate) counted: u64,
}

impl<A, Tok: Token> Joined<A, Tok> {
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
