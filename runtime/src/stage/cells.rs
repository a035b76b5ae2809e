//! A task and a stage as the rest of the pipeline sees them: how to wake it, what it has done, how it spends its time.
//!
//! A *cell* belongs to the task. It is made while the pipeline is built, and is bound to its run when the plan is finished: a segment's
//! cells do not know before which pipeline they are part of. The *figures* are shared with the run's tables, and know nothing.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use super::figures::{Counts, Mode, StageFigures, TaskFigures, add};
use super::run::{Flags, Run};
use crate::graph::GraphStage;
use crate::sync::{AtomicUsize, lock};
use crate::{BoxError, Name, PipelineError};

/// A stage, for its operator: its name, its task, and its counters.
#[derive(Debug)]
pub struct StageCell {
    task: Arc<TaskCell>,
    /// Its name in the text it stands in.
    name: Name,
    /// Its name in the pipeline, where that is another: `segment/stage`.
    full: OnceLock<Name>,
    counts: Arc<Counts>,
}

/// Says that the run knows what a stage has failed of: the end of an asynchronous stage's block, which drops nothing before (T1).
#[derive(Clone, Copy, Debug)]
pub struct Told(());

/// What a stage that cannot go on waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Wait {
    /// A future of the user's, or a timer.
    Own,
    /// Items from the link before it.
    Items,
    /// Its next turn: it has given way to others (G5).
    Turn,
}

impl StageCell {
    pub(super) fn new(name: Name, task: Arc<TaskCell>) -> Self {
        Self { task, name, full: OnceLock::new(), counts: Arc::default() }
    }

    /// Binds the stage to its pipeline, where it is what is `shown`; its task is bound already. Gives its figures.
    pub(super) fn bind(&self, shown: &GraphStage) -> StageFigures {
        let task = Arc::clone(&self.task.bound().figures);
        task.name.get_or_init(|| shown.name.clone());
        if shown.name != self.name {
            let first = self.full.set(shown.name.clone());
            debug_assert!(first.is_ok(), "a stage is bound once");
        }
        StageFigures { task, counts: Arc::clone(&self.counts), copies: Vec::new() }
    }

    /// What the stage is called in the pipeline: known for certain only while that runs.
    pub(crate) fn name(&self) -> &Name {
        self.full.get().unwrap_or(&self.name)
    }

    pub(crate) fn task(&self) -> &Arc<TaskCell> {
        &self.task
    }

    /// The run fails of `cause`.
    pub(crate) fn failed(&self, cause: impl Into<BoxError>) -> Told {
        self.fail(PipelineError::failed(self.name(), cause.into()))
    }

    /// The run fails.
    pub(crate) fn fail(&self, failure: PipelineError) -> Told {
        self.task.run().fail(failure);
        Told(())
    }

    pub(crate) fn add_in(&self, items: u64) {
        add(&self.counts.items_in, items);
    }

    pub(crate) fn add_out(&self, items: u64) {
        add(&self.counts.items_out, items);
    }

    pub(crate) fn add_dropped(&self, items: u64) {
        add(&self.counts.dropped, items);
    }

    /// So many futures of the user's are under way.
    pub(crate) fn note_in_flight(&self, futures: usize) {
        self.counts.in_flight.store(u32::try_from(futures).unwrap_or(u32::MAX), Ordering::Relaxed);
    }

    /// A source knows how many items it will give in all.
    pub(crate) fn note_expected(&self, items: usize) {
        self.counts.expected.store((items as u64).saturating_add(1), Ordering::Relaxed);
    }

    /// The stage waits, or would wait, for this.
    #[inline(always)]
    pub(crate) fn note_wait(&self, wait: Wait) {
        self.counts.wait.store(wait as u8, Ordering::Relaxed);
    }

    /// What the stage waits for; while futures are under way, for those.
    pub(crate) fn wait(&self) -> Wait {
        match self.counts.wait.load(Ordering::Relaxed) {
            wait if wait == Wait::Turn as u8 => Wait::Turn,
            wait if wait == Wait::Items as u8 && self.counts.in_flight() == 0 => Wait::Items,
            _ => Wait::Own,
        }
    }
}

/// A task, for its stages and for what drives it.
///
/// Several cells may be one task: a segment's, and that of the stage which uses it.
#[derive(Debug, Default)]
pub struct TaskCell {
    bound: OnceLock<Bound>,
    /// The holds on the task before it is bound, as they will stand in its gate.
    held: AtomicUsize,
}

/// What a task is part of.
#[derive(Debug)]
struct Bound {
    run: Arc<Run>,
    figures: Arc<TaskFigures>,
}

impl TaskCell {
    /// Binds the task to its run, with the figures that all cells of the task share.
    pub(super) fn bind(&self, run: Arc<Run>, figures: Arc<TaskFigures>) {
        figures.gate.fetch_add(self.held.load(Ordering::Relaxed), Ordering::Relaxed);
        let first = self.bound.set(Bound { run, figures });
        debug_assert!(first.is_ok(), "a task is bound once");
    }

    #[inline(always)]
    fn bound(&self) -> &Bound {
        match self.bound.get() {
            Some(bound) => bound,
            None => unreachable!("a task runs when its plan is finished"),
        }
    }

    pub(crate) fn run(&self) -> &Arc<Run> {
        &self.bound().run
    }

    /// What the task shares with those who do not keep its run.
    pub(super) fn figures(&self) -> &Arc<TaskFigures> {
        &self.bound().figures
    }

    /// What has been asked of the run; of a task that was dismissed, also that it finishes.
    #[inline(always)]
    pub(crate) fn flags(&self) -> Flags {
        let bound = self.bound();
        let flags = bound.run.flags();
        if bound.figures.gate.load(Ordering::Acquire) & DISMISSED == 0 { flags } else { flags.and_finishing() }
    }

    /// The task is not to begin before it is released, once for each time it is held; while the pipeline is built.
    pub(crate) fn hold(&self) {
        self.held.fetch_add(HELD, Ordering::Relaxed);
    }

    /// Takes one hold back; with the last, the task begins (T13).
    pub(crate) fn release(&self) {
        let figures = &self.bound().figures;
        if figures.gate.fetch_sub(HELD, Ordering::AcqRel) < 2 * HELD {
            figures.wake();
        }
    }

    /// The task is not wanted any more: it comes to its end as at `finish()`, whatever holds it. A source is closed unbegun.
    pub(crate) fn dismiss(&self) {
        let figures = &self.bound().figures;
        figures.gate.fetch_or(DISMISSED, Ordering::AcqRel);
        figures.wake();
    }

    /// Whether the task is not to begin yet.
    #[inline]
    pub(super) fn is_held(&self) -> bool {
        self.bound().figures.gate.load(Ordering::Acquire) >= HELD && {
            let flags = self.flags();
            !flags.finishing() && !flags.cancelled()
        }
    }

    /// The first of its stages: at fault for what no stage is known to be (a panic in an item's drop).
    pub(crate) fn name(&self) -> Name {
        self.bound().figures.name.get().cloned().unwrap_or_else(|| Name::from("pipeline"))
    }

    /// The stages that run in the task.
    #[cfg(feature = "tracing")]
    pub(crate) fn stage_names(&self) -> Vec<Name> {
        let bound = self.bound();
        bound.run.stages_of(&bound.figures)
    }

    /// How often the task was polled.
    #[inline(always)]
    pub(crate) fn turn(&self) -> u64 {
        self.bound().figures.turn.load(Ordering::Relaxed)
    }

    /// Flags that are raised wake whoever polls.
    pub(crate) fn watch(&self, cx: &Context<'_>) {
        let mut waker = lock(&self.bound().figures.waker);
        if !waker.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
            *waker = Some(cx.waker().clone());
        }
    }

    /// The task is polled: from now on it is busy.
    pub(crate) fn enter(&self) {
        self.bound().figures.enter();
    }

    /// The task waits because its output is paused; says how long it has worked before, in nanoseconds.
    pub(crate) fn blocked(&self) -> u64 {
        self.bound().figures.spend(Mode::Blocked)
    }

    /// The task waits for something else; says how long it has worked before, in nanoseconds.
    pub(crate) fn rest(&self, wait: Wait) -> u64 {
        self.bound().figures.spend(match wait {
            Wait::Own => Mode::Waiting,
            Wait::Items => Mode::Idle,
            Wait::Turn => Mode::Busy,
        })
    }

    /// The task does not end before this has, nor is it done before what the task holds is dropped (T15).
    #[cfg(feature = "remote")]
    pub(crate) fn leave_behind(&self, work: impl Future<Output = ()> + Send + 'static) {
        let Bound { run, figures } = self.bound();
        run.remains.add(figures, work);
    }

    /// Waits for what was left behind.
    pub(super) fn poll_remains(&self, cx: &mut Context<'_>) -> Poll<()> {
        let Bound { run, figures } = self.bound();
        run.remains.poll(figures, cx)
    }

    /// Drops what was left behind and is not waited for any more.
    pub(super) fn drop_remains(&self) {
        let Bound { run, figures } = self.bound();
        drop(run.remains.take(figures));
    }

    /// The task has ended: its times stand still.
    pub(super) fn stand(&self) {
        self.bound().figures.spend(Mode::Ended);
    }

    /// The time since the last change or lap, which is added to what the task is doing; in nanoseconds.
    pub(crate) fn lap(&self) -> u64 {
        let figures = &self.bound().figures;
        figures.spend(Mode::of(figures.mode.load(Ordering::Relaxed)))
    }
}

/// In a task's gate: it is not wanted any more.
const DISMISSED: usize = 1;
/// In a task's gate: what each hold adds.
const HELD: usize = 2;
