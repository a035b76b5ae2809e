//! The plan as tokens. Nothing here can fail, and nothing here knows the text.
//!
//! `hygiene.rs` says what spans the tokens get; `call.rs` writes an operator's call, `blueprint.rs` the description of the
//! graph. This file puts them together. A broken step is a `compile_error!` as a value: rustc gives it its error type, so
//! that what follows is checked and completed and reports nothing of its own.

mod blueprint;
mod call;
mod hygiene;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::diagnostic::Mistake;
use crate::operators::Kind;
use crate::plan::{Outcome, Plan, Step};
use hygiene::{Crate, glue};

/// The expansion.
pub(crate) fn expand(plan: Plan) -> TokenStream {
    let Plan { settings, stages, edges, tasks, steps, outcome, reports } = plan;
    let root = Crate::new(settings.path);
    let reports = reports.iter().map(|mistake| {
        let error = compile_error(mistake);
        quote!(#error;)
    });
    let reports: TokenStream = reports.collect();
    // The tasks that end in a link, the last first.
    let above = steps.iter().filter_map(link_of).fold(quote!(()), |above, (edge, span)| {
        let task = task(edge, span);
        quote!((#task, #above))
    });
    let outcome = match outcome {
        Outcome::Pipeline(sink) => {
            let path = root.path(sink);
            quote_spanned!(glue(sink)=> #path::__private::pipeline(plan, out, #above))
        }
        Outcome::Error(mistake) => {
            let error = compile_error(&mistake);
            quote!(let _ = #above; #error)
        }
        Outcome::Stream => quote_spanned!(glue(Span::call_site())=> let _ = #above; s),
        Outcome::Nothing => TokenStream::new(),
    };
    if steps.is_empty() {
        return quote!({ #reports #outcome });
    }
    let plan = blueprint::plan(&root, &stages, &edges, tasks, settings.name, settings.queue);
    let steps: TokenStream = steps.into_iter().map(|step| self::step(&root, step)).collect();
    quote!({ #reports #plan #steps #outcome })
}

fn step(root: &Crate, step: Step) -> TokenStream {
    match step {
        Step::Operator(invocation) => call::call(root, invocation),
        Step::Tried { stage, span } => {
            let path = root.path(span);
            quote_spanned!(glue(span)=> let s = #path::operators::try_items(s, plan.at(#stage));)
        }
        Step::Link { edge, span } => {
            let path = root.path(span);
            let task = task(edge, span);
            quote_spanned!(glue(span)=> let (s, #task) = #path::__private::link(s, plan.edge(#edge));)
        }
        Step::Broken { mistake, head, ends } => {
            let error = compile_error(&mistake);
            let at = glue(mistake.from);
            let used = if head { quote_spanned!(at=> let _ = &mut plan;) } else { quote_spanned!(at=> let _ = s;) };
            let bound = if ends { quote_spanned!(at=> out) } else { quote_spanned!(at=> s) };
            quote_spanned!(at=> #used let #bound = #error;)
        }
        Step::Unused => quote_spanned!(glue(Span::call_site())=> let _ = s;),
    }
}

/// The edge of a step that makes a link.
fn link_of(step: &Step) -> Option<(usize, Span)> {
    match step {
        Step::Link { edge, span } => Some((*edge, *span)),
        Step::Operator(invocation) if invocation.kind == Kind::Link => Some((invocation.place, invocation.name.span())),
        _ => None,
    }
}

/// The local that holds the task above an edge.
fn task(edge: usize, span: Span) -> Ident {
    Ident::new(&format!("t{edge}"), glue(span))
}

/// The error, at the words at fault.
fn compile_error(mistake: &Mistake) -> TokenStream {
    let text = &mistake.message;
    let start = quote_spanned!(mistake.from=> ::core::compile_error!);
    let end = quote_spanned!(mistake.to=> { #text });
    quote!(#start #end)
}
