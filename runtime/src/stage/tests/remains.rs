//! What a task leaves behind is polled and dropped under the task's supervisor.
//!
//! Invariants T1, T12 and T15 of `stage/README.md`.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use crate::stage::{Drive, Run, Stop, Supervised, TaskCell};
use crate::{ErrorKind, Name};

/// A task that has come to its end.
struct Task(Arc<TaskCell>);

impl Drive for Task {
    fn cell(&self) -> &Arc<TaskCell> {
        &self.0
    }

    fn poll_drive(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        Poll::Ready(Ok(()))
    }

    fn cancel(&mut self) {}

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

/// A run of one task that has left `work` behind.
fn leaves(work: impl Future<Output = ()> + Send + 'static) -> (Arc<Run>, Supervised<Task>) {
    let run = Run::new(Name::from("run"), None);
    let cell = Arc::new(TaskCell::default());
    run.add_task(&[Arc::clone(&cell)]);
    let task = Supervised::new(Task(Arc::clone(&cell)));
    run.start(1, None);
    cell.leave_behind(work);
    (run, task)
}

fn poll(task: &mut Supervised<Task>) -> Poll<()> {
    pin!(task).poll(&mut Context::from_waker(Waker::noop()))
}

/// Work that never ends, and panics when it is dropped.
struct Spiteful;

impl Future for Spiteful {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Drop for Spiteful {
    fn drop(&mut self) {
        std::panic::resume_unwind(Box::new("planned"));
    }
}

#[test]
fn the_run_ends_when_what_was_left_behind_has() {
    let done = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&done);
    let (run, mut task) = leaves(std::future::poll_fn(move |_| match asked.load(Ordering::Relaxed) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    }));
    assert_eq!(poll(&mut task), Poll::Pending);
    assert!(!run.flags().ended());
    done.store(true, Ordering::Relaxed);
    assert_eq!(poll(&mut task), Poll::Ready(()));
    assert!(run.flags().ended());
    assert!(run.take_failure().is_none());
}

#[test]
fn what_was_left_behind_and_panics_ends_the_run() {
    let (run, mut task) = leaves(async { std::panic::resume_unwind(Box::new("planned")) });
    assert_eq!(poll(&mut task), Poll::Ready(()));
    assert!(run.flags().ended());
    assert_eq!(run.take_failure().map(|failure| failure.kind()), Some(ErrorKind::Panicked));
}

#[test]
fn what_was_left_behind_and_panics_when_dropped_does_not_keep_the_run() {
    let (run, mut task) = leaves(Spiteful);
    assert_eq!(poll(&mut task), Poll::Pending);
    drop(task);
    assert!(run.flags().ended());
    assert_eq!(
        run.take_failure().map(|failure| failure.kind()),
        Some(ErrorKind::Aborted),
        "the first failure stays (E1)"
    );
}
