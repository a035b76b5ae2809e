//! The four blocks and their arms.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenTree};

use super::tokens::{Tokens, list, stream};
use super::{Parser, rust, value};
use crate::ast::{Block, Body, MatchArm, Step, Value};
use crate::diagnostic::Mistake;
use crate::literal::span_of;
use crate::message;

impl Parser<'_> {
    /// A block, at its word.
    pub(super) fn block(&mut self, text: &mut Tokens<'_>) -> Result<Block, Mistake> {
        let Some(word) = text.eat_name() else {
            return Err(Mistake::new(text.span(), message::expected_step(None)));
        };
        let body = self
            .nested(|parser| parser.body(&word, text))
            .unwrap_or_else(|| Err(Mistake::new(word.span(), message::too_deep())))?;
        if let Some(span) = text.eat_punct('?') {
            self.errors.push(span, message::block_cannot_fail(&word.to_string()));
        }
        let label = self.label(text);
        Ok(Block { word, body, label })
    }

    fn body(&mut self, word: &Ident, text: &mut Tokens<'_>) -> Result<Body, Mistake> {
        let name = word.to_string();
        let wrong = |text: String| Mistake::new(word.span(), text);
        if name == "parallel" {
            let count = text.eat_group(Delimiter::Parenthesis).ok_or_else(|| wrong(message::parallel_block()))?;
            let inner = list(count.stream());
            let count = value(Tokens::new(&inner, count.span_close()));
            let group = text.eat_group(Delimiter::Brace).ok_or_else(|| wrong(message::parallel_block()))?;
            return Ok(Body::Parallel(count, self.arms(group)));
        }
        let moves = name == "match" && text.eat_word("move").is_some();
        let Some(group) = text.eat_group(Delimiter::Brace) else {
            let copies = name == "broadcast" && text.group(0, Delimiter::Parenthesis).is_none();
            return if copies { Ok(Body::Copies) } else { Err(wrong(message::expected_block(&name))) };
        };
        Ok(match name.as_str() {
            "match" => Body::Match { moves, arms: self.match_arms(group) },
            "broadcast" => Body::Broadcast(self.arms(group)),
            _ => Body::Tap(self.arms(group)),
        })
    }

    fn arms(&mut self, group: &Group) -> Vec<Vec<Step>> {
        let trees = list(group.stream());
        let mut text = Tokens::new(&trees, group.span_close());
        let mut arms = Vec::new();
        while !text.is_empty() {
            let mut steps = vec![self.step(&mut text, true)];
            self.steps(&mut text, true, &mut steps);
            arms.push(steps);
            // A `;` ends an arm by mistake: `steps` stops there, and the next arm begins behind it.
            if let Some(span) = text.eat_punct(';') {
                self.errors.push(span, message::expected_arrow(Some(";")));
            }
            text.eat_punct(',');
        }
        arms
    }

    fn match_arms(&mut self, group: &Group) -> Vec<MatchArm> {
        let trees = list(group.stream());
        let mut text = Tokens::new(&trees, group.span_close());
        let mut arms = Vec::new();
        while !text.is_empty() {
            let at = text.span();
            match self.match_arm(&mut text) {
                Some(arm) => arms.push(arm),
                None => {
                    self.errors.push(at, message::broken_arm());
                    while !text.is_empty() && !text.is_punct(0, ',') {
                        text.take(1);
                    }
                }
            }
            if let Some(span) = text.eat_punct(';') {
                self.errors.push(span, message::expected_arrow(Some(";")));
            }
            text.eat_punct(',');
        }
        arms
    }

    fn match_arm(&mut self, text: &mut Tokens<'_>) -> Option<MatchArm> {
        let length = rust::pattern(text.rest())?;
        let pattern = stream(text.take(length));
        let mut guard = None;
        if text.eat_word("if").is_some() {
            let length = rust::expression(text.rest())?;
            guard = Some(stream(text.take(length)));
        }
        if !text.is_pair(0, '=', '>') {
            return None;
        }
        text.take(2);
        let start = text.rest();
        let value = arm_value(text)?;
        let mut steps = Vec::new();
        self.steps(text, true, &mut steps);
        let read = start.len() - text.rest().len();
        let end = start.get(..read).and_then(|arm| arm.last()).map_or(value.span, TokenTree::span);
        Some(MatchArm { pattern, guard, value, steps, end })
    }
}

/// The expression before an arm's first arrow; raw up to there if it cannot be read.
fn arm_value(text: &mut Tokens<'_>) -> Option<Value> {
    let otherwise: Span = text.span();
    let read = rust::expression(text.rest());
    let tokens = match read {
        Some(length) => stream(text.take(length)),
        None => {
            let start = text.rest();
            text.recover(true);
            stream(start.get(..start.len() - text.rest().len())?)
        }
    };
    (!tokens.is_empty()).then(|| Value { span: span_of(&tokens, otherwise), tokens, readable: read.is_some() })
}
