//! A pattern as a person would write it, for the labels of a graph.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// `pattern if guard`, on one line.
pub(crate) fn tidy(pattern: &TokenStream, guard: Option<&TokenStream>) -> String {
    let mut text = String::new();
    write(pattern, &mut text);
    if let Some(guard) = guard {
        text.push_str(" if ");
        write(guard, &mut text);
    }
    text
}

/// Spaces stand between words, around operators, and behind `,` and `:`.
fn write(tokens: &TokenStream, text: &mut String) {
    let mut before = Before::Start;
    for token in tokens.clone() {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                if before == Before::Operator && group.delimiter() != Delimiter::Brace {
                    text.push(' ');
                }
                text.push_str(open);
                write(&group.stream(), text);
                text.push_str(close);
                before = Before::Word;
            }
            TokenTree::Punct(punct) => {
                let sign = punct.as_char();
                let tight = matches!(sign, '.' | '\'' | '!' | '?' | '&' | '*' | ',' | ';' | ':');
                let parts = !tight && !matches!(before, Before::Joined | Before::Start);
                let begins_and = sign == '&' && punct.spacing() == Spacing::Joint && before == Before::Word;
                let begins = before == Before::Operator && !matches!(sign, ',' | ';' | ':' | '?');
                if parts || begins_and || begins {
                    text.push(' ');
                }
                text.push(sign);
                before = match sign {
                    '&' if text.ends_with("&&") => Before::Operator,
                    _ if punct.spacing() == Spacing::Joint => Before::Joined,
                    '.' | '\'' | '!' | '&' | '*' => Before::Start,
                    '=' if text.ends_with("..=") => Before::Start,
                    ':' if text.ends_with("::") => Before::Start,
                    _ => Before::Operator,
                };
            }
            other => {
                if matches!(before, Before::Word | Before::Operator) {
                    text.push(' ');
                }
                text.push_str(&other.to_string());
                before = Before::Word;
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Start,
    Word,
    Operator,
    Joined,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_read_as_they_are_written() {
        crate::time_limit::begin();
        for text in [
            "Ok(e)",
            "Err(_)",
            "x if x > 3",
            "Event::Open { id, .. }",
            "(a, b) if a.is_some() && !b.is_empty()",
            "[first, .., last]",
            "1..=5",
            "Some(\"a\") | None",
            "&Point { x: 0, y }",
            "n if n % 2 == 0",
        ] {
            let (pattern, guard) = text.split_once(" if ").map_or((text, None), |(p, g)| (p, Some(g)));
            let guard = guard.map(|guard| guard.parse().unwrap());
            assert_eq!(tidy(&pattern.parse().unwrap(), guard.as_ref()), text);
        }
    }
}
