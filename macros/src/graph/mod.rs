//! What was meant: operators as nodes, the flow of items as edges, streams by their names.
//!
//! `build.rs` makes it of the ast; whole graphs, with blocks, fan-ins, open ends and several chains. `names.rs` gives every
//! stage its name. `render.rs` draws a graph as mermaid text. Nodes stand in textual order.

mod build;
mod names;
#[cfg(test)]
pub(crate) mod render;
mod roles;

use proc_macro2::{Ident, Span, TokenStream};

use crate::ast::{MatchArm, Setting, Value};
use crate::operators::{Descriptor, Kind};

pub(crate) use build::build;
pub(crate) use names::names;
pub(crate) use roles::{CAPACITY, ROLE, Roles, roles};

/// A node's place in `Graph::nodes`.
pub(crate) type NodeId = usize;

#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) settings: Vec<Setting>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) lets: Vec<Let>,
    pub(crate) uses: Vec<Use>,
    /// Runs of nodes as they stand in the text, between arrows.
    pub(crate) lines: Vec<Line>,
    /// The lines that are statements, in the order of the text.
    pub(crate) statements: Vec<LineId>,
    /// The ends of the chains that no `let` names.
    pub(crate) ends: Vec<NodeId>,
}

/// A line's place in `Graph::lines`.
pub(crate) type LineId = usize;

/// A chain, an input of a fan-in, or an arm: nodes one after the other. Behind a block comes what its open arms give.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// The node whose items enter: the tail of the `let` that the head names, or the block whose arm this is.
    pub(crate) from: Option<NodeId>,
    pub(crate) nodes: Vec<NodeId>,
    /// The word at its head; for an arm, that of its last step.
    pub(crate) span: Option<Span>,
    /// The word at the head of a chain.
    pub(crate) word: String,
}

#[derive(Debug)]
pub(crate) struct Node {
    /// The word that stands in the text.
    pub(crate) word: String,
    pub(crate) span: Span,
    pub(crate) label: Option<Ident>,
    pub(crate) what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    Call(Call),
    Block(Block),
    /// Where the open arms of a block meet again.
    Join,
    /// `_` at the head.
    Start(Option<TokenStream>),
    /// `_` at the end.
    End {
        in_arm: bool,
    },
    /// Something that has been reported.
    Unknown,
}

/// An operator as it is used.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) name: Ident,
    pub(crate) operator: Option<&'static Descriptor>,
    pub(crate) types: Option<TokenStream>,
    /// `None`: the parentheses are missing. The inputs of a fan-in are edges.
    pub(crate) arguments: Option<Arguments>,
    pub(crate) inputs: Vec<LineId>,
    pub(crate) tried: Option<Span>,
}

#[derive(Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) plain: Vec<Value>,
    pub(crate) named: Vec<(Ident, Value)>,
}

/// A block: its arms begin where edges leave it.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    pub(crate) arms: Vec<LineId>,
    /// `None`: all arms are closed.
    pub(crate) join: Option<NodeId>,
}

#[derive(Debug)]
pub(crate) enum BlockKind {
    Match { moves: bool, arms: Vec<MatchArm> },
    Broadcast,
    Copies,
    Tap,
    Parallel(Value),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    /// Into a fan-in, as one of its arguments.
    pub(crate) input: bool,
}

/// `let names = chain;`
#[derive(Debug)]
pub(crate) struct Let {
    pub(crate) word: Span,
    pub(crate) names: Vec<Ident>,
    pub(crate) tuple: bool,
    pub(crate) tail: NodeId,
}

/// A stream's name at the head of a chain.
#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) name: Ident,
    pub(crate) found: Found,
}

/// What a name at the head of a chain stood for. Where it is nothing, an unknown node begins the chain.
#[derive(Debug)]
pub(crate) enum Found {
    Stream,
    /// One that was used at this place already.
    Again(Span, NodeId),
    /// One that is bound further down.
    Early(NodeId),
    Nothing(NodeId),
}

impl Graph {
    pub(crate) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// Where the items of a node come from, by an arrow.
    pub(crate) fn before(&self, id: NodeId) -> Option<NodeId> {
        self.edges.iter().find(|edge| edge.to == id && !edge.input).map(|edge| edge.from)
    }

    /// Where the items of a node go.
    pub(crate) fn after(&self, id: NodeId) -> Option<NodeId> {
        self.edges.iter().find(|edge| edge.from == id).map(|edge| edge.to)
    }

    /// All blocks, with their places.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = (NodeId, &Node, &Block)> {
        self.nodes.iter().enumerate().filter_map(|(id, node)| match &node.what {
            What::Block(block) => Some((id, node, block)),
            _ => None,
        })
    }

    /// Where the items of a node go next in the text: for a block, past its arms.
    pub(crate) fn behind(&self, id: NodeId) -> impl Iterator<Item = &Edge> {
        let arms: &[LineId] = match self.node(id).map(|node| &node.what) {
            Some(What::Block(block)) => &block.arms,
            _ => &[],
        };
        let begins =
            |node| arms.iter().any(|arm| self.lines.get(*arm).is_some_and(|arm| arm.nodes.first() == Some(&node)));
        self.edges.iter().filter(move |edge| edge.from == id && !begins(edge.to))
    }

    /// The nodes that a node's items came through, by arrows, the nearest first.
    pub(crate) fn above(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(id), |id| self.before(*id)).skip(1).take(self.nodes.len())
    }

    /// The last node of an arm, with what is inside it.
    pub(crate) fn last_node(&self, arm: LineId) -> Option<NodeId> {
        let nodes = &self.lines.get(arm)?.nodes;
        let inside = nodes.iter().map(|id| match self.node(*id).map(|node| &node.what) {
            Some(What::Block(block)) => {
                let arms = block.arms.iter().filter_map(|arm| self.last_node(*arm));
                arms.chain(block.join).max().unwrap_or(*id)
            }
            _ => *id,
        });
        inside.max()
    }

    /// The block whose open arms meet at `join`.
    pub(crate) fn met_at(&self, join: NodeId) -> Option<(NodeId, &Block)> {
        self.blocks().find(|(_, _, block)| block.join == Some(join)).map(|(id, _, block)| (id, block))
    }

    /// All calls of known operators, with their places.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (NodeId, &Call, &'static Descriptor)> {
        self.nodes.iter().enumerate().filter_map(|(id, node)| match &node.what {
            What::Call(call) => call.operator.map(|operator| (id, call, operator)),
            _ => None,
        })
    }
}

impl Node {
    pub(crate) fn operator(&self) -> Option<&'static Descriptor> {
        match &self.what {
            What::Call(call) => call.operator,
            _ => None,
        }
    }

    pub(crate) fn is(&self, kind: Kind) -> bool {
        self.operator().is_some_and(|operator| operator.kind == kind)
    }

    /// Whether a rule must keep silent about it.
    pub(crate) fn is_unknown(&self) -> bool {
        match &self.what {
            What::Unknown => true,
            What::Call(call) => call.operator.is_none(),
            _ => false,
        }
    }

    /// Whether no item leaves it.
    pub(crate) fn ends(&self) -> bool {
        match &self.what {
            What::Block(block) => block.join.is_none() && !matches!(block.kind, BlockKind::Copies),
            _ => self.is(Kind::Sink),
        }
    }
}
