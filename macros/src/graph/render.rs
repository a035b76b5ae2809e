//! A graph as mermaid text, for snapshots.

use std::fmt::Write;

use super::{Graph, What, names};

/// `flowchart LR`, a line a node, a line an edge.
pub(crate) fn render(graph: &Graph) -> String {
    let mut text = String::from("flowchart LR\n");
    for ((id, node), name) in graph.nodes.iter().enumerate().zip(names(graph)) {
        let shown = match &node.what {
            What::Call(_) => format!("[{name}]"),
            What::Block(_) => format!("{{{name}}}"),
            What::Join => "((join))".into(),
            What::Start(_) => "([in])".into(),
            What::End { .. } => "([out])".into(),
            What::Unknown => "[?]".into(),
        };
        let _ = writeln!(text, "  n{id}{shown}");
    }
    for edge in &graph.edges {
        let arrow = if edge.input { "-.->" } else { "-->" };
        let _ = writeln!(text, "  n{} {arrow} n{}", edge.from, edge.to);
    }
    text
}
