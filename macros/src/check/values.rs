//! Literals among the arguments.

use crate::diagnostic::Errors;
use crate::graph::Graph;
use crate::literal::{Reading, read};
use crate::message;

/// Literals with a unit mean something.
pub(super) fn literals(graph: &Graph, errors: &mut Errors) {
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
    for (id, call, operator) in graph.calls() {
        let Some(arguments) = &call.arguments else {
            continue;
        };
        let plain = operator.arguments.iter().zip(&arguments.plain).filter(|(argument, _)| argument.positive);
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
