//! THE loop: await room -> take -> operate -> push. Every task but those of asynchronous sinks is driven by it.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::{Consumer, Cut, Demand, Drive, Head, Pace, Part, Stop, Taken, TaskCell};
use crate::Signal;

/// How many parked items leave at once when the input has ended, before others get their turn (G5).
const MOST_AT_THE_END: usize = 1024;

/// A head, the fused stages below it, and where their items go.
pub struct Chain<H, P, K> {
    head: H,
    /// The stages and the consumer; gone as soon as they are cancelled.
    rest: Option<(P, K)>,
    cell: Arc<TaskCell>,
    phase: Phase,
    stopped: bool,
    /// The head was told that the output is paused.
    told: bool,
    pace: Pace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Items flow.
    Flow,
    /// No more input: what the stages hold leaves.
    Rest,
    /// The consumer is told the end.
    Finish,
    /// The source is closed.
    Close,
}

impl<H, P, K> Chain<H, P, K> {
    pub(crate) fn new(head: H, part: P, consumer: K, cell: Arc<TaskCell>) -> Self {
        Self {
            head,
            rest: Some((part, consumer)),
            cell,
            phase: Phase::Flow,
            stopped: false,
            told: false,
            pace: Pace::new(),
        }
    }
}

impl<H: Head, P: Part<H::Item>, K: Consumer<P::Out>> Drive for Chain<H, P, K> {
    fn cell(&self) -> &Arc<TaskCell> {
        &self.cell
    }

    fn poll_drive(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        if self.phase == Phase::Flow {
            ready!(self.poll_flow(cx))?;
        }
        self.poll_end(cx)
    }

    fn cancel(&mut self) {
        self.phase = Phase::Close;
        self.head.cancel();
        self.rest = None;
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.head.poll_close(cx)
    }
}

impl<H: Head, P: Part<H::Item>, K: Consumer<P::Out>> Chain<H, P, K> {
    /// Moves items until there is no more input (`Ready`), or the task has to wait.
    fn poll_flow(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        loop {
            let Some((part, consumer)) = &mut self.rest else { return Poll::Ready(Err(Stop::Cancelled)) };
            let flags = self.cell.flags();
            if flags.cancelled() {
                return Poll::Ready(Err(Stop::Cancelled));
            }
            if flags.finishing() && !self.stopped {
                self.stopped = true;
                self.head.stop();
            }
            if part.is_satisfied() || consumer.is_satisfied() {
                self.head.cancel();
                self.phase = Phase::Rest;
                return Poll::Ready(Ok(()));
            }

            // Await room.
            match consumer.poll_ready(cx) {
                Poll::Ready(Demand::Open) => {
                    if std::mem::take(&mut self.told) {
                        self.head.signal(Signal::Drain);
                    }
                }
                Poll::Ready(Demand::Gone) => return self.leave(),
                Poll::Pending => {
                    self.head.poll_work(cx)?;
                    // A failure needs no room (L8).
                    if self.head.with_next(|item| part.fails(item)) == Some(true) {
                        let cut = Cut { ended: false, most: 1 };
                        let none = part.adapt(self.head.items(1), cut).next().is_none();
                        debug_assert!(none, "an item that fails does not come out");
                        if let Some(failure) = part.failure() {
                            return Poll::Ready(Err(Stop::Failed(failure)));
                        }
                    }
                    // Nor does the end: a source that was stopped is closed although the link below it is full (L8).
                    if self.head.is_source()
                        && self.stopped
                        && !part.is_parked()
                        && self.head.poll_items(cx)? == Poll::Ready(false)
                    {
                        self.phase = Phase::Rest;
                        return Poll::Ready(Ok(()));
                    }
                    self.pace.slowed(self.cell.blocked());
                    return Poll::Pending;
                }
            }

            // Take, unless others are to have their turn; what is parked comes before what is new.
            let most = self.pace.limit(&self.cell);
            let mut limit = most;
            if limit == 0 {
                consumer.publish();
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if part.is_parked() {
                limit = 0;
            } else {
                if self.head.is_source() && flags.paused() && !self.stopped {
                    consumer.publish();
                    if consumer.poll_gone(cx).is_ready() {
                        return self.leave();
                    }
                    self.pace.slowed(self.cell.idle());
                    return Poll::Pending;
                }
                match self.head.poll_items(cx)? {
                    Poll::Ready(true) => limit = limit.min(consumer.room()),
                    Poll::Ready(false) => {
                        self.phase = Phase::Rest;
                        return Poll::Ready(Ok(()));
                    }
                    Poll::Pending => {
                        consumer.publish();
                        if consumer.poll_gone(cx).is_ready() {
                            return self.leave();
                        }
                        self.pace.slowed(self.cell.idle());
                        return Poll::Pending;
                    }
                }
            }

            // Operate and push: the consumer pulls the run through the stages.
            let outcome = consumer.consume(part.adapt(self.head.items(limit), Cut { ended: false, most }));
            let taken = self.head.settle();
            let passed = part.settle(taken);
            consumer.settle(passed);
            if let Some(failure) = part.failure() {
                return Poll::Ready(Err(Stop::Failed(failure)));
            }
            outcome?;
            if consumer.is_paused() && !self.told {
                self.told = true;
                self.head.signal(Signal::Pause);
            }
            self.pace.moved(usize::try_from(taken.max(passed)).unwrap_or(usize::MAX), &self.cell);
        }
    }

    /// Nobody is below any more: nothing is left to do but to close (S3).
    fn leave(&mut self) -> Poll<Result<(), Stop>> {
        self.head.cancel();
        self.phase = Phase::Close;
        Poll::Ready(Ok(()))
    }

    /// Lets out what the stages hold, tells the consumer, closes the source.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        let closed = self.head.poll_close(cx);
        loop {
            // The end of a link and its failure look alike from below: the flags tell (E1).
            if self.cell.flags().cancelled() {
                return Poll::Ready(Err(Stop::Cancelled));
            }
            let Some((part, consumer)) = &mut self.rest else { return Poll::Ready(Err(Stop::Cancelled)) };
            match self.phase {
                // What holds nothing needs no room to end (L8).
                Phase::Flow | Phase::Rest if !part.has_rest() => self.phase = Phase::Finish,
                Phase::Flow | Phase::Rest => {
                    let Poll::Ready(demand) = consumer.poll_ready(cx) else {
                        self.cell.blocked();
                        return Poll::Pending;
                    };
                    if demand == Demand::Gone {
                        self.phase = Phase::Close;
                        continue;
                    }
                    let cut = Cut { ended: true, most: MOST_AT_THE_END };
                    let outcome = consumer.consume(part.adapt(self.head.items(0), cut));
                    consumer.settle(part.settle(self.head.settle()));
                    if let Some(failure) = part.failure() {
                        return Poll::Ready(Err(Stop::Failed(failure)));
                    }
                    if consumer.is_satisfied() || outcome? == Taken::All && !part.is_parked() {
                        self.phase = Phase::Finish;
                    } else if part.is_parked() && !consumer.is_paused() {
                        consumer.publish();
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
                Phase::Finish => {
                    ready!(consumer.poll_finish(cx))?;
                    self.phase = Phase::Close;
                }
                Phase::Close => {
                    ready!(closed);
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}
