//! Items of which one will be made, with their tokens.

use super::paired;
use crate::Token;

/// Items that leave together, as one; what leaves has one token for all of theirs.
pub(crate) struct Group<A, Tok: Token> {
    items: Vec<A>,
    tokens: Tok::Group,
}

impl<A, Tok: Token> Group<A, Tok> {
    pub(crate) fn new() -> Self {
        Self { items: Vec::new(), tokens: Tok::Group::default() }
    }

    pub(crate) fn items(&self) -> &[A] {
        &self.items
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether a source gives nothing more before one of these has left: then the group is complete, however few they are.
    #[inline(always)]
    pub(crate) fn is_awaited(&self) -> bool {
        Tok::is_awaited(&self.tokens)
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, (item, token): (A, Tok)) {
        token.add_to(&mut self.tokens);
        self.items.push(item);
    }

    /// All of them; there are none left.
    pub(crate) fn take(&mut self) -> (Vec<A>, Tok) {
        self.take_before(0)
    }

    /// The same, with room for as many as are `next`.
    #[inline]
    pub(crate) fn take_before(&mut self, next: usize) -> (Vec<A>, Tok) {
        (std::mem::replace(&mut self.items, Vec::with_capacity(next)), Tok::join(&mut self.tokens))
    }
}

impl<A, Tok: Token> Extend<(A, Tok)> for Group<A, Tok> {
    #[inline(always)]
    fn extend<I: IntoIterator<Item = (A, Tok)>>(&mut self, items: I) {
        let Self { items: group, tokens } = self;
        group.extend(items.into_iter().map(paired::gather::<A, Tok>(tokens)));
    }
}
