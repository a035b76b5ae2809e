//! What is drawn of a graph: a node where items are worked on or meet, an arrow where they go. Segments are drawn as what is in them.

use super::{Graph, GraphEdge, GraphLink, GraphStage};
use crate::Name;
use crate::stage::Role;

/// What is drawn of a graph.
pub(crate) struct Picture<'g> {
    pub(crate) nodes: Vec<Node<'g>>,
    pub(crate) arrows: Vec<Arrow<'g>>,
}

#[derive(Clone)]
pub(crate) struct Node<'g> {
    pub(crate) id: String,
    /// Of the graph's roles.
    pub(crate) part: Option<usize>,
    task: usize,
    pub(super) shape: Shape,
    pub(crate) what: What<'g>,
}

#[derive(Clone, Copy)]
pub(crate) enum What<'g> {
    /// A stage, but no segment: of that, what is in it.
    Stage(&'g GraphStage),
    /// Where arms meet.
    Meeting,
    /// The program itself, which puts items into an inlet's link.
    Inlet(&'g Name),
}

pub(crate) struct Arrow<'g> {
    pub(crate) from: Node<'g>,
    pub(crate) to: Node<'g>,
    /// It leads into this arm.
    pub(crate) arm: Option<&'g Name>,
    /// `None` within a task.
    pub(crate) link: Option<&'g GraphLink>,
}

/// What kind of operator it is.
#[derive(Clone, Copy)]
pub(super) enum Shape {
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

    pub(super) fn mermaid(self) -> (&'static str, &'static str) {
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

    pub(super) fn dot(self) -> &'static str {
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
    pub(crate) fn of(graph: &'g Graph) -> Self {
        let mut picture = Self { nodes: Vec::new(), arrows: Vec::new() };
        for (index, stage) in graph.stages.iter().enumerate() {
            let part = graph.roles.iter().position(|role| stage.part.as_ref() == Some(role));
            let (id, shape, what) = (format!("s{index}"), Shape::of(stage), What::Stage(stage));
            let node = Node { id, part, task: stage.task, shape, what };
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
                let to = picture.node(graph, &link.to, false);
                let part = to.as_ref().and_then(|to| to.part);
                let from = Node { id, part, task, shape: Shape::Source, what };
                picture.nodes.push(from.clone());
                picture.arrows.extend(to.map(|to| Arrow { from, to, arm: None, link: Some(link) }));
            }
        }
        for edge in &graph.fused {
            let inside =
                edge.to.starts_with(&format!("{}/", edge.from)) || edge.from.starts_with(&format!("{}/", edge.to));
            if !inside {
                picture.draw(graph, (&edge.from, &edge.to), edge.arm.as_ref(), None, edge.joins);
            }
        }
        for link in graph.links.iter().filter(|link| link.from != link.to) {
            picture.draw(graph, (&link.from, &link.to), link.arm.as_ref(), Some(link), false);
        }
        picture
    }

    /// An arrow from each place where what `from` gives leaves it to each where `to` takes it.
    fn draw(
        &mut self,
        graph: &Graph,
        (from, to): (&Name, &Name),
        arm: Option<&'g Name>,
        link: Option<&'g GraphLink>,
        joins: bool,
    ) {
        let into_arm =
            graph.fused.iter().any(|edge| edge.from == *from && edge.to == *to && edge.arm.is_some() && link.is_none())
                || link.is_some()
                    && graph.links.iter().any(|other| other.from == *from && other.to == *to && other.arm.is_some());
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
                self.arrows.push(Arrow { from: from.clone(), to: to.clone(), arm, link });
            }
        }
    }

    /// The node of a stage; if `behind`, of where its arms meet, if they do.
    fn node(&self, graph: &Graph, name: &Name, behind: bool) -> Option<Node<'g>> {
        let index = graph.stages.iter().position(|stage| stage.name == *name)?;
        let find = |letter: char| self.nodes.iter().find(|node| node.id == format!("{letter}{index}")).cloned();
        if behind { find('j').or_else(|| find('s')) } else { find('s') }
    }

    /// The nodes by the part that they are in, and of each part by task.
    pub(super) fn parts(&self) -> Vec<(Option<usize>, Vec<(usize, Vec<&Node<'g>>)>)> {
        let parts = grouped(&self.nodes, |node| node.part).into_iter();
        parts.map(|(part, nodes)| (part, grouped(nodes, |node| node.task))).collect()
    }
}

/// Nodes that have the same key, in the order of the first of each.
fn grouped<'n, 'g, K: PartialEq>(
    nodes: impl IntoIterator<Item = &'n Node<'g>>,
    key: impl Fn(&Node<'g>) -> K,
) -> Vec<(K, Vec<&'n Node<'g>>)> {
    let mut groups: Vec<(K, Vec<_>)> = Vec::new();
    for node in nodes {
        let of = key(node);
        match groups.iter_mut().find(|(key, _)| *key == of) {
            Some((_, nodes)) => nodes.push(node),
            None => groups.push((of, vec![node])),
        }
    }
    groups
}

impl Graph {
    /// Whether a stage is a segment, with stages of its own.
    fn is_segment(&self, name: &Name) -> bool {
        let uses = |stage: &GraphStage| stage.name == *name && matches!(stage.operator, "from" | "via" | "into");
        self.stages.iter().any(uses) && self.stages.iter().any(|stage| stage.name.starts_with(&format!("{name}/")))
    }

    /// The stage that gives to a link: the one above it in the text, or where that is a segment, its last.
    pub(crate) fn writer(&self, link: &GraphLink) -> Name {
        self.last(&link.from).pop().unwrap_or_else(|| link.from.clone())
    }

    /// The stage that takes from a link: the one below it in the text, or where that is a segment, its first.
    pub(crate) fn reader(&self, link: &GraphLink) -> Name {
        self.first(&link.to).pop().unwrap_or_else(|| link.to.clone())
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

impl Arrow<'_> {
    /// The arm and the link, for people.
    pub(super) fn label(&self) -> Option<String> {
        let link = self.link.and_then(GraphLink::label);
        match self.arm {
            Some(arm) => Some(link.map_or(arm.to_string(), |link| format!("{arm}: {link}"))),
            None => link,
        }
    }
}

impl Node<'_> {
    pub(super) fn label(&self, separator: &str) -> String {
        match self.what {
            What::Stage(stage) => stage.label(separator),
            What::Meeting => " ".into(),
            What::Inlet(name) => name.to_string(),
        }
    }
}
