//! The lower end of a link behind a lock: in the hands of one task, or of several.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::SharedLink;
use crate::PipelineError;
use crate::stage::{Arrivals, Counted, Head};
use crate::sync::{AtomicUsize, Ordering};

/// The lower end.
pub struct SharedReceiver<T> {
    link: Arc<SharedLink<T>>,
    left: bool,
    counted: u64,
    woken: Vec<Waker>,
}

impl<T> SharedReceiver<T> {
    pub(crate) fn new(link: Arc<SharedLink<T>>) -> Self {
        Self { link, left: false, counted: 0, woken: Vec::new() }
    }

    pub(crate) fn link(&self) -> &SharedLink<T> {
        &self.link
    }
}

/// The items of a link, one after the other, counted; `woken` is lent for its memory.
fn taking<T>(link: &SharedLink<T>, woken: &mut Vec<Waker>, counted: &mut u64) -> impl Iterator<Item = T> {
    std::iter::from_fn(|| {
        let item = link.take(woken)?;
        *counted += 1;
        Some(item)
    })
}

impl<T> Head for SharedReceiver<T> {
    type Item = T;

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        if self.left {
            return Poll::Ready(Ok(false));
        }
        self.link.poll_filled(cx).map(Ok)
    }

    fn items(&mut self, limit: usize) -> impl Iterator<Item = T> {
        let Self { link, left, counted, woken } = self;
        let limit = if *left { 0 } else { limit };
        taking(link, woken, counted).take(limit)
    }

    fn settle(&mut self) -> u64 {
        std::mem::take(&mut self.counted)
    }

    fn note_dropped(&self, items: u64) {
        self.link.state.note_dropped(items);
    }

    fn cancel(&mut self) {
        if !self.left {
            self.left = true;
            self.link.leave();
        }
    }
}

impl<T> SharedReceiver<T> {
    /// The same lower end in the hands of `n` tasks.
    pub(crate) fn shared_by(mut self, n: usize) -> Vec<Turn<T>> {
        // It does not leave the link: those who share it do, the last of them for good.
        self.left = true;
        let link = Arc::clone(&self.link);
        let here = Arc::new(AtomicUsize::new(n));
        let turn = |_| Turn {
            link: Arc::clone(&link),
            here: Arc::clone(&here),
            of: n,
            left: false,
            counted: 0,
            woken: Vec::new(),
        };
        (0..n).map(turn).collect()
    }
}

/// The lower end of a link that several tasks share (F5).
pub(crate) struct Turn<T> {
    link: Arc<SharedLink<T>>,
    /// How many have not left.
    here: Arc<AtomicUsize>,
    /// How many there were.
    of: usize,
    left: bool,
    counted: u64,
    woken: Vec<Waker>,
}

impl<T> Head for Turn<T> {
    type Item = T;

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        if self.left { Poll::Ready(Ok(false)) } else { self.link.poll_filled(cx).map(Ok) }
    }

    /// At most this task's share of the items that wait, but one at least. Another may be quicker: then there are fewer, or none.
    fn items(&mut self, limit: usize) -> impl Iterator<Item = T> {
        let Self { link, of, left, counted, woken, .. } = self;
        let limit = if *left || limit == 0 { 0 } else { limit.min((link.lock().items.len() / *of).max(1)) };
        taking(link, woken, counted).take(limit)
    }

    fn settle(&mut self) -> u64 {
        std::mem::take(&mut self.counted)
    }

    fn note_dropped(&self, items: u64) {
        self.link.state.note_dropped(items);
    }

    /// This task leaves; with the last, the link is left.
    fn cancel(&mut self) {
        if !std::mem::replace(&mut self.left, true) && self.here.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.link.leave();
        }
    }
}

impl<T> Drop for Turn<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl<T> Arrivals for SharedReceiver<T> {
    fn poll_arrivals(&mut self, cx: &mut Context<'_>, known: usize) -> Poll<(usize, bool)> {
        let mut queue = self.link.lock();
        if queue.came == known && !queue.ended {
            queue.wait_for_items(cx.waker());
            return Poll::Pending;
        }
        Poll::Ready((queue.came, !queue.ended))
    }

    fn gone(&self) -> usize {
        let queue = self.link.lock();
        queue.came.wrapping_sub(queue.items.len())
    }
}

impl<T> Counted for SharedReceiver<T> {
    /// Never more than one: what is behind it may yet be dropped to make room.
    fn ready(&mut self, limit: usize) -> usize {
        if self.left { 0 } else { self.link.lock().items.len().min(limit).min(1) }
    }
}

impl<T> Drop for SharedReceiver<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}
