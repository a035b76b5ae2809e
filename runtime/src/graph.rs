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
        for Arrow { from, to, label, link } in Picture::of(self).arrows {
            let (from, to, label) = (from.id, to.id, label.as_deref().map(text));
            let _ = match (link, label) {
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
                let _ = writeln!(drawing, "    {} [label={label}, shape={shape}];", node.id);
            }
            drawing.push_str("  }\n");
        }
        for Arrow { from, to, label, link } in Picture::of(self).arrows {
            let label = label.map(|label| format!("label={}", quote(&label)));
            let style = link.then(|| "style=bold".to_owned());
            let attributes: Vec<_> = label.into_iter().chain(style).collect();
            let attributes =
                if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
            let _ = writeln!(drawing, "  {} -> {}{attributes};", from.id, to.id);
        }
        drawing.push_str("}\n");
        drawing
    }
}

/// What is drawn of a graph.
struct Picture<'g> {
    nodes: Vec<Node<'g>>,
    arrows: Vec<Arrow<'g>>,
}

#[derive(Clone)]
struct Node<'g> {
    id: String,
    task: usize,
    shape: Shape,
    what: What<'g>,
}

#[derive(Clone, Copy)]
enum What<'g> {
    Stage(&'g GraphStage),
    /// Where arms meet.
    Meeting,
    /// The program itself, which puts items into an inlet's link.
    Inlet(&'g Name),
}

struct Arrow<'g> {
    from: Node<'g>,
    to: Node<'g>,
    label: Option<String>,
    link: bool,
}

/// What kind of operator it is.
#[derive(Clone, Copy)]
enum Shape {
    Source,
    Stage,
    Sink,
    Match,
    Copies,
    Aside,
    FanIn,
    Meeting,
}

impl Shape {
    fn of(stage: &GraphStage) -> Self {
        match (stage.operator, stage.role) {
            ("match", _) => Self::Match,
            ("broadcast" | "parallel", _) => Self::Copies,
            ("tap", _) => Self::Aside,
            ("merge" | "concat" | "zip" | "interleave" | "prefer", _) => Self::FanIn,
            (_, Role::Source) => Self::Source,
            (_, Role::Stage) => Self::Stage,
            (_, Role::Sink) => Self::Sink,
        }
    }

    fn mermaid(self) -> (&'static str, &'static str) {
        match self {
            Self::Source => ("([", "])"),
            Self::Stage => ("[", "]"),
            Self::Sink => ("[[", "]]"),
            Self::Match => ("{", "}"),
            Self::Copies => ("{{", "}}"),
            Self::Aside => ("[/", "/]"),
            Self::FanIn | Self::Meeting => ("((", "))"),
        }
    }

    fn dot(self) -> &'static str {
        match self {
            Self::Source => "oval",
            Self::Stage => "box",
            Self::Sink => "box3d",
            Self::Match => "diamond",
            Self::Copies => "hexagon",
            Self::Aside => "parallelogram",
            Self::FanIn => "circle",
            Self::Meeting => "point",
        }
    }
}

impl<'g> Picture<'g> {
    fn of(graph: &'g Graph) -> Self {
        let mut picture = Self { nodes: Vec::new(), arrows: Vec::new() };
        for (index, stage) in graph.stages.iter().enumerate() {
            let node =
                Node { id: format!("s{index}"), task: stage.task, shape: Shape::of(stage), what: What::Stage(stage) };
            if !graph.is_segment(&stage.name) {
                picture.nodes.push(node.clone());
            }
            let meets = graph.fused.iter().any(|edge| edge.joins && edge.to == stage.name);
            if meets || graph.open_end(&stage.name).is_some() {
                picture.nodes.push(Node {
                    id: format!("j{index}"),
                    shape: Shape::Meeting,
                    what: What::Meeting,
                    ..node
                });
            }
        }
        for (index, link) in graph.links.iter().enumerate() {
            if graph.stages.iter().all(|stage| stage.name != link.from) {
                let what = What::Inlet(&link.from);
                let (id, task) = (format!("i{index}"), graph.stages.len() + index);
                let from = Node { id, task, shape: Shape::Source, what };
                picture.nodes.push(from.clone());
                let to = picture.node(graph, &link.to, false);
                picture.arrows.extend(to.map(|to| Arrow { from, to, label: Some(link.label()), link: true }));
            }
        }
        for edge in &graph.fused {
            let label = edge.arm.as_ref().map(ToString::to_string);
            let inside =
                edge.to.starts_with(&format!("{}/", edge.from)) || edge.from.starts_with(&format!("{}/", edge.to));
            if !inside {
                picture.draw(graph, &edge.from, &edge.to, label, false, edge.joins);
            }
        }
        for link in graph.links.iter().filter(|link| link.from != link.to) {
            let label = link.label();
            let label = link.arm.as_ref().map_or(label.clone(), |arm| format!("{arm}: {label}"));
            picture.draw(graph, &link.from, &link.to, Some(label), true, false);
        }
        picture
    }

    /// An arrow from each place where what `from` gives leaves it to each where `to` takes it.
    fn draw(&mut self, graph: &Graph, from: &Name, to: &Name, label: Option<String>, link: bool, joins: bool) {
        let into_arm = graph
            .fused
            .iter()
            .any(|edge| edge.from == *from && edge.to == *to && edge.arm.is_some() && !link)
            || graph.links.iter().any(|other| other.from == *from && other.to == *to && other.arm.is_some() && link);
        // Behind a block, from where its arms meet; into it, to its head.
        let sources: Vec<_> =
            graph.last(from).iter().filter_map(|name| self.node(graph, name, !joins && !into_arm)).collect();
        let into_end = graph.open_end(to).is_some_and(|end| end.from == *from);
        let targets: Vec<_> = if joins || into_end {
            self.node(graph, to, true).into_iter().collect()
        } else {
            graph.first(to).iter().filter_map(|name| self.node(graph, name, false)).collect()
        };
        for from in &sources {
            for to in &targets {
                self.arrows.push(Arrow { from: from.clone(), to: to.clone(), label: label.clone(), link });
            }
        }
    }

    /// The node of a stage; if `behind`, of where its arms meet, if they do.
    fn node(&self, graph: &Graph, name: &Name, behind: bool) -> Option<Node<'g>> {
        let index = graph.stages.iter().position(|stage| stage.name == *name)?;
        let find = |letter: char| self.nodes.iter().find(|node| node.id == format!("{letter}{index}")).cloned();
        if behind { find('j').or_else(|| find('s')) } else { find('s') }
    }

    /// The nodes by task.
    fn tasks(self) -> Vec<(usize, Vec<Node<'g>>)> {
        let mut tasks: Vec<(usize, Vec<_>)> = Vec::new();
        for node in self.nodes {
            match tasks.iter_mut().find(|(task, _)| *task == node.task) {
                Some((_, nodes)) => nodes.push(node),
                None => tasks.push((node.task, vec![node])),
            }
        }
        tasks
    }
}

impl Graph {
    /// Whether a stage is a segment, with stages of its own.
    fn is_segment(&self, name: &Name) -> bool {
        let uses = |stage: &GraphStage| stage.name == *name && matches!(stage.operator, "from" | "via" | "into");
        self.stages.iter().any(uses) && self.stages.iter().any(|stage| stage.name.starts_with(&format!("{name}/")))
    }

    /// The stages that items enter by `name`: itself, or the first within a segment.
    fn first(&self, name: &Name) -> Vec<Name> {
        self.ends(name, |edge| (&edge.from, &edge.to))
    }

    /// The link at the open end of the segment `name`, if it ends in one.
    fn open_end(&self, name: &Name) -> Option<&GraphLink> {
        let inside = format!("{name}/");
        self.links.iter().find(|link| link.to == *name && link.from.starts_with(&inside))
    }

    /// The stages that items leave by `name`: itself, or the last within a segment.
    fn last(&self, name: &Name) -> Vec<Name> {
        if self.open_end(name).is_some() {
            return vec![name.clone()];
        }
        self.ends(name, |edge| (&edge.to, &edge.from))
    }

    fn ends(&self, name: &Name, way: impl Fn(&GraphEdge) -> (&Name, &Name) + Copy) -> Vec<Name> {
        if !self.is_segment(name) {
            return vec![name.clone()];
        }
        let inside = format!("{name}/");
        let ends = self.fused.iter().map(way).filter(|(host, end)| *host == name && end.starts_with(&inside));
        let ends: Vec<_> = ends.map(|(_, end)| end.clone()).collect();
        ends.iter().flat_map(|end| self.ends(end, way)).collect()
    }
}

impl Node<'_> {
    fn label(&self, separator: &str) -> String {
        match self.what {
            What::Stage(stage) => stage.label(separator),
            What::Meeting => " ".into(),
            What::Inlet(name) => name.to_string(),
        }
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
        let own = self.name.rsplit('/').next().unwrap_or_default();
        let named = !self.name.contains("->") && !own.starts_with("queue");
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
