//! Chains, their heads and their steps.

use proc_macro2::{Delimiter, TokenTree};

use super::tokens::{Tokens, stream};
use super::{Parser, rust};
use crate::ast::{Chain, Head, Step};
use crate::diagnostic::Mistake;
use crate::message;

/// Blocks and fan-ins may nest so deep.
const NESTING: usize = 64;

impl Parser<'_> {
    /// A chain, up to `;` (or, in a list, `,`) or the end.
    pub(super) fn chain(&mut self, text: &mut Tokens<'_>, in_list: bool) -> Chain {
        let head = self.head(text, in_list);
        let mut steps = Vec::new();
        self.steps(text, in_list, &mut steps);
        Chain { head, steps }
    }

    /// `{ "->" step }`; what stands where an arrow is missing is a step that could not be read.
    pub(super) fn steps(&mut self, text: &mut Tokens<'_>, in_list: bool, steps: &mut Vec<Step>) {
        while !text.ends_chain(in_list) {
            if text.eat_arrow() {
                steps.push(self.step(text, in_list));
            } else {
                let mistake = Mistake::new(text.span(), message::expected_arrow(text.found().as_deref()));
                text.recover(in_list);
                steps.push(Step::Unknown(mistake));
            }
        }
    }

    /// Runs `read` one level deeper, unless that is too deep.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= NESTING {
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        Some(result)
    }

    fn head(&mut self, text: &mut Tokens<'_>, in_list: bool) -> Head {
        if text.is_word(0, "_") {
            return self.open_head(text);
        }
        let block = text.is_word(0, "match") || begins_block(*text);
        let named = text.ident(0).cloned().filter(|_| !block);
        let head = match named {
            Some(_) if begins_operator(*text) => self.operator(text).map_or_else(Head::Unknown, Head::Operator),
            Some(name) if !goes_on(*text) => {
                text.take(1);
                Head::Stream(name)
            }
            Some(name) => Head::Unknown(match path(*text) {
                Some(path) => Mistake::new(name.span(), message::not_a_path(&path)),
                None if text.ident(1).is_some() => {
                    text.take(1);
                    Mistake::new(text.span(), message::expected_arrow(text.found().as_deref()))
                }
                None => Mistake::new(name.span(), message::expected_head(&name.to_string())),
            }),
            None if block => {
                let word = text.found().unwrap_or_default();
                Head::Unknown(Mistake::new(text.span(), message::block_at_head(&word)))
            }
            None => {
                let found = text.found().unwrap_or_else(|| "nothing".into());
                Head::Unknown(Mistake::new(text.span(), message::expected_head(&found)))
            }
        };
        if matches!(head, Head::Unknown(_)) {
            text.recover(in_list);
        }
        head
    }

    fn open_head(&mut self, text: &mut Tokens<'_>) -> Head {
        let underscore = text.span();
        text.take(1);
        if !text.is_punct(0, ':') {
            return Head::Open(underscore, None);
        }
        text.take(1);
        match rust::a_type(text.rest()) {
            Some(length) => Head::Open(underscore, Some(stream(text.take(length)))),
            None => {
                let mistake = Mistake::new(text.span(), message::expected_type());
                text.recover(false);
                Head::Unknown(mistake)
            }
        }
    }

    /// A step, after its arrow.
    pub(super) fn step(&mut self, text: &mut Tokens<'_>, in_list: bool) -> Step {
        if text.is_word(0, "_") {
            let span = text.span();
            text.take(1);
            return Step::Open(span);
        }
        let step = if begins_block(*text) {
            self.block(text).map_or_else(Step::Unknown, Step::Block)
        } else if text.is_word(0, "move") && text.is_word(1, "match") {
            Step::Unknown(Mistake::new(text.span(), message::move_before_match()))
        } else if text.ident(0).is_none() {
            Step::Unknown(Mistake::new(text.span(), message::expected_step(text.found().as_deref())))
        } else if let Some(path) = path(*text) {
            Step::Unknown(Mistake::new(text.span(), message::not_a_path(&path)))
        } else {
            self.operator(text).map_or_else(Step::Unknown, Step::Operator)
        };
        if matches!(step, Step::Unknown(_)) {
            text.recover(in_list);
        }
        step
    }
}

/// A word that begins a block. `broadcast` is one without braces, too, `tap` and `parallel` are even if misspelt as calls.
fn begins_block(text: Tokens<'_>) -> bool {
    ["match", "broadcast", "tap", "parallel"].iter().any(|word| text.is_word(0, word))
}

/// `name(` or `name::<`
fn begins_operator(text: Tokens<'_>) -> bool {
    text.group(1, Delimiter::Parenthesis).is_some() || (text.is_pair(1, ':', ':') && text.is_punct(3, '<'))
}

/// Whether something other than the end of a name follows.
fn goes_on(text: Tokens<'_>) -> bool {
    text.peek(1).is_some() && !text.is_pair(1, '-', '>') && !text.is_punct(1, ';') && !text.is_punct(1, ',')
}

/// `a::b::c`, where an operator's name should be one word.
fn path(text: Tokens<'_>) -> Option<String> {
    if !text.is_pair(1, ':', ':') || text.is_punct(3, '<') {
        return None;
    }
    let words = text.rest().iter().take_while(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    });
    Some(words.take(32).map(ToString::to_string).collect())
}
