//! The plan: what the macro knows of a pipeline, turned into cells, links, a graph and a bound while the pipeline is built.

mod edge;
mod places;
mod roles;
mod segments;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

pub use self::edge::Edge;
pub use self::places::{At, Copying};
use self::roles::Roles;
use self::segments::in_order;
use super::cells::{StageCell, TaskCell};
use super::figures::LinkFigures;
use super::run::Run;
use super::task::DynDrive;
use crate::graph::{Graph, GraphEdge, GraphLink, GraphStage};
use crate::link::state::{LinkState, Place};
use crate::{Location, Name};

/// What the macro knows, as constants: stages in the order of the text, and what connects them.
#[derive(Clone, Copy, Debug)]
pub struct Blueprint {
    /// The file it stands in.
    pub file: &'static str,
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
    /// Line and column of its word; zeros: it stands where the plan is made.
    pub at: (u32, u32),
}

/// The line and column of a stage that has no text of its own: lines and columns count from 1 on.
pub(crate) const NO_PLACE: (u32, u32) = (0, 0);

/// One connection of a blueprint.
#[derive(Clone, Copy, Debug)]
pub struct EdgeSpec {
    /// The stage above.
    pub from: usize,
    /// The stage below.
    pub to: usize,
    /// The link's name; none where the two are fused.
    pub link: Option<&'static str>,
    /// It leads into an arm of a block: the arm's pattern, or what kind of arm it is.
    pub arm: Option<&'static str>,
    /// It leads from an open arm back to its block: what follows that comes from there too.
    pub joins: bool,
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

/// The default capacity of a link where the text says nothing.
pub(crate) const DEFAULT_QUEUE: usize = 256;

/// A pipeline being built, or a segment: it gathers what there will be. Nothing in it is bound to a run before `finish`,
/// so that the plan of a segment can become part of another.
pub struct Plan<'p> {
    name: Name,
    /// Where the macro was called.
    location: Location,
    queue: usize,
    stall: Option<Duration>,
    edges: &'static [EdgeSpec],
    /// Those of the text, then those of the segments in it, and its inlet and outlet.
    stages: Vec<Planned>,
    /// How many are of the text.
    own: usize,
    /// The cells of each task.
    tasks: Vec<Vec<Arc<TaskCell>>>,
    /// For each task, the one of the text in whose stages it is: its own number, unless it is a segment's, or a copy.
    outer_tasks: Vec<usize>,
    fused: Vec<GraphEdge>,
    links: Vec<PlannedLink>,
    /// Which parts there are, and which of them are built here.
    roles: Roles,
    /// What is built belongs to a further copy of the arm of a `parallel`.
    copying: bool,
    /// The tasks that have a block which may keep an item.
    keeping: Vec<Arc<TaskCell>>,
    /// The bound so far (G4); none once a user's type has said that it has none.
    bound: Option<usize>,
    pub(crate) boxed: Vec<Box<dyn DynDrive + 'p>>,
}

/// A stage of a plan, with its name in that plan.
struct Planned {
    cell: Arc<StageCell>,
    /// Those of the other copies, in the arm of a `parallel`.
    copies: Vec<Arc<StageCell>>,
    shown: GraphStage,
    place: Stand,
}

/// A link of a plan.
struct PlannedLink {
    link: Arc<LinkState>,
    shown: GraphLink,
    /// It is another copy's, and is not drawn again.
    copied: bool,
    /// The tasks at its ends, where both are the plan's.
    tasks: Option<(Arc<TaskCell>, Arc<TaskCell>)>,
}

/// Where a stage is shown.
#[derive(Clone, Copy)]
enum Stand {
    /// In the order of the plan's stages.
    Here,
    /// Before all others.
    First,
    /// Within the segment that is another stage.
    Within(usize),
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
        let Blueprint { file, stages, edges, tasks } = blueprint;
        let mut plan = Self {
            name: name.into(),
            location: Location::caller(),
            queue,
            stall: None,
            edges,
            stages: Vec::with_capacity(stages.len()),
            own: stages.len(),
            tasks: (0..tasks).map(|_| vec![Arc::default()]).collect(),
            outer_tasks: (0..tasks).collect(),
            fused: Vec::new(),
            links: Vec::new(),
            roles: Roles::default(),
            copying: false,
            keeping: Vec::new(),
            bound: Some(tasks),
            boxed: Vec::new(),
        };
        stages.iter().for_each(|spec| plan.add_stage(file, *spec));
        let fused = edges.iter().filter(|edge| edge.link.is_none());
        let fused = fused.map(|edge| GraphEdge {
            from: plan.name_of(edge.from),
            to: plan.name_of(edge.to),
            arm: edge.arm.map(Name::from),
            joins: edge.joins,
        });
        plan.fused = fused.collect();
        plan
    }

    /// The option `stall`.
    ///
    /// # Panics
    /// When `period` is zero.
    #[track_caller]
    pub fn watch(&mut self, period: Duration) {
        assert!(!period.is_zero(), "the option `stall` must be longer than zero");
        self.stall = Some(period);
    }

    /// The place of stage `index`.
    pub fn at(&mut self, index: usize) -> At<'_, 'p> {
        At { index, plan: self }
    }

    /// The place of the `parallel` that is stage `index`, with the stages and the tasks of its arm.
    pub fn copies(&mut self, index: usize, stages: Range<usize>, tasks: Range<usize>) -> Copying<'_, 'p> {
        Copying { at: self.at(index), stages, tasks }
    }

    /// From here on, the stages and the tasks are those of another copy of a `parallel`'s arm.
    pub(crate) fn next_copy(&mut self, stages: Range<usize>, tasks: Range<usize>) {
        for task in tasks {
            let before = std::mem::replace(&mut self.tasks[task], vec![Arc::default()]);
            self.tasks.push(before);
            self.outer_tasks.push(self.outer_tasks[task]);
            self.hold(Some(1));
        }
        for stage in stages {
            let Planned { cell, shown, copies, .. } = &mut self.stages[stage];
            let next = Arc::new(StageCell::new(shown.name.clone(), Arc::clone(&self.tasks[shown.task][0])));
            copies.push(std::mem::replace(cell, next));
        }
    }

    /// Whether what is built belongs to a further copy: it is drawn already.
    pub(crate) fn is_copying(&self) -> bool {
        self.copying
    }

    pub(crate) fn set_copying(&mut self, copying: bool) {
        self.copying = copying;
    }

    /// The place of edge `index`.
    pub fn edge(&mut self, index: usize) -> Edge<'_, 'p> {
        Edge { index, plan: self }
    }

    /// Binds all to a run: from here on there are names, counters and flags.
    pub(crate) fn finish(self) -> (Arc<Run>, Vec<Box<dyn DynDrive + 'p>>, Option<usize>) {
        let links_elsewhere = self.links_elsewhere();
        let Self { name, stall, stages, tasks, fused, mut links, bound, boxed, roles, .. } = self;
        let run = Run::new(name.clone(), stall);

        tasks.iter().for_each(|cells| run.add_task(cells));
        roles.tasks_elsewhere().for_each(|task| tasks[task][0].figures().runs_elsewhere());
        let mut graph = Graph {
            name,
            roles: roles.names().collect(),
            stages: Vec::with_capacity(stages.len()),
            fused,
            links: Vec::with_capacity(links.len()),
            bound,
        };
        let within =
            stages.iter().filter_map(|stage| if let Stand::Within(host) = stage.place { Some(host) } else { None });
        let segments: Vec<Name> = within.map(|host| stages[host].shown.name.clone()).collect();
        for Planned { cell, copies, shown, .. } in in_order(stages) {
            let copies = copies.iter().map(|cell| cell.bind(&shown)).collect();
            run.add_stage(cell.bind(&shown).with_copies(copies));
            graph.stages.push(shown);
        }
        if !graph.roles.is_empty() {
            // The queues between parts were made before all others.
            links.sort_by_key(|link| graph.places(&link.shown));
        }
        let mut states: Vec<Vec<Arc<LinkState>>> = Vec::with_capacity(links.len());
        for PlannedLink { link, shown, copied, tasks } in links {
            let GraphLink { name, from, to, .. } = shown.clone();
            let (pipeline, observers) = (graph.name.clone(), Arc::clone(run.observers()));
            // What comes to a segment may be read by another task than its own.
            let tasks = tasks.filter(|_| !segments.contains(&to));
            let tasks = tasks.map(|(above, below)| (Arc::clone(above.figures()), Arc::clone(below.figures())));
            link.stand_at(Place { pipeline, name, from, to, observers, tasks });
            let first = graph.links.iter().position(|first| copied && first.name == shown.name);
            match first.and_then(|first| states.get_mut(first)) {
                Some(copies) => copies.push(link),
                None => {
                    states.push(vec![link]);
                    graph.links.push(shown);
                }
            }
        }
        for (copies, shown) in states.into_iter().zip(&graph.links) {
            let place = |name: Name| graph.place(&name).and_then(|place| u32::try_from(place).ok());
            let (writer, reader) = (place(graph.writer(shown)), place(graph.reader(shown)));
            run.add_link(LinkFigures { copies, writer, reader });
        }
        if !links_elsewhere.is_empty() {
            let mut links = [std::mem::take(&mut graph.links), links_elsewhere].concat();
            links.sort_by_key(|link| graph.places(link));
            graph.links = links;
        }
        let failure = roles.failure(&graph.name);
        run.set_graph(graph);
        failure.into_iter().for_each(|failure| run.fail(failure));
        (run, boxed, bound)
    }

    fn name_of(&self, stage: usize) -> Name {
        self.stages[stage].shown.name.clone()
    }

    fn add_stage(&mut self, file: &'static str, spec: StageSpec) {
        let StageSpec { name, operator, role, task, at } = spec;
        let name = Name::from(name);
        let cell = StageCell::new(name.clone(), Arc::clone(&self.tasks[task][0]));
        let (line, column) = at;
        let location = if at == NO_PLACE { self.location } else { Location { file, line, column } };
        let shown = GraphStage { name, operator, role, task, location, detail: String::new(), part: None };
        self.stages.push(Planned { cell: Arc::new(cell), copies: Vec::new(), shown, place: Stand::Here });
    }

    /// A link whose items are in this process.
    fn add_link(&mut self, link: &Arc<LinkState>, name: Name, from: Name, to: Name, unit: &'static str) {
        self.hold(Some(link.capacity()));
        self.show_link(link, name, from, to, unit);
    }

    fn show_link(&mut self, link: &Arc<LinkState>, name: Name, from: Name, to: Name, unit: &'static str) {
        let (capacity, low) = (link.capacity(), link.low());
        let shown = GraphLink { name, from, to, capacity, low, unit, overflow: "block", arm: None, remote: None };
        self.links.push(PlannedLink { link: Arc::clone(link), shown, copied: self.copying, tasks: None });
    }

    fn hold(&mut self, items: Option<usize>) {
        self.bound = self.bound.zip(items).map(|(bound, items)| bound.saturating_add(items));
    }
}
