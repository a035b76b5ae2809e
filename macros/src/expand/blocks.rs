//! What belongs to blocks, and to fan-ins.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::call::argument;
use super::hygiene::{Crate, glue};
use super::{list, local};
use crate::plan::{Argument, Copies, Joint, Patterns, Step, Var};

pub(super) fn step(root: &Crate, step: Step) -> TokenStream {
    match step {
        Step::Input { list, first, zip, span } => {
            let (path, site, inputs) = (root.path(span), glue(span), local(list));
            match (first, zip) {
                (true, false) => quote_spanned!(site=> let #inputs = #path::__private::input(s);),
                (false, false) => quote_spanned!(site=> let #inputs = #path::__private::and_input(#inputs, s);),
                (true, true) => quote_spanned!(site=> let #inputs = #path::__private::zip_input(s);),
                (false, true) => quote_spanned!(site=> let #inputs = #path::__private::and_zip_input(#inputs, s);),
            }
        }
        Step::Cases { block, patterns } => cases(root, block, patterns),
        Step::Case { cases } => {
            let (path, site) = (root.path(cases.span), glue(cases.span));
            let cases = local(cases);
            quote_spanned!(site=> let (s, #cases) = #path::__private::case(#cases);)
        }
        Step::Copy { block } => {
            let (path, site) = (root.path(block.span), glue(block.span));
            let block = local(block);
            quote_spanned!(site=> let s = #path::__private::copy_of(&#block);)
        }
        Step::Closed { arm, chain } => {
            let (path, site) = (root.path(arm.span), glue(arm.span));
            let (arm, chain) = (local(arm), local(chain));
            quote_spanned!(site=> let #arm = #path::__private::closed(#chain);)
        }
        Step::Open { arm, gives, first } => {
            let (path, site) = (root.path(arm.span), glue(arm.span));
            let (arm, gives) = (local(arm), local(gives));
            if first {
                quote_spanned!(site=> let (#arm, #gives) = #path::__private::open(s);)
            } else {
                quote_spanned!(site=> let #arm = #path::__private::open_as(s, &#gives);)
            }
        }
        Step::Block(joint) => block(root, joint),
        Step::Nowhere { stage, chain } => {
            let (path, site, bound) = (root.path(chain.span), glue(chain.span), local(chain));
            quote_spanned!(site=> let #bound = #path::__private::nowhere(s, plan.at(#stage));)
        }
        Step::Parallel(copies) => parallel(root, copies),
        _ => TokenStream::new(),
    }
}

/// `match` as a function that says into which arm an item goes.
fn cases(root: &Crate, block: Var, patterns: Patterns) -> TokenStream {
    let Patterns { moves, word, arms, cases } = patterns;
    let (path, site) = (root.path(word), glue(word));
    let ty = (0..cases).fold(
        quote_spanned!(site=> #path::__private::NoCase),
        |rest, _| quote_spanned!(site=> #path::__private::Case<_, #rest>),
    );
    let arms = arms.into_iter().map(|arm| {
        let value = if arm.value.readable {
            arm.value.tokens
        } else {
            argument(Argument::Raw(arm.value.tokens, arm.value.span))
        };
        let this = quote_spanned!(site=> #path::__private::Case::This(#value));
        let value = (0..arm.case).fold(this, |inner, _| quote_spanned!(site=> #path::__private::Case::Other(#inner)));
        let (pattern, guard) = (arm.pattern, arm.guard.map(|guard| quote_spanned!(site=> if #guard)));
        quote_spanned!(site=> #pattern #guard => #value,)
    });
    // The words that rustc points at when an arm is missing.
    let mut body = Group::new(Delimiter::Brace, arms.collect());
    body.set_span(site);
    let body = TokenTree::Group(body);
    let moves = moves.then(|| quote_spanned!(site=> move));
    let (kept, look, rest) = (local(block), local(Var { letter: 'f', ..block }), local(Var { letter: 'w', ..block }));
    quote_spanned! {site=>
        let (s, #look, #rest) = #path::__private::cases(s, #moves |it| -> #ty { match it #body });
        let #kept = s;
    }
}

fn block(root: &Crate, joint: Joint) -> TokenStream {
    let Joint { function, block, arms, gives, stage } = joint;
    let (path, site, kept) = (root.path(block.span), glue(block.span), local(block));
    let name = proc_macro2::Ident::new(function, site);
    if function == "tap" {
        let arms = arms.iter().map(|arm| local(*arm));
        return quote_spanned!(site=> let s = #path::operators::#name(#kept, #(#arms,)* plan.at(#stage)););
    }
    let look = (function == "route").then(|| {
        let look = local(Var { letter: 'f', ..block });
        quote_spanned!(site=> #look,)
    });
    let reversed: Vec<_> = arms.into_iter().rev().collect();
    let arms = list(&reversed);
    let gives = gives.map_or_else(
        || quote_spanned!(site=> #path::__private::gives_nothing()),
        |gives| {
            let gives = local(gives);
            quote!(#gives)
        },
    );
    quote_spanned!(site=> let s = #path::operators::#name(#kept, #look #arms, #gives, plan.at(#stage));)
}

/// The copies of an arm, built in turn: a loop and not a closure, so that `?` and `.await` work in its arguments.
fn parallel(root: &Crate, copies: Copies) -> TokenStream {
    let Copies { block, count, stage, stages, tasks, steps, chains, outs, inputs } = copies;
    let (path, site, turns) = (root.path(block.span), glue(block.span), local(block));
    let (count, all) = (argument(count), local(Var { letter: 'p', ..block }));
    let ((s0, s1), (t0, t1)) = (stages, tasks);
    let steps: TokenStream = steps.into_iter().map(|step| super::step(root, step)).collect();
    let outs: Vec<_> = outs.into_iter().map(local).collect();
    let gathered = outs.iter().map(|_| quote_spanned!(site=> #path::__private::Gathered::new()));
    // Each `parallel` has names of its own for them: one within another gathers what that has gathered.
    let gathers = outs.iter().map(|out| proc_macro2::Ident::new(&format!("{out}s{}", block.number), site));
    let gathers: Vec<_> = gathers.collect();
    let inputs = inputs.map(local);
    let inputs_begin = inputs.iter().map(|inputs| quote_spanned!(site=> let mut #inputs = #path::__private::inputs();));
    let (inputs_begin, chains) = (inputs_begin.collect::<TokenStream>(), list(&chains));
    let push = inputs.iter().map(|inputs| quote_spanned!(site=> #inputs.push(s);)).collect::<TokenStream>();
    let keep = inputs.is_none().then(|| quote_spanned!(site=> let _ = &plan;));
    quote_spanned! {site=>
        #(let mut #gathers = #gathered;)*
        #inputs_begin
        let mut #turns = #path::operators::parallel(s, #count, plan.copies(#stage, #s0..#s1, #t0..#t1));
        let mut #all = #path::__private::copies();
        while let ::core::option::Option::Some(s) = #turns.next_copy(&mut plan) {
            #steps
            #push
            #keep
            #all.push(#chains);
            #(#gathers.push(#outs);)*
        }
        #(let #outs = #gathers;)*
    }
}
