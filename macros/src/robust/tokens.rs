//! Tokens without any order.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenTree};

use super::choices::Choices;

const WORDS: &[&str] = &[
    "let",
    "as",
    "match",
    "move",
    "if",
    "broadcast",
    "tap",
    "parallel",
    "iter",
    "map",
    "queue",
    "map_async",
    "collect",
    "discard",
    "merge",
    "from",
    "a",
    "b",
    "_",
    "async",
    "low",
    "overflow",
    "fail",
    "crate",
    "name",
    "Ok",
    "x",
    "batch",
    "enumerate",
    "for_each",
    "dyn",
    "return",
    "zip",
    "concat",
    "interleave",
    "prefer",
    "skip",
    "latest",
];

const LITERALS: &[&str] = &["0", "3", "5ms", "1.5s", "64KiB", "7zz", "0x1s", "\"t\"", "'c'", "1e3"];

const DELIMITERS: &[Delimiter] = &[Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None];

pub(super) fn tokens(choices: &mut Choices<'_>, depth: usize) -> Vec<TokenTree> {
    (0..choices.below(14)).flat_map(|_| token(choices, depth)).collect()
}

/// One token, or the two of an arrow, or none where it would be too deep.
pub(super) fn token(choices: &mut Choices<'_>, depth: usize) -> Vec<TokenTree> {
    let punct = |c, spacing| TokenTree::from(Punct::new(c, spacing));
    match choices.below(10) {
        0..=3 => vec![Ident::new(choices.of(WORDS), Span::call_site()).into()],
        4 | 5 => vec![punct('-', Spacing::Joint), punct('>', Spacing::Alone)],
        6 => vec![choices.of(LITERALS).parse::<Literal>().expect("a literal").into()],
        7 => {
            let c = choices.of(&[';', ',', '=', '?', '|', '#', '!', ':', '<', '>', '.', '&', '-']);
            vec![punct(c, choices.of(&[Spacing::Joint, Spacing::Alone]))]
        }
        _ if depth < 5 => {
            let delimiter = choices.of(DELIMITERS);
            vec![Group::new(delimiter, tokens(choices, depth + 1).into_iter().collect()).into()]
        }
        _ => vec![],
    }
}
