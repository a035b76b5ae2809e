//! Rust inside the macro: how many tokens an expression, a type or a pattern takes. Its tokens are only counted, never
//! rebuilt, so that they go out as they came.

use proc_macro2::{TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, Pat, Type};

use super::tokens::{Tokens, stream};

/// Deeper groups, or longer runs of prefixes, go to rustc unread: syn recurses, rustc grows its stack.
const DEPTH: usize = 64;

/// The tokens of the expression at the front.
pub(crate) fn expression(tokens: &[TokenTree]) -> Option<usize> {
    prefix(tokens, |input| input.parse::<Expr>().map(drop))
}

/// The tokens of the type at the front, read greedily.
pub(crate) fn a_type(tokens: &[TokenTree]) -> Option<usize> {
    prefix(tokens, |input| Type::parse(input).map(drop))
}

/// The tokens of the pattern at the front.
pub(crate) fn pattern(tokens: &[TokenTree]) -> Option<usize> {
    prefix(tokens, |input| Pat::parse_multi_with_leading_vert(input).map(drop))
}

fn prefix(tokens: &[TokenTree], read: impl Fn(ParseStream<'_>) -> syn::Result<()>) -> Option<usize> {
    if is_deep(tokens) {
        return None;
    }
    let parser = |input: ParseStream<'_>| {
        let start = input.cursor();
        read(input)?;
        let count = between(start, input.cursor()).ok_or_else(|| input.error(""));
        input.parse::<TokenStream>()?;
        count
    };
    parser.parse2(stream(tokens)).ok().filter(|count| *count > 0)
}

/// The lengths of the expressions in a list, without their commas; `None` if it is not such a list.
pub(crate) fn expressions(tokens: &[TokenTree]) -> Option<Vec<usize>> {
    if is_deep(tokens) {
        return None;
    }
    let parser = |input: ParseStream<'_>| {
        let mut lengths = Vec::new();
        while !input.is_empty() {
            let start = input.cursor();
            input.parse::<Expr>()?;
            lengths.push(between(start, input.cursor()).ok_or_else(|| input.error(""))?);
            if !input.is_empty() {
                input.parse::<syn::Token![,]>()?;
            }
        }
        Ok(lengths)
    };
    parser.parse2(stream(tokens)).ok()
}

fn between(start: Cursor<'_>, end: Cursor<'_>) -> Option<usize> {
    let mut count = 0;
    let mut at = start;
    while at != end {
        (_, at) = at.token_tree()?;
        count += 1;
    }
    Some(count)
}

/// The lengths of the parts of a list that syn cannot read, by its commas: those of a closure's parameters and of `::<…>` do
/// not count.
pub(crate) fn raw(tokens: &[TokenTree]) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut rest = Tokens::new(tokens, proc_macro2::Span::call_site());
    let mut length = 0;
    let mut may_begin = true;
    while !rest.is_empty() {
        if rest.is_punct(0, ',') {
            lengths.push(length);
            rest.take(1);
            (length, may_begin) = (0, true);
            continue;
        }
        let step = if may_begin && rest.is_punct(0, '|') {
            parameters(rest)
        } else if rest.is_pair(0, ':', ':') && rest.is_punct(2, '<') {
            turbofish(rest)
        } else {
            1
        };
        may_begin = match rest.peek(0) {
            Some(TokenTree::Ident(word)) => {
                ["move", "async", "static", "return", "break"].iter().any(|other| word == other)
            }
            Some(TokenTree::Punct(punct)) => punct.as_char() == '=',
            _ => false,
        };
        rest.take(step);
        length += step;
    }
    if length > 0 {
        lengths.push(length);
    }
    lengths
}

/// The tokens of `|a, b|`.
fn parameters(tokens: Tokens<'_>) -> usize {
    (1..tokens.rest().len()).find(|n| tokens.is_punct(*n, '|')).map_or(1, |n| n + 1)
}

/// The tokens of `::<A, B>`.
pub(crate) fn turbofish(tokens: Tokens<'_>) -> usize {
    let mut depth = 0_usize;
    for n in 2..tokens.rest().len() {
        if tokens.is_pair(n.saturating_sub(1), '-', '>') {
            continue;
        }
        if tokens.is_punct(n, '<') {
            depth += 1;
        } else if tokens.is_punct(n, '>') {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return n + 1;
            }
        }
    }
    2
}

/// Whether reading `tokens` might recurse too deep.
fn is_deep(tokens: &[TokenTree]) -> bool {
    let mut waiting: Vec<(TokenTree, usize)> = tokens.iter().cloned().map(|token| (token, 0)).rev().collect();
    let mut nesting = 0;
    while let Some((token, depth)) = waiting.pop() {
        match &token {
            TokenTree::Group(group) => {
                if depth >= DEPTH {
                    return true;
                }
                let inner: Vec<_> = group.stream().into_iter().map(|token| (token, depth + 1)).collect();
                waiting.extend(inner.into_iter().rev());
            }
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => nesting = 0,
            TokenTree::Punct(punct) if matches!(punct.as_char(), '!' | '-' | '*' | '&' | '|' | '=' | '<' | '^') => {
                nesting += 1
            }
            TokenTree::Ident(word)
                if ["else", "return", "break", "yield", "move", "for", "dyn", "impl", "fn"]
                    .iter()
                    .any(|other| word == other) =>
            {
                nesting += 1;
            }
            _ => {}
        }
        if nesting > 2 * DEPTH {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::tokens::list;

    fn parts(text: &str, split: impl Fn(&[TokenTree]) -> Vec<usize>) -> usize {
        split(&list(text.parse().unwrap())).len()
    }

    #[test]
    fn splits_at_the_commas_of_the_list() {
        crate::time_limit::begin();
        for (text, count) in [
            ("", 0),
            ("a", 1),
            ("a, b,", 2),
            ("|a, b| a + b, 5", 2),
            ("f::<A, B>(x), y", 2),
            ("c || d, 5", 2),
            ("|x| -> u8 { x }, low = 2", 2),
            ("a as u8, b < c, d > e", 3),
            ("async move |a, b| a, x", 2),
        ] {
            assert_eq!(parts(text, |tokens| expressions(tokens).unwrap()), count, "{text}");
            assert_eq!(parts(text, raw), count, "raw {text}");
        }
        assert_eq!(parts("|x| x., 5", raw), 2);
        assert_eq!(parts("move |x, y| x., 5", raw), 2);
        assert_eq!(parts("|| x., 5", raw), 2);
    }

    #[test]
    fn deep_text_goes_unread() {
        crate::time_limit::begin();
        let deep = format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000));
        assert_eq!(expression(&list(deep.parse().unwrap())), None);
        let long = format!("{}1", "!".repeat(100_000));
        assert_eq!(expression(&list(long.parse().unwrap())), None);
        let right = format!("{}1", "a = ".repeat(10_000));
        assert_eq!(expression(&list(right.parse().unwrap())), None);
    }
}
