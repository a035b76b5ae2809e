//! The upper end of a link behind a lock.

use std::sync::Arc;
use std::task::{Context, Poll};

use super::{Overflow, SharedLink, Shortage};
use crate::PipelineError;
use crate::stage::{Consumer, Demand, Guard, StageCell, Taken};

/// The upper end, with one producer.
pub struct SharedSender<T> {
    link: Arc<SharedLink<T>>,
    overflow: Overflow,
    weigh: fn(&T) -> usize,
    /// Who is at fault if `weigh` panics (E2).
    stage: Option<Arc<StageCell>>,
    /// The item that did not fit, and its weight: it waits outside (L2).
    waiting: Option<(T, usize)>,
    /// What was dropped from the link, until its lock is released: an item's own drop runs without it. Kept for its memory.
    dropped: Vec<T>,
    let_go: fn(T),
    paused: bool,
}

impl<T> SharedSender<T> {
    pub(crate) fn new(link: Arc<SharedLink<T>>, overflow: Overflow, weigh: fn(&T) -> usize) -> Self {
        Self { link, overflow, weigh, stage: None, waiting: None, dropped: Vec::new(), let_go: drop, paused: false }
    }

    /// What the link drops because it was told to (L10) goes to `let_go`.
    pub(crate) fn letting_go(self, let_go: fn(T)) -> Self {
        Self { let_go, ..self }
    }

    /// Names the stage above, which is at fault for what `weigh` does.
    pub(crate) fn below(self, stage: Arc<StageCell>) -> Self {
        Self { stage: Some(stage), ..self }
    }

    /// Lets one item in by the link's policy; `false` when the link has no room for another.
    fn offer(&mut self, item: T) -> Result<bool, PipelineError> {
        let guard = self.stage.as_deref().map(Guard::new);
        let weight = (self.weigh)(&item).max(1);
        guard.into_iter().for_each(Guard::passed);
        let link = &*self.link;
        let mut queue = link.lock();
        if self.overflow == Overflow::Block {
            let refused = link.push(&mut queue, item, weight);
            self.paused = queue.paused;
            drop(queue);
            return Ok(match refused {
                Ok(()) => !self.paused,
                Err(Shortage::Full(item) | Shortage::Gone(item)) => {
                    self.waiting = Some((item, weight));
                    false
                }
            });
        }
        let capacity = link.state.capacity();
        let dropped = &mut self.dropped;
        let mut outcome = Ok(true);
        // It is dropped without the lock, too.
        let mut refused = None;
        if queue.gone {
            refused = Some(item);
            outcome = Ok(false);
        } else if !queue.fits(weight, capacity) && self.overflow != Overflow::DropOldest {
            if self.overflow == Overflow::Fail {
                outcome = Err(PipelineError::overflow(&link.state.name(), capacity));
                refused = Some(item);
            } else {
                dropped.push(item);
            }
            link.state.note_dropped(1);
        } else {
            while !queue.fits(weight, capacity) {
                dropped.extend(link.pop(&mut queue).map(|(oldest, _)| oldest));
                link.state.note_dropped(1);
            }
            link.enter(&mut queue, item, weight);
        }
        drop(queue);
        drop(refused);
        dropped.drain(..).for_each(self.let_go);
        outcome
    }
}

impl<T> SharedSender<T> {
    /// Lets a copy of `item` into a link that drops, if it will stay there: what would be dropped at once is not copied, only counted.
    pub(crate) fn offer_copy(&mut self, item: &T, copy: impl FnOnce(&T) -> T) {
        let weight = (self.weigh)(item).max(1);
        {
            let queue = self.link.lock();
            let full = !queue.fits(weight, self.link.state.capacity());
            if queue.gone {
                return;
            }
            if full && self.overflow != Overflow::DropOldest {
                self.link.state.note_dropped(1);
                return;
            }
        }
        // Nobody else puts items in, so there is still room.
        let entered = self.offer(copy(item));
        debug_assert!(entered.is_ok(), "a link that drops does not fail");
    }
}

impl<T> Consumer<T> for SharedSender<T> {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Demand> {
        let mut queue = self.link.lock();
        loop {
            if queue.gone {
                return Poll::Ready(Demand::Gone);
            }
            if queue.paused {
                self.paused = true;
                queue.wait(cx.waker());
                return Poll::Pending;
            }
            self.paused = false;
            let Some((item, weight)) = self.waiting.take() else {
                return Poll::Ready(Demand::Open);
            };
            if let Err(Shortage::Full(item) | Shortage::Gone(item)) = self.link.push(&mut queue, item, weight) {
                self.waiting = Some((item, weight));
            }
        }
    }

    fn room(&self) -> usize {
        usize::MAX
    }

    fn is_open(&self) -> bool {
        !self.paused && self.waiting.is_none()
    }

    fn consume<I: Iterator<Item = T>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
        loop {
            let Some(item) = items.next() else {
                return Ok(Taken::All);
            };
            if !self.offer(item)? {
                return Ok(Taken::Full);
            }
        }
    }

    fn is_paused(&self) -> bool {
        self.paused
    }

    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut queue = self.link.lock();
        if queue.gone {
            return Poll::Ready(());
        }
        queue.wait(cx.waker());
        Poll::Pending
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        while self.waiting.is_some() {
            if std::task::ready!(self.poll_ready(cx)) == Demand::Gone {
                break;
            }
        }
        self.link.end();
        Poll::Ready(Ok(()))
    }
}
