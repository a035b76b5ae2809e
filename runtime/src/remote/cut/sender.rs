use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use super::half::Half;
use super::tally::Tally;
use super::{Cut, Portable};
use crate::link::Sleeper;
use crate::remote::{Broker, Codec, Publisher, RemoteError};
use crate::stage::{Consumer, Demand, Guard, StageCell, Taken};
use crate::{PipelineError, Token};

/// The upper half: what a task ends in whose items go to a broker. An item's token is done when the broker has confirmed that it has the item.
pub struct RemoteSender<A, Tok, B: Broker, C: Codec> {
    half: Half<Publisher<B, C>>,
    /// Those of the items that are not confirmed, the oldest first.
    tokens: VecDeque<Tok>,
    /// How many are confirmed.
    confirmed: u64,
    /// For so many items there is room now.
    room: usize,
    paused: bool,
    /// The task has no more items for now: what is in hand need not wait for others.
    lone: bool,
    /// The task's.
    waker: Waker,
    /// What is below the queue runs elsewhere.
    alone: bool,
    tally: Arc<Tally>,
    sleeper: Sleeper,
    stage: Arc<StageCell>,
    item: PhantomData<fn(A)>,
}

impl<A, Tok: Token, B: Broker, C: Codec> RemoteSender<A, Tok, B, C> {
    pub(super) fn new(cut: &Cut<B, C>, stage: Arc<StageCell>, alone: bool) -> Self {
        let Cut { queue, capacity, low, tally } = cut;
        let (queue, capacity, low, tally) = (queue.clone(), *capacity, *low, Arc::clone(tally));
        Self {
            half: Half::new(async move { queue.publisher(capacity, low).await }),
            tokens: VecDeque::new(),
            confirmed: 0,
            room: 0,
            paused: false,
            lone: false,
            waker: Waker::noop().clone(),
            alone,
            tally,
            sleeper: Sleeper::default(),
            stage,
            item: PhantomData,
        }
    }

    /// Takes note of what the publisher has come to: what is stored, and whether the queue is full.
    fn note(&mut self) {
        let Some(publisher) = self.half.open() else { return };
        self.paused = publisher.paused().is_some();
        while let Some(change) = publisher.take_change() {
            self.tally.signal(&change);
        }
        let stored = publisher.sent().position.saturating_sub(self.confirmed);
        let stored = usize::try_from(stored).unwrap_or(usize::MAX).min(self.tokens.len());
        self.tokens.drain(..stored).for_each(Token::done);
        self.confirmed += stored as u64;
        self.tally.entered(stored);
    }

    fn failure(&self, cause: RemoteError) -> PipelineError {
        PipelineError::failed(&self.tally.state().name(), cause.into())
    }

    /// The publisher's room; pending while there is none.
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, RemoteError>> {
        let Some(publisher) = ready!(self.half.poll_open(cx, |publisher| self.tally.gauged(publisher.gauge())))? else {
            return Poll::Pending;
        };
        let room = publisher.poll_room(cx, std::mem::take(&mut self.lone));
        self.note();
        room
    }
}

impl<A: Portable, Tok: Token, B: Broker, C: Codec> Consumer<(A, Tok)> for RemoteSender<A, Tok, B, C> {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Demand> {
        self.room = 0;
        self.waker.clone_from(cx.waker());
        if self.poll_gone(cx).is_ready() {
            return Poll::Ready(Demand::Gone);
        }
        match self.poll_room(cx) {
            Poll::Ready(Ok(room)) => {
                self.room = room;
                Poll::Ready(Demand::Open)
            }
            Poll::Ready(Err(cause)) => {
                self.half = Half::Gone;
                self.stage.task().run().fail(self.failure(cause));
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn room(&self) -> usize {
        self.room
    }

    fn is_open(&self) -> bool {
        self.room > 0
    }

    fn consume<I: Iterator<Item = (A, Tok)>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
        let Some(publisher) = self.half.open() else { return Ok(Taken::Full) };
        while self.room > 0 {
            let Some((item, token)) = items.next() else { return Ok(Taken::All) };
            let guard = Guard::new(&self.stage);
            let pushed = publisher.push(&item);
            drop(item);
            guard.passed();
            if let Err(cause) = pushed {
                token.failed();
                return Err(self.failure(cause));
            }
            self.tokens.push_back(token);
            self.room = publisher.room();
        }
        Ok(Taken::Full)
    }

    /// Before the task waits. Only in its next turn can a frame leave that is not full; while another is on its way, the answer to that
    /// one brings the turn.
    fn publish(&mut self) {
        let Some(publisher) = self.half.open() else { return };
        self.lone = true;
        if publisher.has_lone() {
            self.waker.wake_by_ref();
        }
    }

    fn is_paused(&self) -> bool {
        self.paused
    }

    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.tally.state().poll_gone(cx, &mut self.sleeper)
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        // A program that is told to finish has more to give when it runs again; the workers elsewhere wait for that.
        let goes_on = self.alone && self.stage.task().flags().finishing();
        let finished = match ready!(self.half.poll_open(cx, |publisher| self.tally.gauged(publisher.gauge()))) {
            Ok(Some(publisher)) if goes_on => publisher.poll_flush(cx),
            Ok(Some(publisher)) => publisher.poll_finish(cx),
            Ok(None) => Poll::Ready(Ok(())),
            Err(cause) => Poll::Ready(Err(cause)),
        };
        self.note();
        ready!(finished).map_err(|cause| self.failure(cause))?;
        self.tally.state().end();
        Poll::Ready(Ok(()))
    }
}

impl<A, Tok, B: Broker, C: Codec> Drop for RemoteSender<A, Tok, B, C> {
    fn drop(&mut self) {
        self.tally.state().producer_goes(&mut self.sleeper);
    }
}
