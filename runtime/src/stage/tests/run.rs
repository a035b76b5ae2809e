use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use ::loom::future::block_on;
use ::loom::thread;

use crate::link::tests::loom::explore;
use crate::link::tests::{Item, Ledger};
use crate::stage::{Drive, Run, Stop, Supervised, TaskCell};
use crate::{ErrorKind, Name, PipelineError};

/// What a task does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    /// It comes to its end.
    End,
    /// It waits until it is told to stop.
    Wait,
    /// It fails.
    Fail,
    /// It panics.
    Panic,
}

/// A task that holds an item.
struct Task {
    cell: Arc<TaskCell>,
    act: Act,
    item: Option<Item>,
    closes: usize,
    broken: Broken,
}

/// The rules that were seen broken: the supervisor would catch a failed assertion.
type Broken = Arc<Mutex<Vec<&'static str>>>;

impl Task {
    fn expect(&self, holds: bool, rule: &'static str) {
        if !holds {
            self.broken.lock().expect("nobody panics").push(rule);
        }
    }
}

impl Drive for Task {
    fn cell(&self) -> &Arc<TaskCell> {
        &self.cell
    }

    fn poll_drive(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        match self.act {
            Act::End => Poll::Ready(Ok(())),
            Act::Wait => Poll::Pending,
            Act::Fail => {
                Poll::Ready(Err(Stop::Failed(PipelineError::timed_out(&Name::from("task"), Default::default()))))
            }
            Act::Panic => std::panic::resume_unwind(Box::new("planned")),
        }
    }

    fn cancel(&mut self) {
        self.expect(self.cell.flags().cancelled(), "recorded and raised before anything is dropped (T1)");
        self.item = None;
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<()> {
        self.closes += 1;
        self.expect(self.closes == 1, "closed once (T8)");
        Poll::Ready(())
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.expect(!self.cell.flags().ended(), "ended only after the last drop (T5)");
    }
}

/// Two tasks in two threads, and an abort from a third if `abort`; the failure, after the end.
fn end(acts: [Act; 2], abort: bool) -> Option<PipelineError> {
    let run = Run::new(Name::from("run"));
    let ledger = Ledger::new(2);
    let broken = Broken::default();
    let tasks = acts.map(|act| {
        let cell = Arc::new(TaskCell::default());
        run.add_task(&[Arc::clone(&cell)]);
        let task = Task { cell, act, item: Some(ledger.make(1)), closes: 0, broken: Arc::clone(&broken) };
        Supervised::new(task)
    });
    run.start(2, None);
    let threads = tasks.map(|task| thread::spawn(move || block_on(task)));
    if abort {
        run.abort();
    }
    threads.into_iter().for_each(|thread| thread.join().expect("a supervisor does not panic (T12)"));
    assert!(run.flags().ended());
    ledger.close();
    assert_eq!(*broken.lock().expect("nobody panics"), [""; 0]);
    let failure = run.take_failure();
    assert_eq!(failure.is_some(), run.flags().cancelled(), "a failure and its flag go together (T1)");
    failure
}

#[test]
fn a_failure_ends_who_waits() {
    explore(|| {
        let failure = end([Act::Wait, Act::Fail], false).expect("one failed");
        assert_eq!(failure.kind(), ErrorKind::TimedOut);
    });
}

#[test]
fn a_panic_ends_who_waits() {
    explore(|| {
        let failure = end([Act::Panic, Act::Wait], false).expect("one panicked");
        assert_eq!(failure.kind(), ErrorKind::Panicked);
    });
}

#[test]
fn an_abort_ends_who_waits() {
    explore(|| {
        let failure = end([Act::Wait, Act::Wait], true).expect("it was aborted");
        assert_eq!(failure.kind(), ErrorKind::Aborted);
    });
}

#[test]
fn one_of_two_failures_stays() {
    explore(|| {
        let failure = end([Act::Fail, Act::Panic], false).expect("both failed");
        assert!(matches!(failure.kind(), ErrorKind::TimedOut | ErrorKind::Panicked));
    });
}

#[test]
fn two_tasks_end() {
    explore(|| assert!(end([Act::End, Act::End], false).is_none()));
}

#[test]
fn an_abort_that_meets_the_end_is_a_failure_or_nothing() {
    explore(|| {
        let failure = end([Act::End, Act::End], true);
        assert!(failure.is_none_or(|failure| failure.kind() == ErrorKind::Aborted));
    });
}
