//! Functions of the user's, which see items, over items with their tokens. Each says what becomes of the token.

use crate::Token;

/// The token goes along.
#[inline(always)]
pub(crate) fn change<A, B, Tok>(mut f: impl FnMut(A) -> B) -> impl FnMut((A, Tok)) -> (B, Tok) {
    move |(item, token)| (f(item), token)
}

/// The token of an item that is dropped is done: dropping was asked for.
#[inline(always)]
pub(crate) fn keep<A, Tok: Token>(mut f: impl FnMut(&A) -> bool) -> impl FnMut((A, Tok)) -> Option<(A, Tok)> {
    move |(item, token)| {
        if f(&item) {
            Some((item, token))
        } else {
            token.done();
            None
        }
    }
}

/// The token of an item of which nothing comes is done.
#[inline(always)]
pub(crate) fn keep_some<A, B, Tok: Token>(
    mut f: impl FnMut(A) -> Option<B>,
) -> impl FnMut((A, Tok)) -> Option<(B, Tok)> {
    move |(item, token)| match f(item) {
        Some(changed) => Some((changed, token)),
        None => {
            token.done();
            None
        }
    }
}

/// The token of an item that is left out, if there is one, is done; says how many were.
#[inline(always)]
pub(crate) fn leave_out<A, Tok: Token>(item: Option<(A, Tok)>) -> u64 {
    let Some((_, token)) = item else { return 0 };
    token.done();
    1
}

/// The item goes on alone; its token waits in `group`, with those of the others of which one thing will come.
#[inline(always)]
pub(crate) fn gather<A, Tok: Token>(group: &mut Tok::Group) -> impl FnMut((A, Tok)) -> A {
    move |(item, token)| {
        token.add_to(group);
        item
    }
}

/// The item goes into an output, alone; its token waits in `group` until that is given.
#[inline(always)]
pub(crate) fn keep_all<A, Tok: Token>(group: &mut Tok::Group) -> impl FnMut((A, Tok)) -> A {
    move |(item, token)| {
        token.keep_in(group);
        item
    }
}

/// The token of an item at which the user's function has failed says so; `then` has that of any other.
#[inline(always)]
pub(crate) fn unless_failed<T, E, Tok: Token>(outcome: &Result<T, E>, token: Tok, then: impl FnOnce(Tok)) {
    match outcome {
        Ok(_) => then(token),
        Err(_) => token.failed(),
    }
}

/// The token is not touched.
#[inline(always)]
pub(crate) fn look<A, Tok>(mut f: impl FnMut(&A)) -> impl FnMut(&(A, Tok)) {
    move |(item, _)| f(item)
}
