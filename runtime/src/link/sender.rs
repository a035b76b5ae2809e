use std::sync::Arc;
use std::task::{Context, Poll};

use super::core::Writer;
use super::sleeper::Sleeper;
use super::state::LinkState;
use crate::PipelineError;
use crate::stage::{Consumer, Demand, Taken};

/// The upper end of a ring: writes runs of items into free slots and publishes them once a run (G6).
pub struct Sender<T> {
    writer: Writer<T>,
    sleeper: Sleeper,
    paused: bool,
}

impl<T> Sender<T> {
    pub(super) fn new(writer: Writer<T>) -> Self {
        Self { writer, sleeper: Sleeper::default(), paused: false }
    }

    fn state(&self) -> &LinkState {
        self.writer.state()
    }

    #[inline(always)]
    fn settle_run(&mut self) {
        if self.writer.free() == 0 {
            self.fill_up();
        }
    }

    /// After the last slot that was known to be free: publishes, and pauses the link unless the consumer has made room (L2).
    fn fill_up(&mut self) {
        self.writer.look();
        self.writer.publish();
        loop {
            let word = self.writer.look();
            if word.is_gone() || self.writer.free() > 0 {
                return;
            }
            if self.state().try_pause(word, self.state().capacity()).is_ok() {
                self.paused = true;
                return;
            }
        }
    }
}

impl<T> Consumer<T> for Sender<T> {
    const LINK: bool = true;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Demand> {
        if !self.paused && self.writer.free() == 0 {
            self.fill_up();
        }
        if self.paused {
            let word = std::task::ready!(self.writer.state().poll_drained(cx, &mut self.sleeper));
            self.paused = word.is_paused();
        } else if self.writer.free() > 0 {
            return Poll::Ready(Demand::Open);
        }
        let gone = self.writer.look().is_gone();
        Poll::Ready(if gone { Demand::Gone } else { Demand::Open })
    }

    #[inline(always)]
    fn room(&self) -> usize {
        self.writer.free()
    }

    #[inline(always)]
    fn is_open(&self) -> bool {
        self.writer.free() > 0
    }

    #[inline]
    fn consume<I: Iterator<Item = T>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
        loop {
            let mut run = self.writer.run();
            // When all are certain to fit, the compiler gets a loop with one exit.
            if let Some(most) = items.size_hint().1
                && most <= run.left()
            {
                run.cut(most);
                items.for_each(|item| run.put(item));
                drop(run);
                self.settle_run();
                return Ok(Taken::All);
            }
            while run.left() > 0 {
                let Some(item) = items.next() else {
                    drop(run);
                    self.settle_run();
                    return Ok(Taken::All);
                };
                run.put(item);
            }
            drop(run);
            self.settle_run();
            if self.writer.free() == 0 {
                return Ok(Taken::Full);
            }
        }
    }

    fn publish(&mut self) {
        self.writer.publish();
    }

    fn is_paused(&self) -> bool {
        self.paused
    }

    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.writer.state().poll_gone(cx, &mut self.sleeper)
    }

    /// Without it the stream has not ended: of a failure or an abort the supervisor tells those below, not the link.
    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.writer.publish();
        self.state().end();
        Poll::Ready(Ok(()))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.writer.state().producer_goes(&mut self.sleeper);
    }
}

/// A link with one producer and one consumer.
#[track_caller]
pub(crate) fn ring<T>(state: Arc<LinkState>) -> (Sender<T>, super::Receiver<T>) {
    let (writer, reader) = super::core::ring(state);
    (Sender::new(writer), super::Receiver::new(reader))
}
