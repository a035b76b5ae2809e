//! The order of the passes.
//!
//! Parse, graph and check always all run, on what could be recovered, so that every mistake is reported at once. Plan
//! takes what is well-formed and a marked place for what is not; expand cannot fail.

use proc_macro2::TokenStream;

use crate::diagnostic::Errors;
use crate::{check, expand, graph, parse, plan};

/// The expansion of one `pipeline! { … }`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let text = parse::parse(input, &mut errors);
    let graph = graph::build(text, &mut errors);
    check::check(&graph, &mut errors);
    let plan = plan::plan(graph, errors);
    expand::expand(plan)
}

#[cfg(test)]
mod tests;
