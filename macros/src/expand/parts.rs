//! A pipeline of which a process may run one part: each part's steps in a block of its own, with what leaves it as options.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::call::argument;
use super::hygiene::{Crate, glue};
use super::{list, local, step};
use crate::plan::{Argument, Cut, Parts, Step, Var};

/// The local that holds a part's tasks.
pub(super) fn tasks(part: usize) -> Var {
    Var { letter: 'r', number: part, span: Span::call_site() }
}

/// All parts, one after the other: those above before those below.
pub(super) fn parts(root: &Crate, role: Argument, parts: Parts, steps: Vec<Step>) -> TokenStream {
    let Parts { names, stages, cuts, outs, chains } = parts;
    let site = glue(Span::call_site());
    let role = argument(role);
    let mut all: Vec<TokenStream> = names.iter().map(|_| TokenStream::new()).collect();
    let mut at = 0;
    for next in steps {
        match next {
            Step::Part(part) => at = part,
            next => {
                let next = step(root, next);
                if let Some(steps) = all.get_mut(at) {
                    steps.extend(next);
                }
            }
        }
    }
    let carried: Vec<(usize, Var)> = cuts.iter().map(|cut| (cut.above, carried(cut.edge, cut.span))).collect();
    let queues: TokenStream = cuts.into_iter().map(|cut| queue(root, cut)).collect();
    let blocks = all.into_iter().zip(outs).zip(chains).enumerate().map(|(part, ((steps, outs), chains))| {
        let carried = carried.iter().filter(|(above, _)| *above == part).map(|(_, var)| *var);
        let leave: Vec<_> = outs.into_iter().chain(carried).map(local).collect();
        let (tasks, chains) = (local(tasks(part)), list(&chains));
        let (some, none) =
            (quote_spanned!(site=> ::core::option::Option::Some), quote_spanned!(site=> ::core::option::Option::None));
        let nothing = leave.iter().map(|_| quote!(#none,));
        quote_spanned! {site=>
            let (#(#leave,)* #tasks) = if plan.runs(#part) {
                #steps
                (#(#some(#leave),)* #some(#chains))
            } else {
                (#(#nothing)* #none)
            };
        }
    });
    let blocks: TokenStream = blocks.collect();
    quote_spanned!(site=> plan.roles(#role, &[#(#names),*], &[#(#stages),*]); #queues #blocks)
}

/// The queue of a cut, where one of the two parts is run here.
fn queue(root: &Crate, Cut { edge, above, below, arguments, span }: Cut) -> TokenStream {
    let (path, site) = (root.path(span), glue(span));
    let (name, arguments) = (local(queued(edge, span)), arguments.into_iter().map(argument));
    quote_spanned! {site=>
        let #name = if plan.runs(#above) || plan.runs(#below) {
            ::core::option::Option::Some(#path::operators::queue::cut(#(#arguments,)* plan.edge(#edge)))
        } else {
            ::core::option::Option::None
        };
    }
}

/// `let (c, t) = …;`
pub(super) fn publish(root: &Crate, edge: usize, span: Span) -> TokenStream {
    let (path, site) = (root.path(span), glue(span));
    let (carried, queue) = (local(carried(edge, span)), local(queued(edge, span)));
    let chain = local(Var { letter: 't', number: edge, span });
    quote_spanned!(site=> let (#carried, #chain) = #path::operators::queue::publish(s, &#queue, plan.edge(#edge));)
}

/// `let s = …;`
pub(super) fn fetch(root: &Crate, edge: usize, span: Span) -> TokenStream {
    let (path, site) = (root.path(span), glue(span));
    let (carried, queue) = (local(carried(edge, span)), local(queued(edge, span)));
    quote_spanned!(site=> let s = #path::operators::queue::fetch(&#carried, &#queue, plan.edge(#edge));)
}

/// The local that holds a cut's queue.
fn queued(edge: usize, span: Span) -> Var {
    Var { letter: 'q', number: edge, span }
}

/// The local that says of what type the items are that cross a cut.
fn carried(edge: usize, span: Span) -> Var {
    Var { letter: 'c', number: edge, span }
}
