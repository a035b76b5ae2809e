//! Links and their marks.

use crate::ast::Value;
use crate::diagnostic::Errors;
use crate::graph::{Call, Graph, Node};
use crate::literal::read;
use crate::message;
use crate::operators::{Descriptor, Kind, Pass};

/// There are never two links in a row.
pub(super) fn in_a_row(graph: &Graph, errors: &mut Errors) {
    for (id, call, _) in graph.calls().filter(|(_, _, operator)| operator.kind == Kind::Link) {
        let before = graph.before(id).and_then(|before| graph.node(before));
        if before.is_some_and(|node: &Node| node.is(Kind::Link)) {
            errors.push_at(id, call.name.span(), message::queue_twice(&call.name.to_string()));
        }
    }
}

/// The mark, if it is given.
fn mark<'a>(call: &'a Call, operator: &Descriptor) -> Option<&'a Value> {
    given(call, operator, |pass| matches!(pass, Pass::Optional))
}

fn given<'a>(call: &'a Call, operator: &Descriptor, of: impl Fn(Pass) -> bool) -> Option<&'a Value> {
    let mut all = call.arguments.iter().flat_map(|arguments| &arguments.named);
    let found = all.find(|(name, _)| operator.named_argument(&name.to_string()).is_some_and(|named| of(named.pass)));
    found.map(|(_, value)| value)
}

/// The mark is below the capacity, where both are literals.
pub(super) fn low_below_capacity(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls().filter(|(_, _, operator)| operator.kind == Kind::Link) {
        let size = given(call, operator, |pass| matches!(pass, Pass::Instead));
        let plain = call.arguments.as_ref().and_then(|arguments| arguments.plain.first());
        let (Some(low), Some(capacity)) = (mark(call, operator), size.or(plain)) else {
            continue;
        };
        if let (Some(mark), Some(capacity)) = (read(&low.tokens).count(), read(&capacity.tokens).count()) {
            // A capacity of zero has its own error.
            if mark >= capacity && capacity > 0 {
                errors.push_at(id, low.span, message::low_not_below(mark, capacity));
            }
        }
    }
}

/// Only a link that pauses has a mark.
pub(super) fn low_with_policy(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls().filter(|(_, _, operator)| operator.kind == Kind::Link) {
        let policy =
            given(call, operator, |pass| matches!(pass, Pass::Choice(_))).map(|value| value.tokens.to_string());
        let other = operator.named.iter().any(|named| match (named.pass, &policy) {
            (Pass::Choice(words), Some(policy)) => words.iter().skip(1).any(|word| word == policy),
            _ => false,
        });
        if let (Some(_), Some(policy), true) = (mark(call, operator), policy, other) {
            let span = call.arguments.iter().flat_map(|arguments| &arguments.named);
            let mut span = span.filter(|(name, _)| {
                matches!(operator.named_argument(&name.to_string()).map(|named| named.pass), Some(Pass::Optional))
            });
            let span = span.next().map_or(call.name.span(), |(name, _)| name.span());
            errors.push_at(id, span, message::low_with_policy(&policy));
        }
    }
}
