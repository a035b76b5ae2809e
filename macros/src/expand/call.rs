//! The call of an operator.

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::hygiene::{Crate, glue};
use super::local;
use crate::operators::Kind;
use crate::plan::{Argument, Invocation, Var};

/// `let s = ::aqueduct::operators::name(s, arguments, plan.at(place));`; a link gives the chain above it too, a sink its output and its own chain.
pub(super) fn call(root: &Crate, invocation: Invocation) -> TokenStream {
    let Invocation { name, flavour, types, kind, asks, arguments, place } = invocation;
    let site = glue(name.span());
    let root = root.path(name.span());
    let flavour = (!flavour.is_empty()).then(|| {
        let flavour = Ident::new(&flavour, site);
        quote_spanned!(site=> ::#flavour)
    });
    let types = types.map(|(types, hidden)| {
        let hidden = (0..hidden).map(|_| quote_spanned!(site=> , _));
        quote_spanned!(site=> ::<#types #(#hidden)*>)
    });
    let asked = |function: &str| {
        let function = Ident::new(function, site);
        quote_spanned!(site=> #root::operators::given::#function)
    };
    let (input, items) = match kind {
        Kind::Source | Kind::FanIn => (TokenStream::new(), TokenStream::new()),
        Kind::Stage | Kind::Link | Kind::Sink => {
            let stream =
                asks.map(asked).map_or_else(|| quote_spanned!(site=> s), |asked| quote_spanned!(site=> #asked(s)));
            (quote_spanned!(site=> #stream,), quote_spanned!(site=> &items,))
        }
    };
    let mut begins = TokenStream::new();
    let arguments = arguments.into_iter().map(|given| match given {
        Argument::Asked(given, function) => {
            if !items.is_empty() {
                begins = quote_spanned!(site=> let items = #root::operators::given::items(&s););
            }
            let (given, asked) = (argument(*given), asked(&function));
            quote_spanned!(site=> #asked(#items #given),)
        }
        given => {
            let given = argument(given);
            quote_spanned!(site=> #given,)
        }
    });
    let arguments: TokenStream = arguments.collect();
    let at = match kind {
        Kind::Link => quote_spanned!(site=> plan.edge(#place)),
        _ => quote_spanned!(site=> plan.at(#place)),
    };
    let mut list = Group::new(Delimiter::Parenthesis, quote!(#input #arguments #at));
    list.set_span(site);
    let call = quote_spanned!(site=> #root::operators::#name #flavour #types #list);
    let var = |letter| local(Var { letter, number: place, span: name.span() });
    match kind {
        Kind::Sink => {
            let (out, chain) = (var('o'), var('k'));
            quote_spanned!(site=> #begins let (#out, #chain) = #root::__private::split(#call);)
        }
        Kind::Link => {
            let chain = var('t');
            quote_spanned!(site=> let (s, #chain) = #call;)
        }
        _ => quote_spanned!(site=> #begins let s = #call;),
    }
}

/// An argument: the user's tokens as they came, or what a literal of ours means.
pub(super) fn argument(given: Argument) -> TokenStream {
    match given {
        Argument::Tokens(tokens) => tokens,
        Argument::Raw(tokens, span) => {
            // In a group, so that rustc's recovery ends with it; placed in the text, so that it is not the macro that is underlined.
            let mut group = Group::new(Delimiter::Parenthesis, tokens);
            group.set_span(glue(span));
            TokenTree::Group(group).into()
        }
        Argument::Nanoseconds(number, span) => {
            let mut literal = Literal::u64_suffixed(number);
            literal.set_span(glue(span));
            quote_spanned!(glue(span)=> ::core::time::Duration::from_nanos(#literal))
        }
        Argument::Count(number, span) => {
            let mut literal = Literal::usize_suffixed(number);
            literal.set_span(glue(span));
            TokenTree::Literal(literal).into()
        }
        Argument::Some(inner, span) => {
            let inner = argument(*inner);
            quote_spanned!(glue(span)=> ::core::option::Option::Some(#inner))
        }
        Argument::Asked(inner, ..) => argument(*inner),
        Argument::None => quote!(::core::option::Option::None),
        Argument::Inputs(list) => {
            let list = local(list);
            quote!(#list)
        }
        Argument::Tuple(count, span) => {
            let site = glue(span);
            let names: Vec<_> = (0..count).map(|n| Ident::new(&format!("x{n}"), site)).collect();
            let nested = names.iter().fold(quote!(()), |before, name| quote!((#name, #before)));
            quote_spanned!(site=> |#nested| (#(#names),*))
        }
        Argument::Gates(inputs, span) => {
            let inputs = inputs.iter().map(|tasks| quote_spanned!(glue(span)=> &[#(#tasks),*],));
            quote_spanned!(glue(span)=> &[#(#inputs)*])
        }
    }
}
