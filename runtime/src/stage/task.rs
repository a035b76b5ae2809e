//! What surrounds a task: it catches panics, records failures, closes sources, and counts as ended when all is dropped.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use super::{Guard, TaskCell, Wait};
use crate::PipelineError;
use crate::token::panic_is_over;
use crate::watch::trace::TaskSpan;

/// Why a task ends before its stream has.
#[derive(Debug)]
pub enum Stop {
    /// It was told to.
    Cancelled,
    /// It failed.
    Failed(PipelineError),
}

impl From<PipelineError> for Stop {
    fn from(failure: PipelineError) -> Self {
        Self::Failed(failure)
    }
}

/// A task's own work.
pub trait Drive {
    fn cell(&self) -> &Arc<TaskCell>;

    /// Works until the task has to wait, or has come to its end.
    fn poll_drive(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>>;

    /// The failure that it had not told yet when a panic broke its work off: of two in one run of items the first is told (E1).
    fn failure(&mut self) -> Option<PipelineError> {
        None
    }

    /// Drops all but what `poll_close` needs.
    fn cancel(&mut self);

    /// Closes the source, if the task has one (S5).
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

impl<D: Drive + ?Sized> Drive for Box<D> {
    fn cell(&self) -> &Arc<TaskCell> {
        (**self).cell()
    }

    fn poll_drive(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        (**self).poll_drive(cx)
    }

    fn failure(&mut self) -> Option<PipelineError> {
        (**self).failure()
    }

    fn cancel(&mut self) {
        (**self).cancel();
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        (**self).poll_close(cx)
    }
}

/// A task under supervision: a future that ends when the task has ended and all it held is dropped. It never panics.
pub(crate) struct Supervised<D> {
    drive: Option<D>,
    cell: Arc<TaskCell>,
    /// The waker that was left with the cell: it is left again only when it is another one.
    known: Option<Waker>,
    closing: bool,
    ended: bool,
    span: TaskSpan,
}

/// Nothing of a task is ever pinned in place: what has to stay where it is stands in a box.
impl<D> Unpin for Supervised<D> {}

/// A panic of the task's code that was caught.
struct Caught {
    failure: PipelineError,
    payload: Box<dyn Any + Send>,
}

impl Caught {
    /// The run fails of the panic, unless its task had failed before. The payload goes after that (T1).
    fn tell(self, cell: &TaskCell, before: Option<PipelineError>) {
        cell.run().fail(before.unwrap_or(self.failure));
        // A payload may panic when it is dropped; nobody is left to tell.
        drop(catch_unwind(AssertUnwindSafe(|| drop(self.payload))));
        panic_is_over();
    }
}

/// Calls the task's code; a panic is a failure of the stage at fault (E2).
fn caught<R>(cell: &TaskCell, f: impl FnOnce() -> R) -> Result<R, Caught> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|payload| {
        let stage = Guard::at_fault().unwrap_or_else(|| cell.name());
        Caught { failure: PipelineError::panicked(stage, &*payload), payload }
    })
}

/// The same, and the run fails of it.
pub(crate) fn guarded<R>(cell: &TaskCell, f: impl FnOnce() -> R) -> Option<R> {
    caught(cell, f).map_err(|panic| panic.tell(cell, None)).ok()
}

impl<D: Drive> Supervised<D> {
    pub(crate) fn new(drive: D) -> Self {
        Self {
            cell: Arc::clone(drive.cell()),
            span: TaskSpan::new(drive.cell()),
            drive: Some(drive),
            known: None,
            closing: false,
            ended: false,
        }
    }
}

impl<D: Drive> Supervised<D> {
    /// Waits until the task's own work is done, its source is closed, and all it held is dropped.
    fn poll_drive(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(drive) = &mut self.drive else { return Poll::Ready(()) };
        if !self.closing {
            let outcome = if self.cell.flags().cancelled() {
                Err(Stop::Cancelled)
            } else {
                match caught(&self.cell, || drive.poll_drive(cx)) {
                    Ok(outcome) => ready!(outcome),
                    Err(panic) => {
                        panic.tell(&self.cell, drive.failure());
                        Err(Stop::Cancelled)
                    }
                }
            };
            if let Err(stop) = outcome {
                if let Stop::Failed(failure) = stop {
                    self.cell.run().fail(failure);
                }
                guarded(&self.cell, || drive.cancel());
                self.closing = true;
            }
        }
        if self.closing
            && let Some(closed) = guarded(&self.cell, || drive.poll_close(cx))
        {
            // Past a deadline even closing is not waited for (E5).
            if closed.is_pending() && !self.cell.flags().forced() {
                self.cell.rest(Wait::Own);
                return Poll::Pending;
            }
        }
        self.let_go();
        Poll::Ready(())
    }
}

impl<D: Drive> Future for Supervised<D> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(());
        }
        let _entered = this.span.enter();
        if !this.known.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
            this.cell.watch(cx);
            this.known = Some(cx.waker().clone());
        }
        this.cell.enter();
        // After the waker was left: a task that is held and not woken would never begin (T13).
        if this.cell.is_held() {
            this.cell.rest(Wait::Items);
            return Poll::Pending;
        }
        ready!(this.poll_drive(cx));
        let left = guarded(&this.cell, || this.cell.poll_remains(cx));
        if left.is_some_and(|left| left.is_pending()) && !this.cell.flags().forced() {
            this.cell.rest(Wait::Own);
            return Poll::Pending;
        }
        this.end();
        Poll::Ready(())
    }
}

impl<D> Supervised<D> {
    fn let_go(&mut self) {
        if let Some(drive) = self.drive.take() {
            guarded(&self.cell, || drop(drive));
        }
    }

    /// Drops the task, then counts it as ended: so the outcome comes after the last item's drop (E1).
    fn end(&mut self) {
        self.let_go();
        guarded(&self.cell, || self.cell.drop_remains());
        self.ended = true;
        self.cell.stand();
        self.cell.run().task_ended();
    }
}

impl<D> Drop for Supervised<D> {
    /// A task that is dropped before its end (the runtime shuts down, a `run_local` is dropped) aborts the run.
    fn drop(&mut self) {
        if !self.ended {
            let _entered = self.span.enter();
            self.cell.run().abort();
            self.end();
        }
    }
}

/// A list of tasks, as `run_local` takes it: `(task, (task, ()))`.
pub trait Tasks<'p>: Sized {
    /// Boxes each.
    #[doc(hidden)]
    fn box_local(self, boxed: &mut Vec<Box<dyn Drive + 'p>>);
}

impl<'p> Tasks<'p> for () {
    fn box_local(self, _: &mut Vec<Box<dyn Drive + 'p>>) {}
}

/// A sink whose task is the plan's already.
impl<'p, Ts: Tasks<'p>> Tasks<'p> for ((), Ts) {
    fn box_local(self, boxed: &mut Vec<Box<dyn Drive + 'p>>) {
        self.1.box_local(boxed);
    }
}

impl<'p, D: Drive + 'p, Ts: Tasks<'p>> Tasks<'p> for (D, Ts) {
    fn box_local(self, boxed: &mut Vec<Box<dyn Drive + 'p>>) {
        self.1.box_local(boxed);
        boxed.push(Box::new(self.0));
    }
}

/// The tasks of a part that may run elsewhere.
impl<'p, Ps: Tasks<'p>, Ts: Tasks<'p>> Tasks<'p> for (Option<Ps>, Ts) {
    fn box_local(self, boxed: &mut Vec<Box<dyn Drive + 'p>>) {
        self.1.box_local(boxed);
        self.0.into_iter().for_each(|tasks| tasks.box_local(boxed));
    }
}

/// Lists of tasks, one of each copy of a `parallel`'s arm.
pub struct Copies<Ts>(Vec<Ts>);

/// No copy yet.
pub fn copies<Ts>() -> Copies<Ts> {
    Copies(Vec::new())
}

impl<Ts> Copies<Ts> {
    /// One more copy's tasks.
    pub fn push(&mut self, tasks: Ts) {
        self.0.push(tasks);
    }
}

impl<'p, Cs: Tasks<'p>, Ts: Tasks<'p>> Tasks<'p> for (Copies<Cs>, Ts) {
    fn box_local(self, boxed: &mut Vec<Box<dyn Drive + 'p>>) {
        self.1.box_local(boxed);
        self.0.0.into_iter().for_each(|tasks| tasks.box_local(boxed));
    }
}

/// A list of tasks that may move to other threads, as `run` and `spawn` take it: each becomes a task of tokio.
///
/// They are boxed for that: what tokio needs for each type of a task it needs for this one alone, and has it compiled already.
pub trait SendTasks<'p>: Tasks<'p> {
    /// Boxes each.
    #[doc(hidden)]
    fn box_all(self, boxed: &mut Vec<Box<dyn DynDrive + 'p>>);
}

impl<'p> SendTasks<'p> for () {
    fn box_all(self, _: &mut Vec<Box<dyn DynDrive + 'p>>) {}
}

impl<'p, Ts: SendTasks<'p>> SendTasks<'p> for ((), Ts) {
    fn box_all(self, boxed: &mut Vec<Box<dyn DynDrive + 'p>>) {
        self.1.box_all(boxed);
    }
}

impl<'p, D: Drive + Send + 'p, Ts: SendTasks<'p>> SendTasks<'p> for (D, Ts) {
    fn box_all(self, boxed: &mut Vec<Box<dyn DynDrive + 'p>>) {
        self.1.box_all(boxed);
        boxed.push(Box::new(self.0));
    }
}

impl<'p, Ps: SendTasks<'p>, Ts: SendTasks<'p>> SendTasks<'p> for (Option<Ps>, Ts) {
    fn box_all(self, boxed: &mut Vec<Box<dyn DynDrive + 'p>>) {
        self.1.box_all(boxed);
        self.0.into_iter().for_each(|tasks| tasks.box_all(boxed));
    }
}

impl<'p, Cs: SendTasks<'p>, Ts: SendTasks<'p>> SendTasks<'p> for (Copies<Cs>, Ts) {
    fn box_all(self, boxed: &mut Vec<Box<dyn DynDrive + 'p>>) {
        self.1.box_all(boxed);
        self.0.0.into_iter().for_each(|tasks| tasks.box_all(boxed));
    }
}

/// A boxed task that may move to other threads: of a segment, or of a pipeline made by `boxed()`.
pub trait DynDrive: Drive + Send {}

impl<D: Drive + Send> DynDrive for D {}
