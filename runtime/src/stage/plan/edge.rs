//! An edge's place in its plan: where a link is made.

use std::sync::Arc;

use super::{EdgeSpec, Plan};
use crate::Name;
use crate::link::state::LinkState;
use crate::link::{Receiver, Sender, ring};
use crate::stage::cells::{StageCell, TaskCell};

/// An edge's place in its plan: where a link is made.
pub struct Edge<'a, 'p> {
    pub(super) plan: &'a mut Plan<'p>,
    pub(super) index: usize,
}

impl<'p> Edge<'_, 'p> {
    /// The same place, for a shorter while.
    #[cfg(feature = "remote")]
    pub(crate) fn again(&mut self) -> Edge<'_, 'p> {
        Edge { plan: self.plan, index: self.index }
    }

    pub(super) fn spec(&self) -> EdgeSpec {
        self.plan.edges[self.index]
    }

    /// The stage above the link.
    pub(crate) fn stage_above(&self) -> Arc<StageCell> {
        Arc::clone(&self.plan.stages[self.spec().from].cell)
    }

    /// The task above the link.
    pub(crate) fn task_above(&self) -> Arc<TaskCell> {
        Arc::clone(self.stage_above().task())
    }

    /// The task below the link.
    #[cfg(feature = "remote")]
    pub(crate) fn task_below(&self) -> Arc<TaskCell> {
        Arc::clone(self.plan.stages[self.spec().to].cell.task())
    }

    /// The pipeline's default capacity.
    pub(crate) fn default_capacity(&self) -> usize {
        self.plan.queue
    }

    /// A ring with the pipeline's default capacity.
    pub(crate) fn default_ring<T>(&mut self) -> (Sender<T>, Receiver<T>) {
        ring(self.make(self.plan.queue, None, "items"))
    }

    /// Tells the graph what the link does when it is full.
    pub(crate) fn overflow(&mut self, policy: &'static str) {
        if let Some(link) = self.plan.links.last_mut() {
            link.shown.overflow = policy;
        }
    }

    /// Makes the link.
    ///
    /// # Panics
    /// When the capacity is 0, or `low` is not below it.
    #[track_caller]
    pub(crate) fn make(&mut self, capacity: usize, low: Option<usize>, unit: &'static str) -> Arc<LinkState> {
        self.plan.hold(Some(capacity));
        self.link(capacity, low, unit)
    }

    /// An end of the link holds up to `items` (G4).
    #[cfg(feature = "remote")]
    pub(crate) fn holds(&mut self, items: usize) {
        self.plan.hold(Some(items));
    }

    #[track_caller]
    pub(super) fn link(&mut self, capacity: usize, low: Option<usize>, unit: &'static str) -> Arc<LinkState> {
        let spec = self.spec();
        let name = Name::from(spec.link.unwrap_or("link"));
        assert!(capacity > 0, "link `{name}`: the capacity must be at least 1");
        let low = low.unwrap_or(capacity / 2);
        assert!(low < capacity, "link `{name}`: `low` is {low}, and must be below the capacity of {capacity}");
        let (from, to) = (self.plan.name_of(spec.from), self.plan.name_of(spec.to));
        let link = Arc::new(LinkState::new(capacity, low).labelled(name.clone()));
        self.plan.show_link(&link, name, from, to, unit);
        let task = |stage: usize| Arc::clone(self.plan.stages[stage].cell.task());
        let tasks = (task(spec.from), task(spec.to));
        if let Some(planned) = self.plan.links.last_mut() {
            planned.tasks = Some(tasks);
            planned.shown.arm = spec.arm.map(Name::from);
        }
        link
    }
}
