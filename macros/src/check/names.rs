//! The names of stages and links.

use crate::diagnostic::Errors;
use crate::graph::{Graph, names};
use crate::message;

/// No two have one name, be it written or automatic. The one written last is at fault.
pub(super) fn unique(graph: &Graph, errors: &mut Errors) {
    let names = names(graph);
    let all: Vec<_> = graph.nodes.iter().zip(&names).filter(|(_, name)| !name.is_empty()).collect();
    for (n, (node, name)) in all.iter().enumerate() {
        let Some(label) = &node.label else { continue };
        let automatic = all.iter().find(|(other, taken)| other.label.is_none() && taken == name);
        let earlier = all.iter().take(n).filter_map(|(other, _)| other.label.as_ref()).find(|other| *other == label);
        if let Some(first) = earlier {
            errors.push_range(first.span(), label.span(), message::name_twice(name));
        } else if let Some((other, _)) = automatic {
            errors.push(label.span(), message::name_taken(name, &other.word));
        }
    }
}
