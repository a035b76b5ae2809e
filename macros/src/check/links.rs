//! Links and their marks.

use proc_macro2::Span;

use super::waits::overflow;
use crate::ast::Value;
use crate::diagnostic::Errors;
use crate::graph::{BlockKind, Call, Graph, Node, NodeId, What};
use crate::literal::{read, span_of};
use crate::message;
use crate::operators::{Descriptor, Kind, Overflow, Pass};

/// There are never two links in a row.
pub(super) fn in_a_row(graph: &Graph, errors: &mut Errors) {
    for (id, call, _) in graph.calls().filter(|(_, _, operator)| operator.kind == Kind::Link) {
        let before = graph.before(id).and_then(|before| graph.node(before));
        if before.is_some_and(|node: &Node| node.is(Kind::Link)) {
            errors.push_at(id, call.name.span(), message::queue_twice(&call.name.to_string()));
        }
    }
}

/// The link before a segment, and the one behind it, belong to whoever uses it.
pub(super) fn at_open_ends(graph: &Graph, errors: &mut Errors) {
    for (id, call, _) in graph.calls().filter(|(_, _, operator)| operator.kind == Kind::Link) {
        let is = |node: Option<NodeId>, end: fn(&What) -> bool| {
            node.and_then(|node| graph.node(node)).is_some_and(|node| end(&node.what))
        };
        let name = call.name.to_string();
        if is(graph.before(id), |what| matches!(what, What::Start(_))) {
            errors.push_at(id, call.name.span(), message::queue_behind_start(&name));
        } else if is(graph.after(id), |what| matches!(what, What::End { in_arm: false })) {
            errors.push_at(id, call.name.span(), message::queue_before_end(&name));
        }
    }
}

/// The link at the head of a `tap`'s arm loses items.
pub(super) fn in_arms(graph: &Graph, errors: &mut Errors) {
    for (_, node, block) in graph.blocks().filter(|(_, _, block)| matches!(block.kind, BlockKind::Tap)) {
        let lines = block.arms.iter().filter_map(|arm| graph.lines.get(*arm));
        let heads = lines.filter_map(|line| line.nodes.first().copied());
        for (_, call, operator) in heads.filter_map(|head| graph.calls().find(|(id, _, _)| *id == head)) {
            if operator.kind == Kind::Link {
                in_tap(call, operator, &node.word, errors);
            }
        }
    }
}

/// The link of a `tap` never pauses (F7).
fn in_tap(call: &Call, operator: &Descriptor, tap: &str, errors: &mut Errors) {
    let policy = given(call, operator, |pass| matches!(pass, Pass::Choice(_)));
    match policy {
        Some(policy) if overflow(call, operator) != Overflow::Loses => {
            let found = policy.tokens.to_string();
            let known = operator.named.iter().any(|named| match named.pass {
                Pass::Choice(words) => words.contains(&found.as_str()),
                _ => false,
            });
            if known {
                errors.push(span_of(&policy.tokens, policy.span), message::policy_in_tap(tap, &found));
            }
        }
        Some(_) => {}
        None => {
            if mark(call, operator).is_some() {
                errors.push(mark_span(call, operator), message::low_in_tap(tap));
            }
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
        let size = given(call, operator, |pass| matches!(pass, Pass::Instead | Pass::Given));
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
            errors.push_at(id, mark_span(call, operator), message::low_with_policy(&policy));
        }
    }
}

/// The name of the mark.
fn mark_span(call: &Call, operator: &Descriptor) -> Span {
    let named = call.arguments.iter().flat_map(|arguments| &arguments.named);
    let mut marks = named.filter(|(name, _)| {
        matches!(operator.named_argument(&name.to_string()).map(|named| named.pass), Some(Pass::Optional))
    });
    marks.next().map_or(call.name.span(), |(name, _)| name.span())
}
