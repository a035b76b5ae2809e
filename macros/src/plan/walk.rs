//! Follows the chains of a graph and cuts them into tasks (G1, G2).

use std::collections::HashMap;

use proc_macro2::Span;

use super::settings::Settings;
use super::{Edge, Invocation, Outcome, Plan, Stage, Step, call};
use crate::diagnostic::{Diagnostic, Errors, Mistake};
use crate::graph::{Call, Graph, NodeId, What, names};
use crate::operators::{Descriptor, Kind, Runs};

pub(super) struct Walk {
    graph: Graph,
    names: Vec<String>,
    /// The first error of each node.
    broken: HashMap<NodeId, Mistake>,
    /// Each node's place among the stages.
    places: HashMap<NodeId, usize>,
    plan: Plan,
    /// Whether a chain has led to a sink.
    closed: Option<Span>,
    /// Whether the last chain has not.
    open: bool,
}

/// How far a chain has been followed.
struct Position {
    /// The last stage that could be planned.
    stage: Option<usize>,
    task: usize,
    /// Whether a `queue` stands before what comes next.
    behind_queue: bool,
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
        let plan = Plan {
            settings,
            stages: Vec::new(),
            edges: Vec::new(),
            tasks: 0,
            steps: Vec::new(),
            outcome: Outcome::Nothing,
            reports,
        };
        Walk { names: names(&graph), graph, broken, places: HashMap::new(), plan, closed: None, open: false }
    }

    pub(super) fn plan(mut self) -> Plan {
        self.stages();
        let heads: Vec<_> = (0..self.graph.nodes.len()).filter(|id| self.is_head(*id)).collect();
        for head in heads {
            self.chain(head);
        }
        let mut unplaced: Vec<_> = self.broken.drain().collect();
        unplaced.sort_by_key(|(node, _)| *node);
        self.plan.reports.extend(unplaced.into_iter().map(|(_, mistake)| mistake));
        self.plan.outcome = self.outcome();
        if self.open && !matches!(self.plan.outcome, Outcome::Stream) {
            self.plan.steps.push(Step::Unused);
        }
        self.plan
    }

    fn outcome(&mut self) -> Outcome {
        if let Some(sink) = self.closed {
            return Outcome::Pipeline(sink);
        }
        let mut reports = std::mem::take(&mut self.plan.reports).into_iter();
        let first = reports.next();
        self.plan.reports = reports.collect();
        match first {
            Some(mistake) => Outcome::Error(mistake),
            None if self.plan.steps.is_empty() => Outcome::Nothing,
            None => Outcome::Stream,
        }
    }

    /// Numbers the stages in textual order; links are none.
    fn stages(&mut self) {
        for (id, node) in self.graph.nodes.iter().enumerate() {
            let Some(operator) = node.operator().filter(|operator| operator.kind != Kind::Link) else {
                continue;
            };
            self.places.insert(id, self.plan.stages.len());
            self.plan.stages.push(Stage {
                name: self.names.get(id).cloned().unwrap_or_default(),
                operator: operator.name.to_owned(),
                role: operator.kind,
                task: 0,
            });
        }
    }

    /// Where a chain begins: at a node that no arrow leads to.
    fn is_head(&self, id: NodeId) -> bool {
        self.graph.before(id).is_none()
    }

    fn chain(&mut self, head: NodeId) {
        let mut at = Position { stage: None, task: self.plan.tasks, behind_queue: false };
        self.plan.tasks += 1;
        if self.open {
            self.plan.steps.push(Step::Unused);
        }
        let mut next = Some(head);
        while let Some(id) = next {
            next = self.next(id);
            if self.node(id, &mut at, id == head, next.is_none()) {
                self.closed = self.graph.node(id).map(|node| node.span);
                self.open = false;
                return;
            }
        }
        self.open = true;
    }

    /// The next node of the same chain: behind a block, where its arms meet.
    fn next(&self, id: NodeId) -> Option<NodeId> {
        let from = match self.graph.node(id).map(|node| &node.what) {
            Some(What::Block(block)) => block.join?,
            _ => id,
        };
        self.graph.edges.iter().find(|edge| edge.from == from).filter(|edge| !edge.input).map(|edge| edge.to)
    }

    /// Plans a node; says whether it was a sink.
    fn node(&mut self, id: NodeId, at: &mut Position, head: bool, last: bool) -> bool {
        let Some(node) = self.graph.nodes.get_mut(id) else {
            return false;
        };
        let operator = node.operator();
        let ends = node.ends() || (last && node.is_unknown());
        if let Some(mistake) = self.broken.remove(&id) {
            self.plan.steps.push(Step::Broken { mistake, head, ends });
            at.behind_queue = false;
            return ends;
        }
        let call = match std::mem::replace(&mut node.what, What::Unknown) {
            What::Call(call) => call,
            _ => return ends,
        };
        if let Some(operator) = operator {
            if operator.kind == Kind::Link {
                self.link(id, call, operator, at);
            } else {
                self.stage(id, call, operator, at);
            }
        }
        ends
    }

    fn stage(&mut self, id: NodeId, call: Call, operator: &Descriptor, at: &mut Position) {
        let Some(place) = self.places.get(&id).copied() else {
            return;
        };
        let span = call.name.span();
        let needs_link = operator.runs == Runs::Task && at.stage.is_some();
        if needs_link && !at.behind_queue {
            at.task = self.task();
            let edge = self.plan.edges.len();
            self.plan.steps.push(Step::Link { edge, span });
        }
        if !at.behind_queue
            && let Some(from) = at.stage
        {
            let link = needs_link.then(|| self.between(from, place));
            self.plan.edges.push(Edge { from, to: place, link });
        }
        if at.behind_queue
            && let Some(edge) = self.plan.edges.last_mut()
        {
            edge.to = place;
        }
        *at = Position { stage: Some(place), task: at.task, behind_queue: false };
        if let Some(stage) = self.plan.stages.get_mut(place) {
            stage.task = at.task;
        }
        let tried = call.tried.filter(|_| operator.tried == crate::operators::Tried::Items);
        self.invoke(call, operator, place);
        if let Some(span) = tried {
            self.plan.steps.push(Step::Tried { stage: place, span });
        }
    }

    /// A `queue`: the link before the next stage, which begins a task.
    fn link(&mut self, id: NodeId, call: Call, operator: &Descriptor, at: &mut Position) {
        let Some(from) = at.stage else { return };
        at.task = self.task();
        at.behind_queue = true;
        let edge = self.plan.edges.len();
        self.plan.edges.push(Edge { from, to: from, link: self.names.get(id).cloned() });
        self.invoke(call, operator, edge);
    }

    fn invoke(&mut self, call: Call, operator: &Descriptor, place: usize) {
        let Call { name, types, arguments, tried, .. } = call;
        let span: Span = name.span();
        let (arguments, flavour) = call::arguments(operator, arguments.unwrap_or_default(), tried.is_some(), span);
        let types = types.map(|types| (types, operator.hidden_types.unwrap_or(0)));
        let kind = operator.kind;
        self.plan.steps.push(Step::Operator(Invocation { name, flavour, types, kind, arguments, place }));
    }

    fn task(&mut self) -> usize {
        self.plan.tasks += 1;
        self.plan.tasks - 1
    }

    /// The name of a link that no `queue` names.
    fn between(&self, from: usize, to: usize) -> String {
        let name = |place: usize| self.plan.stages.get(place).map_or("", |stage| stage.name.as_str());
        format!("{}->{}", name(from), name(to))
    }
}
