//! Follows the lines of a graph and cuts them into tasks (G1, G2).

use std::collections::HashMap;

use proc_macro2::Span;

use super::blocks::Named;
use super::gates::{Gate, held};
use super::settings::Settings;
use super::{Argument, Bound, Cut, Edge, Invocation, LinkKind, Outcome, Parts, Plan, Step, Var, call, stages};
use crate::diagnostic::{Diagnostic, Errors, Mistake};
use crate::graph::{BlockKind, Call, Graph, LineId, NodeId, Roles, What, names, roles};
use crate::operators::{Descriptor, FanIn, Kind, Runs, Tried};

pub(super) struct Walk {
    pub(super) graph: Graph,
    pub(super) names: Vec<String>,
    /// The first error of each node.
    pub(super) broken: HashMap<NodeId, Mistake>,
    /// Each node's place among the stages.
    pub(super) places: HashMap<NodeId, usize>,
    pub(super) plan: Plan,
    /// Where the streams have come to that a `let` names.
    kept: HashMap<NodeId, Position>,
    /// What the sinks have left, and the tasks, as they were made. Those of a `parallel`'s arm are its own.
    pub(super) outs: Vec<Var>,
    pub(super) chains: Vec<Var>,
    /// The last sink.
    sinks: Option<Span>,
    /// The copies that a `let` has named.
    pub(super) copies: HashMap<NodeId, Named>,
    /// The segment's ends.
    start: Option<Span>,
    end: Option<Span>,
    /// Whether the last line leads nowhere.
    open: bool,
    pub(super) arm_count: usize,
    /// For each `parallel`, the first stage behind its arm.
    pub(super) arm_ends: HashMap<usize, usize>,
    /// The roles of the nodes, if the pipeline is cut by them, and the part whose steps are being made.
    roles: Option<Roles>,
    part: usize,
    /// The part of each output and of each task.
    parts: HashMap<(char, usize), usize>,
    cuts: Vec<Cut>,
    /// Calls of `concat`, by the step; with what its inputs hold back.
    gates: Vec<(usize, Vec<Gate>)>,
}

/// How far a line has been followed.
#[derive(Clone, Debug, Default)]
pub(super) struct Position {
    /// The last stage in the text; none behind `_`.
    pub(super) stage: Option<usize>,
    /// Where items come from, if not from that stage alone: what the open arms of a block end in, or their labels.
    pub(super) tails: Vec<(usize, Option<String>)>,
    pub(super) task: usize,
    /// The next stage begins a task.
    pub(super) fresh: bool,
    /// The link that stands before what comes next.
    pub(super) behind: Option<usize>,
    /// What the next link has to be.
    pub(super) link: LinkKind,
    /// Items come from a block, and no link has been met yet: the chain that ends here is an arm of that block.
    pub(super) branch: Option<Branch>,
    /// The label of the arm that begins here.
    pub(super) arm: Option<String>,
    /// The chain that an inline arm has ended in.
    pub(super) arm_chain: Option<Var>,
    /// There are blocks among the stages since the last link.
    pub(super) has_arms: bool,
    /// A sink has been met.
    pub(super) closed: bool,
    /// The line leads to others, as an input, an arm or a named stream: what is not known at its end is no sink.
    pub(super) meets: bool,
}

/// Whose arm a line is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Branch {
    /// Of the block it stands in.
    Inline,
    /// Of the copies that a `let` has named.
    Copy(NodeId),
}

impl Walk {
    pub(super) fn new(mut graph: Graph, errors: Errors) -> Self {
        let mut broken = HashMap::new();
        let mut reports = Vec::new();
        for Diagnostic { mistake, node } in errors.list {
            match node.filter(|node| !broken.contains_key(node)) {
                Some(node) => drop(broken.insert(node, mistake)),
                None => reports.push(mistake),
            }
        }
        let settings = Settings::new(std::mem::take(&mut graph.settings));
        let names = names(&graph);
        let roles = settings.role.is_some().then(|| roles(&graph));
        let (stages, places) = stages::stages(&graph, &names);
        let arm_ends = stages::arm_ends(&graph, &places);
        let (edges, steps, outcome) = (Vec::new(), Vec::new(), Outcome::Nothing);
        let plan = Plan { settings, stages, edges, tasks: 0, steps, outcome, parts: None, reports };
        Walk {
            graph,
            names,
            broken,
            places,
            plan,
            kept: HashMap::new(),
            outs: Vec::new(),
            chains: Vec::new(),
            sinks: None,
            copies: HashMap::new(),
            start: None,
            end: None,
            open: false,
            arm_count: 0,
            arm_ends,
            roles,
            part: 0,
            parts: HashMap::new(),
            cuts: Vec::new(),
            gates: Vec::new(),
        }
    }

    pub(super) fn plan(mut self) -> Plan {
        for statement in std::mem::take(&mut self.graph.statements) {
            if std::mem::take(&mut self.open) {
                self.plan.steps.push(Step::Unused);
            }
            let tail = self.tail(statement);
            let meets = self.graph.lets.iter().any(|binding| Some(binding.tail) == tail);
            let at = self.line(statement, Position { meets, ..Position::default() });
            self.statement_ended(tail, at);
        }
        self.close_copies();
        for (step, gates) in std::mem::take(&mut self.gates) {
            let all = gates.iter().map(|gate| held(gate, &self.plan.stages, &self.plan.edges, self.plan.tasks));
            let all = all.collect();
            if let Some(Step::Operator(call)) = self.plan.steps.get_mut(step) {
                let span = call.name.span();
                call.arguments.push(Argument::Gates(all, span));
            }
        }
        let mut unplaced: Vec<_> = self.broken.drain().collect();
        unplaced.sort_by_key(|(node, _)| *node);
        self.plan.reports.extend(unplaced.into_iter().map(|(_, mistake)| mistake));
        self.plan.outcome = self.outcome();
        if self.open && !matches!(self.plan.outcome, Outcome::Stream(_)) {
            self.plan.steps.push(Step::Unused);
        }
        self.plan
    }

    fn outcome(&mut self) -> Outcome {
        let mut outs = std::mem::take(&mut self.outs);
        outs.sort_by_key(|out| out.number);
        let chains = std::mem::take(&mut self.chains);
        let (start, end) = (self.start.is_some(), self.end.is_some());
        if let Some(at) = self.end.or(self.sinks) {
            if start || end {
                return Outcome::Segment { start, end, outs, chains, at };
            }
            if let Some(roles) = self.roles.take() {
                let mut stages = vec![0; self.plan.stages.len()];
                for (node, place) in &self.places {
                    if let Some(part) = stages.get_mut(*place) {
                        *part = roles.of(*node);
                    }
                }
                let names = roles.names;
                let of = |vars: &[Var], part| {
                    let here =
                        |var: &&Var| self.parts.get(&(var.letter, var.number)).copied().unwrap_or_default() == part;
                    vars.iter().filter(here).copied().collect::<Vec<_>>()
                };
                let parts = 0..names.len();
                let (outs, chains) = (parts.clone().map(|part| of(&outs, part)), parts.map(|part| of(&chains, part)));
                let (outs, chains) = (outs.collect(), chains.collect());
                self.plan.parts = Some(Parts { names, stages, cuts: std::mem::take(&mut self.cuts), outs, chains });
            }
            return Outcome::Pipeline { outs, chains, at };
        }
        let mut reports = std::mem::take(&mut self.plan.reports).into_iter();
        let first = reports.next();
        self.plan.reports = reports.collect();
        match first {
            Some(mistake) => Outcome::Error(mistake, chains),
            None if self.plan.steps.is_empty() => Outcome::Nothing,
            None => Outcome::Stream(chains),
        }
    }

    /// A statement's line has been followed: its stream is kept if a `let` names it.
    fn statement_ended(&mut self, tail: Option<NodeId>, at: Position) {
        if at.closed {
            return;
        }
        let named = self.graph.lets.iter().any(|binding| Some(binding.tail) == tail && !binding.names.is_empty());
        let used = self.graph.lines.iter().any(|line| line.from == tail);
        let Some(tail) = tail.filter(|_| named && used) else {
            self.open = true;
            return;
        };
        if !self.copies.contains_key(&tail) {
            self.plan.steps.push(Step::Keep(self.kept_var(tail)));
        }
        self.kept.insert(tail, at);
    }

    fn kept_var(&self, tail: NodeId) -> Var {
        let span = self.graph.node(tail).map_or_else(Span::call_site, |node| node.span);
        Var { letter: 'n', number: tail, span }
    }

    /// The node that a line's items leave.
    fn tail(&self, line: LineId) -> Option<NodeId> {
        let line = self.graph.lines.get(line)?;
        let last = line.nodes.last().copied().or(line.from)?;
        match self.graph.node(last).map(|node| &node.what) {
            Some(What::Block(block)) => Some(block.join.unwrap_or(last)),
            _ => Some(last),
        }
    }

    /// What comes now belongs to the part of `node`.
    pub(super) fn turn_to(&mut self, node: NodeId) {
        let part = self.roles.as_ref().map_or(0, |roles| roles.of(node));
        if part != self.part {
            self.part = part;
            self.plan.steps.push(Step::Part(part));
        }
    }

    /// An output or a task of the part that is being planned.
    pub(super) fn note_part(&mut self, var: Var) {
        self.parts.insert((var.letter, var.number), self.part);
    }

    /// Follows a line from where its items come.
    pub(super) fn line(&mut self, line: LineId, mut at: Position) -> Position {
        let Some(line) = self.graph.lines.get_mut(line) else {
            return at;
        };
        let (from, nodes) = (line.from, std::mem::take(&mut line.nodes));
        let meets = at.meets;
        let is_arm = at.stage.is_some();
        if let Some(from) = from.filter(|_| !is_arm) {
            let Some(kept) = self.kept.get(&from).cloned() else {
                // The stream has ended in a sink, which has been refused.
                return Position { closed: true, ..at };
            };
            at = kept;
            self.turn_to(from);
            if self.copies.contains_key(&from) {
                at = self.copy(from, at);
            } else {
                self.plan.steps.push(Step::Take(self.kept_var(from)));
            }
        }
        for (n, id) in nodes.iter().enumerate() {
            // There is no stream behind a sink: what is written there has been refused.
            if at.closed {
                break;
            }
            let head = n == 0 && from.is_none();
            at.fresh |= head;
            // A `queue` before copies that take turns is the link that they share.
            let next =
                nodes.get(n + 1).or_else(|| self.graph.lines.iter().find(|line| line.from == Some(*id))?.nodes.first());
            let shared = next.is_some_and(|next| self.is_parallel(*next));
            if shared && self.graph.node(*id).is_some_and(|node| node.is(Kind::Link)) {
                at.link = LinkKind::Shared;
            }
            at = self.node(*id, at, head, n + 1 == nodes.len() && !meets);
        }
        at
    }

    fn is_parallel(&self, id: NodeId) -> bool {
        let what = self.graph.node(id).map(|node| &node.what);
        matches!(what, Some(What::Block(block)) if matches!(block.kind, BlockKind::Parallel(_)))
    }

    /// Plans a node.
    fn node(&mut self, id: NodeId, mut at: Position, head: bool, last: bool) -> Position {
        let Some(node) = self.graph.nodes.get_mut(id) else {
            return at;
        };
        let (operator, span) = (node.operator(), node.span);
        // A queue that begins a part is made in the one above.
        if operator.is_none_or(|operator| operator.kind != Kind::Link) {
            self.turn_to(id);
        }
        let Some(node) = self.graph.nodes.get_mut(id) else {
            return at;
        };
        let ends = node.ends() || (last && node.is_unknown());
        if let Some(mistake) = self.broken.remove(&id) {
            let place = self.places.get(&id).copied().unwrap_or(BROKEN + id);
            let (out, chain) = sink_locals(place, span);
            let bound = if ends { Bound::Sink { out, chain } } else { Bound::Stream };
            self.plan.steps.push(Step::Broken { mistake, bound, head });
            at.behind = None;
            if ends {
                self.sink(place, span, &mut at);
            }
            return at;
        }
        match std::mem::replace(&mut node.what, What::Unknown) {
            What::Call(call) => match operator {
                Some(operator) if operator.kind == Kind::Link => self.queue(id, call, operator, at),
                Some(operator) if operator.kind == Kind::FanIn => self.fan_in(id, call, operator, at),
                Some(operator) => self.stage(id, call, operator, at),
                None => at,
            },
            What::Block(block) => self.block(id, block, at),
            What::Start(of) => {
                self.start = Some(span);
                at.fresh = false;
                at.task = self.task();
                self.plan.steps.push(Step::Start { of, task: at.task, span });
                at
            }
            What::End { .. } => {
                self.end = Some(span);
                // What comes out of a block goes on in a task of its own.
                if at.branch.is_some() || at.has_arms {
                    self.link_to(None, &mut at, span);
                }
                if at.fresh {
                    at.task = self.task();
                }
                self.plan.steps.push(Step::Keep(Var { letter: 'e', number: 0, span }));
                at.closed = true;
                at
            }
            What::Join | What::Unknown => at,
        }
    }

    fn stage(&mut self, id: NodeId, call: Call, operator: &Descriptor, mut at: Position) -> Position {
        let Some(place) = self.places.get(&id).copied() else {
            return at;
        };
        let span = call.name.span();
        if operator.runs == Runs::Task {
            self.link_to(Some(place), &mut at, span);
        }
        self.enter(place, &mut at);
        let tried = call.tried.filter(|_| operator.tried == Tried::Items);
        self.invoke(call, operator, place, Vec::new(), LinkKind::Ring);
        if operator.kind == Kind::Sink {
            self.sink(place, span, &mut at);
        } else if let Some(span) = tried {
            self.plan.steps.push(Step::Tried { stage: place, span });
        }
        at
    }

    /// A sink has been planned, whose output and chain have names.
    fn sink(&mut self, place: usize, span: Span, at: &mut Position) {
        let (out, chain) = sink_locals(place, span);
        self.outs.push(out);
        self.note_part(out);
        self.sinks = Some(span);
        self.chain_ended(chain, at);
        at.closed = true;
    }

    /// A chain has ended: it is the arm of a block, or a task.
    pub(super) fn chain_ended(&mut self, chain: Var, at: &mut Position) {
        match at.branch.take() {
            Some(Branch::Inline) => at.arm_chain = Some(chain),
            Some(Branch::Copy(block)) => self.copy_ended(block, chain),
            None => self.task_ends(chain),
        }
    }

    /// A chain is a task.
    pub(super) fn task_ends(&mut self, chain: Var) {
        self.chains.push(chain);
        self.note_part(chain);
    }

    /// The stage at `place` takes what comes.
    pub(super) fn enter(&mut self, place: usize, at: &mut Position) {
        if std::mem::take(&mut at.fresh) {
            at.task = self.task();
        }
        let arm = at.arm.take();
        let tails = std::mem::take(&mut at.tails);
        if let Some(edge) = at.behind.take() {
            self.aim(edge, place);
        } else if !tails.is_empty() {
            let edge = |(from, arm)| Edge { from, to: place, link: None, arm, joins: false };
            self.plan.edges.extend(tails.into_iter().map(edge));
        } else if let Some(from) = at.stage {
            self.plan.edges.push(Edge { from, to: place, link: None, arm, joins: false });
        }
        at.stage = Some(place);
        if let Some(stage) = self.plan.stages.get_mut(place) {
            stage.task = at.task;
        }
    }

    /// A link leads to the stage at `place`.
    fn aim(&mut self, edge: usize, place: usize) {
        if let Some(edge) = self.plan.edges.get_mut(edge) {
            edge.to = place;
        }
    }

    /// A link before what comes next, unless a `queue` has made it; gives the edge.
    pub(super) fn link_to(&mut self, to: Option<usize>, at: &mut Position, span: Span) -> Option<usize> {
        if let Some(edge) = at.behind {
            if let Some(to) = to {
                self.aim(edge, to);
            }
            return Some(edge);
        }
        let from = at.stage?;
        let name = |place: Option<usize>| {
            place.and_then(|place| self.plan.stages.get(place)).map_or("out", |stage| stage.name.as_str())
        };
        let link = format!("{}->{}", name(Some(from)), name(to));
        let edge = self.edge(at, from, link, to);
        let (kind, chain) = (std::mem::take(&mut at.link), Var { letter: 't', number: edge, span });
        self.plan.steps.push(Step::Link { edge, kind, span });
        self.cut(chain, edge, at);
        Some(edge)
    }

    /// A `queue`: the link before the next stage, which begins a task.
    fn queue(&mut self, id: NodeId, call: Call, operator: &Descriptor, mut at: Position) -> Position {
        let Some(from) = at.stage else { return at };
        let name = self.names.get(id).cloned().unwrap_or_default();
        let edge = self.edge(&mut at, from, name, None);
        let chain = Var { letter: 't', number: edge, span: call.name.span() };
        let kind = std::mem::take(&mut at.link);
        let (above, span) = (self.part, call.name.span());
        let below = self.roles.as_ref().map_or(above, |roles| roles.of(id));
        if below == above {
            self.invoke(call, operator, edge, Vec::new(), kind);
            self.cut(chain, edge, &mut at);
            return at;
        }
        let (arguments, _) = call::arguments(operator, call.arguments.unwrap_or_default(), false, kind, span);
        self.cuts.push(Cut { edge, above, below, arguments, span });
        self.plan.steps.push(Step::Publish { edge, span });
        self.cut(chain, edge, &mut at);
        self.turn_to(id);
        self.plan.steps.push(Step::Fetch { edge, span });
        at
    }

    /// The edge of a link below where `at` has come to.
    fn edge(&mut self, at: &mut Position, from: usize, link: String, to: Option<usize>) -> usize {
        let edge = self.plan.edges.len();
        let to = to.unwrap_or(from);
        self.plan.edges.push(Edge { from, to, link: Some(link), arm: at.arm.take(), joins: false });
        let joined = std::mem::take(&mut at.tails).into_iter();
        let joined = joined.map(|(tail, arm)| Edge { from: tail, to: from, link: None, arm, joins: true });
        // A block that one bare arm leaves needs no place where arms meet.
        self.plan.edges.extend(joined.filter(|edge| edge.from != edge.to || edge.arm.is_some()));
        edge
    }

    /// The chain above a link ends in it; what follows is a task of its own.
    fn cut(&mut self, chain: Var, edge: usize, at: &mut Position) {
        self.chain_ended(chain, at);
        at.fresh = true;
        at.behind = Some(edge);
        at.has_arms = false;
    }

    /// A fan-in: its inputs, each with a link, then itself.
    fn fan_in(&mut self, id: NodeId, call: Call, operator: &Descriptor, mut at: Position) -> Position {
        let Some(place) = self.places.get(&id).copied() else {
            return at;
        };
        let span = call.name.span();
        let list = Var { letter: 'i', number: id, span };
        let zip = operator.fan_in == FanIn::Tuples;
        let mut gates = Vec::new();
        for (n, input) in call.inputs.iter().enumerate() {
            let at_input = self.graph.lines.get(*input).map_or(span, |line| line.span.unwrap_or(span));
            let mut from = self.line(*input, Position { meets: true, ..Position::default() });
            if from.closed {
                // An input that ends in a sink has been refused, and the fan-in cannot be built without it.
                return from;
            }
            let edge = self.link_to(Some(place), &mut from, at_input);
            if n > 0 {
                gates.push(Gate { edge });
            }
            if from.stage.is_none() && !from.fresh {
                // `_` itself: its link is the segment's, and who reads it is this task.
                (at.task, at.fresh) = (from.task, false);
            }
            self.plan.steps.push(Step::Input { list, first: n == 0, zip, span: at_input });
        }
        self.turn_to(id);
        self.enter(place, &mut at);
        let mut arguments = vec![Argument::Inputs(list)];
        if zip {
            arguments.push(Argument::Tuple(call.inputs.len(), span));
        }
        if operator.fan_in == FanIn::Order {
            self.gates.push((self.plan.steps.len(), gates));
        }
        let tried = call.tried;
        self.invoke(call, operator, place, arguments, LinkKind::Ring);
        if let Some(span) = tried {
            self.plan.steps.push(Step::Tried { stage: place, span });
        }
        at
    }

    fn invoke(&mut self, call: Call, operator: &Descriptor, place: usize, first: Vec<Argument>, link: LinkKind) {
        let Call { name, types, arguments, tried, .. } = call;
        let span: Span = name.span();
        let (more, flavour) = call::arguments(operator, arguments.unwrap_or_default(), tried.is_some(), link, span);
        let types = types.map(|types| (types, operator.hidden_types.unwrap_or(0)));
        let (kind, asks) = (operator.kind, operator.asks);
        let arguments = first.into_iter().chain(more).collect();
        self.plan.steps.push(Step::Operator(Invocation { name, flavour, types, kind, asks, arguments, place }));
    }

    pub(super) fn task(&mut self) -> usize {
        self.plan.tasks += 1;
        self.plan.tasks - 1
    }
}

/// A sink's output and its chain.
fn sink_locals(place: usize, span: Span) -> (Var, Var) {
    (Var { letter: 'o', number: place, span }, Var { letter: 'k', number: place, span })
}

/// The numbers of locals that stand for what is broken and has no place.
const BROKEN: usize = 1 << 20;
