//! What a task spends its time with, and what the copies of a stage add up to.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, advance};

use crate::graph::GraphStage;
use crate::stage::Role;
use crate::stage::figures::{Counts, Mode, StageFigures, TaskFigures, add};
use crate::{Location, StageState};

const SECOND: Duration = Duration::from_secs(1);

/// A stage that has been idle, busy, blocked and waiting for 1, 2, 3 and 4 times `unit`, and has counted the like. Since then it does what `now`
/// says.
async fn stage(unit: u32, now: Mode) -> StageFigures {
    let task = TaskFigures::new(Instant::now());
    advance(SECOND).await;
    task.begin();
    advance(SECOND * unit).await;
    for (mode, times) in [(Mode::Busy, 2), (Mode::Blocked, 3), (Mode::Waiting, 4)] {
        task.spend(mode);
        advance(SECOND * unit * times).await;
    }
    task.spend(now);
    let counts = Counts::default();
    add(&counts.items_in, 5 * u64::from(unit));
    add(&counts.items_out, 6 * u64::from(unit));
    add(&counts.dropped, 7 * u64::from(unit));
    counts.in_flight.store(8 * unit, Ordering::Relaxed);
    StageFigures { task: Arc::new(task), counts: Arc::new(counts), copies: Vec::new() }
}

fn shown() -> GraphStage {
    let (name, detail) = ("work".into(), String::new());
    GraphStage { name, operator: "map", role: Role::Stage, task: 0, location: Location::caller(), detail, part: None }
}

#[tokio::test(start_paused = true)]
async fn copies_of_a_stage_are_added_up() {
    let ended = stage(1, Mode::Ended).await;
    let copies = vec![stage(10, Mode::Ended).await, stage(100, Mode::Ended).await];
    let all = ended.with_copies(copies).snapshot(&shown());
    assert_eq!([all.idle, all.busy, all.blocked, all.waiting], [111, 222, 333, 444].map(|times| times * SECOND));
    assert_eq!((all.items_in, all.items_out, all.dropped), (555, 666, 777));
    assert_eq!(all.in_flight, 0, "what has ended has nothing under way");
}

#[tokio::test(start_paused = true)]
async fn of_copies_the_liveliest_says_what_is_being_done() {
    let copies = vec![stage(10, Mode::Waiting).await, stage(100, Mode::Blocked).await];
    let all = stage(1, Mode::Idle).await.with_copies(copies).snapshot(&shown());
    assert_eq!((all.state, all.in_flight), (StageState::Waiting, 888));
}

#[tokio::test(start_paused = true)]
async fn the_time_that_runs_belongs_to_what_the_task_is_doing() {
    for (mode, state) in [
        (Mode::Busy, StageState::Busy),
        (Mode::Blocked, StageState::Blocked),
        (Mode::Idle, StageState::Idle),
        (Mode::Waiting, StageState::Waiting),
        (Mode::Ended, StageState::Ended),
    ] {
        let stage = stage(1, mode).await;
        advance(10 * SECOND).await;
        let now = stage.snapshot(&shown());
        let more = |of| if mode == of { 10 * SECOND } else { Duration::ZERO };
        assert_eq!(now.idle, SECOND + more(Mode::Idle), "{mode:?}");
        assert_eq!(now.busy, 2 * SECOND + more(Mode::Busy), "{mode:?}");
        assert_eq!(now.blocked, 3 * SECOND + more(Mode::Blocked), "{mode:?}");
        assert_eq!(now.waiting, 4 * SECOND + more(Mode::Waiting), "{mode:?}");
        assert_eq!(now.state, state);
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_runs_elsewhere_has_no_times_and_no_end() {
    let task = TaskFigures::new(Instant::now());
    task.runs_elsewhere();
    task.begin();
    advance(SECOND).await;
    let stage = StageFigures { task: Arc::new(task), counts: Arc::default(), copies: Vec::new() };
    stage.task.stand();
    let seen = stage.snapshot(&shown());
    assert_eq!(seen.state, StageState::Elsewhere);
    assert_eq!([seen.busy, seen.blocked, seen.idle, seen.waiting], [Duration::ZERO; 4]);
}
