use std::task::{Context, Poll};

use super::core::Reader;
use super::sleeper::Sleeper;
use crate::PipelineError;
use crate::stage::{Arrivals, Counted, Head};

/// The lower end of a ring: takes runs of items, in order, and publishes once a run what it took (G6).
pub struct Receiver<T> {
    reader: Reader<T>,
    sleeper: Sleeper,
    ended: bool,
    left: bool,
    /// Items taken when they were last counted.
    counted: usize,
}

impl<T> Receiver<T> {
    pub(super) fn new(reader: Reader<T>) -> Self {
        Self { reader, sleeper: Sleeper::default(), ended: false, left: false, counted: 0 }
    }

    /// How long the next run may be, so that a pause, also one that begins meanwhile, ends exactly at the low mark (L3, R5).
    #[inline]
    fn cut(&mut self, limit: usize) -> usize {
        if limit == 0 || self.left {
            return 0;
        }
        // First whether it is paused: the writer's index that is read after it is then the one at which it was paused.
        let paused = self.reader.state().is_paused();
        self.reader.look();
        let low = self.reader.state().low();
        limit.min(if paused { self.reader.len() - low } else { self.reader.state().capacity() - low })
    }
}

impl<T> Head for Receiver<T> {
    type Item = T;

    #[inline]
    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        if self.left {
            return Poll::Ready(Ok(false));
        }
        if self.reader.len() > 0 {
            return Poll::Ready(Ok(true));
        }
        if !self.ended {
            let word = std::task::ready!(self.reader.state().poll_filled(cx, &mut self.sleeper, self.reader.taken()));
            self.reader.look();
            self.ended = word.is_ended();
        }
        Poll::Ready(Ok(self.reader.len() > 0))
    }

    #[inline]
    fn items(&mut self, limit: usize) -> impl Iterator<Item = T> {
        let limit = self.cut(limit);
        self.reader.run(limit)
    }

    fn settle(&mut self) -> u64 {
        let before = std::mem::replace(&mut self.counted, self.reader.taken());
        self.reader.taken().wrapping_sub(before) as u64
    }

    fn note_dropped(&self, items: u64) {
        self.reader.state().note_dropped(items);
    }

    fn cancel(&mut self) {
        if !self.left {
            self.left = true;
            self.reader.leave(&mut self.sleeper);
        }
    }
}

impl<T> Arrivals for Receiver<T> {
    fn poll_arrivals(&mut self, cx: &mut Context<'_>, known: usize) -> Poll<(usize, bool)> {
        let word = std::task::ready!(self.reader.state().poll_filled(cx, &mut self.sleeper, known));
        self.reader.look();
        self.ended = word.is_ended();
        Poll::Ready((self.reader.taken().wrapping_add(self.reader.len()), !self.ended))
    }

    fn gone(&self) -> usize {
        self.reader.taken()
    }
}

impl<T> Counted for Receiver<T> {
    #[inline]
    fn ready(&mut self, limit: usize) -> usize {
        let limit = self.cut(limit);
        self.reader.sure(limit)
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}
