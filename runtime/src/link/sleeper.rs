//! Who sleeps at an end of a link, and how it is woken.

use std::task::Waker;

use crate::stage::TaskFigures;
use crate::sync::{Mutex, lock};

/// The waker of one end. It stays when it is woken: whoever sleeps again finds it there and has nothing to do.
#[derive(Debug, Default)]
pub(crate) struct Bell(Mutex<Option<Waker>>);

impl Bell {
    /// Wakes who sleeps at the end, which is told to `task` before. The waker's own code runs without the lock: it may look at the link.
    pub(crate) fn ring(&self, task: Option<&TaskFigures>) {
        let waker = lock(&self.0).clone();
        if let Some(waker) = waker {
            if let Some(task) = task {
                task.woken.by_a_neighbour();
            }
            waker.wake();
        }
    }

    fn replace(&self, waker: Option<Waker>) {
        let before = std::mem::replace(&mut *lock(&self.0), waker);
        drop(before);
    }
}

/// The waker that an end has left at its [`Bell`], as the end remembers it.
#[derive(Debug, Default)]
pub(crate) struct Sleeper(Option<Waker>);

impl Sleeper {
    /// Leaves `waker` at the bell; says whether it was not there before, so that the bell may have rung without it.
    #[inline]
    pub(crate) fn leave(&mut self, bell: &Bell, waker: &Waker) -> bool {
        let new = !self.0.as_ref().is_some_and(|known| known.will_wake(waker));
        if new {
            self.0 = Some(waker.clone());
            bell.replace(Some(waker.clone()));
        }
        new
    }

    /// Takes it away: a task that has ended is not kept by the links it stood at.
    pub(crate) fn go(&mut self, bell: &Bell) {
        if self.0.take().is_some() {
            bell.replace(None);
        }
    }
}
