//! What `zip` reads: links whose items are of different types, as a list.

use std::task::{Context, Poll};

use super::{Counted, Direct, Meet, Stream};
use crate::{PipelineError, Token};

/// The inputs of a `zip`, as a list with the last of them in front: `(c, (b, (a, ())))`. Items come in lists of the same shape, with one token
/// for all of them.
pub trait Partners {
    /// An item of each.
    type Items;

    /// What travels beside them.
    type Token: Token;

    /// How many inputs there are.
    const COUNT: usize;

    /// Waits until each input has an item (`true`), or any can give none any more (`false`). Polls them all.
    fn poll_all(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>>;

    /// How many items each input has for certain, up to `limit`.
    fn ready(&mut self, limit: usize) -> usize;

    /// The next `sure` items of each, which are there.
    fn runs(&mut self, sure: usize) -> impl Iterator<Item = (Self::Items, Self::Token)>;

    /// How many items were taken since the last call, of all inputs together.
    fn settle(&mut self) -> u64;

    /// Stops those that are sources.
    fn stop(&mut self);

    /// Lets all inputs go.
    fn cancel(&mut self);
}

/// The first input of a `zip`.
pub fn zip_input<A, Tok, R: Counted<Item = (A, Tok)>>(s: Stream<A, Tok, R, Direct>) -> (R, ()) {
    (s.head, ())
}

/// One more input of a `zip`: in front of those before it.
pub fn and_zip_input<I, A, Tok, R: Counted<Item = (A, Tok)>>(inputs: I, s: Stream<A, Tok, R, Direct>) -> (R, I) {
    (s.head, inputs)
}

impl Partners for () {
    type Items = ();
    type Token = ();
    const COUNT: usize = 0;

    fn poll_all(&mut self, _: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        Poll::Ready(Ok(true))
    }

    fn ready(&mut self, limit: usize) -> usize {
        limit
    }

    #[inline]
    fn runs(&mut self, sure: usize) -> impl Iterator<Item = ((), ())> {
        std::iter::repeat_n(((), ()), sure)
    }

    fn settle(&mut self) -> u64 {
        0
    }

    fn stop(&mut self) {}

    fn cancel(&mut self) {}
}

impl<A, Tok, R, I> Partners for (R, I)
where
    Tok: Meet<I::Token>,
    R: Counted<Item = (A, Tok)>,
    I: Partners,
{
    type Items = (A, I::Items);
    type Token = Tok::Both;
    const COUNT: usize = 1 + I::COUNT;

    fn poll_all(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        match (self.0.poll_items(cx)?, self.1.poll_all(cx)?) {
            (Poll::Ready(true), Poll::Ready(true)) => Poll::Ready(Ok(true)),
            (Poll::Ready(false), _) | (_, Poll::Ready(false)) => Poll::Ready(Ok(false)),
            _ => Poll::Pending,
        }
    }

    #[inline]
    fn ready(&mut self, limit: usize) -> usize {
        let sure = self.1.ready(limit);
        self.0.ready(sure)
    }

    #[inline]
    fn runs(&mut self, sure: usize) -> impl Iterator<Item = (Self::Items, Tok::Both)> {
        let both = self.0.items(sure).zip(self.1.runs(sure));
        both.map(|((item, token), (items, tokens))| ((item, items), token.joined(tokens)))
    }

    fn settle(&mut self) -> u64 {
        self.0.settle() + self.1.settle()
    }

    fn stop(&mut self) {
        self.0.stop();
        self.1.stop();
    }

    fn cancel(&mut self) {
        self.0.cancel();
        self.1.cancel();
    }
}
