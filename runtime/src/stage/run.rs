//! What all tasks of one pipeline share: its flags, its first failure, its counters.

use std::sync::atomic::{AtomicBool, AtomicU8 as StdAtomicU8, AtomicU64};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::graph::Graph;
use crate::link::state::LinkState;
use crate::signal::Observers;
use crate::sync::{AtomicU8, AtomicUsize, Mutex, Ordering, lock};
use crate::{Name, PipelineError, Snapshot, StageSnapshot};

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
    born: Instant,
}

#[derive(Debug, Default)]
struct Tables {
    stages: Vec<Arc<StageCell>>,
    tasks: Vec<Arc<TaskCell>>,
    links: Vec<Arc<LinkState>>,
}

impl Run {
    pub(crate) fn new(name: Name) -> Arc<Self> {
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
            born: Instant::now(),
        })
    }

    pub(crate) fn flags(&self) -> Flags {
        Flags(self.flags.load(Ordering::Acquire))
    }

    pub(crate) fn observers(&self) -> &Arc<Observers> {
        &self.observers
    }

    // Building.

    pub(crate) fn add_stage(&self, name: Name, task: Arc<TaskCell>) -> Arc<StageCell> {
        task.name.get_or_init(|| name.clone());
        let cell = Arc::new(StageCell { name, task, items_in: 0.into(), items_out: 0.into() });
        lock(&self.tables).stages.push(Arc::clone(&cell));
        cell
    }

    pub(crate) fn add_task(self: &Arc<Self>) -> Arc<TaskCell> {
        let cell = Arc::new(TaskCell {
            run: Arc::clone(self),
            name: OnceLock::new(),
            turn: 0.into(),
            waker: Mutex::new(None),
            mode: StdAtomicU8::new(Mode::Idle as u8),
            since: AtomicU64::new(self.nanos()),
            busy: 0.into(),
            blocked: 0.into(),
            idle: 0.into(),
        });
        lock(&self.tables).tasks.push(Arc::clone(&cell));
        cell
    }

    pub(crate) fn add_link(&self, link: &Arc<LinkState>) {
        lock(&self.tables).links.push(Arc::clone(link));
    }

    pub(crate) fn set_graph(&self, graph: Graph) {
        let set = self.graph.set(Arc::new(graph));
        debug_assert!(set.is_ok(), "a plan is closed once");
    }

    pub(crate) fn graph(&self) -> &Arc<Graph> {
        self.graph.get_or_init(Arc::default)
    }

    // Running.

    /// `tasks` tasks are about to run, on `runtime` or inside the caller's own.
    pub(crate) fn start(self: &Arc<Self>, tasks: usize, runtime: Option<&Handle>) {
        self.alive.store(tasks, Ordering::Release);
        let first = self.started.set(runtime.cloned());
        debug_assert!(first.is_ok(), "a pipeline is started once");
        if let Some(runtime) = runtime
            && lock(&self.deadline).is_some()
        {
            self.watch_on(runtime);
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
    pub(crate) fn fail(&self, failure: PipelineError) {
        {
            let mut first = lock(&self.failure);
            if self.flags().ended() {
                return;
            }
            first.get_or_insert(failure);
        }
        // Also when another was first and has not come to it yet: who has failed finds the flag raised before it drops anything.
        self.raise(CANCELLED);
    }

    /// One task has ended and dropped all it held.
    pub(crate) fn task_ended(&self) {
        if self.alive.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.end_all();
        }
    }

    fn end_all(&self) {
        self.flags.fetch_or(ENDED, Ordering::AcqRel);
        self.observers.close();
        lock(&self.tables).tasks.iter().for_each(|task| task.stand());
        self.ended.notify_waiters();
        self.deadline_set.notify_waiters();
    }

    /// Waits until all tasks have ended.
    ///
    /// Cancel safe: only looks.
    pub(crate) async fn end(&self) {
        loop {
            let ended = self.ended.notified();
            if self.flags().ended() {
                return;
            }
            ended.await;
        }
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
        if self.flags.fetch_and(!PAUSED, Ordering::AcqRel) & PAUSED != 0 {
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

    fn raise(&self, flag: u8) {
        let before = self.flags.fetch_or(flag, Ordering::AcqRel);
        if before & flag == 0 && before & ENDED == 0 {
            self.wake_all();
        }
    }

    fn wake_all(&self) {
        let tasks = lock(&self.tables).tasks.clone();
        tasks.iter().for_each(|task| task.wake());
    }

    // Looking.

    pub(crate) fn snapshot(&self) -> Snapshot {
        let tables = lock(&self.tables);
        Snapshot {
            name: self.name.clone(),
            paused: self.flags().paused(),
            stages: tables.stages.iter().map(|stage| stage.snapshot()).collect(),
            links: tables.links.iter().map(|link| link.snapshot()).collect(),
        }
    }

    fn nanos(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// A stage's counters. Written once a run by its task, read by anyone.
#[derive(Debug)]
pub struct StageCell {
    name: Name,
    task: Arc<TaskCell>,
    items_in: AtomicU64,
    items_out: AtomicU64,
}

impl StageCell {
    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    pub(crate) fn task(&self) -> &Arc<TaskCell> {
        &self.task
    }

    pub(crate) fn add_in(&self, items: u64) {
        add(&self.items_in, items);
    }

    pub(crate) fn add_out(&self, items: u64) {
        add(&self.items_out, items);
    }

    fn snapshot(&self) -> StageSnapshot {
        let (busy, blocked, idle) = self.task.times();
        StageSnapshot {
            name: self.name.clone(),
            items_in: self.items_in.load(Ordering::Relaxed),
            items_out: self.items_out.load(Ordering::Relaxed),
            busy,
            blocked,
            idle,
        }
    }
}

/// Adds without a locked instruction: each counter has one writer, its task.
fn add(counter: &AtomicU64, more: u64) {
    counter.store(counter.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
}

/// What a task is doing, for its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Mode {
    Busy,
    Blocked,
    Idle,
    Ended,
}

impl Mode {
    fn of(byte: u8) -> Self {
        match byte {
            0 => Self::Busy,
            1 => Self::Blocked,
            2 => Self::Idle,
            _ => Self::Ended,
        }
    }
}

/// A task as the rest of the pipeline sees it: how to wake it, and how it spends its time.
#[derive(Debug)]
pub struct TaskCell {
    run: Arc<Run>,
    /// The first of its stages: at fault for what no stage is known to be (a panic in an item's drop).
    name: OnceLock<Name>,
    /// How often the task was polled.
    turn: AtomicU64,
    waker: Mutex<Option<Waker>>,
    mode: StdAtomicU8,
    since: AtomicU64,
    busy: AtomicU64,
    blocked: AtomicU64,
    idle: AtomicU64,
}

impl TaskCell {
    pub(crate) fn run(&self) -> &Arc<Run> {
        &self.run
    }

    #[inline(always)]
    pub(crate) fn flags(&self) -> Flags {
        self.run.flags()
    }

    pub(crate) fn name(&self) -> Name {
        self.name.get().cloned().unwrap_or_else(|| Name::from("pipeline"))
    }

    #[inline(always)]
    pub(crate) fn turn(&self) -> u64 {
        self.turn.load(Ordering::Relaxed)
    }

    /// The task is polled: from now on it is busy, and flags that are raised wake it.
    pub(crate) fn enter(&self, cx: &Context<'_>) {
        {
            let mut waker = lock(&self.waker);
            if !waker.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
                *waker = Some(cx.waker().clone());
            }
        }
        add(&self.turn, 1);
        self.spend(Mode::Busy);
    }

    /// The task waits because its output is paused; says how long it has worked before, in nanoseconds.
    pub(crate) fn blocked(&self) -> u64 {
        self.spend(Mode::Blocked)
    }

    /// The task waits for input; says how long it has worked before, in nanoseconds.
    pub(crate) fn idle(&self) -> u64 {
        self.spend(Mode::Idle)
    }

    /// The time since the last change or lap, which is added to what the task is doing; in nanoseconds.
    pub(crate) fn lap(&self) -> u64 {
        self.spend(Mode::of(self.mode.load(Ordering::Relaxed)))
    }

    fn spend(&self, mode: Mode) -> u64 {
        let now = self.run.nanos();
        let spent = now.saturating_sub(self.since.load(Ordering::Relaxed));
        self.since.store(now, Ordering::Relaxed);
        let before = Mode::of(self.mode.load(Ordering::Relaxed));
        self.mode.store(mode as u8, Ordering::Relaxed);
        match before {
            Mode::Busy => add(&self.busy, spent),
            Mode::Blocked => add(&self.blocked, spent),
            Mode::Idle => add(&self.idle, spent),
            Mode::Ended => {}
        }
        spent
    }

    /// The clock stands still from here on.
    fn stand(&self) {
        self.spend(Mode::Ended);
        *lock(&self.waker) = None;
    }

    fn wake(&self) {
        let waker = lock(&self.waker).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Busy, blocked and idle, with the time that is still running.
    fn times(&self) -> (Duration, Duration, Duration) {
        let running = self.run.nanos().saturating_sub(self.since.load(Ordering::Relaxed));
        let mode = Mode::of(self.mode.load(Ordering::Relaxed));
        let time = |counter: &AtomicU64, of: Mode| {
            let more = if mode == of { running } else { 0 };
            Duration::from_nanos(counter.load(Ordering::Relaxed) + more)
        };
        (time(&self.busy, Mode::Busy), time(&self.blocked, Mode::Blocked), time(&self.idle, Mode::Idle))
    }
}
