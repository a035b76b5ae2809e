//! Streams and their names: bound once, used once, after their `let`.

use proc_macro2::Ident;

use crate::diagnostic::Errors;
use crate::graph::{Found, Graph};
use crate::message;
use crate::nearest::nearest;
use crate::operators;

/// Every name is bound once, to something that flows, and used.
pub(super) fn lets(graph: &Graph, errors: &mut Errors) {
    let mut seen: Vec<&Ident> = Vec::new();
    let mut twice: Vec<&Ident> = Vec::new();
    for name in graph.lets.iter().flat_map(|binding| &binding.names) {
        if let Some(first) = seen.iter().find(|other| **other == name) {
            errors.push_range(first.span(), name.span(), message::bound_twice(&name.to_string()));
            twice.push(name);
        }
        seen.push(name);
    }
    for binding in &graph.lets {
        let Some(tail) = graph.node(binding.tail) else {
            continue;
        };
        let used = |name: &Ident| graph.uses.iter().any(|used| used.name == *name) || mentioned(graph, name);
        for (n, name) in binding.names.iter().enumerate().filter(|(_, name)| !twice.contains(name)) {
            if tail.ends() {
                if n > 0 || errors.blames(binding.tail) {
                    continue;
                }
                errors.push(name.span(), message::sink_named(&name.to_string(), &tail.word));
            } else if !used(name) && !matches!(tail.what, crate::graph::What::End { .. }) {
                errors.push(name.span(), message::stream_unused(&name.to_string()));
            }
        }
    }
}

/// Whether the name stands where an operator should: that place is reported.
fn mentioned(graph: &Graph, name: &Ident) -> bool {
    graph.nodes.iter().any(|node| node.is_unknown() && *name == node.word)
}

/// Every name at a head is that of a stream bound above and not used yet.
pub(super) fn uses(graph: &Graph, errors: &mut Errors) {
    for used in &graph.uses {
        let (name, span) = (used.name.to_string(), used.name.span());
        match used.found {
            Found::Stream => {}
            Found::Again(first, node) => {
                let mistake =
                    crate::diagnostic::Mistake { from: first, to: span, message: message::stream_used_twice(&name) };
                errors.adopt(node, mistake);
            }
            Found::Early(node) => errors.push_at(node, span, message::stream_before_let(&name)),
            Found::Nothing(node) if operators::find(&name).is_some() => {
                errors.push_at(node, span, message::no_parentheses(&name))
            }
            Found::Nothing(node) => {
                let names: Vec<_> =
                    graph.lets.iter().flat_map(|binding| &binding.names).map(Ident::to_string).collect();
                errors.push_at(
                    node,
                    span,
                    message::unknown_stream(&name, nearest(&name, names.iter().map(String::as_str))),
                );
            }
        }
    }
}
