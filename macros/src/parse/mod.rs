//! Tokens to ast.
//!
//! ```text
//! pipeline = { "#![" name "=" expr "]" } { [ "let" pattern "=" ] chain ";" } [ chain ]
//! pattern  = ident | "(" ident { "," ident } [ "," ] ")"
//! chain    = head { "->" step }
//! head     = operator | ident | "_" [ ":" type ]
//! step     = operator | block [ "as" ident ] | "_"
//! operator = name [ "::<" types ">" ] "(" [ arg { "," arg } [ "," ] ] ")" [ "?" ] [ "as" ident ]
//! arg      = name "=" expr | chain (fan-ins only) | expr
//! block    = "match" [ "move" ] "{" pat [ "if" expr ] "=>" expr { "->" step } { "," … } [ "," ] "}"
//!          | "broadcast" [ "{" arm { "," arm } [ "," ] "}" ] | "tap" "{" arm "}" | "parallel" "(" n ")" "{" arm "}"
//! arm      = step { "->" step }
//! ```
//!
//! Read `tokens.rs` (a position in the text), then this file and `chain.rs`, `operator.rs`, `block.rs` by the grammar;
//! `rust.rs` finds the ends of the user's expressions. What cannot be read is reported once, and reading goes on at the next
//! `->`, `,` or `;`.

mod block;
mod chain;
mod operator;
mod rust;
mod tokens;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use crate::ast::{Binding, Pipeline, Setting, Statement, Value};
use crate::diagnostic::Errors;
use crate::literal::span_of;
use crate::message;
use tokens::{Tokens, list, stream};

/// What every part of the grammar shares.
struct Parser<'e> {
    errors: &'e mut Errors,
    /// Blocks and fan-ins around the place being read.
    depth: usize,
}

/// Reads the text of a pipeline.
pub(crate) fn parse(input: TokenStream, errors: &mut Errors) -> Pipeline {
    let trees = list(input);
    let mut text = Tokens::new(&trees, trees.last().map_or_else(Span::call_site, |token| token.span()));
    let mut parser = Parser { errors, depth: 0 };
    let mut pipeline = Pipeline { settings: Vec::new(), statements: Vec::new() };
    let before = parser.errors.list.len();
    while !text.is_empty() {
        if text.is_punct(0, '#') {
            let late = !pipeline.statements.is_empty();
            pipeline.settings.extend(parser.setting(&mut text, late));
        } else if text.at_arrow()
            && let Some(last) = pipeline.statements.last_mut()
        {
            parser.errors.push(text.span(), message::arrow_after_end());
            parser.steps(&mut text, false, &mut last.chain.steps);
        } else if text.eat_punct(';').is_none() {
            pipeline.statements.push(parser.statement(&mut text));
        }
    }
    if pipeline.statements.is_empty() && parser.errors.list.len() == before {
        parser.errors.push(text.span(), message::empty_pipeline());
    }
    pipeline
}

impl Parser<'_> {
    fn setting(&mut self, text: &mut Tokens<'_>, late: bool) -> Option<Setting> {
        let hash = text.span();
        text.take(1);
        text.eat_punct('!');
        let Some(group) = text.eat_group(Delimiter::Bracket) else {
            self.errors.push(hash, message::expected_setting());
            text.recover(false);
            return None;
        };
        let inner = list(group.stream());
        let mut inside = Tokens::new(&inner, group.span_close());
        let name = inside.ident(0).cloned();
        inside.take(1);
        match name {
            Some(name) if inside.is_equals(0) && inside.rest().len() > 1 => {
                inside.take(1);
                if late {
                    self.errors.push(name.span(), message::setting_after_chain());
                }
                Some(Setting { name, value: value(inside) })
            }
            _ => {
                self.errors.push(group.span(), message::expected_setting());
                None
            }
        }
    }

    fn statement(&mut self, text: &mut Tokens<'_>) -> Statement {
        let binding = text.eat_word("let").map(|word| self.binding(word.span(), text));
        let chain = self.chain(text, false);
        if !text.is_empty() && text.eat_punct(';').is_none() {
            text.take(1);
        }
        Statement { binding, chain }
    }

    fn binding(&mut self, word: Span, text: &mut Tokens<'_>) -> Binding {
        let mut binding = Binding { word, names: Vec::new(), tuple: false };
        if text.is_word(0, "mut") && text.ident(1).is_some() {
            self.errors.push(text.span(), message::stream_is_not_mut());
            text.take(1);
        }
        let at = text.span();
        let mut sound = true;
        if let Some(name) = text.eat_name() {
            if text.is_punct(0, ':') {
                self.errors.push(text.span(), message::stream_has_no_written_type(&name.to_string()));
                while !text.is_empty() && !text.is_punct(0, ';') && !text.is_equals(0) {
                    text.take(1);
                }
            }
            binding.names.push(name);
        } else if let Some(group) = text.eat_group(Delimiter::Parenthesis) {
            binding.tuple = true;
            let inner = list(group.stream());
            let mut inside = Tokens::new(&inner, group.span_close());
            while let Some(name) = inside.eat_name() {
                binding.names.push(name);
                if inside.eat_punct(',').is_none() {
                    break;
                }
            }
            sound = inside.is_empty();
        } else {
            sound = false;
        }
        if sound && text.is_equals(0) {
            text.take(1);
            return binding;
        }
        if let (Some(name), true) = (binding.names.first(), sound) {
            // The chain itself may be well.
            self.errors.push(text.span(), message::expected_equals(&name.to_string()));
            return binding;
        }
        self.errors.push(at, message::expected_pattern());
        while !text.is_empty() && !text.is_punct(0, ';') && !text.is_equals(0) {
            text.take(1);
        }
        if text.is_equals(0) {
            text.take(1);
        }
        binding
    }
}

/// All that is left, as one expression.
fn value(text: Tokens<'_>) -> Value {
    let readable = rust::expression(text.rest()) == Some(text.rest().len());
    let end = text.rest().last().filter(|_| !readable).map(TokenTree::span);
    let value = read(text);
    Value { readable, span: end.unwrap_or(value.span), ..value }
}

/// All that is left, known to be one expression.
fn read(text: Tokens<'_>) -> Value {
    let tokens = stream(text.rest());
    Value { span: span_of(&tokens, text.span()), tokens, readable: true }
}

#[cfg(test)]
mod tests;
