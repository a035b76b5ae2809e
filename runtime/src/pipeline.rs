use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::join;
use tokio::runtime::Handle;

use crate::graph::Graph;
use crate::movable::{CanMove, Holds};
use crate::running::{Launch, Starting, outcome};
use crate::stage::{Drive, DynDrive, Local, Order, Outcome, Output, Plan, Run, SendTasks, Supervised, Tasks};
use crate::watch::watch_stalls;
use crate::{Control, PipelineError, Running};

/// A closed pipeline: from its sources to its sinks, not yet running. Made by [`pipeline!`](crate::pipeline).
///
/// It is lazy: nothing happens before [`run`](Self::run), [`run_local`](Self::run_local) or [`spawn`](Self::spawn). `O` is the
/// output: of its one sink as it is, of several as a tuple in the order of the text. `B` is how it is built; a function that returns a
/// pipeline says `-> Pipeline<u64, impl Spawnable<u64>>`, or [`boxed`](Self::boxed) and `-> Pipeline<u64>`.
///
/// ```
/// use aqueduct::{Pipeline, pipeline};
///
/// fn total(numbers: Vec<u64>) -> Pipeline<u64> {
///     pipeline! { iter(numbers) -> fold(0, |sum, n| sum + n) }.boxed()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// assert_eq!(total(vec![1, 2, 3]).run().await?, 6);
/// # Ok(())
/// # }
/// ```
#[must_use = "a pipeline does nothing until it is run: `.run().await`, `.run_local().await` or `.spawn()`"]
pub struct Pipeline<O, B = Boxed<O>> {
    body: B,
    start: Start,
    bound: Option<usize>,
    output: PhantomData<fn() -> O>,
}

/// The run of a pipeline that has not started; if it never does, those who watch it are told.
struct Start(Option<Arc<Run>>);

impl Start {
    fn run(mut self) -> Option<Arc<Run>> {
        self.0.take()
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        if let Some(run) = self.0.take() {
            run.discard();
        }
    }
}

/// What `pipeline!` has built: tasks of known types.
pub struct Built<'p, Q, Ts> {
    tasks: Ts,
    boxed: Vec<Box<dyn DynDrive + 'p>>,
    out: Q,
}

/// Tasks whose types are forgotten: what [`Pipeline::boxed`] gives.
pub struct Boxed<O> {
    tasks: Vec<Box<dyn DynDrive>>,
    out: Outcome<O>,
}

mod sealed {
    pub trait Sealed {}
    impl<Q, Ts> Sealed for super::Built<'_, Q, Ts> {}
    impl<O> Sealed for super::Boxed<O> {}
}

/// A pipeline's body that can run inside the calling task: any.
#[diagnostic::on_unimplemented(message = "this pipeline cannot run: one of its stages does not fit the next")]
pub trait Body<O>: sealed::Sealed {
    /// What of the user's is in its tasks.
    #[doc(hidden)]
    type Held;

    /// Runs all tasks inside the future.
    #[doc(hidden)]
    fn run_locally(self, run: Arc<Run>, order: Order) -> impl Future<Output = Option<O>>;
}

/// A pipeline's body that can run on tokio: all its stages are `Send` and `'static`.
#[diagnostic::on_unimplemented(
    message = "this pipeline cannot move to other threads",
    note = "a stage holds something that is not `Send`; `.run_local()` runs such a pipeline in the calling task"
)]
// Whoever asks for it asks for `Body<O, Held: CanMove>` before, which it implies: rustc tells what it misses first, and that is the shorter text.
pub trait Spawnable<O>: Body<O, Held: CanMove> + Send + 'static {
    /// Forgets the tasks' types.
    #[doc(hidden)]
    fn into_boxed(self) -> Boxed<O>;
}

impl<'p, O, Q: Output<Item = O>, Ts: Tasks<'p> + Holds> Body<O> for Built<'p, Q, Ts> {
    type Held = Ts::Held;

    async fn run_locally(self, run: Arc<Run>, order: Order) -> Option<O> {
        let mut tasks: Vec<Box<dyn Drive + 'p>> = Vec::new();
        tasks.extend(self.boxed.into_iter().map(|task| task as _));
        self.tasks.box_local(&mut tasks);
        drive_locally(&run, tasks, order).await;
        self.out.take()
    }
}

impl<O> Body<O> for Boxed<O> {
    type Held = ();

    async fn run_locally(self, run: Arc<Run>, order: Order) -> Option<O> {
        let built = Built { tasks: (), boxed: self.tasks, out: self.out };
        built.run_locally(run, order).await
    }
}

/// Polls the tasks, the deadline of `finish_within` and the watchdog, until all tasks have ended.
async fn drive_locally<'p>(run: &Arc<Run>, tasks: Vec<Box<dyn Drive + 'p>>, order: Order) {
    run.start(tasks.len(), None);
    let mut local = Local::new(tasks, order);
    let mut beside = pin!(join(run.watch_deadline(), watch_stalls(Arc::clone(run))));
    let mut watching = true;
    poll_fn(|cx| {
        watching = watching && beside.as_mut().poll(cx).is_pending();
        std::pin::Pin::new(&mut local).poll(cx)
    })
    .await;
}

impl<O, Q, Ts> Spawnable<O> for Built<'static, Q, Ts>
where
    O: Send + 'static,
    Q: Output<Item = O> + Send + 'static,
    Ts: Holds<Held: CanMove> + SendTasks<'static> + Send + 'static,
{
    fn into_boxed(self) -> Boxed<O> {
        let mut tasks = self.boxed;
        self.tasks.box_all(&mut tasks);
        Boxed { tasks, out: self.out.boxed() }
    }
}

impl<O: Send + 'static> Spawnable<O> for Boxed<O> {
    fn into_boxed(self) -> Boxed<O> {
        self
    }
}

/// Starts each task as a task of tokio.
fn start_all(tasks: Vec<Box<dyn DynDrive>>, run: &Arc<Run>, runtime: &Handle) {
    run.start(tasks.len(), Some(runtime));
    if run.stall().is_some() {
        drop(runtime.spawn(watch_stalls(Arc::clone(run))));
    }
    tasks.into_iter().for_each(|task| spawn_task(task, runtime));
}

#[cfg(not(all(feature = "tracing", tokio_unstable)))]
fn spawn_task(task: Box<dyn DynDrive>, runtime: &Handle) {
    drop(runtime.spawn(Supervised::new(task)));
}

/// With a name for tokio-console, which has to be built in this way as well.
#[cfg(all(feature = "tracing", tokio_unstable))]
fn spawn_task(task: Box<dyn DynDrive>, runtime: &Handle) {
    let name = crate::watch::trace::task_name(task.cell());
    // What tokio gives back is the task's handle; it has no error to give.
    drop(tokio::task::Builder::new().name(&name).spawn_on(Supervised::new(task), runtime));
}

/// What `run` starts when it is polled. Names no `O`, which then need not be `'static` for all that rustc knows.
struct Launching<B> {
    body: B,
    start: Start,
}

impl<O, B: Spawnable<O>> Launch<O> for Launching<B> {
    fn launch(self: Box<Self>) -> Running<O> {
        spawn(self.body, self.start)
    }
}

#[track_caller]
fn spawn<O, B: Spawnable<O>>(body: B, mut start: Start) -> Running<O> {
    let Ok(runtime) = Handle::try_current() else {
        panic!(
            "a pipeline's `run` and `spawn` need a tokio runtime: call them from inside one, \
             or use `run_local`, which runs in the calling task"
        );
    };
    let Some(run) = start.0.take() else { unreachable!("a pipeline starts once") };
    let Boxed { tasks, out } = body.into_boxed();
    start_all(tasks, &run, &runtime);
    Running::new(run, out)
}

/// The tokio runtime that a segment is spawned on.
#[track_caller]
pub(crate) fn runtime() -> Handle {
    match Handle::try_current() {
        Ok(runtime) => runtime,
        Err(_) => panic!("a segment's `spawn` needs a tokio runtime: call it from inside one"),
    }
}

/// Starts a segment that stands alone: its plan, and the tasks that are not in it yet.
pub(crate) fn launch<O: Send + 'static>(
    plan: Plan<'static>,
    tasks: impl SendTasks<'static>,
    out: impl Output<Item = O> + Send + 'static,
    runtime: &Handle,
) -> Running<O> {
    let (run, mut boxed, _) = plan.finish();
    tasks.box_all(&mut boxed);
    start_all(boxed, &run, runtime);
    Running::new(run, out.boxed())
}

/// The last call of expanded code: a plan, the outputs of its sinks, and the tasks.
pub fn pipeline<'p, Q: Output, Ts>(plan: Plan<'p>, out: Q, tasks: Ts) -> Pipeline<Q::Item, Built<'p, Q, Ts>> {
    let (run, boxed, bound) = plan.finish();
    let body = Built { tasks, boxed, out };
    Pipeline { body, start: Start(Some(run)), bound, output: PhantomData }
}

impl<O, B> Pipeline<O, B> {
    /// Runs the pipeline, each of its tasks as a task of tokio, and waits for its end. It starts when the future is polled.
    ///
    /// # Errors
    /// The first failure of any stage (`E1`), a panic in a closure (`E2`), an abort.
    ///
    /// # Panics
    /// The future panics when it is polled outside a tokio runtime.
    ///
    /// # Cancel safety
    /// Dropping the future aborts the pipeline (`E6`).
    pub fn run(self) -> Starting<O>
    where
        B: Body<O, Held: CanMove>,
        B: Spawnable<O>,
    {
        Starting::new(Box::new(Launching { body: self.body, start: self.start }))
    }

    /// Runs the pipeline inside the calling task: closures and streams may borrow, and need not be `Send`.
    ///
    /// Timed operators, `finish_within` and the option `stall` need a tokio runtime; nothing else does. The future itself is not `Send`: it is awaited where
    /// it is made, not inside `tokio::spawn`.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Cancel safety
    /// Dropping the future ends the pipeline at once; sources are dropped without being closed (`S5`).
    pub async fn run_local(self) -> Result<O, PipelineError>
    where
        B: Body<O>,
    {
        self.run_in(Order::Woken).await
    }

    /// Runs the pipeline inside the calling task, its tasks in that order.
    pub(crate) async fn run_in(self, order: Order) -> Result<O, PipelineError>
    where
        B: Body<O>,
    {
        let Self { body, start, .. } = self;
        let Some(run) = start.run() else { return Err(PipelineError::aborted()) };
        let out = body.run_locally(Arc::clone(&run), order).await;
        outcome(&run, out)
    }

    /// Starts the pipeline, each of its tasks as a task of tokio, and gives a future for its outcome.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[track_caller]
    pub fn spawn(self) -> Running<O>
    where
        B: Body<O, Held: CanMove>,
        B: Spawnable<O>,
    {
        let Self { body, start, .. } = self;
        spawn(body, start)
    }

    /// Forgets the types of the stages, so that the pipeline's own can be written: `Pipeline<O>`. One box a task.
    pub fn boxed(self) -> Pipeline<O>
    where
        B: Body<O, Held: CanMove>,
        B: Spawnable<O>,
    {
        Pipeline { body: self.body.into_boxed(), start: self.start, bound: self.bound, output: PhantomData }
    }

    /// A handle to hold, end and look at the pipeline, before it runs and while it does.
    #[must_use]
    pub fn control(&self) -> Control {
        match &self.start.0 {
            Some(run) => Control::new(Arc::clone(run)),
            None => unreachable!("a pipeline keeps its run until it starts"),
        }
    }

    /// The pipeline's shape.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        match &self.start.0 {
            Some(run) => run.graph(),
            None => unreachable!("a pipeline keeps its run until it starts"),
        }
    }

    /// The most items that can be inside at once (bytes, for byte links), known before the run and never exceeded (`G4`).
    /// `None` only if a type of the user's says that it does not know what it holds.
    #[must_use]
    pub fn bound(&self) -> Option<usize> {
        self.bound
    }
}

impl<O, B> fmt::Debug for Pipeline<O, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").field("graph", self.graph()).finish_non_exhaustive()
    }
}
