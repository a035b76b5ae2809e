//! Roles: the parts of a pipeline that may run in different processes. A `queue` with `role = "name"` begins one.

use super::{BlockKind, Call, Graph, LineId, NodeId};
use crate::ast::Value;

/// The role of what stands above all cuts.
pub(crate) const FIRST: &str = "ingest";

/// The argument that names a role.
pub(crate) const ROLE: &str = "role";

/// The argument that only a queue has which a broker keeps.
pub(crate) const CAPACITY: &str = "capacity";

/// The roles of a graph.
pub(crate) struct Roles {
    /// Their names: one that items come to from another stands behind that.
    pub(crate) names: Vec<String>,
    /// That of each node. A queue that begins a role belongs to it.
    of: Vec<usize>,
    /// Queues that lead back to a role that they come from.
    pub(crate) back: Vec<NodeId>,
}

impl Roles {
    pub(crate) fn of(&self, node: NodeId) -> usize {
        self.of.get(node).copied().unwrap_or_default()
    }

    /// Its name.
    pub(crate) fn name(&self, node: NodeId) -> &str {
        self.names.get(self.of(node)).map_or(FIRST, String::as_str)
    }
}

impl Graph {
    /// The word of the `parallel` in whose arm a node stands.
    pub(crate) fn arm_of_parallel(&self, id: NodeId) -> Option<&str> {
        let is_in_arm = |block: NodeId, arm: &LineId| id > block && self.last_node(*arm).is_some_and(|last| id <= last);
        let mut around = self.blocks().filter(|(place, _, block)| {
            matches!(block.kind, BlockKind::Parallel(_)) && block.arms.iter().any(|arm| is_in_arm(*place, arm))
        });
        around.next().map(|(_, node, _)| node.word.as_str())
    }
}

impl Call {
    /// What the call gives by that name.
    pub(crate) fn named(&self, name: &str) -> Option<&Value> {
        let mut given = self.arguments.iter().flat_map(|arguments| &arguments.named);
        given.find(|(ident, _)| ident == name).map(|(_, value)| value)
    }

    /// The role that begins here, if one does.
    fn begins(&self) -> Option<String> {
        let value = self.operator?.named_argument(ROLE).and_then(|_| self.named(ROLE))?;
        syn::parse2::<syn::LitStr>(value.tokens.clone()).ok().map(|name| name.value())
    }
}

/// The roles, in the order in which items come to them.
pub(crate) fn roles(graph: &Graph) -> Roles {
    let begun: Vec<Option<String>> = (0..graph.nodes.len()).map(|_| None).collect();
    let begun = graph.calls().fold(begun, |mut begun, (id, call, _)| {
        if let Some(place) = begun.get_mut(id) {
            *place = call.begins();
        }
        begun
    });
    let above = |id: NodeId| graph.edges.iter().filter(move |edge| edge.to == id).map(|edge| edge.from);
    // Where the items of a node come from is followed up to the queue that begins its role.
    let name = |id: NodeId| {
        let mut at = id;
        for _ in 0..graph.nodes.len() {
            match (begun.get(at).and_then(Option::as_deref), above(at).next()) {
                (Some(name), _) => return name,
                (None, Some(up)) => at = up,
                (None, None) => break,
            }
        }
        FIRST
    };
    let all: Vec<&str> = (0..graph.nodes.len()).map(name).collect();
    let cuts = || (0..graph.nodes.len()).filter(|id| begun.get(*id).is_some_and(Option::is_some));
    let ways: Vec<(&str, &str, NodeId)> = cuts()
        .flat_map(|id| above(id).map(move |up| (up, id)))
        .filter_map(|(up, id)| Some((*all.get(up)?, *all.get(id)?, id)))
        .collect();
    let mut waiting: Vec<&str> = Vec::new();
    for name in all.iter().filter(|name| **name == FIRST).chain(&all) {
        if !waiting.contains(name) {
            waiting.push(name);
        }
    }
    let mut names: Vec<String> = Vec::new();
    let mut back = Vec::new();
    while !waiting.is_empty() {
        let free = |name: &&str| !ways.iter().any(|(from, to, _)| to == name && waiting.contains(from));
        let next = waiting.iter().position(free).unwrap_or_else(|| {
            // A circle: it is cut where it comes back to the first in the text.
            let first = waiting.first().copied().unwrap_or(FIRST);
            back.extend(
                ways.iter().filter(|(from, to, _)| *to == first && waiting.contains(from)).map(|(_, _, id)| *id),
            );
            0
        });
        names.push(waiting.remove(next).to_owned());
    }
    let of = all.iter().map(|name| names.iter().position(|known| known == name).unwrap_or_default()).collect();
    Roles { names, of, back }
}
