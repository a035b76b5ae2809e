use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use ::loom::future::block_on;
use ::loom::thread;

use crate::link::tests::loom::explore;
use crate::link::tests::{Item, Ledger};
use crate::stage::{Drive, Run, Stop, Supervised, TaskCell};
use crate::sync::{AtomicUsize, Ordering};
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
    /// It must not begin before nobody holds it, and then comes to its end.
    Held,
}

/// A task that holds an item.
struct Task {
    cell: Arc<TaskCell>,
    act: Act,
    item: Option<Item>,
    closes: usize,
    broken: Broken,
    seen: Seen,
    /// So many of those who hold the task are still to let it go.
    holds: Arc<AtomicUsize>,
}

/// The rules that were seen broken: the supervisor would catch a failed assertion.
type Broken = Arc<Mutex<Vec<&'static str>>>;

/// What the run had failed of when a task was told to stop.
type Seen = Arc<Mutex<Vec<Option<ErrorKind>>>>;

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
            Act::Held => {
                let flags = self.cell.flags();
                let held = self.holds.load(Ordering::Relaxed) > 0;
                self.expect(!held || flags.finishing(), "begun in its turn (T13)");
                Poll::Ready(Ok(()))
            }
        }
    }

    fn cancel(&mut self) {
        self.expect(self.cell.flags().cancelled(), "recorded and raised before anything is dropped (T1)");
        // Before `seen` is locked: loom may let another thread run here.
        let failed_of = self.cell.run().failed_of();
        self.seen.lock().expect("nobody panics").push(failed_of);
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
    let run = Run::new(Name::from("run"), None);
    let ledger = Ledger::new(2);
    let (broken, seen) = (Broken::default(), Seen::default());
    let tasks = acts.map(|act| {
        let cell = Arc::new(TaskCell::default());
        run.add_task(&[Arc::clone(&cell)]);
        let (broken, seen, holds) = (Arc::clone(&broken), Arc::clone(&seen), Arc::new(AtomicUsize::new(0)));
        let item = Some(ledger.make(1));
        Supervised::new(Task { cell, act, item, closes: 0, broken, seen, holds })
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
    let kind = failure.as_ref().map(PipelineError::kind);
    let seen = seen.lock().expect("nobody panics");
    assert!(seen.iter().all(|seen| *seen == kind), "{kind:?} is told, and was not the first (T2): {seen:?}");
    assert_eq!(failure.is_some(), run.flags().cancelled(), "a failure and its flag go together (T1)");
    failure
}

/// Rules: E1, E3
#[test]
fn a_failure_ends_who_waits() {
    explore(|| {
        let failure = end([Act::Wait, Act::Fail], false).expect("one failed");
        assert_eq!(failure.kind(), ErrorKind::TimedOut);
    });
}

/// Rules: E2
#[test]
fn a_panic_ends_who_waits() {
    explore(|| {
        let failure = end([Act::Panic, Act::Wait], false).expect("one panicked");
        assert_eq!(failure.kind(), ErrorKind::Panicked);
    });
}

/// Rules: E6
#[test]
fn an_abort_ends_who_waits() {
    explore(|| {
        let failure = end([Act::Wait, Act::Wait], true).expect("it was aborted");
        assert_eq!(failure.kind(), ErrorKind::Aborted);
    });
}

/// Rules: E1
#[test]
fn one_of_two_failures_stays() {
    explore(|| {
        let failure = end([Act::Fail, Act::Panic], false).expect("both failed");
        assert!(matches!(failure.kind(), ErrorKind::TimedOut | ErrorKind::Panicked));
    });
}

/// Rules: E1, E6
#[test]
fn of_a_failure_and_an_abort_one_stays_and_ends_who_waits() {
    explore(|| {
        let failure = end([Act::Fail, Act::Wait], true).expect("it failed, or was aborted");
        assert!(matches!(failure.kind(), ErrorKind::TimedOut | ErrorKind::Aborted));
    });
}

/// Rules: E1, E2, E6
#[test]
fn of_two_failures_and_an_abort_one_stays() {
    explore(|| {
        let failure = end([Act::Fail, Act::Panic], true).expect("something ended it");
        assert!(matches!(failure.kind(), ErrorKind::TimedOut | ErrorKind::Panicked | ErrorKind::Aborted));
    });
}

#[test]
fn two_tasks_end() {
    explore(|| assert!(end([Act::End, Act::End], false).is_none()));
}

/// Rules: E6
#[test]
fn an_abort_that_meets_the_end_is_a_failure_or_nothing() {
    explore(|| {
        let failure = end([Act::End, Act::End], true);
        assert!(failure.is_none_or(|failure| failure.kind() == ErrorKind::Aborted));
    });
}

/// What a thread does with a held task.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Other {
    Release,
    Dismiss,
    Finish,
    Abort,
}

/// A task that is held `holds` times, in a thread; each of `others` is done in a thread of its own. The task ends.
fn let_go(holds: usize, others: &[Other]) {
    let run = Run::new(Name::from("run"), None);
    let (broken, left) = (Broken::default(), Arc::new(AtomicUsize::new(holds)));
    let cell = Arc::new(TaskCell::default());
    (0..holds).for_each(|_| cell.hold());
    run.add_task(&[Arc::clone(&cell)]);
    let task = Task {
        cell: Arc::clone(&cell),
        act: Act::Held,
        item: None,
        closes: 0,
        broken: Arc::clone(&broken),
        seen: Seen::default(),
        holds: Arc::clone(&left),
    };
    run.start(1, None);
    let mut threads = vec![thread::spawn(move || block_on(Supervised::new(task)))];
    threads.extend(others.iter().map(|&other| {
        let (run, cell, left) = (Arc::clone(&run), Arc::clone(&cell), Arc::clone(&left));
        thread::spawn(move || match other {
            Other::Release => {
                // Relaxed: that the task sees it is the gate's doing.
                left.fetch_sub(1, Ordering::Relaxed);
                cell.release();
            }
            Other::Dismiss => cell.dismiss(),
            Other::Finish => run.finish(),
            Other::Abort => run.abort(),
        })
    }));
    threads.into_iter().for_each(|thread| thread.join().expect("nobody panics (T12)"));
    assert!(run.flags().ended());
    assert_eq!(*broken.lock().expect("nobody panics"), [""; 0]);
}

#[test]
fn a_task_that_is_released_begins() {
    explore(|| let_go(1, &[Other::Release]));
}

/// Rules: F4
#[test]
fn a_task_that_is_held_twice_begins_with_the_second_release() {
    explore(|| let_go(2, &[Other::Release, Other::Release]));
}

#[test]
fn a_task_that_is_dismissed_ends() {
    explore(|| let_go(2, &[Other::Dismiss]));
}

/// Rules: E5
#[test]
fn a_held_task_hears_finish() {
    explore(|| let_go(2, &[Other::Finish]));
}

/// Rules: E6
#[test]
fn a_held_task_hears_an_abort() {
    explore(|| let_go(2, &[Other::Abort]));
}

#[test]
fn a_task_that_is_released_while_the_run_finishes_begins_once() {
    explore(|| let_go(1, &[Other::Release, Other::Finish]));
}
