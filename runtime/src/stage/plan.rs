//! The plan: what the macro knows of a pipeline, turned into cells, links, a graph and a bound while the pipeline is built.

mod roles;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use self::roles::Roles;
use super::cells::{StageCell, TaskCell};
use super::figures::LinkFigures;
use super::run::Run;
use super::task::{DynDrive, SendTasks};
use crate::connectors::{Inlet, entrance};
use crate::graph::{Graph, GraphEdge, GraphLink, GraphStage};
use crate::link::state::{LinkState, Place};
use crate::link::{AnyReceiver, Receiver, Sender, SharedReceiver, ring};
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

/// Segments: plans inside plans, and plans with open ends.
impl<'p> Plan<'p> {
    /// Takes over the tasks of a segment.
    pub(crate) fn take_tasks(&mut self, tasks: impl SendTasks<'p>) {
        tasks.box_all(&mut self.boxed);
    }

    /// The task that nobody drives: whoever reads the segment's end will.
    pub(crate) fn tail(&self) -> usize {
        let driven = |cells: &Vec<Arc<TaskCell>>| {
            cells.iter().any(|cell| self.boxed.iter().any(|task| Arc::ptr_eq(task.cell(), cell)))
        };
        let mut open = self.tasks.iter().enumerate().filter(|(_, cells)| !driven(cells)).map(|(task, _)| task);
        let tail = open.next();
        debug_assert!(tail.is_some() && open.next().is_none(), "all tasks of a segment but its last are given with it");
        tail.unwrap_or_default()
    }

    pub(crate) fn tasks(&self) -> usize {
        self.tasks.len()
    }

    pub(crate) fn task(&self, task: usize) -> Arc<TaskCell> {
        Arc::clone(&self.tasks[task][0])
    }

    /// The stages of the text into which, and out of which, no edge leads: those at the open ends.
    fn open_ends(&self) -> (Vec<usize>, Vec<usize>) {
        let own = || self.stages[..self.own].iter().enumerate();
        let first = own().filter(|(index, stage)| {
            stage.shown.role != Role::Source && self.edges.iter().all(|edge| edge.to != *index)
        });
        let last = own().filter(|(index, stage)| {
            stage.shown.role != Role::Sink && self.edges.iter().all(|edge| edge.from != *index)
        });
        (first.map(|(index, _)| index).collect(), last.map(|(index, _)| index).collect())
    }

    /// `inner`, the plan of the segment that is stage `host` of this one, becomes part of it. Its task `joined` is the stage's own.
    fn absorb(&mut self, host: usize, inner: Plan<'p>, joined: usize) {
        let outer = self.name_of(host);
        let within = |name: &Name| Name::from(format!("{outer}/{name}"));
        let (first, last) = inner.open_ends();
        let first = first.into_iter().map(|stage| GraphEdge::plain(outer.clone(), within(&inner.name_of(stage))));
        let last = last.into_iter().map(|stage| GraphEdge::plain(within(&inner.name_of(stage)), outer.clone()));
        let fused =
            inner.fused.iter().map(|edge| GraphEdge { from: within(&edge.from), to: within(&edge.to), ..edge.clone() });
        if !self.copying {
            self.fused.extend(first.chain(fused).chain(last));
        }

        let task = self.stages[host].shown.task;
        let mut numbers = Vec::with_capacity(inner.tasks.len());
        for (number, cells) in inner.tasks.into_iter().enumerate() {
            if number == joined {
                self.tasks[task].extend(cells);
                numbers.push(task);
            } else {
                numbers.push(self.tasks.len());
                self.tasks.push(cells);
                self.outer_tasks.push(self.outer_tasks[task]);
            }
        }
        // Where each stage has come to stand.
        let mut stood: Vec<usize> = Vec::with_capacity(inner.stages.len());
        for Planned { cell, copies, mut shown, place } in inner.stages {
            shown.name = within(&shown.name);
            shown.task = numbers[shown.task];
            shown.part = self.stages[host].shown.part.clone();
            // In the arm of a `parallel` the copies are one stage (F5).
            let first = self.stages.iter().position(|first| self.copying && first.shown.name == shown.name);
            if let Some(first) = first {
                self.stages[first].copies.extend(copies.into_iter().chain([cell]));
                stood.push(first);
                continue;
            }
            let host = if let Stand::Within(stage) = place { stood[stage] } else { host };
            stood.push(self.stages.len());
            self.stages.push(Planned { cell, copies, shown, place: Stand::Within(host) });
        }
        for PlannedLink { link, mut shown, copied, tasks } in inner.links {
            let unnamed = *shown.name == *format!("{}->{}", shown.from, shown.to);
            // The link at an open end leads to whoever uses the segment.
            let open = shown.from == shown.to;
            shown.from = within(&shown.from);
            shown.to = if open { outer.clone() } else { within(&shown.to) };
            shown.name = if unnamed { format!("{}->{}", shown.from, shown.to).into() } else { within(&shown.name) };
            self.links.push(PlannedLink { link, shown, copied: copied || self.copying, tasks });
        }
        // The task that both have is counted in both.
        self.hold(inner.bound.map(|bound| bound.saturating_sub(1)));
        self.boxed.extend(inner.boxed);
    }

    /// The program itself puts the items in: a link for it, from a new stage `inlet`.
    pub(crate) fn open_inlet<T, Tok>(&mut self) -> (Inlet<T>, AnyReceiver<T, Tok>) {
        let first = self.open_ends().0.first().map_or_else(|| Name::from("outlet"), |stage| self.name_of(*stage));
        let stage = self.add_end("inlet", Role::Source, Stand::First);
        let (inlet, link) = entrance(self.queue);
        let from = stage.name().clone();
        self.add_link(link.state(), format!("{from}->{first}").into(), from, first, "items");
        self.links.rotate_right(1);
        (inlet, AnyReceiver::inlet(SharedReceiver::new(link), stage))
    }

    /// The program itself takes the items out: a link for it, to a new stage `outlet`.
    pub(crate) fn open_outlet<T>(&mut self) -> (Arc<StageCell>, Sender<T>, Receiver<T>) {
        let open = self.links.iter().position(|planned| planned.shown.from == planned.shown.to);
        let last = self.open_ends().1.last().map(|stage| self.name_of(*stage));
        let last = last.or_else(|| open.map(|open| self.links[open].shown.from.clone()));
        let last = last.unwrap_or_else(|| Name::from("inlet"));
        let stage = self.add_end("outlet", Role::Sink, Stand::Here);
        let to = stage.name().clone();
        if let Some(open) = open {
            self.links[open].shown.to = to.clone();
        }
        let name = Name::from(format!("{last}->{to}"));
        let link = Arc::new(LinkState::new(self.queue, self.queue / 2).labelled(name.clone()));
        self.add_link(&link, name, last, to, "items");
        let (sender, receiver) = ring(link);
        (stage, sender, receiver)
    }

    /// A stage that the program itself is: no task of the pipeline drives it, so it has no item in hand.
    fn add_end(&mut self, word: &'static str, role: Role, place: Stand) -> Arc<StageCell> {
        let taken = |name: &str| self.stages.iter().any(|stage| stage.shown.name == *name);
        let numbered = || (1..).map(|number| format!("{word}_{number}")).find(|name| !taken(name));
        let name = if taken(word) { numbered().unwrap_or_default() } else { word.to_owned() };
        let name = Name::from(name);
        let task = self.tasks.len();
        self.tasks.push(vec![Arc::default()]);
        self.outer_tasks.push(task);
        let cell = Arc::new(StageCell::new(name.clone(), self.task(task)));
        // It stands at the open end of the text.
        let own = &self.stages[..self.own];
        let stage = if role == Role::Source { own.first() } else { own.last() };
        let location = stage.map_or(self.location, |stage| stage.shown.location);
        let shown = GraphStage { name, operator: word, role, task, location, detail: String::new(), part: None };
        self.stages.push(Planned { cell: Arc::clone(&cell), copies: Vec::new(), shown, place });
        cell
    }
}

/// The stages in the order of the text: those of a segment behind the stage that it is.
fn in_order(stages: Vec<Planned>) -> Vec<Planned> {
    if stages.iter().all(|stage| matches!(stage.place, Stand::Here)) {
        return stages;
    }
    let mut paths: Vec<Vec<usize>> = Vec::with_capacity(stages.len());
    for (index, stage) in stages.iter().enumerate() {
        paths.push(match stage.place {
            Stand::Here => vec![index],
            Stand::First => Vec::new(),
            // What it stands in was there before it.
            Stand::Within(host) => paths[host].iter().copied().chain([index]).collect(),
        });
    }
    let mut ordered: Vec<_> = paths.into_iter().zip(stages).collect();
    ordered.sort_by(|(a, _), (b, _)| a.cmp(b));
    ordered.into_iter().map(|(_, stage)| stage).collect()
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
    at: At<'a, 'p>,
    stages: Range<usize>,
    tasks: Range<usize>,
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

/// An edge's place in its plan: where a link is made.
pub struct Edge<'a, 'p> {
    plan: &'a mut Plan<'p>,
    index: usize,
}

impl<'p> Edge<'_, 'p> {
    /// The same place, for a shorter while.
    #[cfg(feature = "remote")]
    pub(crate) fn again(&mut self) -> Edge<'_, 'p> {
        Edge { plan: self.plan, index: self.index }
    }

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
    fn link(&mut self, capacity: usize, low: Option<usize>, unit: &'static str) -> Arc<LinkState> {
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
