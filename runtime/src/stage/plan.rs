//! The plan: what the macro knows of a pipeline, turned into cells, links, a graph and a bound while the pipeline is built.

use std::sync::Arc;

use super::cells::{StageCell, TaskCell};
use super::run::Run;
use super::task::{DynDrive, SendTasks};
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

/// A pipeline being built, or a segment: it gathers what there will be. Nothing in it is bound to a run before [`finish`](Self::finish),
/// so that the plan of a segment can become part of another.
pub struct Plan<'p> {
    name: Name,
    queue: usize,
    edges: &'static [EdgeSpec],
    /// Those of the text, then those of the segments in it.
    stages: Vec<Planned>,
    /// The cells of each task.
    tasks: Vec<Vec<Arc<TaskCell>>>,
    fused: Vec<(Name, Name)>,
    links: Vec<(Arc<LinkState>, GraphLink)>,
    /// The bound so far (G4); none once a user's type has said that it has none.
    bound: Option<usize>,
    pub(crate) boxed: Vec<Box<dyn DynDrive + 'p>>,
}

/// A stage of a plan, with its name in that plan.
struct Planned {
    cell: Arc<StageCell>,
    shown: GraphStage,
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
        let Blueprint { stages, edges, tasks } = blueprint;
        let mut plan = Self {
            name: name.into(),
            queue,
            edges,
            stages: Vec::with_capacity(stages.len()),
            tasks: (0..tasks).map(|_| vec![Arc::default()]).collect(),
            fused: Vec::new(),
            links: Vec::new(),
            bound: Some(tasks),
            boxed: Vec::new(),
        };
        stages.iter().for_each(|spec| plan.add_stage(*spec));
        let fused = edges.iter().filter(|edge| edge.link.is_none());
        plan.fused = fused.map(|edge| (plan.name_of(edge.from), plan.name_of(edge.to))).collect();
        plan
    }

    /// The place of stage `index`.
    pub fn at(&mut self, index: usize) -> At<'_, 'p> {
        At { index, plan: self }
    }

    /// The place of edge `index`.
    pub fn edge(&mut self, index: usize) -> Edge<'_, 'p> {
        Edge { index, plan: self }
    }

    /// Binds all to a run: from here on there are names, counters and flags.
    pub(crate) fn finish(self) -> (Arc<Run>, Vec<Box<dyn DynDrive + 'p>>, Option<usize>) {
        let Self { name, stages, tasks, fused, links, bound, boxed, .. } = self;
        let run = Run::new(name.clone());
        tasks.iter().for_each(|cells| run.add_task(cells));
        let mut graph = Graph { name, stages: Vec::with_capacity(stages.len()), fused, links: Vec::new(), bound };
        for Planned { cell, shown } in stages {
            run.add_stage(cell.bind(shown.name.clone()));
            graph.stages.push(shown);
        }
        for (link, shown) in links {
            run.add_link(&link);
            let GraphLink { name, from, to, .. } = shown.clone();
            link.stand_at(Place { name, from, to, observers: Arc::clone(run.observers()) });
            graph.links.push(shown);
        }
        run.set_graph(graph);
        (run, boxed, bound)
    }

    fn name_of(&self, stage: usize) -> Name {
        self.stages[stage].shown.name.clone()
    }

    fn add_stage(&mut self, spec: StageSpec) {
        let StageSpec { name, operator, role, task } = spec;
        let name = Name::from(name);
        let cell = StageCell::new(name.clone(), Arc::clone(&self.tasks[task][0]));
        let shown = GraphStage { name, operator, role, task, detail: String::new() };
        self.stages.push(Planned { cell: Arc::new(cell), shown });
    }

    fn add_link(&mut self, link: &Arc<LinkState>, name: Name, from: Name, to: Name, unit: &'static str) {
        self.hold(Some(link.capacity()));
        let (capacity, low) = (link.capacity(), link.low());
        let shown = GraphLink { name, from, to, capacity, low, unit, overflow: "block" };
        self.links.push((Arc::clone(link), shown));
    }

    fn hold(&mut self, items: Option<usize>) {
        self.bound = self.bound.zip(items).map(|(bound, items)| bound.saturating_add(items));
    }
}

/// A stage's place in its plan.
pub struct At<'a, 'p> {
    plan: &'a mut Plan<'p>,
    index: usize,
}

impl<'p> At<'_, 'p> {
    pub(crate) fn cell(&self) -> Arc<StageCell> {
        Arc::clone(&self.plan.stages[self.index].cell)
    }

    /// What the text calls it; what it is called in the pipeline is asked of its cell, once that runs.
    pub(crate) fn name(&self) -> &Name {
        &self.plan.stages[self.index].shown.name
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
        self.plan.stages[index].shown.detail = detail.to_string();
    }

    /// Tasks that belong to this stage, of a segment or a user's sink, become part of the pipeline.
    pub fn adopt_tasks(&mut self, tasks: impl SendTasks<'p>) {
        tasks.box_all(&mut self.plan.boxed);
    }
}

/// An edge's place in its plan: where a link is made.
pub struct Edge<'a, 'p> {
    plan: &'a mut Plan<'p>,
    index: usize,
}

impl Edge<'_, '_> {
    fn spec(&self) -> EdgeSpec {
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

    /// A ring with the pipeline's default capacity.
    pub(crate) fn default_ring<T>(&mut self) -> (Sender<T>, Receiver<T>) {
        ring(self.make(self.plan.queue, None, "items"))
    }

    /// Tells the graph what the link does when it is full.
    pub(crate) fn overflow(&mut self, policy: &'static str) {
        if let Some((_, link)) = self.plan.links.last_mut() {
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
        let (from, to) = (self.plan.name_of(spec.from), self.plan.name_of(spec.to));
        let link = Arc::new(LinkState::new(capacity, low).labelled(name.clone()));
        self.plan.add_link(&link, name, from, to, unit);
        link
    }
}
