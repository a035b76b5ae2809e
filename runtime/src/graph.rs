//! The shape of a pipeline, to look at: as data, as mermaid, as DOT.

use std::fmt::Write as _;

use crate::Name;
use crate::stage::Role;

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
    /// Which stages are fused: what the first gives, the second takes, in the same task.
    pub fused: Vec<(Name, Name)>,
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
    /// What it was set to, for people: `4 at once`.
    pub detail: String,
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
}

impl Default for Graph {
    fn default() -> Self {
        Self { name: "pipeline".into(), stages: Vec::new(), fused: Vec::new(), links: Vec::new(), bound: Some(0) }
    }
}

impl Graph {
    /// The graph as a mermaid flowchart: tasks are boxes around the stages fused in them, links are labelled arrows.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let mut text = String::from("flowchart LR\n");
        for (task, stages) in self.tasks() {
            let indent = if stages.len() > 1 { "    " } else { "  " };
            if stages.len() > 1 {
                let _ = writeln!(text, "  subgraph t{task}[\" \"]");
            }
            for (index, stage) in stages {
                let label = stage.label("<br/>").replace('"', "#quot;");
                let (open, close) = match stage.role {
                    Role::Source => ("([", "])"),
                    Role::Stage => ("[", "]"),
                    Role::Sink => ("[[", "]]"),
                };
                let _ = writeln!(text, "{indent}s{index}{open}\"{label}\"{close}");
            }
            if indent.len() > 2 {
                text.push_str("  end\n");
            }
        }
        for (from, to) in self.fused.iter().filter_map(|(from, to)| self.ends(from, to)) {
            let _ = writeln!(text, "  s{from} --> s{to}");
        }
        for link in &self.links {
            if let Some((from, to)) = self.ends(&link.from, &link.to) {
                let _ = writeln!(text, "  s{from} == \"{}\" ==> s{to}", link.label().replace('"', "#quot;"));
            }
        }
        text
    }

    /// The graph in the DOT language, for graphviz.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let quote = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let mut text = format!("digraph {} {{\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n", quote(&self.name));
        for (task, stages) in self.tasks() {
            let _ = writeln!(text, "  subgraph cluster_{task} {{\n    style=rounded; color=gray;");
            for (index, stage) in stages {
                let shape = match stage.role {
                    Role::Source => "oval",
                    Role::Stage => "box",
                    Role::Sink => "box3d",
                };
                let _ = writeln!(text, "    s{index} [label={}, shape={shape}];", quote(&stage.label(" ")));
            }
            text.push_str("  }\n");
        }
        for (from, to) in self.fused.iter().filter_map(|(from, to)| self.ends(from, to)) {
            let _ = writeln!(text, "  s{from} -> s{to};");
        }
        for link in &self.links {
            if let Some((from, to)) = self.ends(&link.from, &link.to) {
                let _ = writeln!(text, "  s{from} -> s{to} [label={}, style=bold];", quote(&link.label()));
            }
        }
        text.push_str("}\n");
        text
    }

    /// The stages by task, each with its index.
    fn tasks(&self) -> Vec<(usize, Vec<(usize, &GraphStage)>)> {
        let mut tasks: Vec<(usize, Vec<_>)> = Vec::new();
        for (index, stage) in self.stages.iter().enumerate() {
            match tasks.iter_mut().find(|(task, _)| *task == stage.task) {
                Some((_, stages)) => stages.push((index, stage)),
                None => tasks.push((stage.task, vec![(index, stage)])),
            }
        }
        tasks
    }

    fn ends(&self, from: &Name, to: &Name) -> Option<(usize, usize)> {
        let index = |name: &Name| self.stages.iter().position(|stage| stage.name == *name);
        Some((index(from)?, index(to)?))
    }
}

impl GraphStage {
    fn label(&self, separator: &str) -> String {
        if self.detail.is_empty() { self.name.to_string() } else { format!("{}{separator}{}", self.name, self.detail) }
    }
}

impl GraphLink {
    /// `network: 256 KiB, drop_oldest`; without the name where nobody gave one.
    fn label(&self) -> String {
        let named = !self.name.contains("->") && !self.name.starts_with("queue");
        let name = if named { format!("{}: ", self.name) } else { String::new() };
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
