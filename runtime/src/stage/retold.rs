//! Stages that change what travels beside items, and nothing else.

use std::marker::PhantomData;

use super::{Cut, Part};
use crate::{Ack, Token};

/// Each item with an [`Ack`].
pub struct Raised;

/// Each item with the token that its [`Ack`] was made of.
pub struct Lowered<Tok>(PhantomData<fn() -> Tok>);

impl<Tok> Lowered<Tok> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<A, Tok: Token> Part<(A, Tok)> for Raised {
    type Out = (A, Ack);
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (A, Ack)> {
        items.map(raise)
    }

    fn settle(&mut self, taken: u64) -> u64 {
        taken
    }
}

impl<A, Tok: Token> Part<(A, Ack)> for Lowered<Tok> {
    type Out = (A, Tok);
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Ack)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (A, Tok)> {
        items.map(lower)
    }

    fn with_view<R>(&self, item: &A, f: impl FnOnce(&A) -> R) -> Option<R> {
        Some(f(item))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        taken
    }
}

#[inline(always)]
fn raise<A, Tok: Token>((item, token): (A, Tok)) -> (A, Ack) {
    (item, token.into_ack())
}

#[inline(always)]
fn lower<A, Tok: Token>((item, ack): (A, Ack)) -> (A, Tok) {
    (item, Tok::from_ack(ack))
}
