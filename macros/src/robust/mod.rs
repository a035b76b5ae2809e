//! Texts that nobody would write, made of bytes: by seeded tests (`driver/tests/robust.rs`) and by the targets in `fuzz/`, which
//! builds this crate as an ordinary library, since a macro cannot be linked.
//!
//! Of every text the expansion is tokens and no panic, the same each time, and not longer than a multiple of the text.
//!
//! `choices.rs` reads bytes as decisions, `tokens.rs` and `grammar.rs` make tokens and texts of them, `mutants.rs` spoils sound ones.

mod choices;
mod grammar;
mod mutants;
mod tokens;

use proc_macro2::{TokenStream, TokenTree};

use choices::Choices;

/// What any expansion may have, and how many tokens for each of the text's.
const ALWAYS: usize = 600;
const EACH: usize = 40;

/// The bytes themselves, if they are a text that rustc would give to a macro.
pub fn text(bytes: &[u8]) -> Option<Sound> {
    std::str::from_utf8(bytes).ok()?.parse().ok().map(check)
}

/// Any tokens, most of them words of the language.
pub fn tokens(bytes: &[u8]) -> Option<Sound> {
    Some(check(tokens::tokens(&mut Choices::new(bytes), 0).into_iter().collect()))
}

/// A text by the grammar, which may still break other rules.
pub fn grammar(bytes: &[u8]) -> Option<Sound> {
    grammar::pipeline(&mut Choices::new(bytes)).parse().ok().map(check)
}

/// A sound text with some tokens moved, lost or put in.
pub fn mutants(bytes: &[u8]) -> Option<Sound> {
    mutants::mutant(bytes).map(check)
}

/// Whether a text was without mistakes.
pub type Sound = bool;

/// Expands a text and checks what is promised of every expansion.
pub(crate) fn check(input: TokenStream) -> Sound {
    let shown = Shown(input.clone());
    let output = crate::driver::expand(input.clone());
    let (before, _) = count(input.clone());
    let (after, errors) = count(output.clone());
    assert!(after <= ALWAYS + EACH * before, "{before} tokens became {after}: {output}");
    assert!(same(output, crate::driver::expand(input)), "expanded twice, it is not the same");
    drop(shown);
    // Every text that was ever parsed is kept, for the places of its words.
    proc_macro2::extra::invalidate_current_thread_spans();
    errors == 0
}

/// Shows the text when its check panics.
struct Shown(TokenStream);

impl Drop for Shown {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the text was: {}", self.0);
        }
    }
}

/// How many tokens there are, those within groups too, and how many of them are errors of ours. As `same`, without recursion.
fn count(tokens: TokenStream) -> (usize, usize) {
    let (mut count, mut errors, mut open) = (0, 0, vec![tokens]);
    while let Some(tokens) = open.pop() {
        for token in tokens {
            count += 1;
            match token {
                TokenTree::Group(group) => open.push(group.stream()),
                TokenTree::Ident(word) => errors += usize::from(word == "compile_error"),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    (count, errors)
}

fn same(one: TokenStream, other: TokenStream) -> bool {
    let mut open = vec![(one, other)];
    while let Some((one, other)) = open.pop() {
        let (mut one, mut other) = (one.into_iter(), other.into_iter());
        loop {
            match (one.next(), other.next()) {
                (None, None) => break,
                (Some(TokenTree::Group(a)), Some(TokenTree::Group(b))) if a.delimiter() == b.delimiter() => {
                    open.push((a.stream(), b.stream()));
                }
                (Some(TokenTree::Ident(a)), Some(TokenTree::Ident(b))) if a == b => {}
                (Some(TokenTree::Punct(a)), Some(TokenTree::Punct(b)))
                    if (a.as_char(), a.spacing()) == (b.as_char(), b.spacing()) => {}
                (Some(TokenTree::Literal(a)), Some(TokenTree::Literal(b))) if a.to_string() == b.to_string() => {}
                _ => return false,
            }
        }
    }
    true
}
