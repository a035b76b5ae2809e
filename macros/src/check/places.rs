//! Where things may stand: sources first, sinks last, stages between.

use crate::diagnostic::Errors;
use crate::graph::{BlockKind, Graph, Node, NodeId, What};
use crate::message;
use crate::operators::Kind;

/// A chain begins with a source.
pub(super) fn beginnings(graph: &Graph, errors: &mut Errors) {
    for (id, _, operator) in graph.calls() {
        let Some(node) = graph.node(id).filter(|_| graph.before(id).is_none()) else {
            continue;
        };
        if matches!(operator.kind, Kind::Stage | Kind::Link | Kind::Sink) {
            errors.push_at(id, node.span, message::not_at_head(operator));
        }
    }
}

/// A source does nothing else.
pub(super) fn middles(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls() {
        if matches!(operator.kind, Kind::Source | Kind::FanIn) && graph.before(id).is_some() {
            errors.push_at(id, call.name.span(), message::source_in_the_middle(operator.name));
        }
    }
}

/// Nothing follows a sink.
pub(super) fn sinks(graph: &Graph, errors: &mut Errors) {
    for (id, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.ends()) {
        // What a block's arms begin with is not behind it.
        if matches!(node.what, What::Block(_)) && !graph.ends.contains(&id) {
            continue;
        }
        if let Some(next) = graph.after(id).and_then(|next| graph.node(next)).filter(|_| node.is(Kind::Sink)) {
            errors.push(next.span, message::after_sink(&node.word));
        }
    }
}

/// A chain ends with a sink.
pub(super) fn ends(graph: &Graph, errors: &mut Errors) {
    for (id, node) in graph.ends.iter().filter_map(|id| Some((*id, graph.node(*id)?))) {
        let reported = errors.blames(id) || ended_above(graph, id) || has_unknown_arm(graph, id);
        if reported || is_finished(node) || graph.after(id).is_some() {
            continue;
        }
        if node.is(Kind::Link) {
            errors.push(node.span, message::queue_at_end(&node.word));
        } else {
            errors.push(node.span, message::no_sink(&node.word));
        }
    }
}

/// Whether a sink stands above: what follows it has been reported.
fn ended_above(graph: &Graph, id: NodeId) -> bool {
    let above = std::iter::successors(Some(id), |id| graph.before(*id)).skip(1);
    above.take(graph.nodes.len()).any(|id| graph.node(id).is_some_and(|node| node.is(Kind::Sink)))
}

/// Whether arms that meet here end in something that has, or will have, an error of its own.
fn has_unknown_arm(graph: &Graph, id: NodeId) -> bool {
    let tails = graph.edges.iter().filter(|edge| edge.to == id && !edge.input).filter_map(|edge| graph.node(edge.from));
    let meets = matches!(graph.node(id), Some(Node { what: What::Join, .. }));
    meets && tails.into_iter().any(|node| node.is_unknown() || matches!(node.what, What::End { .. }))
}

/// Whether nothing is to be said of a chain that ends in `node`. Copies without names have an error of their own.
fn is_finished(node: &Node) -> bool {
    let copies = matches!(&node.what, What::Block(block) if matches!(block.kind, BlockKind::Copies));
    node.ends() || copies || node.is_unknown() || matches!(node.what, What::End { .. })
}

/// `_` stands at the head or at the end of a chain, not in an arm.
pub(super) fn open_ends(graph: &Graph, errors: &mut Errors) {
    for (id, node) in graph.nodes.iter().enumerate() {
        let named = graph.lets.iter().find(|binding| binding.tail == id).and_then(|binding| binding.names.first());
        match (&node.what, named) {
            (What::End { in_arm: true }, _) => errors.push_at(id, node.span, message::open_in_arm()),
            (What::End { .. }, Some(name)) => errors.push_at(id, node.span, message::open_named(&name.to_string())),
            (What::End { .. }, None) if graph.after(id).is_some() => {
                errors.push_at(id, node.span, message::open_in_the_middle())
            }
            _ => {}
        }
    }
}
