//! The shape of a pipeline, to look at: as data, as mermaid, as DOT.

pub(crate) mod picture;

use std::fmt::Write as _;

use self::picture::{Picture, What};
use crate::stage::Role;
use crate::{Location, Name};

/// A pipeline's shape: its stages, the links between its tasks, and its bound.
///
/// ```
/// use aqueduct::pipeline;
///
/// let pipeline = pipeline! { iter(0..10u32) -> map(|n| n + 1) -> queue(4) as waiting -> count() };
/// let graph = pipeline.graph();
/// assert_eq!(graph.stages.len(), 3);
/// assert_eq!(graph.links[0].name, "waiting");
/// assert!(graph.to_mermaid().starts_with("flowchart LR"));
/// assert!(graph.to_dot().starts_with("digraph"));
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Graph {
    /// The pipeline's name.
    pub name: Name,
    /// The stages, in the order of the text.
    pub stages: Vec<GraphStage>,
    /// Where items go without a link, in the same task.
    pub fused: Vec<GraphEdge>,
    /// The links.
    pub links: Vec<GraphLink>,
    /// The most items (bytes, for byte links) that can be inside at once (`G4`).
    pub bound: Option<usize>,
}

/// One stage of a [`Graph`].
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GraphStage {
    /// Its name.
    pub name: Name,
    /// The operator's name.
    pub operator: &'static str,
    /// Whether it is a source, a stage or a sink.
    pub role: Role,
    /// The number of the task it runs in.
    pub task: usize,
    /// Where it stands in the program's text.
    pub location: Location,
    /// What it was set to, for people: `4 at once`.
    pub detail: String,
}

/// A way between two stages of one task of a [`Graph`].
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GraphEdge {
    /// The stage that gives.
    pub from: Name,
    /// The stage that takes.
    pub to: Name,
    /// It leads into an arm of a block: the arm's pattern, or `copy`, `each` or `tap`.
    pub arm: Option<Name>,
    /// It leads from an open arm back to its block: what stands behind that block comes from there too.
    pub joins: bool,
}

/// One link of a [`Graph`].
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GraphLink {
    /// Its name.
    pub name: Name,
    /// The stage above it.
    pub from: Name,
    /// The stage below it.
    pub to: Name,
    /// How much it can hold.
    pub capacity: usize,
    /// The level at which a pause ends.
    pub low: usize,
    /// What is counted: `items` or `bytes`.
    pub unit: &'static str,
    /// What happens to an item that finds it full: `block`, `drop_oldest`, `drop_newest` or `fail`.
    pub overflow: &'static str,
    /// It leads into an arm of a block: the arm's pattern, or `copy`, `each` or `tap`.
    pub arm: Option<Name>,
}

impl GraphEdge {
    pub(crate) fn plain(from: Name, to: Name) -> Self {
        Self { from, to, arm: None, joins: false }
    }
}

impl Default for Graph {
    fn default() -> Self {
        Self { name: "pipeline".into(), stages: Vec::new(), fused: Vec::new(), links: Vec::new(), bound: Some(0) }
    }
}

impl Graph {
    /// The graph as a mermaid flowchart: tasks are boxes around the stages fused in them, links are thick arrows with their capacity, arms are
    /// labelled by their pattern. A segment is drawn as the stages in it.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let text = |text: &str| text.replace('"', "#quot;");
        let mut drawing = String::from("flowchart LR\n");
        for (task, nodes) in Picture::of(self).tasks() {
            let boxed = nodes.len() > 1;
            if boxed {
                let _ = writeln!(drawing, "  subgraph t{task}[\" \"]");
            }
            for node in nodes {
                let indent = if boxed { "    " } else { "  " };
                let (open, close) = node.shape.mermaid();
                let _ = writeln!(drawing, "{indent}{}{open}\"{}\"{close}", node.id, text(&node.label("<br/>")));
            }
            if boxed {
                drawing.push_str("  end\n");
            }
        }
        for arrow in Picture::of(self).arrows {
            let (from, to, label) = (&arrow.from.id, &arrow.to.id, arrow.label().as_deref().map(text));
            let _ = match (arrow.link.is_some(), label) {
                (true, Some(label)) => writeln!(drawing, "  {from} == \"{label}\" ==> {to}"),
                (true, None) => writeln!(drawing, "  {from} ==> {to}"),
                (false, Some(label)) => writeln!(drawing, "  {from} -- \"{label}\" --> {to}"),
                (false, None) => writeln!(drawing, "  {from} --> {to}"),
            };
        }
        drawing
    }

    /// The graph in the DOT language, for graphviz.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let quote = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let mut drawing =
            format!("digraph {} {{\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n", quote(&self.name));
        for (task, nodes) in Picture::of(self).tasks() {
            let _ = writeln!(drawing, "  subgraph cluster_{task} {{\n    style=rounded; color=gray;");
            for node in nodes {
                let (label, shape) = (quote(&node.label(" ")), node.shape.dot());
                let tooltip = if let What::Stage(stage) = node.what {
                    format!(", tooltip={}", quote(&stage.location.to_string()))
                } else {
                    String::new()
                };
                let _ = writeln!(drawing, "    {} [label={label}, shape={shape}{tooltip}];", node.id);
            }
            drawing.push_str("  }\n");
        }
        for arrow in Picture::of(self).arrows {
            let label = arrow.label().map(|label| format!("label={}", quote(&label)));
            let style = arrow.link.map(|_| "style=bold".to_owned());
            let attributes: Vec<_> = label.into_iter().chain(style).collect();
            let attributes =
                if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
            let _ = writeln!(drawing, "  {} -> {}{attributes};", arrow.from.id, arrow.to.id);
        }
        drawing.push_str("}\n");
        drawing
    }
}
impl GraphStage {
    fn label(&self, separator: &str) -> String {
        if self.detail.is_empty() { self.name.to_string() } else { format!("{}{separator}{}", self.name, self.detail) }
    }
}

impl GraphLink {
    /// Its name, if somebody gave it one.
    pub(crate) fn given_name(&self) -> Option<&Name> {
        let own = self.name.rsplit('/').next().unwrap_or_default();
        (!self.name.contains("->") && !own.starts_with("queue")).then_some(&self.name)
    }

    /// `network: 256 KiB, drop_oldest`; without the name where nobody gave one.
    fn label(&self) -> String {
        let name = self.given_name().map(|name| format!("{name}: ")).unwrap_or_default();
        let policy = if self.overflow == "block" { String::new() } else { format!(", {}", self.overflow) };
        format!("{name}{}{policy}", size(self.capacity, self.unit))
    }
}

/// A capacity, for people.
fn size(capacity: usize, unit: &str) -> String {
    if unit == "bytes" {
        for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] {
            if capacity >= 1 << shift && capacity.is_multiple_of(1 << shift) {
                return format!("{} {unit}", capacity >> shift);
            }
        }
    }
    format!("{capacity} {unit}")
}
