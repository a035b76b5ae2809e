//! What all tasks of one pipeline share: its flags, its first failure, its counters.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::cells::TaskCell;
use super::figures::{LinkFigures, StageFigures, TaskFigures};
use super::remains::Remains;
use crate::graph::Graph;
use crate::signal::Observers;
use crate::sync::{AtomicU8, AtomicUsize, Mutex, Ordering, lock};
use crate::watch::Stall;
use crate::watch::trace::{self, Failed};
use crate::{Ack, Name, PipelineError, Snapshot};

const PAUSED: u8 = 1;
const FINISHING: u8 = 2;
const CANCELLED: u8 = 4;
const ENDED: u8 = 8;
const FORCED: u8 = 16;

/// What has been asked of a run, at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flags(u8);

impl Flags {
    /// `pause()`: sources are held (E7).
    pub(crate) fn paused(self) -> bool {
        self.0 & PAUSED != 0
    }

    /// `finish()`: sources stop (E5).
    pub(crate) fn finishing(self) -> bool {
        self.0 & FINISHING != 0
    }

    /// The same, and finishing.
    pub(super) fn and_finishing(self) -> Self {
        Self(self.0 | FINISHING)
    }

    /// A failure or an abort: all tasks end now (E1, E6).
    pub(crate) fn cancelled(self) -> bool {
        self.0 & CANCELLED != 0
    }

    /// The deadline of `finish_within` has passed: what has not closed is let go (E5).
    pub(crate) fn forced(self) -> bool {
        self.0 & FORCED != 0
    }

    /// All tasks have ended.
    pub(crate) fn ended(self) -> bool {
        self.0 & ENDED != 0
    }
}

/// Waits until a run has ended. Boxed where it is made: a future that has no type parameters is compiled there, once.
pub(crate) type RunEnd = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

/// One pipeline's run, from its building on. `README.md` in this folder has the invariants of its end.
#[derive(Debug)]
pub struct Run {
    name: Name,
    flags: AtomicU8,
    failure: Mutex<Option<PipelineError>>,
    alive: AtomicUsize,
    ended: Notify,
    deadline: Mutex<Option<Instant>>,
    deadline_set: Notify,
    /// Set when the tasks start; the runtime they were spawned on, if they were.
    started: OnceLock<Option<Handle>>,
    watched: AtomicBool,
    tables: Mutex<Tables>,
    graph: OnceLock<Arc<Graph>>,
    observers: Arc<Observers>,
    /// How often it is looked at whether anything has moved, and who is told that nothing has.
    stall: Option<Duration>,
    stalls: Observers<Stall>,
    born: Instant,
    /// When the tasks started, and when the last of them had ended.
    begun: OnceLock<Instant>,
    over: OnceLock<Instant>,
    pub(super) remains: Remains,
}

/// What a run knows of its parts. They know the run; what is here does not, so that no circle keeps both alive.
#[derive(Debug, Default)]
struct Tables {
    stages: Vec<StageFigures>,
    tasks: Vec<Arc<TaskFigures>>,
    links: Vec<LinkFigures>,
    /// Of the items that the outputs are made of.
    asked: Ack,
}

impl Run {
    pub(crate) fn new(name: Name, stall: Option<Duration>) -> Arc<Self> {
        Arc::new(Self {
            name,
            flags: AtomicU8::new(0),
            failure: Mutex::new(None),
            alive: AtomicUsize::new(0),
            ended: Notify::new(),
            deadline: Mutex::new(None),
            deadline_set: Notify::new(),
            started: OnceLock::new(),
            watched: false.into(),
            tables: Mutex::default(),
            graph: OnceLock::new(),
            observers: Arc::default(),
            stall,
            stalls: Observers::default(),
            born: Instant::now(),
            begun: OnceLock::new(),
            over: OnceLock::new(),
            remains: Remains::default(),
        })
    }

    pub(crate) fn flags(&self) -> Flags {
        Flags(self.flags.load(Ordering::Acquire))
    }

    pub(crate) fn observers(&self) -> &Arc<Observers> {
        &self.observers
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    /// The option `stall`.
    pub(crate) fn stall(&self) -> Option<Duration> {
        self.stall
    }

    pub(crate) fn stalls(&self) -> &Observers<Stall> {
        &self.stalls
    }

    // Building.

    pub(super) fn add_stage(&self, stage: StageFigures) {
        lock(&self.tables).stages.push(stage);
    }

    /// `cells` are one task.
    pub(super) fn add_task(self: &Arc<Self>, cells: &[Arc<TaskCell>]) {
        let figures = Arc::new(TaskFigures::new(self.born));
        lock(&self.tables).tasks.push(Arc::clone(&figures));
        cells.iter().for_each(|cell| cell.bind(Arc::clone(self), Arc::clone(&figures)));
    }

    pub(super) fn add_link(&self, link: LinkFigures) {
        lock(&self.tables).links.push(link);
    }

    pub(crate) fn set_graph(&self, graph: Graph) {
        let set = self.graph.set(Arc::new(graph));
        debug_assert!(set.is_ok(), "a plan is closed once");
    }

    pub(crate) fn graph(&self) -> &Arc<Graph> {
        self.graph.get_or_init(Arc::default)
    }

    /// What is asked about the items of an output: it is done when the run has ended well.
    pub(super) fn ask(&self, token: Ack) {
        if token.is_asked() {
            let asked = &mut lock(&self.tables).asked;
            *asked = Ack::join([std::mem::take(asked), token]);
        }
    }

    // Running.

    /// `tasks` tasks are about to run, on `runtime` or inside the caller's own.
    pub(crate) fn start(self: &Arc<Self>, tasks: usize, runtime: Option<&Handle>) {
        self.alive.store(tasks, Ordering::Release);
        let first = self.started.set(runtime.cloned());
        debug_assert!(first.is_ok(), "a pipeline is started once");
        self.begun.get_or_init(Instant::now);
        lock(&self.tables).tasks.iter().for_each(|task| task.begin());
        if let Some(runtime) = runtime
            && lock(&self.deadline).is_some()
        {
            self.watch_on(runtime);
        }
        if tasks == 0 {
            // Of a role that there is not: nobody else would end it.
            self.end_all();
        }
    }

    /// The pipeline was dropped before it was started: who watches it learns that it is over.
    pub(crate) fn discard(&self) {
        if self.started.set(None).is_ok() {
            self.end_all();
        }
    }

    fn watch_on(self: &Arc<Self>, runtime: &Handle) {
        if !self.watched.swap(true, Ordering::AcqRel) {
            let run = Arc::clone(self);
            drop(runtime.spawn(async move { run.watch_deadline().await }));
        }
    }

    /// Records the first failure, then tells all tasks: in this order, so that whoever sees the end sees the cause (E1).
    pub(crate) fn fail(&self, mut failure: PipelineError) {
        failure.locate(self.graph());
        let failed = Failed::new(&failure);
        let is_first = {
            let mut first = lock(&self.failure);
            if self.over.get().is_some() {
                return;
            }
            let is_first = first.is_none();
            first.get_or_insert(failure);
            is_first
        };
        if is_first {
            failed.tell(&self.name);
        }
        // Also when another was first and has not come to it yet: who has failed finds the flag raised before it drops anything.
        self.raise(CANCELLED);
    }

    /// One task has ended and dropped all it held.
    pub(crate) fn task_ended(&self) {
        if self.alive.fetch_sub(1, Ordering::AcqRel) == 1 {
            if !self.flags().cancelled() {
                trace::finished(&self.name, self.elapsed());
            }
            self.end_all();
        }
    }

    fn end_all(&self) {
        self.answer();
        self.flags.fetch_or(ENDED, Ordering::AcqRel);
        self.observers.close();
        self.stalls.close();
        lock(&self.tables).tasks.iter().for_each(|task| task.stand());
        self.ended.notify_waiters();
        self.deadline_set.notify_waiters();
    }

    /// From here on nothing fails (T7): the items of the outputs are done if nothing has. Who waits for the end is told after that.
    fn answer(&self) {
        let failed = {
            let failure = lock(&self.failure);
            self.over.get_or_init(Instant::now);
            failure.is_some()
        };
        let asked = std::mem::take(&mut lock(&self.tables).asked);
        // A source that panics when it is told has nobody left to tell.
        drop(catch_unwind(AssertUnwindSafe(|| if failed { drop(asked) } else { asked.done() })));
    }

    /// Waits until all tasks have ended.
    ///
    /// Cancel safe: only looks.
    pub(crate) fn end(self: Arc<Self>) -> RunEnd {
        Box::pin(async move {
            loop {
                let ended = self.ended.notified();
                if self.flags().ended() {
                    return;
                }
                ended.await;
            }
        })
    }

    /// What it has failed of so far.
    #[cfg(all(loom, test))]
    pub(crate) fn failed_of(&self) -> Option<crate::ErrorKind> {
        lock(&self.failure).as_ref().map(PipelineError::kind)
    }

    /// How the run ended, once it has.
    pub(crate) fn take_failure(&self) -> Option<PipelineError> {
        lock(&self.failure).take()
    }

    // Asking.

    pub(crate) fn pause(&self) {
        self.raise(PAUSED);
    }

    pub(crate) fn resume(&self) {
        let lower = |flags| (flags & PAUSED != 0 && flags & ENDED == 0).then_some(flags & !PAUSED);
        if self.flags.fetch_update(Ordering::AcqRel, Ordering::Acquire, lower).is_ok() {
            self.wake_all();
        }
    }

    pub(crate) fn finish(&self) {
        self.raise(FINISHING);
    }

    pub(crate) fn abort(&self) {
        self.fail(PipelineError::aborted());
    }

    /// `finish()` with an end in time. The earliest deadline holds.
    pub(crate) fn finish_by(self: &Arc<Self>, deadline: Instant) {
        {
            let mut earliest = lock(&self.deadline);
            *earliest = Some(earliest.map_or(deadline, |known| known.min(deadline)));
        }
        self.finish();
        self.deadline_set.notify_waiters();
        if let Some(Some(runtime)) = self.started.get() {
            self.watch_on(runtime);
        }
    }

    /// Waits for a deadline to be set and to pass, and aborts the run then; ends when the run does.
    ///
    /// Cancel safe: the deadline stays.
    pub(crate) async fn watch_deadline(&self) {
        loop {
            let set = self.deadline_set.notified();
            let deadline = *lock(&self.deadline);
            if self.flags().ended() {
                return;
            }
            let Some(deadline) = deadline else {
                set.await;
                continue;
            };
            if tokio::time::timeout_at(deadline, set).await.is_err() {
                self.abort();
                // Also what an earlier failure has left closing.
                return self.raise(FORCED);
            }
        }
    }

    /// Raises a flag, and wakes all tasks if it was not raised. After the end nothing is asked any more (E8); but a failure that was noted before it
    /// has its flag (T1).
    fn raise(&self, flag: u8) {
        let raise = |flags| (flags & ENDED == 0 || flag == CANCELLED).then_some(flags | flag);
        let raised = self.flags.fetch_update(Ordering::AcqRel, Ordering::Acquire, raise);
        if raised.is_ok_and(|before| before & flag == 0) {
            self.wake_all();
        }
    }

    /// The stages that run in a task.
    #[cfg(feature = "tracing")]
    pub(super) fn stages_of(&self, task: &Arc<TaskFigures>) -> Vec<Name> {
        let tables = lock(&self.tables);
        let stages = tables.stages.iter().zip(&self.graph().stages);
        stages.filter(|(stage, _)| stage.runs_in(task)).map(|(_, shown)| shown.name.clone()).collect()
    }

    fn wake_all(&self) {
        let tasks = lock(&self.tables).tasks.clone();
        tasks.iter().for_each(|task| task.wake());
    }

    // Looking.

    pub(crate) fn snapshot(&self) -> Snapshot {
        let (tables, graph, flags) = (lock(&self.tables), self.graph(), self.flags());
        Snapshot {
            name: self.name.clone(),
            paused: flags.paused(),
            ended: flags.ended(),
            elapsed: self.elapsed(),
            stages: tables.stages.iter().zip(&graph.stages).map(|(stage, shown)| stage.snapshot(shown)).collect(),
            links: tables.links.iter().filter_map(|link| link.snapshot(graph)).collect(),
        }
    }

    /// How long the run has lasted.
    fn elapsed(&self) -> Duration {
        let end = || self.over.get().copied().unwrap_or_else(Instant::now);
        self.begun.get().map_or(Duration::ZERO, |begun| end().saturating_duration_since(*begun))
    }
}
