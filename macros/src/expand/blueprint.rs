//! The description of the graph that the runtime is given.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::call::argument;
use super::hygiene::{Crate, glue};
use crate::operators::Kind;
use crate::plan::{Argument, Edge, Stage};

/// `let mut plan = …;`
pub(super) fn plan(
    root: &Crate,
    stages: &[Stage],
    edges: &[Edge],
    tasks: usize,
    name: Option<Argument>,
    queue: Option<Argument>,
) -> TokenStream {
    let site = glue(Span::call_site());
    let root = root.path(Span::call_site());
    let private = quote_spanned!(site=> #root::__private);
    let stages = stages.iter().map(|stage| {
        let Stage { name, operator, task, .. } = stage;
        let (line, column) = place(stage.word);
        let role = match stage.role {
            Kind::Source | Kind::FanIn => quote_spanned!(site=> Source),
            Kind::Stage | Kind::Link => quote_spanned!(site=> Stage),
            Kind::Sink => quote_spanned!(site=> Sink),
        };
        quote_spanned!(site=> #private::StageSpec { name: #name, operator: #operator, role: #private::Role::#role, task: #task, at: (#line, #column) },)
    });
    let edges = edges.iter().map(|edge| {
        let Edge { from, to, joins, .. } = edge;
        let arm = match &edge.arm {
            Some(arm) => quote_spanned!(site=> ::core::option::Option::Some(#arm)),
            None => quote_spanned!(site=> ::core::option::Option::None),
        };
        let link = match &edge.link {
            Some(link) => quote_spanned!(site=> ::core::option::Option::Some(#link)),
            None => quote_spanned!(site=> ::core::option::Option::None),
        };
        quote_spanned!(site=> #private::EdgeSpec { from: #from, to: #to, link: #link, arm: #arm, joins: #joins },)
    });
    let name = name.map_or_else(|| quote_spanned!(site=> "pipeline"), argument);
    let queue = queue.map_or_else(|| quote_spanned!(site=> 256usize), argument);
    let file = quote_spanned!(site=> ::core::file!());
    let blueprint = quote!(file: #file, stages: &[#(#stages)*], edges: &[#(#edges)*]);
    quote_spanned! {site=>
        let mut plan = #private::Plan::new(#private::Blueprint { #blueprint, tasks: #tasks }, #name, #queue);
    }
}

/// Line and column of a word, from 1 on.
fn place(word: Span) -> (u32, u32) {
    let start = word.start();
    let number = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
    (number(start.line), number(start.column.saturating_add(1)))
}

/// `plan.watch(…);`
pub(super) fn stall(period: Argument) -> TokenStream {
    let site = glue(Span::call_site());
    let period = argument(period);
    quote_spanned!(site=> plan.watch(#period);)
}
