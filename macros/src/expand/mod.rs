//! The plan as tokens. Nothing here can fail, and nothing here knows the text.
//!
//! `hygiene.rs` says what spans the tokens get; `call.rs` writes an operator's call, `blocks.rs` what belongs to blocks, `blueprint.rs` the
//! description of the graph. This file puts them together. A broken step is a `compile_error!` as a value: rustc gives it its error type, so
//! that what follows is checked and completed and reports nothing of its own.

mod blocks;
mod blueprint;
mod call;
mod hygiene;
mod parts;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::diagnostic::Mistake;
use crate::plan::{Bound, LinkKind, Outcome, Plan, Step, Var};
use hygiene::{Crate, glue};

/// The expansion.
pub(crate) fn expand(plan: Plan) -> TokenStream {
    let Plan { settings, stages, edges, tasks, steps, mut outcome, parts, reports } = plan;
    let root = Crate::new(settings.path);
    let reports = reports.iter().map(|mistake| {
        let error = compile_error(mistake);
        quote!(#error;)
    });
    let reports: TokenStream = reports.collect();
    if let (Some(parts), Outcome::Pipeline { chains, .. }) = (&parts, &mut outcome) {
        *chains = (0..parts.names.len()).map(parts::tasks).collect();
    }
    let outcome = self::outcome(&root, outcome);
    if steps.is_empty() {
        return quote!({ #reports #outcome });
    }
    let plan = blueprint::plan(&root, &stages, &edges, tasks, settings.name, settings.queue);
    let stall = settings.stall.map(blueprint::stall);
    let steps: TokenStream = match (parts, settings.role) {
        (Some(parts), Some(role)) => parts::parts(&root, role, parts, steps),
        _ => steps.into_iter().map(|step| self::step(&root, step)).collect(),
    };
    quote!({ #reports #plan #stall #steps #outcome })
}

/// The value of the whole.
fn outcome(root: &Crate, outcome: Outcome) -> TokenStream {
    match outcome {
        Outcome::Pipeline { outs, chains, at } => {
            let path = root.path(at);
            let (out, chains) = (outputs(root, &outs, at), list(&chains));
            quote_spanned!(glue(at)=> #path::__private::pipeline(plan, #out, #chains))
        }
        Outcome::Segment { start, end, outs, chains, at } => {
            let path = root.path(at);
            let chains = list(&chains);
            let tail = local(Var { letter: 'e', number: 0, span: at });
            match (start, end) {
                (true, true) => {
                    quote_spanned!(glue(at)=> #path::__private::transform_segment(plan, entry, #tail, #chains))
                }
                (true, false) => {
                    let out = outputs(root, &outs, at);
                    quote_spanned!(glue(at)=> #path::__private::sink_segment(plan, entry, #out, #chains))
                }
                (false, _) => quote_spanned!(glue(at)=> #path::__private::source_segment(plan, #tail, #chains)),
            }
        }
        Outcome::Error(mistake, chains) => {
            let (error, chains) = (compile_error(&mistake), list(&chains));
            quote!(let _ = #chains; #error)
        }
        Outcome::Stream(chains) => {
            let chains = list(&chains);
            quote_spanned!(glue(Span::call_site())=> let _ = #chains; s)
        }
        Outcome::Nothing => TokenStream::new(),
    }
}

fn step(root: &Crate, step: Step) -> TokenStream {
    match step {
        Step::Operator(invocation) => call::call(root, invocation),
        Step::Tried { stage, span } => {
            let path = root.path(span);
            quote_spanned!(glue(span)=> let s = #path::operators::try_items(s, plan.at(#stage));)
        }
        Step::Link { edge, kind, span } => {
            let path = root.path(span);
            let chain = local(Var { letter: 't', number: edge, span });
            let function = match kind {
                LinkKind::Ring => quote_spanned!(glue(span)=> link),
                LinkKind::Tap => quote_spanned!(glue(span)=> tap_link),
                LinkKind::Shared => quote_spanned!(glue(span)=> shared_link),
            };
            quote_spanned!(glue(span)=> let (s, #chain) = #path::__private::#function(s, plan.edge(#edge));)
        }
        Step::Part(_) => TokenStream::new(),
        Step::Publish { edge, span } => parts::publish(root, edge, span),
        Step::Fetch { edge, span } => parts::fetch(root, edge, span),
        Step::Start { of, task, span } => {
            let path = root.path(span);
            let of = of.unwrap_or_else(|| quote_spanned!(glue(span)=> _));
            quote_spanned!(glue(span)=> let (s, entry) = #path::__private::entry::<#of>(&mut plan, #task);)
        }
        Step::Keep(var) => {
            let kept = local(var);
            quote_spanned!(glue(var.span)=> let #kept = s;)
        }
        Step::Take(var) => {
            let kept = local(var);
            quote_spanned!(glue(var.span)=> let s = #kept;)
        }
        Step::Broken { mistake, bound, head } => {
            let error = compile_error(&mistake);
            let at = glue(mistake.from);
            let used = if head { quote_spanned!(at=> let _ = &mut plan;) } else { quote_spanned!(at=> let _ = s;) };
            let bound = match bound {
                Bound::Stream => quote_spanned!(at=> s),
                Bound::Sink { out, chain } => {
                    let (out, chain) = (local(out), local(chain));
                    quote_spanned!(at=> (#out, #chain))
                }
            };
            quote_spanned!(at=> #used let #bound = #error;)
        }
        Step::Unused => quote_spanned!(glue(Span::call_site())=> let _ = s;),
        block => blocks::step(root, block),
    }
}

/// A local of the expansion.
fn local(var: Var) -> Ident {
    Ident::new(&format!("{}{}", var.letter, var.number), glue(var.span))
}

/// The locals as a list `(last, (…, (first, ())))`.
fn list(vars: &[Var]) -> TokenStream {
    vars.iter().fold(quote!(()), |before, var| {
        let var = local(*var);
        quote!((#var, #before))
    })
}

/// The sinks' outputs: one as it is, more as a tuple.
fn outputs(root: &Crate, outs: &[Var], at: Span) -> TokenStream {
    if let [out] = outs {
        let out = local(*out);
        return quote!(#out);
    }
    let path = root.path(at);
    let outs = outs.iter().map(|out| local(*out));
    let site = glue(at);
    quote_spanned! {site=>
        #path::__private::outputs(move || ::core::option::Option::Some((#(#path::__private::Output::take(#outs)?,)*)))
    }
}

/// The error, at the words at fault.
fn compile_error(mistake: &Mistake) -> TokenStream {
    let text = &mistake.message;
    let start = quote_spanned!(mistake.from=> ::core::compile_error!);
    let end = quote_spanned!(mistake.to=> { #text });
    quote!(#start #end)
}
