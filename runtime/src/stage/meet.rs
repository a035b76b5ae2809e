//! Tokens of streams that meet in a fan-in.

use crate::link::AnyReceiver;
use crate::{Ack, Token};

/// A token, and that of another stream: where one of the two is asked about, what comes of both is.
pub trait Meet<Other: Token>: Token {
    /// What travels behind the place where they meet.
    type Both: Token;

    /// One for what comes of an item of each.
    fn joined(self, other: Other) -> Self::Both;

    /// This stream's items as they travel there.
    fn mine<A>(input: AnyReceiver<A, Self>) -> AnyReceiver<A, Self::Both>;

    /// The other's.
    fn others<A>(input: AnyReceiver<A, Other>) -> AnyReceiver<A, Self::Both>;
}

impl Meet<()> for () {
    type Both = ();

    #[inline(always)]
    fn joined(self, (): ()) {}

    fn mine<A>(input: AnyReceiver<A, ()>) -> AnyReceiver<A, ()> {
        input
    }

    fn others<A>(input: AnyReceiver<A, ()>) -> AnyReceiver<A, ()> {
        input
    }
}

impl Meet<Ack> for () {
    type Both = Ack;

    fn joined(self, other: Ack) -> Ack {
        other
    }

    fn mine<A>(input: AnyReceiver<A, ()>) -> AnyReceiver<A, Ack> {
        input.among()
    }

    fn others<A>(input: AnyReceiver<A, Ack>) -> AnyReceiver<A, Ack> {
        input
    }
}

impl Meet<()> for Ack {
    type Both = Self;

    fn joined(self, (): ()) -> Self {
        self
    }

    fn mine<A>(input: AnyReceiver<A, Self>) -> AnyReceiver<A, Self> {
        input
    }

    fn others<A>(input: AnyReceiver<A, ()>) -> AnyReceiver<A, Self> {
        input.among()
    }
}

impl Meet<Self> for Ack {
    type Both = Self;

    fn joined(self, other: Self) -> Self {
        Self::join([self, other])
    }

    fn mine<A>(input: AnyReceiver<A, Self>) -> AnyReceiver<A, Self> {
        input
    }

    fn others<A>(input: AnyReceiver<A, Self>) -> AnyReceiver<A, Self> {
        input
    }
}
