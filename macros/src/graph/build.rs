//! The graph of an ast.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};

use super::{Arguments, Block, BlockKind, Call, Edge, Found, Graph, Let, Line, LineId, Node, NodeId, Use, What};
use crate::ast::{Argument, Binding, Body, Chain, Head, MatchArm, Operator, Pipeline, Statement, Step};
use crate::diagnostic::{Errors, Mistake};
use crate::operators;

/// Makes the graph. The parser's mistakes become unknown nodes, which carry them on.
pub(crate) fn build(text: Pipeline, errors: &mut Errors) -> Graph {
    let mut names: HashMap<String, Stream> = HashMap::new();
    for binding in text.statements.iter().filter_map(|statement| statement.binding.as_ref()) {
        for name in &binding.names {
            names.insert(name.to_string(), Stream::default());
        }
    }
    let mut builder = Builder { graph: Graph { settings: text.settings, ..Graph::default() }, names, errors };
    for statement in text.statements {
        builder.statement(statement);
    }
    builder.graph
}

#[derive(Default)]
struct Stream {
    /// Where its items come from, once its `let` has been read.
    tail: Option<NodeId>,
    used: Option<Span>,
}

struct Builder<'e> {
    graph: Graph,
    names: HashMap<String, Stream>,
    errors: &'e mut Errors,
}

impl Builder<'_> {
    fn statement(&mut self, statement: Statement) {
        let (line, tail) = self.chain(statement.chain);
        self.graph.statements.push(line);
        let Some(Binding { word, names, tuple }) = statement.binding else {
            self.graph.ends.push(tail);
            return;
        };
        for name in &names {
            self.names.insert(name.to_string(), Stream { tail: Some(tail), used: None });
        }
        self.graph.lets.push(Let { word, names, tuple, tail });
    }

    /// A chain; gives its line and the node its items leave.
    fn chain(&mut self, chain: Chain) -> (LineId, NodeId) {
        let mut line = Line::default();
        let head = match chain.head {
            Head::Operator(operator) => {
                line.span = Some(operator.name.span());
                line.word = operator.name.to_string();
                self.call(operator)
            }
            Head::Stream(name) => {
                line.span = Some(name.span());
                line.word = name.to_string();
                let (node, named) = self.stream(name);
                line.from = named.then_some(node);
                node
            }
            Head::Open(span, of) => self.node("_", span, None, What::Start(of)),
            Head::Unknown(mistake) => self.unknown(mistake),
        };
        if line.from.is_none() {
            line.nodes.push(head);
        }
        self.steps(head, chain.steps, line, false)
    }

    /// The steps of `line`, which has come to `from`.
    fn steps(&mut self, from: NodeId, steps: Vec<Step>, mut line: Line, in_arm: bool) -> (LineId, NodeId) {
        let mut tail = from;
        for step in steps {
            let (first, last) = self.step(step, in_arm);
            self.edge(tail, first, false);
            line.nodes.push(first);
            if in_arm {
                line.span = self.graph.node(first).map(|node| node.span);
            }
            tail = last;
        }
        self.graph.lines.push(line);
        (self.graph.lines.len() - 1, tail)
    }

    /// A step; gives the node that items enter and the one they leave.
    fn step(&mut self, step: Step, in_arm: bool) -> (NodeId, NodeId) {
        let node = match step {
            Step::Operator(operator) => self.call(operator),
            Step::Block(block) => return self.block(block),
            Step::Open(span) => self.node("_", span, None, What::End { in_arm }),
            Step::Unknown(mistake) => self.unknown(mistake),
        };
        (node, node)
    }

    fn call(&mut self, operator: Operator) -> NodeId {
        let Operator { name, types, arguments, tried, label } = operator;
        let word = name.to_string();
        let descriptor = operators::find(&word);
        let mut chains = Vec::new();
        let arguments = arguments.map(|list| {
            let mut sorted = Arguments::default();
            for argument in list {
                match argument {
                    Argument::Plain(value) => sorted.plain.push(value),
                    Argument::Named(name, value) => sorted.named.push((name, value)),
                    Argument::Chain(chain) => chains.push(chain),
                }
            }
            sorted
        });
        // Textual order is that of the words, so a fan-in stands before its inputs.
        let (span, inputs) = (name.span(), Vec::new());
        let call = Call { name, operator: descriptor, types, arguments, inputs, tried };
        let node = self.node(&word, span, label, What::Call(call));
        let mut inputs = Vec::new();
        for chain in chains {
            let (line, tail) = self.chain(chain);
            self.edge(tail, node, true);
            inputs.push(line);
        }
        if let Some(Node { what: What::Call(call), .. }) = self.graph.nodes.get_mut(node) {
            call.inputs = inputs;
        }
        node
    }

    fn block(&mut self, block: crate::ast::Block) -> (NodeId, NodeId) {
        let (word, span) = (block.word.to_string(), block.word.span());
        let (kind, arms) = match block.body {
            Body::Match { moves, mut arms } => {
                let steps = arms.iter_mut().map(|arm: &mut MatchArm| std::mem::take(&mut arm.steps)).collect();
                (BlockKind::Match { moves, arms }, steps)
            }
            Body::Broadcast(arms) => (BlockKind::Broadcast, arms),
            Body::Copies => (BlockKind::Copies, Vec::new()),
            Body::Tap(arms) => (BlockKind::Tap, arms),
            Body::Parallel(count, arms) => (BlockKind::Parallel(count), arms),
        };
        // A tap's main flow goes past its arm.
        let passes = matches!(kind, BlockKind::Tap);
        let entry = self.node(&word, span, block.label, What::Block(Block { kind, arms: Vec::new(), join: None }));
        let (mut lines, mut tails) = (Vec::new(), Vec::new());
        for steps in arms {
            let line = Line { from: Some(entry), ..Line::default() };
            let (line, tail) = self.steps(entry, steps, line, true);
            lines.push(line);
            tails.push(tail);
        }
        let mut open: Vec<_> = tails.into_iter().filter(|tail| *tail == entry || !self.is_closed(*tail)).collect();
        if passes {
            open.push(entry);
        }
        let join = (!open.is_empty()).then(|| self.node(&word, span, None, What::Join));
        for (tail, join) in open.into_iter().zip(join.into_iter().cycle()) {
            self.edge(tail, join, false);
        }
        if let Some(Node { what: What::Block(block), .. }) = self.graph.nodes.get_mut(entry) {
            block.join = join;
            block.arms = lines;
        }
        (entry, join.unwrap_or(entry))
    }

    fn is_closed(&self, tail: NodeId) -> bool {
        self.graph.node(tail).is_some_and(Node::ends)
    }

    /// The node a stream's items come from, and whether it is one of a `let`; an unknown node where there is no such stream to take.
    fn stream(&mut self, name: Ident) -> (NodeId, bool) {
        let known = self.names.get(&name.to_string()).map(|stream| (stream.tail, stream.used));
        let (node, found) = match known {
            Some((Some(tail), None)) => (tail, Found::Stream),
            other => {
                let node = self.node(&name.to_string(), name.span(), None, What::Unknown);
                let found = match other {
                    Some((_, Some(first))) => Found::Again(first, node),
                    Some((None, None)) => Found::Early(node),
                    _ => Found::Nothing(node),
                };
                (node, found)
            }
        };
        if let Some(stream) = self.names.get_mut(&name.to_string()) {
            stream.used.get_or_insert(name.span());
        }
        let named = matches!(found, Found::Stream);
        self.graph.uses.push(Use { name, found });
        (node, named)
    }

    fn unknown(&mut self, mistake: Mistake) -> NodeId {
        let node = self.node("", mistake.from, None, What::Unknown);
        self.errors.adopt(node, mistake);
        node
    }

    fn node(&mut self, word: &str, span: Span, label: Option<Ident>, what: What) -> NodeId {
        self.graph.nodes.push(Node { word: word.to_owned(), span, label, what });
        self.graph.nodes.len() - 1
    }

    fn edge(&mut self, from: NodeId, to: NodeId, input: bool) {
        self.graph.edges.push(Edge { from, to, input });
    }
}
