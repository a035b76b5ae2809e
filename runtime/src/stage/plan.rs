//! The plan: what the macro knows of a pipeline, turned into cells, links, a graph and a bound while the pipeline is built.

use std::sync::Arc;

use super::cells::{StageCell, TaskCell};
use super::run::Run;
use super::task::{DynDrive, SendTasks};
use super::{Chain, Direct, Stream};
use crate::Name;
use crate::graph::{Graph, GraphLink, GraphStage};
use crate::link::state::{LinkState, Place};
use crate::link::{Receiver, Sender, ring};

/// What the macro knows, as constants: stages in the order of the text, and what connects them.
#[derive(Clone, Copy, Debug)]
pub struct Blueprint {
    /// The stages; queues are edges, not stages.
    pub stages: &'static [StageSpec],
    /// What connects them.
    pub edges: &'static [EdgeSpec],
    /// How many tasks there are.
    pub tasks: usize,
}

/// One stage of a blueprint.
#[derive(Clone, Copy, Debug)]
pub struct StageSpec {
    /// Its name.
    pub name: &'static str,
    /// Its operator.
    pub operator: &'static str,
    /// Where it stands.
    pub role: Role,
    /// The task it runs in.
    pub task: usize,
}

/// One connection of a blueprint.
#[derive(Clone, Copy, Debug)]
pub struct EdgeSpec {
    /// The stage above.
    pub from: usize,
    /// The stage below.
    pub to: usize,
    /// The link's name; none where the two are fused.
    pub link: Option<&'static str>,
}

/// Where a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Role {
    /// Items enter here.
    Source,
    /// Items are transformed here.
    Stage,
    /// Items leave here.
    Sink,
}

/// A pipeline being built.
pub struct Plan<'p> {
    pub(crate) run: Arc<Run>,
    blueprint: Blueprint,
    queue: usize,
    stages: Vec<Arc<StageCell>>,
    tasks: Vec<Arc<TaskCell>>,
    /// For each task, the blueprint's task in whose stages it is: its own number, unless it is a segment's.
    outer_tasks: Vec<usize>,
    graph: Graph,
    /// The bound so far (G4); none once a user's type has said that it has none.
    bound: Option<usize>,
    pub(crate) boxed: Vec<Box<dyn DynDrive + 'p>>,
}

impl<'p> Plan<'p> {
    /// A plan for `blueprint`.
    ///
    /// # Panics
    /// When `queue` is 0.
    #[must_use]
    #[track_caller]
    pub fn new(blueprint: Blueprint, name: impl Into<Name>, queue: usize) -> Self {
        assert!(queue > 0, "the option `queue` must be at least 1");
        let name = name.into();
        let run = Run::new(name.clone());
        let tasks: Vec<_> = (0..blueprint.tasks).map(|_| run.add_task()).collect();
        let stages = blueprint
            .stages
            .iter()
            .map(|spec| run.add_stage(spec.name.into(), Arc::clone(&tasks[spec.task])))
            .collect();
        let graph = Graph::new(name, blueprint);
        let outer_tasks = (0..tasks.len()).collect();
        Self { run, blueprint, queue, stages, bound: Some(tasks.len()), tasks, outer_tasks, graph, boxed: Vec::new() }
    }

    /// The place of stage `index`.
    pub fn at(&mut self, index: usize) -> At<'_, 'p> {
        At { index, plan: self, inner_tasks: Vec::new() }
    }

    /// The place of edge `index`.
    pub fn edge(&mut self, index: usize) -> Edge<'_, 'p> {
        Edge { index, plan: self }
    }

    pub(crate) fn finish(self) -> (Arc<Run>, Vec<Box<dyn DynDrive + 'p>>, Option<usize>) {
        let Self { run, mut graph, bound, boxed, .. } = self;
        graph.bound = bound;
        run.set_graph(graph);
        (run, boxed, bound)
    }

    fn hold(&mut self, items: Option<usize>) {
        self.bound = self.bound.zip(items).map(|(bound, items)| bound.saturating_add(items));
    }
}

/// A stage's place in its plan.
pub struct At<'a, 'p> {
    plan: &'a mut Plan<'p>,
    index: usize,
    /// The tasks of a segment wired here.
    inner_tasks: Vec<usize>,
}

impl<'p> At<'_, 'p> {
    pub(crate) fn cell(&self) -> Arc<StageCell> {
        Arc::clone(&self.plan.stages[self.index])
    }

    pub(crate) fn name(&self) -> &Name {
        self.plan.stages[self.index].name()
    }

    /// The tasks with these numbers, and those of the segments in them.
    pub(crate) fn tasks(&self, numbers: &[usize]) -> Vec<Arc<TaskCell>> {
        let tasks = self.plan.tasks.iter().zip(&self.plan.outer_tasks);
        tasks.filter(|(_, number)| numbers.contains(number)).map(|(task, _)| Arc::clone(task)).collect()
    }

    /// The same place, for a shorter while.
    pub(crate) fn again(&mut self) -> At<'_, 'p> {
        At { plan: self.plan, index: self.index, inner_tasks: Vec::new() }
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
    pub(crate) fn lasting(&self, argument: &str, value: std::time::Duration) -> std::time::Duration {
        assert!(!value.is_zero(), "stage `{}`: {argument} must be longer than zero", self.name());
        value
    }

    /// Tells the graph a detail of the stage, to be shown with its name.
    pub(crate) fn describe(&mut self, detail: impl std::fmt::Display) {
        let index = self.index;
        self.plan.graph.stages[index].detail = detail.to_string();
    }

    /// Tasks that belong to this stage, of a segment or a user's sink, become part of the pipeline.
    pub fn adopt_tasks(&mut self, tasks: impl SendTasks<'p>) {
        tasks.box_all(&mut self.plan.boxed);
    }

    /// A stage inside this one, which is a segment: named `segment/stage`. `task` numbers the segment's own tasks from 1 on; 0 is the
    /// task this stage itself runs in.
    pub fn inner(&mut self, spec: StageSpec) -> At<'_, 'p> {
        let name = Name::from(format!("{}/{}", self.name(), spec.name));
        let plan = &mut *self.plan;
        let outer = plan.graph.stages[self.index].task;
        while self.inner_tasks.len() < spec.task {
            self.inner_tasks.push(plan.tasks.len());
            plan.tasks.push(plan.run.add_task());
            plan.outer_tasks.push(plan.outer_tasks[outer]);
            plan.hold(Some(1));
        }
        let task = spec.task.checked_sub(1).map_or(outer, |task| self.inner_tasks[task]);
        plan.stages.push(plan.run.add_stage(name.clone(), Arc::clone(&plan.tasks[task])));
        let StageSpec { operator, role, .. } = spec;
        plan.graph.stages.push(GraphStage { name, operator, role, task, detail: String::new() });
        let index = plan.stages.len() - 1;
        At { plan, index, inner_tasks: Vec::new() }
    }

    /// A link inside this stage, from `from` to `to`, which are stages inside it; with the pipeline's default capacity.
    pub fn inner_link<A, H, P>(
        &mut self,
        s: Stream<A, H, P>,
        from: &str,
        to: &str,
    ) -> (Stream<A, Receiver<A>, Direct>, Chain<H, P, Sender<A>>) {
        let outer = self.name().clone();
        let [from, to] = [from, to].map(|inner| Name::from(format!("{outer}/{inner}")));
        let plan = &mut *self.plan;
        let link = Arc::new(LinkState::new(plan.queue, plan.queue / 2));
        plan.add_link(&link, format!("{from}->{to}").into(), from.clone(), to, "items");
        let above = plan.stages.iter().find(|stage| *stage.name() == from).map(|stage| Arc::clone(stage.task()));
        let (sender, receiver) = ring(link);
        s.cut(above.unwrap_or_else(|| Arc::clone(&plan.tasks[0])), sender, receiver)
    }
}

impl Plan<'_> {
    fn add_link(&mut self, link: &Arc<LinkState>, name: Name, from: Name, to: Name, unit: &'static str) {
        self.hold(Some(link.capacity()));
        self.graph.links.push(GraphLink {
            name: name.clone(),
            from: from.clone(),
            to: to.clone(),
            capacity: link.capacity(),
            low: link.low(),
            unit,
            overflow: "block",
        });
        self.run.add_link(link);
        link.stand_at(Place { name, from, to, observers: Arc::clone(self.run.observers()) });
    }
}

/// An edge's place in its plan: where a link is made.
pub struct Edge<'a, 'p> {
    plan: &'a mut Plan<'p>,
    index: usize,
}

impl Edge<'_, '_> {
    fn spec(&self) -> EdgeSpec {
        self.plan.blueprint.edges[self.index]
    }

    /// The stage above the link.
    pub(crate) fn stage_above(&self) -> Arc<StageCell> {
        Arc::clone(&self.plan.stages[self.spec().from])
    }

    /// The task above the link.
    pub(crate) fn task_above(&self) -> Arc<TaskCell> {
        Arc::clone(self.stage_above().task())
    }

    /// A ring with the pipeline's default capacity.
    pub(crate) fn default_ring<T>(&mut self) -> (Sender<T>, Receiver<T>) {
        ring(self.make(self.plan.queue, None, "items"))
    }

    /// Tells the graph what the link does when it is full.
    pub(crate) fn overflow(&mut self, policy: &'static str) {
        if let Some(link) = self.plan.graph.links.last_mut() {
            link.overflow = policy;
        }
    }

    /// Makes the link.
    ///
    /// # Panics
    /// When the capacity is 0, or `low` is not below it.
    #[track_caller]
    pub(crate) fn make(&mut self, capacity: usize, low: Option<usize>, unit: &'static str) -> Arc<LinkState> {
        let spec = self.spec();
        let name = Name::from(spec.link.unwrap_or("link"));
        assert!(capacity > 0, "link `{name}`: the capacity must be at least 1");
        let low = low.unwrap_or(capacity / 2);
        assert!(low < capacity, "link `{name}`: `low` is {low}, and must be below the capacity of {capacity}");
        let from = self.plan.stages[spec.from].name().clone();
        let to = self.plan.stages[spec.to].name().clone();
        let link = Arc::new(LinkState::new(capacity, low));
        self.plan.add_link(&link, name, from, to, unit);
        link
    }
}
