//! What to build, in the order of building: tasks, links, and the operators fused into each task. It is all that `expand` sees.
//!
//! `settings.rs` reads the options, `call.rs` an operator's arguments and flavour; `stages.rs` numbers the stages, `walk.rs` follows the lines
//! of the graph, `blocks.rs` what branches from them, `gates.rs` finds what `concat` holds back. With errors the plan has marked places where
//! the first broken step of a chain stands; what follows it is planned as if it were well.

mod blocks;
mod call;
mod gates;
pub(crate) mod settings;
mod stages;
mod walk;

#[cfg(test)]
pub(crate) mod render;

use proc_macro2::{Ident, Span, TokenStream};

use crate::ast::Value;
use crate::diagnostic::{Errors, Mistake};
use crate::graph::Graph;
use crate::operators::Kind;
use settings::Settings;

pub(crate) struct Plan {
    pub(crate) settings: Settings,
    pub(crate) stages: Vec<Stage>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) tasks: usize,
    pub(crate) steps: Vec<Step>,
    pub(crate) outcome: Outcome,
    /// What runs where, if the text says `#![role = …]`.
    pub(crate) parts: Option<Parts>,
    /// Errors that stand at no step.
    pub(crate) reports: Vec<Mistake>,
}

/// A stage, in textual order.
pub(crate) struct Stage {
    pub(crate) name: String,
    pub(crate) operator: String,
    pub(crate) role: Kind,
    pub(crate) task: usize,
    /// Its word in the text.
    pub(crate) word: Span,
}

/// Two stages that stand next to each other; with the link's name, if one is between them.
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) link: Option<String>,
    /// Into an arm of a block: its pattern, or what kind of arm it is.
    pub(crate) arm: Option<String>,
    /// From an open arm to what follows its block.
    pub(crate) joins: bool,
}

/// The parts of a pipeline, of which a process may run one: what is between two `Step::Part`s belongs to the part that the first of them names.
pub(crate) struct Parts {
    /// The names of the roles, those above before those below.
    pub(crate) names: Vec<String>,
    /// The part of each stage.
    pub(crate) stages: Vec<usize>,
    pub(crate) cuts: Vec<Cut>,
    /// The outputs and the tasks of each part.
    pub(crate) outs: Vec<Vec<Var>>,
    pub(crate) chains: Vec<Vec<Var>>,
}

/// A queue between two parts.
pub(crate) struct Cut {
    pub(crate) edge: usize,
    pub(crate) above: usize,
    pub(crate) below: usize,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) span: Span,
}

/// A local of the expansion: a letter for what it is, and a number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Var {
    pub(crate) letter: char,
    pub(crate) number: usize,
    pub(crate) span: Span,
}

/// One statement of the expansion. The stream that is being followed is the local `s`.
pub(crate) enum Step {
    Operator(Invocation),
    /// `?` behind a source or a stage.
    Tried {
        stage: usize,
        span: Span,
    },
    /// A link that no `queue` sets up, before the operator at that place.
    Link {
        edge: usize,
        kind: LinkKind,
        span: Span,
    },
    /// From here on the steps belong to that part.
    Part(usize),
    /// The upper half of a cut: the chain above it ends.
    Publish {
        edge: usize,
        span: Span,
    },
    /// The lower half.
    Fetch {
        edge: usize,
        span: Span,
    },
    /// `_` at the head: the stream that a segment is given.
    Start {
        of: Option<TokenStream>,
        task: usize,
        span: Span,
    },
    /// The stream is kept under a name.
    Keep(Var),
    /// The stream is one that was kept.
    Take(Var),
    /// One more input of a fan-in.
    Input {
        list: Var,
        first: bool,
        zip: bool,
        span: Span,
    },
    /// The patterns of a `match`, as the function that looks at items.
    Cases {
        block: Var,
        patterns: Patterns,
    },
    /// The next case of a `match` begins an arm.
    Case {
        cases: Var,
    },
    /// A copy of the kept stream's items begins an arm.
    Copy {
        block: Var,
    },
    /// The arm has ended in a chain.
    Closed {
        arm: Var,
        chain: Var,
    },
    /// The arm is open; what comes out of it is, or must be, of the type `gives`.
    Open {
        arm: Var,
        gives: Var,
        first: bool,
    },
    /// The kept stream goes into a block with these arms.
    Block(Joint),
    /// Nothing comes out of the block: its task ends.
    Nowhere {
        stage: usize,
        chain: Var,
    },
    /// Copies of one arm take turns.
    Parallel(Copies),
    /// A step that could not be planned.
    Broken {
        mistake: Mistake,
        bound: Bound,
        /// Whether `s` is there to be used up.
        head: bool,
    },
    /// A chain that leads nowhere, by mistake.
    Unused,
}

/// What the value of a broken step stands for.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    Stream,
    Sink { out: Var, chain: Var },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LinkKind {
    /// One producer, one consumer.
    #[default]
    Ring,
    /// It loses what finds it full.
    Tap,
    /// Several consumers.
    Shared,
}

/// The arms of a `match`: for each its pattern, its guard, its value, and the number of the case.
pub(crate) struct Patterns {
    pub(crate) moves: bool,
    pub(crate) word: Span,
    pub(crate) arms: Vec<Pattern>,
    /// How many cases there are: open arms without stages share one.
    pub(crate) cases: usize,
}

pub(crate) struct Pattern {
    pub(crate) pattern: TokenStream,
    pub(crate) guard: Option<TokenStream>,
    pub(crate) value: Value,
    /// Where the arm ends in the text.
    pub(crate) end: Span,
    pub(crate) case: usize,
}

/// A block's call.
pub(crate) struct Joint {
    pub(crate) function: &'static str,
    pub(crate) block: Var,
    pub(crate) arms: Vec<Var>,
    /// What comes out, if anything does.
    pub(crate) gives: Option<Var>,
    pub(crate) stage: usize,
}

/// `parallel(n) { arm }`.
pub(crate) struct Copies {
    pub(crate) block: Var,
    pub(crate) count: Argument,
    pub(crate) stage: usize,
    /// The stages, the tasks and the edges that each copy has anew: from the first to below the second.
    pub(crate) stages: (usize, usize),
    pub(crate) tasks: (usize, usize),
    pub(crate) steps: Vec<Step>,
    /// The chains of a copy that are tasks.
    pub(crate) chains: Vec<Var>,
    /// The sinks in a copy: each gives the list of the copies' outputs.
    pub(crate) outs: Vec<Var>,
    /// The inputs of the fan-in behind it, if the arm is open.
    pub(crate) inputs: Option<Var>,
}

/// An operator's call.
pub(crate) struct Invocation {
    pub(crate) name: Ident,
    /// The function in the operator's module; empty: the operator itself.
    pub(crate) flavour: String,
    /// Types as written, and how many hidden ones follow.
    pub(crate) types: Option<(TokenStream, usize)>,
    pub(crate) kind: Kind,
    /// The function that asks what the operator needs of the items (`runtime/src/operators/given.rs`).
    pub(crate) asks: Option<&'static str>,
    pub(crate) arguments: Vec<Argument>,
    /// A link's edge, else a stage.
    pub(crate) place: usize,
}

/// An argument of a call.
pub(crate) enum Argument {
    Tokens(TokenStream),
    /// What could not be read: rustc will say why.
    Raw(TokenStream, Span),
    Nanoseconds(u64, Span),
    Count(usize, Span),
    Some(Box<Argument>, Span),
    /// What the operator needs of it is asked by a function before (`runtime/src/operators/given.rs`).
    Asked(Box<Argument>, String),
    None,
    /// The inputs of a fan-in.
    Inputs(Var),
    /// What makes a tuple of so many inputs of `zip`.
    Tuple(usize, Span),
    /// For each input after the first, the tasks that are held until the one before it has ended.
    Gates(Vec<Vec<usize>>, Span),
}

/// The value of the whole.
pub(crate) enum Outcome {
    /// `outs` are the sinks' outputs in textual order; `chains` the tasks. `at` is the last sink: what is wrong with the whole is said there, once.
    Pipeline {
        outs: Vec<Var>,
        chains: Vec<Var>,
        at: Span,
    },
    /// A segment: with `_` at its head, with `_` at its end (the stream is `s`), or both.
    Segment {
        start: bool,
        end: bool,
        outs: Vec<Var>,
        chains: Vec<Var>,
        at: Span,
    },
    /// No chain has a sink: the error is the value.
    Error(Mistake, Vec<Var>),
    /// No chain has a sink, and the errors stand in the chain.
    Stream(Vec<Var>),
    Nothing,
}

/// Makes the plan.
pub(crate) fn plan(graph: Graph, errors: Errors) -> Plan {
    walk::Walk::new(graph, errors).plan()
}
