use std::task::{Context, Poll};

use super::{Receiver, SharedReceiver};
use crate::PipelineError;
use crate::stage::Head;

/// A receiver whose core is chosen by the pipeline it is wired into: the input of `via`, `into` and of segments.
pub enum AnyReceiver<T> {
    /// Of a ring.
    Ring(Receiver<T>),
    /// Of a core behind a lock.
    Shared(SharedReceiver<T>),
}

impl<T> From<Receiver<T>> for AnyReceiver<T> {
    fn from(receiver: Receiver<T>) -> Self {
        Self::Ring(receiver)
    }
}

impl<T> From<SharedReceiver<T>> for AnyReceiver<T> {
    fn from(receiver: SharedReceiver<T>) -> Self {
        Self::Shared(receiver)
    }
}

impl<T> Head for AnyReceiver<T> {
    type Item = T;

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        match self {
            Self::Ring(receiver) => receiver.poll_items(cx),
            Self::Shared(receiver) => receiver.poll_items(cx),
        }
    }

    fn items(&mut self, limit: usize) -> impl Iterator<Item = T> {
        match self {
            Self::Ring(receiver) => Either::Left(receiver.items(limit)),
            Self::Shared(receiver) => Either::Right(receiver.items(limit)),
        }
    }

    fn settle(&mut self) -> u64 {
        match self {
            Self::Ring(receiver) => receiver.settle(),
            Self::Shared(receiver) => receiver.settle(),
        }
    }

    fn cancel(&mut self) {
        match self {
            Self::Ring(receiver) => receiver.cancel(),
            Self::Shared(receiver) => receiver.cancel(),
        }
    }
}

enum Either<L, R> {
    Left(L),
    Right(R),
}

impl<L: Iterator, R: Iterator<Item = L::Item>> Iterator for Either<L, R> {
    type Item = L::Item;

    #[inline]
    fn next(&mut self) -> Option<L::Item> {
        match self {
            Self::Left(left) => left.next(),
            Self::Right(right) => right.next(),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Left(left) => left.size_hint(),
            Self::Right(right) => right.size_hint(),
        }
    }
}
