//! The line of those who wait to send into a link with many producers: first come, first served (L12).

use std::collections::VecDeque;
use std::task::Waker;

use super::Queue;

/// Those who wait, in the order in which they came.
#[derive(Default)]
pub(super) struct Line {
    next: u64,
    waiting: VecDeque<(u64, Waker)>,
}

/// A place in the line; none until one has to wait.
#[derive(Default)]
pub(crate) struct Place(Option<u64>);

impl Line {
    /// The wakers of all who wait.
    pub(super) fn wakers(&self) -> impl Iterator<Item = &Waker> {
        self.waiting.iter().map(|(_, waker)| waker)
    }
}

impl<T> Queue<T> {
    /// The waker of who is first in the line.
    pub(super) fn first(&self) -> Option<&Waker> {
        self.line.as_ref()?.wakers().next()
    }

    /// Whether nobody waits in the line.
    pub(crate) fn is_line_empty(&self) -> bool {
        self.first().is_none()
    }

    /// Whether nobody waits before `place`.
    pub(crate) fn is_first(&self, place: &Place) -> bool {
        let first = self.line.as_ref().and_then(|line| line.waiting.front());
        first.is_none_or(|(ticket, _)| Some(*ticket) == place.0)
    }

    /// Waits at `place`, which is the last in the line if there was none.
    pub(crate) fn join(&mut self, place: &mut Place, waker: &Waker) {
        let line = self.line.get_or_insert_default();
        match place.0 {
            Some(ticket) => {
                if let Some((_, known)) = line.waiting.iter_mut().find(|(waiting, _)| *waiting == ticket) {
                    known.clone_from(waker);
                }
            }
            None => {
                place.0 = Some(line.next);
                line.waiting.push_back((line.next, waker.clone()));
                line.next += 1;
            }
        }
    }

    /// Whoever stands at `place` leaves the line. While there is room, the next in it is woken when the lock is free; behind the last, those who
    /// wait for `ready`.
    pub(crate) fn step_out(&mut self, place: &mut Place) {
        let (Some(line), Some(ticket)) = (&mut self.line, place.0.take()) else { return };
        line.waiting.retain(|(waiting, _)| *waiting != ticket);
        if self.paused {
            return;
        }
        match self.first().cloned() {
            Some(next) => self.woken.0.add(&next),
            None => {
                let Self { producers, woken, .. } = self;
                producers.drain(..).for_each(|waker| woken.0.add(&waker));
            }
        }
    }
}
