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
    /// The roles that the pipeline is cut into by `#![role = …]`, those above before those below; else none.
    pub roles: Vec<Name>,
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
    /// The one of [`Graph::roles`] whose part it belongs to.
    pub part: Option<Name>,
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
    /// How much it can hold; 0 where nobody knows, because both of its ends run in other processes.
    pub capacity: usize,
    /// The level at which a pause ends.
    pub low: usize,
    /// What is counted: `items` or `bytes`.
    pub unit: &'static str,
    /// What happens to an item that finds it full: `block`, `drop_oldest`, `drop_newest` or `fail`.
    pub overflow: &'static str,
    /// It leads into an arm of a block: the arm's pattern, or `copy`, `each` or `tap`.
    pub arm: Option<Name>,
    /// A broker keeps it, so that its ends may be in different processes.
    pub remote: Option<Box<GraphRemote>>,
}

/// What a broker keeps of a [`Graph`]: the queue of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GraphRemote {
    /// What the broker calls it; `None` where nobody knows, because both of its ends run in other processes.
    pub queue: Option<Name>,
    /// The role that begins below it, if one does.
    pub role: Option<Name>,
}

impl GraphEdge {
    pub(crate) fn plain(from: Name, to: Name) -> Self {
        Self { from, to, arm: None, joins: false }
    }
}

impl Default for Graph {
    fn default() -> Self {
        Self {
            name: "pipeline".into(),
            roles: Vec::new(),
            stages: Vec::new(),
            fused: Vec::new(),
            links: Vec::new(),
            bound: Some(0),
        }
    }
}

impl Graph {
    /// Where a stage stands among the others.
    pub(crate) fn place(&self, stage: &Name) -> Option<usize> {
        self.stages.iter().position(|other| other.name == *stage)
    }

    /// Where the ends of a link stand: by that, links are in the order of the text.
    pub(crate) fn places(&self, link: &GraphLink) -> (Option<usize>, Option<usize>) {
        (self.place(&link.from), self.place(&link.to))
    }

    /// The graph as a mermaid flowchart: tasks are boxes around the stages fused in them, links are thick arrows with their capacity, arms are
    /// labelled by their pattern. A segment is drawn as the stages in it. Roles are boxes with their names, and a link that a broker keeps is dashed.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let text = |text: &str| text.replace('"', "#quot;");
        let (picture, mut drawing) = (Picture::of(self), String::from("flowchart LR\n"));
        for (part, tasks) in picture.parts() {
            let role = part.and_then(|part| Some((part, self.roles.get(part)?)));
            let indent = if role.is_some() { "    " } else { "  " };
            if let Some((part, name)) = role {
                let _ = writeln!(drawing, "  subgraph r{part}[\"{}\"]", text(name));
            }
            for (task, nodes) in tasks {
                let boxed = nodes.len() > 1;
                let deeper = if boxed { "  " } else { "" };
                if boxed {
                    let _ = writeln!(drawing, "{indent}subgraph t{task}[\" \"]");
                }
                for node in nodes {
                    let (open, close) = node.shape.mermaid();
                    let label = text(&node.label("<br/>"));
                    let _ = writeln!(drawing, "{indent}{deeper}{}{open}\"{label}\"{close}", node.id);
                }
                if boxed {
                    let _ = writeln!(drawing, "{indent}end");
                }
            }
            if role.is_some() {
                drawing.push_str("  end\n");
            }
        }
        for arrow in &picture.arrows {
            let (from, to, label) = (&arrow.from.id, &arrow.to.id, arrow.label().as_deref().map(text));
            let (begin, end, bare) = match arrow.link {
                None => ("--", "-->", "-->"),
                Some(GraphLink { remote: None, .. }) => ("==", "==>", "==>"),
                Some(GraphLink { remote: Some(_), .. }) => ("-.", ".->", "-.->"),
            };
            let _ = match label {
                Some(label) => writeln!(drawing, "  {from} {begin} \"{label}\" {end} {to}"),
                None => writeln!(drawing, "  {from} {bare} {to}"),
            };
        }
        drawing
    }

    /// The graph in the DOT language, for graphviz. Roles are boxes with their names, and a link that a broker keeps is dashed.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let quote = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let mut drawing =
            format!("digraph {} {{\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n", quote(&self.name));
        let picture = Picture::of(self);
        for (part, tasks) in picture.parts() {
            let role = part.and_then(|part| Some((part, self.roles.get(part)?)));
            let indent = if role.is_some() { "    " } else { "  " };
            if let Some((part, _)) = role {
                let _ = writeln!(drawing, "  subgraph cluster_r{part} {{");
            }
            for (task, nodes) in tasks {
                let _ = writeln!(drawing, "{indent}subgraph cluster_{task} {{\n{indent}  style=rounded; color=gray;");
                for node in nodes {
                    let (label, shape) = (quote(&node.label(" ")), node.shape.dot());
                    let tooltip = if let What::Stage(stage) = node.what {
                        format!(", tooltip={}", quote(&stage.location.to_string()))
                    } else {
                        String::new()
                    };
                    let _ = writeln!(drawing, "{indent}  {} [label={label}, shape={shape}{tooltip}];", node.id);
                }
                let _ = writeln!(drawing, "{indent}}}");
            }
            if let Some((_, name)) = role {
                // Last, for what is written before the boxes inside is theirs too.
                let _ = writeln!(drawing, "    label={}; style=dashed;\n  }}", quote(name));
            }
        }
        for arrow in &picture.arrows {
            let label = arrow.label().map(|label| format!("label={}", quote(&label)));
            let style = arrow.link.map(|link| if link.remote.is_some() { "style=dashed" } else { "style=bold" });
            let attributes: Vec<_> = label.into_iter().chain(style.map(str::to_owned)).collect();
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

    /// `network: 256 KiB, drop_oldest`; without the name where nobody gave one, and without the size where nobody knows it.
    fn label(&self) -> Option<String> {
        let policy = if self.overflow == "block" { String::new() } else { format!(", {}", self.overflow) };
        let size = (self.capacity > 0).then(|| format!("{}{policy}", size(self.capacity, self.unit)));
        match (self.given_name(), size) {
            (Some(name), Some(size)) => Some(format!("{name}: {size}")),
            (name, size) => size.or(name.map(Name::to_string)),
        }
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
