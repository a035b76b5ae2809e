//! Blocks, copies and fan-ins.

use crate::diagnostic::Errors;
use crate::graph::{Block, BlockKind, Graph, Node, NodeId, What};
use crate::message;
use crate::operators::Kind;

fn blocks(graph: &Graph) -> impl Iterator<Item = (NodeId, &Node, &Block)> {
    graph.nodes.iter().enumerate().filter_map(|(id, node)| match &node.what {
        What::Block(block) => Some((id, node, block)),
        _ => None,
    })
}

fn has_no_arms(block: &Block) -> bool {
    block.arms.is_empty() && !matches!(block.kind, BlockKind::Copies)
}

/// A block has arms; `tap` and `parallel` have one.
pub(super) fn arms(graph: &Graph, errors: &mut Errors) {
    for (id, node, block) in blocks(graph) {
        if has_no_arms(block) {
            errors.push_at(id, node.span, message::empty_block(&node.word));
        } else if matches!(block.kind, BlockKind::Tap | BlockKind::Parallel(_)) && block.arms.len() > 1 {
            errors.push_at(id, node.span, message::one_arm(&node.word));
        }
    }
}

/// Copies have names, two at least, and nothing else has more than one.
pub(super) fn copies(graph: &Graph, errors: &mut Errors) {
    for (id, node, _) in blocks(graph).filter(|(_, _, block)| matches!(block.kind, BlockKind::Copies)) {
        match graph.lets.iter().find(|binding| binding.tail == id) {
            None => errors.push_at(id, node.span, message::copies_need_let()),
            Some(binding) if binding.names.len() < 2 => errors.push_at(id, node.span, message::few_copies()),
            Some(_) => {}
        }
    }
    for binding in graph.lets.iter().filter(|binding| binding.tuple) {
        let copied =
            graph.node(binding.tail).is_some_and(|node| node.is_unknown() || matches!(node.what, What::Block(_)));
        if !copied {
            errors.push(binding.word, message::tuple_without_broadcast());
        }
    }
}

/// A fan-in joins at least two.
pub(super) fn inputs(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls().filter(|(_, _, operator)| operator.kind == Kind::FanIn) {
        let inputs = graph.edges.iter().filter(|edge| edge.to == id && edge.input).count();
        if call.arguments.is_none() || errors.blames(id) {
            continue;
        }
        if inputs < 2 {
            errors.push_at(id, call.name.span(), message::fan_in_of_one(operator.name, inputs));
        } else if inputs > operator.most_inputs {
            errors.push_at(id, call.name.span(), message::too_many_inputs(operator, inputs));
        }
    }
}
