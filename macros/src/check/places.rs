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
        // A stream's name that stands for one that has ended has an error at its `let`. A block without arms has its own.
        if graph.lets.iter().any(|binding| binding.tail == id) || errors.blames(id) {
            continue;
        }
        let Some(edge) = graph.behind(id).next() else { continue };
        let Some(next) = graph.node(edge.to).filter(|next| !next.is_unknown()) else { continue };
        let is_sink = node.is(Kind::Sink);
        if edge.input {
            errors.push(node.span, message::ended_input(&next.word, &node.word));
        } else if is_sink {
            errors.push(next.span, message::after_sink(&node.word));
        } else {
            errors.push_at(edge.to, next.span, message::after_closed_block(&node.word));
        }
    }
}

/// A chain ends with a sink.
pub(super) fn ends(graph: &Graph, errors: &mut Errors) {
    for (id, node) in graph.ends.iter().filter_map(|id| Some((*id, graph.node(*id)?))) {
        let reported = errors.blames(id)
            || graph.met_at(id).is_some_and(|(block, _)| errors.blames(block))
            || ended_above(graph, id)
            || has_unknown_arm(graph, id);
        if reported || is_finished(node) || graph.after(id).is_some() {
            continue;
        }
        if node.is(Kind::Link) {
            errors.push(node.span, message::queue_at_end(&node.word));
        } else if graph.met_at(id).is_some_and(|(_, block)| !matches!(block.kind, BlockKind::Tap)) {
            errors.push(node.span, message::open_block(&node.word));
        } else {
            errors.push(node.span, message::no_sink(&node.word));
        }
    }
}

/// Whether a sink, or a block that is one, stands above: what follows it has been reported.
fn ended_above(graph: &Graph, id: NodeId) -> bool {
    graph.above(id).any(|id| graph.node(id).is_some_and(Node::ends))
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

/// At most one chain has an open start, and one an open end.
pub(super) fn one_of_each_open_end(graph: &Graph, errors: &mut Errors) {
    let starts = |node: &Node| matches!(node.what, What::Start(_));
    let ends = |node: &Node| matches!(node.what, What::End { in_arm: false });
    let all: [(fn(&Node) -> bool, fn() -> String); 2] = [(starts, message::two_starts), (ends, message::two_ends)];
    for (is, text) in all {
        let open = graph.nodes.iter().enumerate().filter(|(_, node)| is(node));
        for (id, node) in open.skip(1) {
            if !errors.blames(id) {
                errors.push_at(id, node.span, text());
            }
        }
    }
}
