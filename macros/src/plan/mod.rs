//! What to build, in the order of building: tasks, links, and the operators fused into each task. It is all that `expand` sees.
//!
//! `settings.rs` reads the options, `call.rs` an operator's arguments and flavour, `walk.rs` follows the chains. With errors
//! the plan has marked places where the first broken step of a chain stands; what follows it is planned as if it were well.

mod call;
pub(crate) mod settings;
mod walk;

#[cfg(test)]
pub(crate) mod render;

use proc_macro2::{Ident, Span, TokenStream};

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
    /// Errors that stand at no step.
    pub(crate) reports: Vec<Mistake>,
}

/// A stage, in textual order.
pub(crate) struct Stage {
    pub(crate) name: String,
    pub(crate) operator: String,
    pub(crate) role: Kind,
    pub(crate) task: usize,
}

/// Two stages that stand next to each other; with the link's name, if one is between them.
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) link: Option<String>,
}

/// One statement of the expansion.
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
        span: Span,
    },
    /// A step that could not be planned.
    Broken {
        mistake: Mistake,
        head: bool,
        ends: bool,
    },
    /// A chain that leads nowhere, by mistake.
    Unused,
}

/// An operator's call.
pub(crate) struct Invocation {
    pub(crate) name: Ident,
    /// The function in the operator's module; empty: the operator itself.
    pub(crate) flavour: String,
    /// Types as written, and how many hidden ones follow.
    pub(crate) types: Option<(TokenStream, usize)>,
    pub(crate) kind: Kind,
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
    None,
}

/// The value of the whole.
pub(crate) enum Outcome {
    /// The sink's place: what is wrong with the whole is said there, once.
    Pipeline(Span),
    /// No chain has a sink: the error is the value.
    Error(Mistake),
    /// No chain has a sink, and the errors stand in the chain.
    Stream,
    Nothing,
}

/// Makes the plan.
pub(crate) fn plan(graph: Graph, errors: Errors) -> Plan {
    walk::Walk::new(graph, errors).plan()
}
