//! The stages of a plan, in textual order: operators and blocks, and the fan-in behind a block whose open arms are tasks.

use std::collections::HashMap;

use super::Stage;
use crate::graph::{BlockKind, Graph, LineId, Node, NodeId, What};
use crate::operators::{Kind, Runs};

/// The stages, and each node's place among them.
pub(super) fn stages(graph: &Graph, names: &[String]) -> (Vec<Stage>, HashMap<NodeId, usize>) {
    let (mut stages, mut places) = (Vec::new(), HashMap::new());
    for ((id, node), name) in graph.nodes.iter().enumerate().zip(names) {
        let stage = match &node.what {
            What::Call(call) => call
                .operator
                .filter(|operator| operator.kind != Kind::Link)
                .map(|operator| (name.clone(), operator.name.to_owned(), operator.kind)),
            What::Block(_) => Some((name.clone(), node.word.clone(), Kind::Stage)),
            What::Join => fan_in_block(graph, id).map(|block| {
                let block = names.get(block).map_or("", String::as_str);
                (format!("{block}/merge"), "merge".to_owned(), Kind::FanIn)
            }),
            What::Start(_) | What::End { .. } | What::Unknown => None,
        };
        if let Some((name, operator, role)) = stage {
            places.insert(id, stages.len());
            stages.push(Stage { name, operator, role, task: 0, word: node.span });
        }
    }
    (stages, places)
}

/// The block that meets at `join`, if it meets in a fan-in.
fn fan_in_block(graph: &Graph, join: NodeId) -> Option<NodeId> {
    let is_block = |node: &Node| matches!(&node.what, What::Block(block) if block.join == Some(join));
    let block = graph.nodes.iter().position(is_block)?;
    has_fan_in(graph, block).then_some(block)
}

/// Whether a block's open arms meet in a fan-in: they do if one of them makes a task (G2).
pub(super) fn has_fan_in(graph: &Graph, id: NodeId) -> bool {
    match graph.node(id).map(|node| &node.what) {
        Some(What::Block(block)) if block.join.is_some() => match block.kind {
            BlockKind::Parallel(_) => true,
            BlockKind::Match { .. } | BlockKind::Broadcast => {
                block.arms.iter().any(|arm| is_open(graph, *arm) && makes_task(graph, *arm))
            }
            BlockKind::Copies | BlockKind::Tap => false,
        },
        _ => false,
    }
}

/// Whether an arm has no sink.
pub(super) fn is_open(graph: &Graph, arm: LineId) -> bool {
    let last = graph.lines.get(arm).and_then(|line| line.nodes.last());
    last.and_then(|last| graph.node(*last)).is_none_or(|last| !last.ends())
}

/// Whether a task begins somewhere in an arm's own flow.
fn makes_task(graph: &Graph, arm: LineId) -> bool {
    let nodes = graph.lines.get(arm).map_or(&[] as &[_], |line| &line.nodes);
    nodes.iter().any(|id| match graph.node(*id).map(|node| &node.what) {
        Some(What::Call(call)) => {
            call.operator.is_some_and(|operator| operator.kind == Kind::Link || operator.runs == Runs::Task)
        }
        Some(What::Block(_)) => has_fan_in(graph, *id),
        _ => false,
    })
}

/// For each `parallel`, by its place, the place of the first stage behind its arm.
pub(super) fn arm_ends(graph: &Graph, places: &HashMap<NodeId, usize>) -> HashMap<usize, usize> {
    let mut ends = HashMap::new();
    for (id, node) in graph.nodes.iter().enumerate() {
        if let What::Block(block) = &node.what
            && let Some(place) = places.get(&id)
        {
            let last = block.arms.iter().filter_map(|arm| graph.last_node(*arm)).max().unwrap_or(id);
            let inside = places.iter().filter(|(node, _)| (id..=last).contains(*node)).count();
            ends.insert(*place, place + inside);
        }
    }
    ends
}
