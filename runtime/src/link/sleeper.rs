//! Who sleeps at an end of a link, and how it is woken.

use std::task::Waker;

use crate::stage::TaskFigures;

/// The waker that an end has left with its link, as the end remembers it. It stays there when it is woken: an end that sleeps again has
/// nothing to do.
#[derive(Debug, Default)]
pub(crate) struct Sleeper(Option<Waker>);

impl Sleeper {
    /// Leaves `waker` with the link, by `put`, which gives back what was there; says whether it was not there before, so that others may
    /// have been woken in its place.
    #[inline]
    pub(crate) fn leave(&mut self, waker: &Waker, put: impl FnOnce(Waker) -> Option<Waker>) -> bool {
        let new = !self.0.as_ref().is_some_and(|known| known.will_wake(waker));
        if new {
            self.0 = Some(waker.clone());
            drop(put(waker.clone()));
        }
        new
    }

    /// Takes it away: a task that has ended is not kept by the links it stood at.
    pub(crate) fn go(&mut self, take: impl FnOnce() -> Option<Waker>) {
        if self.0.take().is_some() {
            drop(take());
        }
    }
}

/// Wakes who sleeps at an end, which is told to `task` before. A waker is somebody else's code, and may look at the link: no lock is held.
pub(crate) fn wake(waker: Option<Waker>, task: Option<&TaskFigures>) {
    if let Some(waker) = waker {
        if let Some(task) = task {
            task.woken.by_a_neighbour();
        }
        waker.wake();
    }
}
