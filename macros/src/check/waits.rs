//! Who can wait for whom: what the rule on copies that meet again (F6) is decided by.
//!
//! In a pipeline that is stuck, every task waits: for items of an edge into it, or for room on an edge out of it. So each edge has two states.
//! *Starved*: who takes from it waits for an item; then all that is on it has been taken. *Held*: who gives to it waits for room; then
//! every link on it is paused, with more items than its mark. One wait is the cause of the next, and as there are finitely many the
//! causes come round in a circle. `runtime/src/stage/README.md` shows that the items of a circle add up to its `Lead`: where that says that
//! there are too few of them, the circle cannot be.

use std::collections::VecDeque;

use crate::ast::Value;
use crate::graph::{Block, BlockKind, Call, Edge, Graph, NodeId, What};
use crate::literal::read;
use crate::operators::{Descriptor, FanIn, Items, Kind, Overflow, Pass, Runs};
use crate::plan::settings::QUEUE;

/// An edge's place in `Graph::edges`.
pub(super) type EdgeId = usize;

/// Why it cannot be said how many items wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// What leaves the node for what enters it.
    Node(NodeId),
    /// The number that the node is given.
    Value(NodeId),
}

/// Waits in a row: by how many items held copies are ahead of starved ones, and how many the paused links between them have at least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lead {
    pub(super) unknown: Option<Unknown>,
    pub(super) items: i64,
    room: i64,
}

impl Lead {
    fn items(items: i64) -> Lead {
        Lead { items, ..Lead::default() }
    }

    pub(super) fn unknown(why: Unknown) -> Lead {
        Lead { unknown: Some(why), ..Lead::default() }
    }

    pub(super) fn and(self, other: Lead) -> Lead {
        let sum = |a: i64, b: i64| a.saturating_add(b).clamp(-MOST, MOST);
        let unknown = self.unknown.or(other.unknown);
        Lead { unknown, items: sum(self.items, other.items), room: sum(self.room, other.room) }
    }

    /// Whether there can be enough items for all these waits.
    pub(super) fn sticks(&self) -> bool {
        self.unknown.is_some() || self.items >= self.room
    }

    fn exceeds(&self, other: &Lead) -> bool {
        let rank = |lead: &Lead| (lead.unknown.is_some(), lead.items - lead.room);
        rank(self) > rank(other)
    }
}

/// More items than any link has, and few enough to add up.
const MOST: i64 = 1 << 48;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Starved(EdgeId),
    Held(EdgeId),
}

impl State {
    fn place(self) -> usize {
        match self {
            State::Starved(edge) => 2 * edge,
            State::Held(edge) => 2 * edge + 1,
        }
    }
}

/// The graph of waits.
pub(super) struct Waits<'g> {
    graph: &'g Graph,
    inputs: Vec<Vec<EdgeId>>,
    outputs: Vec<Vec<EdgeId>>,
    /// For each node where arms meet, the block.
    blocks: Vec<Option<NodeId>>,
    /// What is not looked through: it has an error.
    silent: Vec<bool>,
    /// The mark of links that no `queue` sets up.
    low: i64,
}

impl<'g> Waits<'g> {
    pub(super) fn new(graph: &'g Graph, silent: Vec<bool>) -> Self {
        let mut inputs = vec![Vec::new(); graph.nodes.len()];
        let mut outputs = inputs.clone();
        for (id, edge) in graph.edges.iter().enumerate() {
            if let (Some(to), Some(from)) = (inputs.get_mut(edge.to), outputs.get_mut(edge.from)) {
                to.push(id);
                from.push(id);
            }
        }
        let mut blocks = vec![None; graph.nodes.len()];
        for (id, node) in graph.nodes.iter().enumerate() {
            if let What::Block(Block { join: Some(join), .. }) = &node.what
                && let Some(block) = blocks.get_mut(*join)
            {
                *block = Some(id);
            }
        }
        let low = match graph.settings.iter().find(|setting| setting.name == QUEUE) {
            Some(setting) => number(&setting.value).map_or(0, |capacity| capacity / 2),
            None => 128,
        };
        Waits { graph, inputs, outputs, blocks, silent, low }
    }

    pub(super) fn inputs(&self, node: NodeId) -> &[EdgeId] {
        self.inputs.get(node).map_or(&[], Vec::as_slice)
    }

    fn outputs(&self, node: NodeId) -> &[EdgeId] {
        self.outputs.get(node).map_or(&[], Vec::as_slice)
    }

    /// From now on nothing is said of what goes through `node`.
    pub(super) fn silence(&mut self, node: NodeId) {
        if let Some(silent) = self.silent.get_mut(node) {
            *silent = true;
        }
    }

    pub(super) fn is_silent(&self, node: NodeId) -> bool {
        self.silent.get(node).is_none_or(|silent| *silent)
    }

    /// How a fan-in that waits for one of its inputs joins them.
    pub(super) fn waiting(&self, node: NodeId) -> Option<FanIn> {
        let operator = self.graph.node(node)?.operator()?;
        (operator.kind == Kind::FanIn && operator.fan_in != FanIn::Ready).then_some(operator.fan_in)
    }

    /// While `fan_in` waits for its input `starved`, what it does not take from another.
    pub(super) fn turn(&self, fan_in: NodeId, starved: EdgeId, held: EdgeId) -> Option<Lead> {
        let place = |edge| self.inputs(fan_in).iter().position(|input| *input == edge);
        match self.waiting(fan_in)? {
            FanIn::Order => (place(starved) < place(held)).then_some(Lead::unknown(Unknown::Node(fan_in))),
            _ => (starved != held).then(Lead::default),
        }
    }

    /// The greatest lead of each state after `from`, by ways through which no fan-in waits; with `turns`, through any.
    pub(super) fn leads(&self, from: State, turns: bool) -> Vec<Option<Lead>> {
        let states = 2 * self.graph.edges.len();
        let mut leads: Vec<Option<Lead>> = vec![None; states];
        let mut waiting = VecDeque::from([(from, Lead::default())]);
        // Each state is left at most so often: more is a circle that has been seen.
        let mut left = states.saturating_mul(states).min(1 << 20);
        while let Some((state, lead)) = waiting.pop_front()
            && left > 0
        {
            left -= 1;
            // It has been left by a better way since.
            if leads.get(state.place()).copied().flatten().is_some_and(|best| best.exceeds(&lead)) {
                continue;
            }
            for (next, more) in self.next(state, turns) {
                let lead = lead.and(more);
                let Some(best) = leads.get_mut(next.place()) else { continue };
                if best.is_none_or(|best| lead.exceeds(&best)) {
                    *best = Some(lead);
                    if next != from {
                        waiting.push_back((next, lead));
                    }
                }
            }
        }
        leads
    }

    pub(super) fn lead(leads: &[Option<Lead>], state: State) -> Option<Lead> {
        leads.get(state.place()).copied().flatten()
    }

    /// What the wait `state` can be caused by.
    fn next(&self, state: State, turns: bool) -> Vec<(State, Lead)> {
        let mut next = Vec::new();
        match state {
            State::Starved(edge) => {
                let Some(Edge { from, .. }) = self.graph.edges.get(edge).copied() else { return next };
                if self.is_silent(from) {
                    return next;
                }
                let kept = self.kept(from).1;
                next.extend(self.inputs(from).iter().map(|input| (State::Starved(*input), kept)));
                next.extend(self.outputs(from).iter().filter(|other| **other != edge).filter_map(|o| self.hold(*o)));
            }
            State::Held(edge) => {
                let Some(Edge { to, .. }) = self.graph.edges.get(edge).copied() else { return next };
                if self.is_silent(to) {
                    return next;
                }
                let kept = self.kept(to).0;
                let on = self.outputs(to).iter().filter_map(|output| self.hold(*output));
                next.extend(on.map(|(state, room)| (state, room.and(kept))));
                if turns {
                    let turn = |input: &EdgeId| Some((State::Starved(*input), self.turn(to, *input, edge)?));
                    next.extend(self.inputs(to).iter().filter_map(turn));
                }
            }
        }
        next
    }

    /// Waiting for room on `edge`, if that can be: with the room of the link on it.
    pub(super) fn hold(&self, edge: EdgeId) -> Option<(State, Lead)> {
        let Edge { from, to, .. } = *self.graph.edges.get(edge)?;
        let (node, before) = (self.graph.node(to)?, self.graph.node(from)?);
        let low = match &node.what {
            What::Call(Call { operator: Some(operator), .. }) if operator.kind == Kind::Link => {
                let What::Call(call) = &node.what else { return None };
                (overflow(call, operator) == Overflow::Pauses).then(|| Some(mark(call, operator)))?
            }
            _ if before.is(Kind::Link) => None,
            What::Call(Call { operator: Some(operator), .. }) => (operator.runs == Runs::Task).then_some(self.low),
            _ => None,
        };
        // The arm of a `tap` takes what it has room for.
        if let What::Block(Block { kind: BlockKind::Tap, join, .. }) = &before.what
            && *join != Some(to)
        {
            return None;
        }
        let room = low.map_or(0, |low| low.saturating_add(1));
        Some((State::Held(edge), Lead { room, ..Lead::default() }))
    }

    /// How many items fewer leave a node than enter it: at least (less than nothing: the lead of what is held behind it), and at the most.
    fn kept(&self, node: NodeId) -> (Lead, Lead) {
        let (none, unknown) = (Lead::default(), Lead::unknown(Unknown::Node(node)));
        match self.graph.node(node).map(|node| &node.what) {
            Some(What::Call(Call { operator: Some(operator), .. })) if operator.kind == Kind::FanIn => {
                (if operator.items == Items::One { none } else { unknown }, none)
            }
            Some(What::Call(call @ Call { operator: Some(operator), .. })) if operator.kind == Kind::Link => {
                (none, if overflow(call, operator) == Overflow::Loses { unknown } else { none })
            }
            Some(What::Call(call @ Call { operator: Some(operator), .. })) => match operator.items {
                Items::One => (none, none),
                Items::Later(less) => {
                    let first = call.arguments.as_ref().and_then(|arguments| arguments.plain.first());
                    match first.and_then(number).map(|n| n.saturating_sub(less.into()).max(0)) {
                        Some(n) => (Lead::items(-n), Lead::items(n)),
                        None => (none, Lead::unknown(Unknown::Value(node))),
                    }
                }
                Items::Fewer => (none, unknown),
                Items::Unknown => (unknown, unknown),
            },
            Some(What::Block(block)) => match block.kind {
                BlockKind::Broadcast | BlockKind::Copies | BlockKind::Tap => (none, none),
                BlockKind::Match { .. } => (none, unknown),
                BlockKind::Parallel(_) => (unknown, unknown),
            },
            Some(What::Join) => {
                let block = self.blocks.get(node).copied().flatten().and_then(|block| self.graph.node(block));
                let copies =
                    matches!(block.map(|node| &node.what), Some(What::Block(Block { kind: BlockKind::Broadcast, .. })));
                (if copies && self.inputs(node).len() > 1 { unknown } else { none }, none)
            }
            _ => (none, none),
        }
    }
}

fn number(value: &Value) -> Option<i64> {
    let number = read(&value.tokens).count()?;
    Some(i64::try_from(number).unwrap_or(MOST).min(MOST))
}

/// What a link does when it is full.
pub(super) fn overflow(call: &Call, operator: &Descriptor) -> Overflow {
    let words = operator.named.iter().find_map(|named| match named.pass {
        Pass::Choice(words) => Some((named.name, words)),
        _ => None,
    });
    let chosen = words.and_then(|(name, words)| {
        let mut given = call.arguments.iter().flat_map(|arguments| &arguments.named);
        let word = given.find(|(given, _)| *given == name)?.1.tokens.to_string();
        words.iter().position(|known| *known == word)
    });
    operator.overflow.get(chosen.unwrap_or(0)).copied().unwrap_or(Overflow::Pauses)
}

/// With how many items a paused link drains, at least.
fn mark(call: &Call, operator: &Descriptor) -> i64 {
    let given = call.arguments.iter().flat_map(|arguments| &arguments.named);
    let find = |wanted: fn(Pass) -> bool| {
        let mut given = given.clone();
        given.find(|(name, _)| operator.named_argument(&name.to_string()).is_some_and(|named| wanted(named.pass)))
    };
    // So many bytes may be one item.
    if find(|pass| matches!(pass, Pass::Instead)).is_some() {
        return 0;
    }
    let plain = call.arguments.as_ref().and_then(|arguments| arguments.plain.first());
    match find(|pass| matches!(pass, Pass::Optional)) {
        Some((_, low)) => number(low).unwrap_or(0),
        None => plain.and_then(number).map_or(0, |capacity| capacity / 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_has_a_place_of_its_own() {
        let places: Vec<usize> =
            (0..3).flat_map(|edge| [State::Starved(edge), State::Held(edge)]).map(State::place).collect();
        assert_eq!(places, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_lead_with_more_room_below_it_is_smaller() {
        let lead = |items, room| Lead { items, room, ..Lead::default() };
        assert!(lead(5, 0).exceeds(&lead(5, 3)));
        assert!(!lead(5, 3).exceeds(&lead(5, 0)));
    }
}
