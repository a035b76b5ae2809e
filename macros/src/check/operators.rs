//! Operators as words: known, called, built, and what may stand behind them.

use crate::diagnostic::Errors;
use crate::graph::{Graph, What};
use crate::message;
use crate::operators::{Tried, suggest};

/// Every name before `(` is an operator's.
pub(super) fn known(graph: &Graph, errors: &mut Errors) {
    for (id, node) in graph.nodes.iter().enumerate() {
        if !matches!(&node.what, What::Call(call) if call.operator.is_none()) {
            continue;
        }
        let is_stream = graph.lets.iter().flat_map(|binding| &binding.names).any(|name| *name == node.word);
        let text = if is_stream {
            message::stream_in_the_middle(&node.word)
        } else if graph.before(id).is_none() {
            message::unknown_source(&node.word, suggest(&node.word))
        } else {
            message::unknown_operator(&node.word, suggest(&node.word))
        };
        errors.push_at(id, node.span, text);
    }
}

/// An operator has parentheses.
pub(super) fn called(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls() {
        if call.arguments.is_none() {
            errors.push_at(id, call.name.span(), message::no_parentheses(operator.name));
        }
    }
}

/// `?` stands only where something can fail.
pub(super) fn tried(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls() {
        if let (Some(span), Tried::Never) = (call.tried, operator.tried) {
            errors.push_at(id, span, message::cannot_fail(operator.name));
        }
    }
}

/// `::<…>` stands only where it names something.
pub(super) fn types(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls() {
        if call.types.is_some() && operator.hidden_types.is_none() {
            errors.push_at(id, call.name.span(), message::types_refused(operator.name));
        }
    }
}
