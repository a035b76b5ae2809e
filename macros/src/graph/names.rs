//! The names of the stages: what `as` says, else the operator's word, numbered where it stands more than once.

use std::collections::HashMap;

use super::{Graph, Node, What};

/// A name for every node, in their order; empty for those that are no stages.
pub(crate) fn names(graph: &Graph) -> Vec<String> {
    let mut all: HashMap<&str, usize> = HashMap::new();
    for node in graph.nodes.iter().filter(|node| is_automatic(node)) {
        *all.entry(&node.word).or_default() += 1;
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let name = |node: &Node| -> String {
        if let Some(label) = &node.label {
            return label.to_string().trim_start_matches("r#").to_owned();
        }
        let word = all.get_key_value(node.word.as_str()).filter(|_| is_automatic(node));
        match word {
            Some((word, 1)) => (*word).to_owned(),
            Some((word, _)) => {
                let number = seen.entry(*word).or_default();
                *number += 1;
                format!("{word}_{number}")
            }
            None => String::new(),
        }
    };
    graph.nodes.iter().map(name).collect()
}

/// Whether a node is a stage that `as` does not name.
fn is_automatic(node: &Node) -> bool {
    node.label.is_none() && matches!(node.what, What::Call(_) | What::Block(_))
}
