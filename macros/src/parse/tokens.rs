//! A position in a list of tokens, and the few questions the grammar asks of it.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};

/// What is left of a list of tokens.
#[derive(Clone, Copy)]
pub(crate) struct Tokens<'a> {
    rest: &'a [TokenTree],
    /// The place of what comes after the last token.
    end: Span,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(rest: &'a [TokenTree], end: Span) -> Self {
        Tokens { rest, end }
    }

    pub(crate) fn rest(&self) -> &'a [TokenTree] {
        self.rest
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn peek(&self, n: usize) -> Option<&'a TokenTree> {
        self.rest.get(n)
    }

    /// Takes the next `n` tokens.
    pub(crate) fn take(&mut self, n: usize) -> &'a [TokenTree] {
        let (taken, rest) = self.rest.split_at_checked(n).unwrap_or((self.rest, &[]));
        self.rest = rest;
        taken
    }

    /// The place of the next token, or of the end.
    pub(crate) fn span(&self) -> Span {
        self.peek(0).map_or(self.end, TokenTree::span)
    }

    /// The next token as the messages quote it; a group is quoted by its opening delimiter.
    pub(crate) fn found(&self) -> Option<String> {
        if self.at_arrow() {
            return Some("->".into());
        }
        self.peek(0).map(|token| match token {
            TokenTree::Group(group) => match group.delimiter() {
                Delimiter::Parenthesis => "(".into(),
                Delimiter::Brace => "{".into(),
                Delimiter::Bracket => "[".into(),
                Delimiter::None => group.stream().to_string(),
            },
            other => other.to_string(),
        })
    }

    pub(crate) fn is_punct(&self, n: usize, wanted: char) -> bool {
        matches!(self.peek(n), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
    }

    fn is_joint(&self, n: usize, wanted: char) -> bool {
        matches!(self.peek(n), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted && punct.spacing() == Spacing::Joint)
    }

    /// Two characters that stand together, such as `->`.
    pub(crate) fn is_pair(&self, n: usize, first: char, second: char) -> bool {
        self.is_joint(n, first) && self.is_punct(n + 1, second)
    }

    pub(crate) fn at_arrow(&self) -> bool {
        self.is_pair(0, '-', '>')
    }

    pub(crate) fn eat_arrow(&mut self) -> bool {
        let found = self.at_arrow();
        if found {
            self.take(2);
        }
        found
    }

    pub(crate) fn eat_punct(&mut self, wanted: char) -> Option<Span> {
        let span = self.span();
        self.is_punct(0, wanted).then(|| {
            self.take(1);
            span
        })
    }

    /// An `=` that is not the beginning of `==` or `=>`.
    pub(crate) fn is_equals(&self, n: usize) -> bool {
        self.is_punct(n, '=') && !self.is_pair(n, '=', '=') && !self.is_pair(n, '=', '>')
    }

    pub(crate) fn ident(&self, n: usize) -> Option<&'a Ident> {
        match self.peek(n) {
            Some(TokenTree::Ident(ident)) => Some(ident),
            _ => None,
        }
    }

    pub(crate) fn is_word(&self, n: usize, word: &str) -> bool {
        self.ident(n).is_some_and(|ident| ident == word)
    }

    pub(crate) fn eat_word(&mut self, word: &str) -> Option<&'a Ident> {
        let ident = self.ident(0).filter(|ident| *ident == word)?;
        self.take(1);
        Some(ident)
    }

    /// A name of the user's, not `_`.
    pub(crate) fn eat_name(&mut self) -> Option<Ident> {
        let ident = self.ident(0).filter(|ident| *ident != "_")?;
        self.take(1);
        Some(ident.clone())
    }

    pub(crate) fn group(&self, n: usize, delimiter: Delimiter) -> Option<&'a Group> {
        match self.peek(n) {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
            _ => None,
        }
    }

    pub(crate) fn eat_group(&mut self, delimiter: Delimiter) -> Option<&'a Group> {
        let group = self.group(0, delimiter)?;
        self.take(1);
        Some(group)
    }

    /// Whether the chain ends here: at `;`, at the end, or, inside a list, at `,`.
    pub(crate) fn ends_chain(&self, in_list: bool) -> bool {
        self.is_empty() || self.is_punct(0, ';') || (in_list && self.is_punct(0, ','))
    }

    /// Where a chain that was misread goes on: at the next `->`, `;`, or, inside a list, `,`.
    pub(crate) fn recover(&mut self, in_list: bool) {
        while !self.ends_chain(in_list) && !self.at_arrow() {
            self.take(1);
        }
    }
}

/// Tokens as a stream again.
pub(crate) fn stream(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}

/// Tokens as a list.
pub(crate) fn list(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}
