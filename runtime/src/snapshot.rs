use std::time::Duration;

use crate::{Location, Name};

/// A pipeline at one moment: what each stage has done and how full each link is.
///
/// Made by [`Control::snapshot`](crate::Control::snapshot). Each figure is at most one run old (`G6`); figures of different
/// stages are not read at the same instant.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Snapshot {
    /// The pipeline's name: `#![name = …]`, else `pipeline`.
    pub name: Name,
    /// Whether the sources are held by `pause()`.
    pub paused: bool,
    /// Whether all tasks have ended; the times stand still then.
    pub ended: bool,
    /// How long the run has lasted; zero before it.
    pub elapsed: Duration,
    /// The stages, in the order of the text.
    pub stages: Vec<StageSnapshot>,
    /// The links of which an end is in this process, in the order of the text.
    pub links: Vec<LinkSnapshot>,
}

impl Snapshot {
    /// The stage of that name.
    #[must_use]
    pub fn stage(&self, name: &str) -> Option<&StageSnapshot> {
        self.stages.iter().find(|stage| stage.name == name)
    }

    /// The link of that name.
    #[must_use]
    pub fn link(&self, name: &str) -> Option<&LinkSnapshot> {
        self.links.iter().find(|link| link.name == name)
    }

    /// The stages that run in this process.
    #[cfg(any(feature = "dashboard", feature = "metrics", feature = "top"))]
    pub(crate) fn here(&self) -> impl Iterator<Item = &StageSnapshot> {
        self.stages.iter().filter(|stage| stage.state != StageState::Elsewhere)
    }

    /// What has happened since an `earlier` snapshot of the same run: counters and durations are those of the time between, `elapsed` is how long that was.
    /// Levels and states (`len`, `paused`, `max_len`, `in_flight`, `oldest`, …) are those of this snapshot.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut since = self.clone();
        since.elapsed = self.elapsed.saturating_sub(earlier.elapsed);
        for stage in &mut since.stages {
            let Some(before) = earlier.stage(&stage.name) else { continue };
            stage.items_in = stage.items_in.saturating_sub(before.items_in);
            stage.items_out = stage.items_out.saturating_sub(before.items_out);
            stage.dropped = stage.dropped.saturating_sub(before.dropped);
            stage.busy = stage.busy.saturating_sub(before.busy);
            stage.blocked = stage.blocked.saturating_sub(before.blocked);
            stage.idle = stage.idle.saturating_sub(before.idle);
            stage.waiting = stage.waiting.saturating_sub(before.waiting);
        }
        for link in &mut since.links {
            let Some(before) = earlier.link(&link.name) else { continue };
            link.pauses = link.pauses.saturating_sub(before.pauses);
            link.paused_for = link.paused_for.saturating_sub(before.paused_for);
            link.dropped = link.dropped.saturating_sub(before.dropped);
        }
        since
    }
}

/// What one stage has done so far.
///
/// The times are those of the task the stage runs in: fused stages show the same. Each instant of the run counts as one of them, the one that still
/// lasts included, until the task has ended. In the arm of a `parallel` the copies are added up (`F5`).
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StageSnapshot {
    /// The stage's name.
    pub name: Name,
    /// Its operator's name.
    pub operator: &'static str,
    /// The number of the task it runs in, as in the [`Graph`](crate::Graph).
    pub task: usize,
    /// Where it stands in the program's text.
    pub location: Location,
    /// What its task is doing.
    pub state: StageState,
    /// Items taken.
    pub items_in: u64,
    /// Items given; for a sink 0.
    pub items_out: u64,
    /// Items that an arm of this block was to have, but had finished early (`F2`).
    pub dropped: u64,
    /// How many futures of the user's are under way: of `map_async` and its family, the streams of `flatten_unordered`.
    pub in_flight: usize,
    /// How many items a source gives in all, where it knows: an `iter` of known length that has begun.
    pub expected: Option<u64>,
    /// How long the task has worked. It includes the time in the scheduler's queue after the task gave way to others (`G5`), and what tasks
    /// that are not a pipeline's took of its thread after a neighbour on it had woken the task.
    pub busy: Duration,
    /// How long the task has waited because its output was paused.
    pub blocked: Duration,
    /// How long the task has waited for input: its link was empty, or `pause()` held the source.
    pub idle: Duration,
    /// How long the task has waited for something else: a future of the user's, a reader, a writer, a timer.
    pub waiting: Duration,
}

/// What a stage's task is doing. Of several copies (`parallel`) the last of these that one of them is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum StageState {
    /// It belongs to a part that another process runs; nothing is known of it here.
    Elsewhere,
    /// It has ended.
    Ended,
    /// It waits for input.
    Idle,
    /// It waits because its output is paused.
    Blocked,
    /// It waits for a future of the user's, or for a timer.
    Waiting,
    /// It works.
    Busy,
}

impl LinkSnapshot {
    /// Whether it is paused because its broker gives no answer: then no stage is the cause.
    #[cfg(feature = "remote")]
    pub(crate) fn is_cut_off(&self) -> bool {
        let paused = self.queue.as_ref().and_then(|queue| queue.paused.as_ref());
        matches!(paused, Some(crate::remote::Reason::Disconnected(_)))
    }

    /// Never: there is no broker in this build.
    #[cfg(not(feature = "remote"))]
    pub(crate) fn is_cut_off(&self) -> bool {
        false
    }
}

impl std::fmt::Display for StageState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Elsewhere => "elsewhere",
            Self::Ended => "ended",
            Self::Idle => "idle",
            Self::Blocked => "blocked",
            Self::Waiting => "waiting",
            Self::Busy => "busy",
        })
    }
}

/// How full one link is, and has been. Counts are items, or bytes for a byte link.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LinkSnapshot {
    /// The link's name.
    pub name: Name,
    /// The stage above it, in the text.
    pub from: Name,
    /// The stage below it, in the text.
    pub to: Name,
    /// The stage that puts items in: `from`, or where that is a segment, the last stage inside.
    pub writer: Name,
    /// The stage that takes items out: `to`, or where that is a segment, the first stage inside.
    pub reader: Name,
    /// How much it holds (`L11`).
    pub len: usize,
    /// How much it can hold (`L1`).
    pub capacity: usize,
    /// The level at which a pause ends (`L3`).
    pub low: usize,
    /// Whether it is paused.
    pub paused: bool,
    /// How often it was paused.
    pub pauses: u64,
    /// How long it was paused, with the pause that still lasts.
    pub paused_for: Duration,
    /// The most it has held.
    pub max_len: usize,
    /// How many items it has dropped (`L10`).
    pub dropped: u64,
    /// How long its oldest item has been inside, at least: known from pauses and from earlier snapshots, not measured item by item. `None`: it is
    /// empty, or what is inside came after the last snapshot.
    pub oldest: Option<Duration>,
    /// What is known of a queue that a broker keeps, once the link is open; `None` for a link in memory.
    #[cfg(feature = "remote")]
    #[cfg_attr(docsrs, doc(cfg(feature = "remote")))]
    pub queue: Option<crate::remote::QueueFigures>,
}
