//! A stage's place in its plan: what an operator says of itself while it is built.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::Plan;
use crate::Name;
use crate::link::state::LinkState;
use crate::stage::cells::{StageCell, TaskCell};
use crate::stage::task::SendTasks;

/// A stage's place in its plan.
pub struct At<'a, 'p> {
    pub(super) plan: &'a mut Plan<'p>,
    pub(super) index: usize,
}

impl<'p> At<'_, 'p> {
    pub(crate) fn cell(&self) -> Arc<StageCell> {
        Arc::clone(&self.plan.stages[self.index].cell)
    }

    /// What the text calls it; what it is called in the pipeline is asked of its cell, once that runs.
    pub(crate) fn name(&self) -> &Name {
        &self.plan.stages[self.index].shown.name
    }

    /// The tasks with these numbers, and those of the segments in them.
    pub(crate) fn tasks(&self, numbers: &[usize]) -> Vec<Arc<TaskCell>> {
        let tasks = self.plan.tasks.iter().zip(&self.plan.outer_tasks);
        tasks.filter(|(_, number)| numbers.contains(number)).map(|(cells, _)| Arc::clone(&cells[0])).collect()
    }

    /// The same place, for a shorter while.
    pub(crate) fn again(&mut self) -> At<'_, 'p> {
        At { plan: self.plan, index: self.index }
    }

    /// Takes in the link of an inlet, which ends at this stage.
    pub(crate) fn adopt(&mut self, link: &Arc<LinkState>) {
        let to = self.name().clone();
        self.plan.add_link(link, format!("inlet->{to}").into(), "inlet".into(), to, "items");
    }

    /// The stage holds up to `items` besides the one in its task's hand; none: nobody knows (G4).
    pub(crate) fn holds(&mut self, items: impl Into<Option<usize>>) {
        self.plan.hold(items.into());
    }

    /// The stage may keep the item that its task has in hand. What another such stage of the task keeps meanwhile is one more (G4).
    pub(crate) fn keeps_one(&mut self) {
        let cell = self.cell();
        if self.plan.keeping.iter().any(|task| Arc::ptr_eq(task, cell.task())) {
            self.holds(1);
        } else {
            self.plan.keeping.push(Arc::clone(cell.task()));
        }
    }

    /// `value`, which must not be zero.
    #[track_caller]
    pub(crate) fn positive(&self, argument: &str, value: usize) -> usize {
        assert!(value > 0, "stage `{}`: {argument} must be at least 1", self.name());
        value
    }

    /// The stage works on up to `n` items at once, which it holds (G4).
    #[track_caller]
    pub(crate) fn at_once(&mut self, n: usize) -> usize {
        let n = self.positive("`n`", n);
        self.holds(n);
        self.describe(format_args!("{n} at once"));
        n
    }

    /// `value`, which must not be zero.
    #[track_caller]
    pub(crate) fn lasting(&self, argument: &str, value: Duration) -> Duration {
        assert!(!value.is_zero(), "stage `{}`: {argument} must be longer than zero", self.name());
        value
    }

    /// Tells the graph a detail of the stage, to be shown with its name.
    pub(crate) fn describe(&mut self, detail: impl std::fmt::Display) {
        let index = self.index;
        self.plan.stages[index].shown.detail = detail.to_string();
    }

    /// Tasks that belong to this stage become part of the pipeline.
    pub(crate) fn adopt_tasks(&mut self, tasks: impl SendTasks<'p>) {
        self.plan.take_tasks(tasks);
    }

    /// The plan of the segment that stands here becomes part of the pipeline's. Its task `joined` is this stage's own.
    pub(crate) fn absorb(&mut self, segment: Plan<'p>, joined: usize) {
        self.plan.absorb(self.index, segment, joined);
    }
}

/// The place of a `parallel` in its plan.
pub struct Copying<'a, 'p> {
    pub(super) at: At<'a, 'p>,
    pub(super) stages: Range<usize>,
    pub(super) tasks: Range<usize>,
}

impl Copying<'_, '_> {
    /// So many copies, which must not be none.
    #[track_caller]
    pub(crate) fn begin(&mut self, n: usize) -> usize {
        let n = self.at.positive("`n`", n);
        self.at.describe(format_args!("{n} copies"));
        n
    }

    /// The stage, and what each copy has anew.
    pub(crate) fn into_range(self) -> (usize, Range<usize>, Range<usize>) {
        (self.at.index, self.stages, self.tasks)
    }
}
