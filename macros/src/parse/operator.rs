//! One operator: its name, types, arguments, `?` and label.

use proc_macro2::{Delimiter, Group, Ident};

use super::tokens::{Tokens, list, stream};
use super::{Parser, read, rust, value};
use crate::ast::{Argument, Chain, Head, Operator};
use crate::diagnostic::Mistake;
use crate::message;
use crate::operators::{self, Kind};

impl Parser<'_> {
    /// An operator, at its name.
    pub(super) fn operator(&mut self, text: &mut Tokens<'_>) -> Result<Operator, Mistake> {
        let Some(name) = text.eat_name() else {
            return Err(Mistake::new(text.span(), message::expected_step(text.found().as_deref())));
        };
        let types = self.types(text)?;
        let arguments = match text.eat_group(Delimiter::Parenthesis) {
            Some(group) => Some(self.arguments(&name, group)?),
            None if goes_on(*text) => {
                return Err(Mistake::new(name.span(), message::no_parentheses(&name.to_string())));
            }
            None => None,
        };
        let tried = text.eat_punct('?');
        let label = self.label(text);
        Ok(Operator { name, types, arguments, tried, label })
    }

    fn types(&mut self, text: &mut Tokens<'_>) -> Result<Option<proc_macro2::TokenStream>, Mistake> {
        if !text.is_pair(0, ':', ':') {
            return Ok(None);
        }
        let length = rust::turbofish(*text);
        if length < 5 {
            return Err(Mistake::new(text.span(), message::expected_types()));
        }
        let all = text.take(length);
        Ok(all.get(3..length - 1).map(stream))
    }

    /// `as name`
    pub(super) fn label(&mut self, text: &mut Tokens<'_>) -> Option<Ident> {
        let word = text.eat_word("as")?.span();
        let label = text.eat_name();
        if label.is_none() {
            self.errors.push(word, message::expected_label());
            // What stands in the name's place, if anything, is what was meant by it.
            if !text.ends_chain(true) && !text.at_arrow() {
                text.take(1);
            }
        }
        label
    }

    fn arguments(&mut self, name: &Ident, group: &Group) -> Result<Vec<Argument>, Mistake> {
        let trees = list(group.stream());
        let text = Tokens::new(&trees, group.span_close());
        let joins = operators::find(&name.to_string()).is_some_and(|operator| operator.kind == Kind::FanIn);
        if joins {
            self.nested(|parser| parser.inputs(text)).ok_or_else(|| Mistake::new(name.span(), message::too_deep()))
        } else {
            Ok(self.expressions(text))
        }
    }

    /// The arguments of a fan-in.
    fn inputs(&mut self, mut text: Tokens<'_>) -> Vec<Argument> {
        let mut list = Vec::new();
        while !text.is_empty() {
            if let (Some(name), true) = (text.ident(0), text.is_equals(1)) {
                let mistake = Mistake::new(name.span(), message::named_in_fan_in(&name.to_string()));
                list.push(Argument::Chain(Chain { head: Head::Unknown(mistake), steps: Vec::new() }));
                text.recover(true);
            } else {
                list.push(Argument::Chain(self.chain(&mut text, true)));
            }
            text.take(1);
        }
        list
    }

    fn expressions(&mut self, mut text: Tokens<'_>) -> Vec<Argument> {
        let lengths = rust::expressions(text.rest());
        let readable = lengths.is_some();
        let mut list = Vec::new();
        for length in lengths.unwrap_or_else(|| rust::raw(text.rest())) {
            let mut part = Tokens::new(text.take(length), text.span());
            let name = part.ident(0).filter(|_| part.is_equals(1)).cloned();
            if name.is_some() {
                part.take(2);
            }
            // One unreadable argument makes the whole list unreadable; each is then asked by itself.
            let value = if readable { read(part) } else { value(part) };
            match name {
                Some(name) if part.is_empty() => {
                    self.errors.push(name.span(), message::argument_empty(&name.to_string()))
                }
                Some(name) => list.push(Argument::Named(name, value)),
                None if part.is_empty() => self.errors.push(part.span(), message::empty_argument()),
                None => list.push(Argument::Plain(value)),
            }
            text.take(1);
        }
        list
    }
}

/// Whether something stands where the parentheses should.
fn goes_on(text: Tokens<'_>) -> bool {
    !text.ends_chain(true) && !text.at_arrow() && !text.is_punct(0, '?') && !text.is_word(0, "as")
}
