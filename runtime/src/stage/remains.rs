use std::fmt;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};

use super::figures::TaskFigures;
use crate::sync::{Mutex, lock};

/// What is still to be done for what the tasks of a run have dropped (T15). Few runs have any, so the others keep no room for it.
#[derive(Default)]
pub(super) struct Remains(OnceLock<Box<Mutex<Vec<Rest>>>>);

pub(super) struct Rest {
    /// Whose it is: the address of the task's figures.
    task: usize,
    work: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Remains {
    #[cfg(feature = "remote")]
    pub(super) fn add(&self, task: &TaskFigures, work: impl Future<Output = ()> + Send + 'static) {
        lock(self.0.get_or_init(Box::default)).push(Rest { task: address(task), work: Box::pin(work) });
    }

    /// Waits for what the task has left.
    pub(super) fn poll(&self, task: &TaskFigures, cx: &mut Context<'_>) -> Poll<()> {
        let mut left = self.take(task);
        left.retain_mut(|rest| rest.work.as_mut().poll(cx).is_pending());
        match self.0.get() {
            Some(remains) if !left.is_empty() => {
                lock(remains).append(&mut left);
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }

    /// All that the task has left; others are not held up by what becomes of it.
    pub(super) fn take(&self, task: &TaskFigures) -> Vec<Rest> {
        let Some(remains) = self.0.get() else { return Vec::new() };
        lock(remains).extract_if(.., |rest| rest.task == address(task)).collect()
    }
}

fn address(task: &TaskFigures) -> usize {
    std::ptr::from_ref(task).addr()
}

impl fmt::Debug for Remains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remains").finish_non_exhaustive()
    }
}
