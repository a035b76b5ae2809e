//! A graph as the rows of a tree: downstream is down, a link stands between the stages it joins, the arms of a block stand indented below it.
//!
//! A stage with several inputs, and what follows the open arms of a block, stands below the last of them, as far to the left as the first
//! block that all of them are part of.

use std::collections::HashMap;

use crate::graph::picture::{Arrow, Node, Picture, What as Drawn};
use crate::{Graph, Name};

/// One line of the tree.
#[derive(Debug)]
pub(super) struct Row {
    /// What leads to it from above.
    guide: String,
    /// It begins this arm.
    arm: Option<String>,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Stage {
        name: Name,
        place: Place,
    },
    Link {
        name: Name,
        /// The name somebody gave it.
        given: Option<Name>,
        unit: &'static str,
        /// A broker keeps it; with the role that begins below it.
        remote: Option<Option<Name>>,
    },
    /// The program itself, which fills an inlet.
    Inlet(Name),
    /// From here it goes on further down: at this stage, or behind the block.
    Onward(Option<Name>),
}

/// Where a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Items enter here, or from the program.
    Source,
    Between,
    Sink,
}

impl Row {
    /// What stands in the first column.
    pub(super) fn text(&self) -> String {
        let what = match &self.what {
            What::Stage { name, .. } | What::Inlet(name) => name.to_string(),
            What::Link { given, remote, .. } => {
                let sign = if remote.is_some() { "┄" } else { "═" };
                let name = given.as_ref().map(|name| format!(" {name}"));
                let role = remote.as_ref().and_then(Option::as_ref).map(|role| format!(" ({role})"));
                [Some(sign.to_owned()), name, role].into_iter().flatten().collect()
            }
            What::Onward(to) => to.as_ref().map_or("→".into(), |name| format!("→ {name}")),
        };
        match &self.arm {
            Some(arm) => format!("{}{arm} {what}", self.guide),
            None => format!("{}{what}", self.guide),
        }
    }
}

/// The rows of a graph, from its sources down.
pub(super) fn rows(graph: &Graph) -> Vec<Row> {
    let Picture { nodes, arrows } = Picture::of(graph);
    let place = |wanted: &Node<'_>| nodes.iter().position(|node| node.id == wanted.id);
    let ways = arrows.iter().filter_map(|arrow| Some(Way { from: place(&arrow.from)?, to: place(&arrow.to)?, arrow }));
    let mut ways: Vec<_> = ways.collect();
    // Arms as in the text; those that have no stage of their own last.
    ways.sort_by_key(|way| (matches!(nodes[way.to].what, Drawn::Meeting), way.to));
    let mut walk = Walk { nodes: &nodes, ways: &ways, waiting: HashMap::new(), ready: HashMap::new(), arms: 0 };
    let sources = (0..nodes.len()).filter(|node| walk.inputs(*node).next().is_none()).map(Start::Node).collect();
    walk.side_by_side(sources, &mut Vec::new())
}

/// An arrow, with the places of the nodes it joins.
struct Way<'p> {
    from: usize,
    to: usize,
    arrow: &'p Arrow<'p>,
}

/// Where a chain begins.
#[derive(Clone, Copy)]
enum Start<'p> {
    Node(usize),
    Way(&'p Way<'p>),
}

/// The arms that a place is in, outermost first. Each has a number of its own.
type Path = Vec<usize>;

struct Walk<'p> {
    nodes: &'p [Node<'p>],
    ways: &'p [Way<'p>],
    /// Nodes that some of their inputs have come to: how many have not, and the arms that all that have are in.
    waiting: HashMap<usize, (usize, Path)>,
    /// Nodes that all of their inputs have come to, by the arms they are drawn in.
    ready: HashMap<Path, Vec<Start<'p>>>,
    arms: usize,
}

impl<'p> Walk<'p> {
    /// The ways that lead to a node.
    fn inputs(&self, node: usize) -> impl Iterator<Item = &'p Way<'p>> {
        self.ways.iter().filter(move |way| way.to == node)
    }

    fn place(&self, node: usize) -> Place {
        if self.inputs(node).all(|way| matches!(way.arrow.from.what, Drawn::Inlet(_))) {
            Place::Source
        } else if self.ways.iter().all(|way| way.from != node) {
            Place::Sink
        } else {
            Place::Between
        }
    }

    /// Several chains, each in an arm of its own, and below them what they lead to together.
    fn side_by_side(&mut self, mut starts: Vec<Start<'p>>, path: &mut Path) -> Vec<Row> {
        let mut rows = Vec::new();
        while !starts.is_empty() {
            match &starts[..] {
                [only] => rows.extend(self.chain(*only, path)),
                _ => rows.extend(self.arms(&starts, path)),
            }
            starts = self.ready.remove(path).unwrap_or_default();
        }
        rows
    }

    fn arms(&mut self, starts: &[Start<'p>], path: &mut Path) -> Vec<Row> {
        let mut rows = Vec::new();
        for (index, start) in starts.iter().enumerate() {
            self.arms += 1;
            path.push(self.arms);
            let arm = self.chain(*start, path);
            path.pop();
            let (first, rest) = if index + 1 < starts.len() { ("├ ", "│ ") } else { ("╰ ", "  ") };
            rows.extend(arm.into_iter().enumerate().map(|(index, row)| Row {
                guide: format!("{}{}", if index == 0 { first } else { rest }, row.guide),
                ..row
            }));
        }
        rows
    }

    /// What follows from one place on, up to where it ends or meets others.
    fn chain(&mut self, mut start: Start<'p>, path: &mut Path) -> Vec<Row> {
        let mut rows = Vec::new();
        // The arm that begins here; it goes with the first row that there is.
        let mut arm = None;
        loop {
            let node = match start {
                Start::Node(node) => node,
                Start::Way(way) => {
                    arm = arm.or_else(|| way.arrow.arm.map(ToString::to_string));
                    rows.extend(way.arrow.link.map(|link| Row {
                        guide: String::new(),
                        arm: arm.take(),
                        what: What::Link {
                            name: link.name.clone(),
                            given: link.given_name().cloned(),
                            unit: link.unit,
                            remote: link.remote.as_ref().map(|remote| remote.role.clone()),
                        },
                    }));
                    if self.inputs(way.to).nth(1).is_some() {
                        rows.extend(self.arrive(way.to, arm, path));
                        return rows;
                    }
                    way.to
                }
            };
            let what = match self.nodes[node].what {
                Drawn::Stage(stage) => Some(What::Stage { name: stage.name.clone(), place: self.place(node) }),
                Drawn::Inlet(name) => Some(What::Inlet(name.clone())),
                Drawn::Meeting => None,
            };
            rows.extend(what.map(|what| Row { guide: String::new(), arm: arm.take(), what }));

            // A way that leads into no arm is where the block itself goes on.
            let out = self.ways.iter().filter(|way| way.from == node).map(Start::Way);
            let (aside, onward): (Vec<_>, Vec<_>) = out.partition(Start::enters_an_arm);
            match (&aside[..], &onward[..]) {
                ([], []) => return rows,
                ([only], []) | ([], [only]) => start = *only,
                (_, [only]) => {
                    rows.extend(self.arms(&aside, path));
                    start = *only;
                }
                _ => {
                    rows.extend(self.side_by_side([aside, onward].concat(), path));
                    return rows;
                }
            }
        }
    }

    /// One of several inputs has come to its node. With the last of them that is ready to be drawn.
    fn arrive(&mut self, node: usize, arm: Option<String>, path: &Path) -> Option<Row> {
        let inputs = self.inputs(node).count();
        let (missing, common) = self.waiting.entry(node).or_insert_with(|| (inputs, path.clone()));
        let same = common.iter().zip(path).take_while(|(known, new)| known == new).count();
        common.truncate(same);
        *missing -= 1;
        if *missing == 0 {
            let common = common.clone();
            self.ready.entry(common).or_default().push(Start::Node(node));
        }
        let to = match self.nodes[node].what {
            Drawn::Stage(stage) => Some(stage.name.clone()),
            Drawn::Inlet(_) | Drawn::Meeting => None,
        };
        // Behind the last stage of an open arm it goes without saying.
        (to.is_some() || arm.is_some()).then(|| Row { guide: String::new(), arm, what: What::Onward(to) })
    }
}

impl Start<'_> {
    fn enters_an_arm(&self) -> bool {
        matches!(self, Self::Way(way) if way.arrow.arm.is_some())
    }
}
