//! THE loop: await room -> take -> operate -> push. Every task but those of asynchronous sinks is driven by it.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::clock::{self, RunClock};
use super::{Branch, Consumer, Cut, Drive, Head, Line, Pace, Pair, Part, Stop, TaskCell, Wait};
use crate::{PipelineError, Signal};

/// A head, and the line below it.
pub struct Chain<H, P, K> {
    head: H,
    /// Gone as soon as it is cancelled.
    line: Option<Line<P, K>>,
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
    /// No more input: the line ends.
    End,
    /// The source is closed.
    Close,
}

impl<A, P, K> Chain<Branch<A>, P, K> {
    /// What is below the head; for a closed arm, which has none.
    pub(crate) fn into_line(self) -> Line<P, K> {
        match self.line {
            Some(line) => line,
            None => unreachable!("a chain is cancelled only when it is driven"),
        }
    }
}

impl<H, P, K> Chain<H, P, K> {
    pub(crate) fn new(head: H, part: P, consumer: K, cell: Arc<TaskCell>) -> Self {
        Self {
            head,
            line: Some(Line::new(part, consumer)),
            cell,
            phase: Phase::Flow,
            stopped: false,
            told: false,
            pace: Pace::new(),
        }
    }
}

impl<H: Head<Item: Pair>, P: Part<H::Item>, K: Consumer<P::Out>> Drive for Chain<H, P, K> {
    fn cell(&self) -> &Arc<TaskCell> {
        &self.cell
    }

    fn poll_drive(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        if self.phase == Phase::Flow {
            ready!(self.poll_flow(cx))?;
        }
        self.poll_end(cx)
    }

    fn failure(&mut self) -> Option<PipelineError> {
        self.line.as_mut()?.part_mut().failure()
    }

    fn cancel(&mut self) {
        self.phase = Phase::Close;
        self.head.cancel();
        self.line = None;
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.head.poll_close(cx)
    }
}

impl<H: Head<Item: Pair>, P: Part<H::Item>, K: Consumer<P::Out>> Chain<H, P, K> {
    /// Moves items until there is no more input (`Ready`), or the task has to wait.
    fn poll_flow(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        let _clock = RunClock::start();
        loop {
            let Some(line) = &mut self.line else { return Poll::Ready(Err(Stop::Cancelled)) };
            let flags = self.cell.flags();
            if flags.cancelled() {
                return Poll::Ready(Err(Stop::Cancelled));
            }
            if flags.finishing() && !self.stopped {
                self.stopped = true;
                self.head.stop();
            }
            if line.is_done() {
                return self.leave();
            }

            // Await room.
            let room = line.poll_room(cx);
            if let Some(failure) = line.part_mut().failure() {
                return Poll::Ready(Err(Stop::Failed(failure)));
            }
            let Poll::Ready(output) = room else { return self.wait_for_room(cx) };
            if line.is_done() {
                return self.leave();
            }
            if std::mem::replace(&mut self.told, false) {
                self.head.signal(Signal::Drain);
            }

            // Take, unless others are to have their turn; what is parked comes before what is new.
            let most = self.pace.limit(&self.cell);
            let mut limit = most;
            if limit == 0 {
                line.publish();
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let parked = line.is_parked(output);
            if parked {
                limit = 0;
            } else {
                let held = self.head.is_source() && flags.paused() && !self.stopped;
                match if held { Poll::Pending } else { self.head.poll_items(cx)? } {
                    Poll::Ready(true) => limit = limit.min(line.room(output)),
                    Poll::Ready(false) => {
                        self.phase = Phase::End;
                        return Poll::Ready(Ok(()));
                    }
                    Poll::Pending => {
                        if self.head.is_source() {
                            clock::renew();
                        }
                        line.publish();
                        if line.poll_gone(cx).is_ready() {
                            return self.leave();
                        }
                        let wait = if held { Wait::Items } else { self.head.waits_for() };
                        self.pace.slowed(self.cell.rest(wait));
                        return Poll::Pending;
                    }
                }
            }

            // Operate and push: the consumer pulls the run through the stages.
            clock::renew();
            let outcome = line.push(self.head.items(limit), Cut { ended: false, most }, output);
            let stuck = parked && !line.part().has_moved() && line.is_parked(output);
            let taken = self.head.settle();
            let passed = line.settle(taken);
            if let Some(failure) = line.part_mut().failure() {
                return Poll::Ready(Err(Stop::Failed(failure)));
            }
            outcome?;
            if stuck {
                // What is parked is held up by an arm further down.
                return self.wait_for_room(cx);
            }
            // Where closed arms still take items, the source is still asked for them (L6).
            if line.consumer().is_paused() && !line.part().flows_when_full() {
                self.told = true;
                self.head.signal(Signal::Pause);
            }
            self.pace.moved(usize::try_from(taken.max(passed)).unwrap_or(usize::MAX), &self.cell);
        }
    }

    /// There is no room, here or in a closed arm; whoever makes some wakes the task.
    fn wait_for_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        let Some(line) = &mut self.line else { return Poll::Ready(Err(Stop::Cancelled)) };
        // A source hears that it is not asked (L6), also when it is a closed arm that has no room.
        if !std::mem::replace(&mut self.told, true) {
            self.head.signal(Signal::Pause);
        }
        self.head.poll_work(cx)?;
        // A failure needs no room (L8).
        let part = line.part_mut();
        if !P::PLAIN && !part.is_parked() && self.head.with_next(|item| part.fails(item)) == Some(true) {
            let cut = Cut { ended: false, most: 1 };
            let none = part.adapt(self.head.items(1), cut).next().is_none();
            debug_assert!(none, "an item that fails does not come out");
            if let Some(failure) = part.failure() {
                return Poll::Ready(Err(Stop::Failed(failure)));
            }
        }
        // Nor does the end: a source that was stopped is closed although the link below it is full (L8).
        if self.head.is_source() && self.stopped && !part.is_parked() && self.head.poll_items(cx)? == Poll::Ready(false)
        {
            self.phase = Phase::End;
            return Poll::Ready(Ok(()));
        }
        line.publish();
        self.pace.slowed(self.cell.blocked());
        Poll::Pending
    }

    /// Nothing more is wanted: the input is let go, and the line ends (S3).
    fn leave(&mut self) -> Poll<Result<(), Stop>> {
        self.head.cancel();
        self.phase = Phase::End;
        Poll::Ready(Ok(()))
    }

    /// Lets out what the stages hold, tells those below, closes the source.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        let closed = self.head.poll_close(cx);
        while self.phase == Phase::End {
            // The end of a link and its failure look alike from below: the flags tell (E1).
            if self.cell.flags().cancelled() {
                return Poll::Ready(Err(Stop::Cancelled));
            }
            let Some(line) = &mut self.line else { return Poll::Ready(Err(Stop::Cancelled)) };
            match line.poll_end(cx, self.head.items(0)) {
                Poll::Ready(Ok(true)) => self.phase = Phase::Close,
                Poll::Ready(Ok(false)) => {}
                Poll::Ready(Err(failure)) => return Poll::Ready(Err(Stop::Failed(failure))),
                Poll::Pending => {
                    // The last run too: what an arm was given may be what frees another (G6).
                    line.publish();
                    self.cell.blocked();
                    return Poll::Pending;
                }
            }
        }
        if closed.is_pending() {
            self.cell.rest(Wait::Own);
        }
        closed.map(Ok)
    }
}
