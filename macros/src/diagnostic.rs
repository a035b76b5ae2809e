//! The collector of errors, and what one error is.

use proc_macro2::Span;

use crate::graph::NodeId;

/// One mistake of the user's, before it is known where in the graph it stands.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    /// The first word at fault.
    pub(crate) from: Span,
    /// The last word at fault: differs from `from` only where two places belong to one mistake.
    pub(crate) to: Span,
    pub(crate) message: String,
}

impl Mistake {
    pub(crate) fn new(span: Span, message: String) -> Self {
        Mistake { from: span, to: span, message }
    }
}

/// A mistake and the node of the graph that cannot be expanded because of it, if there is one.
#[derive(Debug)]
pub(crate) struct Diagnostic {
    pub(crate) mistake: Mistake,
    pub(crate) node: Option<NodeId>,
}

/// All errors of one pipeline, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    pub(crate) list: Vec<Diagnostic>,
}

impl Errors {
    /// An error that leaves every node as it is.
    pub(crate) fn push(&mut self, span: Span, message: String) {
        self.list.push(Diagnostic { mistake: Mistake::new(span, message), node: None });
    }

    /// An error of two places.
    pub(crate) fn push_range(&mut self, from: Span, to: Span, message: String) {
        self.list.push(Diagnostic { mistake: Mistake { from, to, message }, node: None });
    }

    /// An error that makes `node` impossible to expand.
    pub(crate) fn push_at(&mut self, node: NodeId, span: Span, message: String) {
        self.adopt(node, Mistake::new(span, message));
    }

    /// As `push_at`, for a mistake found by an earlier pass.
    pub(crate) fn adopt(&mut self, node: NodeId, mistake: Mistake) {
        self.list.push(Diagnostic { mistake, node: Some(node) });
    }

    /// Whether `node` has an error already.
    pub(crate) fn blames(&self, node: NodeId) -> bool {
        self.list.iter().any(|error| error.node == Some(node))
    }
}
