//! The figures of a pipeline, for those who look: what each stage has counted, what each task spends its time with, what each link has
//! seen. Each is written by one task and read by anyone; where a stage stands and what it is called is the graph's to say.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::clock::{self, WokenBy};
use crate::graph::{Graph, GraphStage};
use crate::link::state::LinkState;
use crate::sync::{AtomicUsize, Mutex, lock};
use crate::{LinkSnapshot, Name, StageSnapshot, StageState};

/// A stage's counters. Written once a run by its task, read by anyone.
#[derive(Clone, Debug)]
pub(super) struct StageFigures {
    pub(super) task: Arc<TaskFigures>,
    pub(super) counts: Arc<Counts>,
    /// Those of its copies, in the arm of a `parallel`.
    pub(super) copies: Vec<StageFigures>,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) items_in: AtomicU64,
    pub(super) items_out: AtomicU64,
    pub(super) dropped: AtomicU64,
    /// One more than the items a source will give in all; 0: nobody knows.
    pub(super) expected: AtomicU64,
    pub(super) in_flight: AtomicU32,
    pub(super) wait: AtomicU8,
}

impl Counts {
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed) as usize
    }
}

impl StageFigures {
    /// The same stage in the other copies of a `parallel`'s arm.
    pub(super) fn with_copies(self, copies: Vec<StageFigures>) -> Self {
        Self { copies, ..self }
    }

    /// Whether the stage, or a copy of it, is part of the task.
    #[cfg(feature = "tracing")]
    pub(super) fn runs_in(&self, task: &Arc<TaskFigures>) -> bool {
        Arc::ptr_eq(&self.task, task) || self.copies.iter().any(|copy| copy.runs_in(task))
    }

    /// What the stage has done, in all its copies together (F5).
    pub(super) fn snapshot(&self, shown: &GraphStage) -> StageSnapshot {
        let Times { busy, blocked, idle, waiting, state } = self.task.times();
        let one = StageSnapshot {
            name: shown.name.clone(),
            operator: shown.operator,
            task: shown.task,
            location: shown.location,
            state,
            items_in: self.counts.items_in.load(Ordering::Relaxed),
            items_out: self.counts.items_out.load(Ordering::Relaxed),
            dropped: self.counts.dropped.load(Ordering::Relaxed),
            in_flight: if state == StageState::Ended { 0 } else { self.counts.in_flight() },
            expected: self.counts.expected.load(Ordering::Relaxed).checked_sub(1),
            busy,
            blocked,
            idle,
            waiting,
        };
        self.copies.iter().map(|copy| copy.snapshot(shown)).fold(one, |sum, copy| StageSnapshot {
            state: sum.state.max(copy.state),
            items_in: sum.items_in.wrapping_add(copy.items_in),
            items_out: sum.items_out.wrapping_add(copy.items_out),
            dropped: sum.dropped.wrapping_add(copy.dropped),
            in_flight: sum.in_flight + copy.in_flight,
            busy: sum.busy + copy.busy,
            blocked: sum.blocked + copy.blocked,
            idle: sum.idle + copy.idle,
            waiting: sum.waiting + copy.waiting,
            ..sum
        })
    }
}

/// A link, for those who look.
#[derive(Debug)]
pub(super) struct LinkFigures {
    /// With those that are the same in the other copies of a `parallel`'s arm.
    pub(super) copies: Vec<Arc<LinkState>>,
    /// The stages at its ends, by their places in the graph; none: the program itself.
    pub(super) writer: Option<u32>,
    pub(super) reader: Option<u32>,
}

impl LinkFigures {
    /// All copies together (F5).
    pub(super) fn snapshot(&self, graph: &Graph) -> Option<LinkSnapshot> {
        let all = self.copies.iter().map(|link| link.snapshot()).reduce(|sum, copy| LinkSnapshot {
            len: sum.len + copy.len,
            capacity: sum.capacity.saturating_add(copy.capacity),
            low: sum.low.saturating_add(copy.low),
            paused: sum.paused || copy.paused,
            pauses: sum.pauses + copy.pauses,
            paused_for: sum.paused_for + copy.paused_for,
            max_len: sum.max_len + copy.max_len,
            dropped: sum.dropped + copy.dropped,
            oldest: sum.oldest.max(copy.oldest),
            ..sum
        })?;
        let named = |stage: Option<u32>, otherwise: &Name| {
            let stage = stage.and_then(|place| graph.stages.get(place as usize));
            stage.map_or(otherwise, |stage| &stage.name).clone()
        };
        let (writer, reader) = (named(self.writer, &all.from), named(self.reader, &all.to));
        Some(LinkSnapshot { writer, reader, ..all })
    }
}

/// Adds without a locked instruction: each counter has one writer, its task.
pub(super) fn add(counter: &AtomicU64, more: u64) {
    counter.store(counter.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
}

/// Later than any time of a run: nothing has begun.
const NEVER: u64 = u64::MAX;

/// What a task is doing, for its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Mode {
    Busy,
    Blocked,
    Idle,
    Waiting,
    Ended,
    Elsewhere,
}

impl Mode {
    pub(super) fn of(byte: u8) -> Self {
        match byte {
            0 => Self::Busy,
            1 => Self::Blocked,
            2 => Self::Idle,
            3 => Self::Waiting,
            5 => Self::Elsewhere,
            _ => Self::Ended,
        }
    }
}

/// How a task has spent its time, and what it is doing now.
struct Times {
    busy: Duration,
    blocked: Duration,
    idle: Duration,
    waiting: Duration,
    state: StageState,
}

/// A task's gate, waker and times. The times are written by the task, read by anyone.
#[derive(Debug)]
pub(crate) struct TaskFigures {
    pub(super) name: OnceLock<Name>,
    pub(super) gate: AtomicUsize,
    pub(super) turn: AtomicU64,
    pub(super) waker: Mutex<Option<Waker>>,
    born: Instant,
    pub(super) mode: AtomicU8,
    pub(crate) woken: WokenBy,
    since: AtomicU64,
    busy: AtomicU64,
    blocked: AtomicU64,
    idle: AtomicU64,
    waiting: AtomicU64,
}

impl TaskFigures {
    pub(super) fn new(born: Instant) -> Self {
        Self {
            name: OnceLock::new(),
            gate: AtomicUsize::new(0),
            turn: 0.into(),
            waker: Mutex::new(None),
            born,
            mode: AtomicU8::new(Mode::Idle as u8),
            woken: WokenBy::default(),
            since: NEVER.into(),
            busy: 0.into(),
            blocked: 0.into(),
            idle: 0.into(),
            waiting: 0.into(),
        }
    }

    fn nanos(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.born).as_nanos()).unwrap_or(u64::MAX)
    }

    /// The task is polled: from now on it is busy.
    pub(super) fn enter(&self) {
        add(&self.turn, 1);
        if self.mode.load(Ordering::Relaxed) == Mode::Busy as u8 {
            // After a yield it is busy still.
            self.woken.go_on();
        } else {
            self.change(Mode::Busy, self.woken.begin());
        }
    }

    /// From now on the time is spent on something else; says how long it was spent on what it was, in nanoseconds.
    pub(super) fn spend(&self, mode: Mode) -> u64 {
        self.change(mode, clock::now())
    }

    fn change(&self, mode: Mode, at: Instant) -> u64 {
        let now = self.nanos(at);
        let spent = now.saturating_sub(self.since.load(Ordering::Relaxed));
        self.since.store(now, Ordering::Relaxed);
        let before = Mode::of(self.mode.load(Ordering::Relaxed));
        self.mode.store(mode as u8, Ordering::Relaxed);
        match before {
            Mode::Busy => add(&self.busy, spent),
            Mode::Blocked => add(&self.blocked, spent),
            Mode::Idle => add(&self.idle, spent),
            Mode::Waiting => add(&self.waiting, spent),
            Mode::Ended | Mode::Elsewhere => {}
        }
        spent
    }

    /// The task belongs to a part of the pipeline that another process runs: here it never begins.
    pub(super) fn runs_elsewhere(&self) {
        self.mode.store(Mode::Elsewhere as u8, Ordering::Relaxed);
    }

    /// The run begins now: nothing was spent before.
    pub(super) fn begin(&self) {
        self.since.store(self.nanos(Instant::now()), Ordering::Relaxed);
    }

    /// The run has ended: the times stand still from here on.
    pub(super) fn stand(&self) {
        if self.mode.load(Ordering::Relaxed) != Mode::Elsewhere as u8 {
            self.spend(Mode::Ended);
        }
        let waker = lock(&self.waker).take();
        drop(waker);
    }

    pub(super) fn wake(&self) {
        let waker = lock(&self.waker).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// All of them with the time that is still running; before the run there is none.
    fn times(&self) -> Times {
        let running = self.nanos(Instant::now()).saturating_sub(self.since.load(Ordering::Relaxed));
        let mode = Mode::of(self.mode.load(Ordering::Relaxed));
        let time = |counter: &AtomicU64, of: Mode| {
            let more = if mode == of { running } else { 0 };
            Duration::from_nanos(counter.load(Ordering::Relaxed) + more)
        };
        Times {
            busy: time(&self.busy, Mode::Busy),
            blocked: time(&self.blocked, Mode::Blocked),
            idle: time(&self.idle, Mode::Idle),
            waiting: time(&self.waiting, Mode::Waiting),
            state: match mode {
                Mode::Busy => StageState::Busy,
                Mode::Blocked => StageState::Blocked,
                Mode::Idle => StageState::Idle,
                Mode::Waiting => StageState::Waiting,
                Mode::Ended => StageState::Ended,
                Mode::Elsewhere => StageState::Elsewhere,
            },
        }
    }
}
