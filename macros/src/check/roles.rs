//! Queues that a broker keeps, and the roles that they cut a pipeline into.

use super::waits::overflow;
use crate::diagnostic::Errors;
use crate::graph::{BlockKind, CAPACITY, Call, Graph, Node, NodeId, ROLE, What, roles};
use crate::literal::span_of;
use crate::message;
use crate::operators::{Kind, Overflow, Pass};
use crate::plan::settings;

/// The queues with that argument.
fn queues<'a>(graph: &'a Graph, argument: &'static str) -> impl Iterator<Item = (NodeId, &'a Call)> {
    let named = graph.calls().filter(move |(_, call, operator)| {
        operator.named_argument(argument).is_some() && call.named(argument).is_some()
    });
    named.map(|(id, call, _)| (id, call))
}

/// A role has a name, and begins at a queue that a broker keeps.
pub(super) fn named(graph: &Graph, errors: &mut Errors) {
    for (id, call) in queues(graph, ROLE) {
        let Some(value) = call.named(ROLE) else { continue };
        match syn::parse2::<syn::LitStr>(value.tokens.clone()) {
            Err(_) => errors.push_at(id, span_of(&value.tokens, value.span), message::role_not_a_name()),
            Ok(name) if name.value().is_empty() => errors.push_at(id, value.span, message::role_not_a_name()),
            Ok(_) if call.named(CAPACITY).is_none() => errors.push_at(id, value.span, message::role_in_memory()),
            Ok(_) => {}
        }
    }
}

/// A queue that a broker keeps pauses when it is full, and has one lower end in a process.
pub(super) fn kept_elsewhere(graph: &Graph, errors: &mut Errors) {
    let open = |is: fn(&What) -> bool| graph.nodes.iter().any(|node| is(&node.what));
    let is_transform =
        open(|what| matches!(what, What::Start(_))) && open(|what| matches!(what, What::End { in_arm: false }));
    for (id, call) in queues(graph, CAPACITY) {
        let Some(operator) = call.operator else { continue };
        let span = call.name.span();
        let block = |node: Option<NodeId>| node.and_then(|node| graph.node(node));
        let in_tap = block(graph.before(id)).is_some_and(|node| is_block(node, |kind| matches!(kind, BlockKind::Tap)));
        let shared =
            block(graph.after(id)).is_some_and(|node| is_block(node, |kind| matches!(kind, BlockKind::Parallel(_))));
        let by_size =
            operator.named.iter().any(|named| named.pass == Pass::Instead && call.named(named.name).is_some());
        let number = call.arguments.as_ref().and_then(|arguments| arguments.plain.first());
        let number = number.and_then(|value| syn::parse2::<syn::LitInt>(value.tokens.clone()).ok());
        if let Some(number) = number {
            errors.push_at(id, number.span(), message::remote_is_a_number(&number.to_string()));
        } else if in_tap {
            errors.push_at(id, span, message::remote_in_tap());
        } else if shared {
            errors.push_at(id, span, message::remote_before_parallel());
        } else if by_size || overflow(call, operator) != Overflow::Pauses {
            errors.push_at(id, span, message::remote_only_pauses());
        } else if is_transform {
            errors.push_at(id, span, message::remote_in_transform());
        }
    }
}

fn is_block(node: &Node, is: impl Fn(&BlockKind) -> bool) -> bool {
    matches!(&node.what, What::Block(block) if is(&block.kind))
}

/// The parts are cut apart for good: items of two never meet, none come back, and no copy of an arm is one.
pub(super) fn apart(graph: &Graph, errors: &mut Errors) {
    let roles = roles(graph);
    let well_named: Vec<_> = queues(graph, ROLE).filter(|(id, _)| !errors.blames(*id)).collect();
    for (id, call) in well_named {
        let above = graph.before(id).map(|above| roles.of(above));
        if above == Some(roles.of(id)) {
            errors.push_at(id, call.name.span(), message::same_role(roles.name(id)));
        } else if roles.back.contains(&id) {
            errors.push_at(id, call.name.span(), message::role_comes_back(roles.name(id)));
        } else if let Some(word) = graph.arm_of_parallel(id) {
            errors.push_at(id, call.name.span(), message::role_in_parallel(word));
        }
    }
    for (id, node) in graph.nodes.iter().enumerate().filter(|(_, node)| !node.is(Kind::Link)) {
        let mut above = graph.edges.iter().filter(|edge| edge.to == id).map(|edge| edge.from);
        let first = above.next();
        let other = above.find(|other| first.is_some_and(|first| roles.of(first) != roles.of(*other)));
        if let (Some(first), Some(other)) = (first, other) {
            errors.push_at(id, node.span, message::roles_meet(&node.word, roles.name(first), roles.name(other)));
        }
    }
}

/// `#![role = …]` chooses among parts.
pub(super) fn chosen(graph: &Graph, errors: &mut Errors) {
    let open = graph.nodes.iter().any(|node| matches!(node.what, What::Start(_) | What::End { in_arm: false }));
    for setting in graph.settings.iter().filter(|setting| setting.name == settings::ROLE) {
        if open {
            errors.push(setting.name.span(), message::role_of_segment());
        } else if queues(graph, ROLE).next().is_none() {
            errors.push(setting.name.span(), message::role_without_cut());
        }
    }
}
