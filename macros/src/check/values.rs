//! Literals among the arguments.

use crate::ast::Value;
use crate::diagnostic::Errors;
use crate::graph::{BlockKind, Graph, Node, NodeId};
use crate::literal::{Reading, read};
use crate::message;

/// The number of copies of a block.
fn counts(graph: &Graph) -> impl Iterator<Item = (NodeId, &Node, &Value)> {
    graph.blocks().filter_map(|(id, node, block)| match &block.kind {
        BlockKind::Parallel(count) => Some((id, node, count)),
        _ => None,
    })
}

/// Literals with a unit mean something.
pub(super) fn literals(graph: &Graph, errors: &mut Errors) {
    for (id, node, count) in counts(graph) {
        if count.tokens.is_empty() {
            errors.push_at(id, node.span, message::parallel_block());
        } else if let Reading::Wrong(message) = read(&count.tokens) {
            errors.push_at(id, count.span, message);
        }
    }
    for (id, call, _) in graph.calls() {
        let Some(arguments) = &call.arguments else {
            continue;
        };
        for value in arguments.plain.iter().chain(arguments.named.iter().map(|(_, value)| value)) {
            if let Reading::Wrong(message) = read(&value.tokens) {
                errors.push_at(id, value.span, message);
            }
        }
    }
}

/// Counts, sizes and periods are not zero.
pub(super) fn zero(graph: &Graph, errors: &mut Errors) {
    for (id, node, count) in counts(graph).filter(|(_, _, count)| read(&count.tokens).is_zero()) {
        errors.push_at(id, count.span, message::zero(&node.word, "n", &read(&count.tokens)));
    }
    for (id, call, operator) in graph.calls() {
        let Some(arguments) = &call.arguments else {
            continue;
        };
        let plain = operator.arguments.iter().zip(&arguments.plain).filter(|(argument, _)| argument.positive);
        let plain = plain.filter(|(argument, value)| !(argument.time && is_bare(value)));
        let plain = plain.map(|(argument, value)| (argument.name, value));
        let named = arguments.named.iter().filter_map(|(name, value)| {
            let named = operator.named_argument(&name.to_string()).filter(|named| named.positive)?;
            Some((named.name, value))
        });
        for (name, value) in plain.chain(named).filter(|(_, value)| read(&value.tokens).is_zero()) {
            errors.push_at(id, value.span, message::zero(operator.name, name, &read(&value.tokens)));
        }
    }
}

/// A number or a size, where a time belongs.
fn is_bare(value: &Value) -> bool {
    matches!(read(&value.tokens), Reading::Number(_) | Reading::Bytes(_))
}

/// A time is written with its unit, and stands only where a time belongs.
pub(super) fn times(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls() {
        let given = call.arguments.iter().flat_map(|arguments| &arguments.plain);
        for (argument, value) in operator.arguments.iter().zip(given) {
            let text = value.tokens.to_string();
            if argument.time && is_bare(value) {
                errors.push_at(id, value.span, message::not_a_time(operator.name, argument.name, &text));
            } else if argument.positive && !argument.time && matches!(read(&value.tokens), Reading::Nanoseconds(_)) {
                errors.push_at(id, value.span, message::not_a_count(operator, argument.name, &text));
            }
        }
    }
}
