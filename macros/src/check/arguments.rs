//! The arguments of operators: how many, and by which names.

use crate::ast::Value;
use crate::diagnostic::Errors;
use crate::graph::{Call, Graph};
use crate::literal::span_of;
use crate::message;
use crate::nearest::nearest;
use crate::operators::{Descriptor, Function, Kind, Pass, find};

/// The named argument that stands for the positional ones, if it is given.
fn instead(call: &Call, operator: &Descriptor) -> Option<String> {
    let given = call.arguments.iter().flat_map(|arguments| &arguments.named);
    given
        .map(|(name, _)| name.to_string())
        .find(|name| matches!(operator.named_argument(name).map(|named| named.pass), Some(Pass::Instead)))
}

/// As many positional arguments as the operator takes.
pub(super) fn counted(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls() {
        let Some(arguments) = call.arguments.as_ref().filter(|_| operator.kind != Kind::FanIn) else {
            continue;
        };
        let given = arguments.plain.len();
        if let Some(name) = instead(call, operator) {
            if given > 0 {
                errors.push_at(id, call.name.span(), message::instead(operator, &name));
            }
            continue;
        }
        // A value given by the name of its place has its own error.
        let misnamed =
            arguments.named.iter().any(|(name, _)| operator.arguments.iter().any(|argument| *name == argument.name));
        if given != operator.arguments.len() && !misnamed {
            errors.push_at(id, call.name.span(), message::argument_count(operator, given));
        }
    }
}

/// Named arguments are known and given once.
pub(super) fn named(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls() {
        let Some(arguments) = &call.arguments else {
            continue;
        };
        for (n, (ident, _)) in arguments.named.iter().enumerate() {
            let name = ident.to_string();
            if operator.named_argument(&name).is_none() {
                let text = if operator.arguments.iter().any(|argument| argument.name == name) {
                    message::positional_by_name(operator, &name)
                } else {
                    message::unknown_argument(
                        operator,
                        &name,
                        nearest(&name, operator.named.iter().map(|named| named.name)),
                    )
                };
                errors.push_at(id, ident.span(), text);
            } else if arguments.named.iter().take(n).any(|(other, _)| other == ident) {
                errors.push_at(id, ident.span(), message::argument_twice(&name));
            }
        }
    }
}

/// A choice is one of its words.
pub(super) fn choices(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls() {
        let given = call.arguments.iter().flat_map(|arguments| &arguments.named);
        for (ident, value) in given {
            let name = ident.to_string();
            let Some(Pass::Choice(choices)) = operator.named_argument(&name).map(|named| named.pass) else {
                continue;
            };
            let found = value.tokens.to_string();
            if !choices.contains(&found.as_str()) {
                let suggestion = nearest(&found, choices.iter().copied());
                errors.push_at(
                    id,
                    span_of(&value.tokens, value.span),
                    message::unknown_choice(&name, &found, choices, suggestion),
                );
            }
        }
    }
}

/// A function whose result is used as it is returned makes no futures, which nobody would run.
pub(super) fn synchronous(graph: &Graph, errors: &mut Errors) {
    for (id, call, operator) in graph.calls() {
        let given =
            call.arguments.iter().flat_map(|arguments| operator.functions(Function::Synchronous, &arguments.plain));
        for value in given.filter(|value| Value::is_async_closure(value)) {
            let instead: Vec<_> = operator.asynchronously.iter().filter_map(|name| find(name)).collect();
            errors.push_at(id, value.span, message::runs_no_futures(operator.name, &instead));
        }
    }
}
