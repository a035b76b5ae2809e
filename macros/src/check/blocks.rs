//! Blocks, copies and fan-ins.

use crate::diagnostic::Errors;
use crate::graph::{Block, BlockKind, Edge, Graph, Node, NodeId, What};
use crate::message;
use crate::operators::Kind;

fn has_no_arms(block: &Block) -> bool {
    block.arms.is_empty() && !matches!(block.kind, BlockKind::Copies)
}

fn is_copies(node: &Node) -> bool {
    matches!(&node.what, What::Block(block) if matches!(block.kind, BlockKind::Copies))
}

/// A block has arms; `tap` and `parallel` have one.
pub(super) fn arms(graph: &Graph, errors: &mut Errors) {
    for (id, node, block) in graph.blocks() {
        if has_no_arms(block) {
            errors.push_at(id, node.span, message::empty_block(&node.word));
        } else if matches!(block.kind, BlockKind::Tap | BlockKind::Parallel(_)) && block.arms.len() > 1 {
            errors.push_at(id, node.span, message::one_arm(&node.word));
        }
    }
}

/// The arm of a `tap` ends in a sink (F7).
pub(super) fn taps(graph: &Graph, errors: &mut Errors) {
    for (id, node, block) in graph.blocks().filter(|(_, _, block)| matches!(block.kind, BlockKind::Tap)) {
        let lines = block.arms.iter().filter_map(|arm| graph.lines.get(*arm)).take(1);
        for last in lines.filter_map(|line| line.nodes.last().copied()) {
            let Some(end) = graph.node(last).filter(|end| !end.ends() && !end.is_unknown()) else { continue };
            let ended = graph.above(last).take_while(|above| *above != id);
            let ended = ended.filter_map(|above| graph.node(above)).any(Node::ends);
            if !ended && !errors.blames(last) && !matches!(end.what, What::End { .. }) {
                errors.push_at(id, end.span, message::open_tap(&node.word, &end.word));
            }
        }
    }
}

/// Copies have names, two at least, and nothing else has more than one.
pub(super) fn copies(graph: &Graph, errors: &mut Errors) {
    for (id, node, _) in graph.blocks().filter(|(_, _, block)| matches!(block.kind, BlockKind::Copies)) {
        match graph.lets.iter().find(|binding| binding.tail == id) {
            None => errors.push_at(id, node.span, message::copies_need_let()),
            Some(binding) if binding.names.len() < 2 => errors.push_at(id, node.span, message::few_copies()),
            Some(_) => {}
        }
    }
    for binding in graph.lets.iter().filter(|binding| binding.tuple) {
        // What is no stream, or was to be copies, has its own error.
        let known = |node: &Node| node.is_unknown() || node.ends() || is_copies(node);
        let above =
            graph.above(binding.tail).any(|id| graph.node(id).is_some_and(|node| node.ends() || is_copies(node)));
        if !above && !graph.node(binding.tail).is_some_and(known) {
            errors.push(binding.word, message::tuple_without_broadcast());
        }
    }
}

/// A fan-in joins at least two.
pub(super) fn inputs(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls().filter(|(_, _, operator)| operator.kind == Kind::FanIn) {
        let unknown = |input: NodeId| matches!(graph.node(input), Some(Node { what: What::Unknown, .. }));
        let (broken, known): (Vec<Edge>, Vec<Edge>) =
            graph.edges.iter().copied().filter(|edge| edge.to == id && edge.input).partition(|edge| unknown(edge.from));
        let inputs = known.len();
        if call.arguments.is_none() || errors.blames(id) {
            continue;
        }
        if inputs < 2 && broken.is_empty() {
            errors.push_at(id, call.name.span(), message::fan_in_of_one(operator.name, inputs));
        } else if inputs > operator.most_inputs {
            errors.push_at(id, call.name.span(), message::too_many_inputs(operator, inputs));
        }
    }
}
