//! When the clock is read for a task that moves items in long runs (G5).

use std::sync::Arc;
use std::time::Duration;

use tokio::time::advance;

use crate::Name;
use crate::stage::{Pace, Run, TaskCell};

/// What a task may move in a turn while it is not slow.
const ALL: usize = 1024;

const NO_TIME: Duration = Duration::ZERO;
/// A turn of this length is neither slow nor so quick that the next is not timed.
const SOME: Duration = Duration::from_micros(500);
const SLOW: Duration = Duration::from_millis(2);

/// A task, and its pace.
struct Task(Arc<TaskCell>, Pace);

impl Task {
    /// That has found that its runs may be as long as any.
    async fn new() -> Self {
        let cell = Arc::new(TaskCell::default());
        Run::new(Name::from("run"), None).add_task(&[Arc::clone(&cell)]);
        let mut task = Self(cell, Pace::new());
        task.turn(NO_TIME).await;
        task
    }

    /// Moves as much as may be moved in a turn, each run in the time `takes`; says how long the first was.
    async fn turn(&mut self, takes: Duration) -> usize {
        let Self(cell, pace) = self;
        cell.enter();
        let first = pace.limit(cell);
        let mut run = first;
        while run > 0 {
            advance(takes).await;
            pace.moved(run, cell);
            run = pace.limit(cell);
        }
        first
    }
}

#[tokio::test(start_paused = true)]
async fn the_turn_after_a_quick_one_is_not_timed_but_the_next_is() {
    let mut task = Task::new().await;
    assert_eq!(task.turn(NO_TIME).await, ALL);
    assert_eq!(task.turn(SLOW).await, ALL);
    assert_eq!(task.turn(NO_TIME).await, ALL, "nobody has looked at the clock");
    assert_eq!(task.turn(NO_TIME).await, ALL / 2);
}

/// The least that is not quick.
#[tokio::test(start_paused = true)]
async fn a_turn_of_a_sixty_fourth_of_the_limit_is_timed() {
    let mut task = Task::new().await;
    assert_eq!(task.turn(Duration::from_nanos(1_000_000 / 64)).await, ALL);
    assert_eq!(task.turn(SLOW).await, ALL);
    assert_eq!(task.turn(NO_TIME).await, ALL / 2);
}

/// The most that is not slow.
#[test]
fn a_run_of_the_limit_is_not_halved() {
    let mut pace = Pace::new();
    assert!(!pace.slowed(1_000_000));
    assert!(pace.slowed(1_000_001));
}

#[tokio::test(start_paused = true)]
async fn the_turn_after_one_that_takes_some_time_is_timed() {
    let mut task = Task::new().await;
    assert_eq!(task.turn(SOME).await, ALL);
    assert_eq!(task.turn(SLOW).await, ALL);
    assert_eq!(task.turn(NO_TIME).await, ALL / 2);
}
