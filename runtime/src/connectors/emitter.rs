//! What a transform puts out, and what becomes of the tokens of its items.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use crate::stage::Port;
use crate::{Ack, BoxError, Token};

/// Where a [`Transform`](crate::Transform) puts what it makes.
pub struct Emitter<'a, T> {
    port: &'a dyn Emits<T>,
    current: &'a Current,
}

/// A port, whatever travels beside its items.
pub(super) trait Emits<T>: Sync {
    fn put(&self, item: T, ack: Ack);
    fn is_empty(&self) -> bool;
}

impl<T: Send, Tok: Token> Emits<T> for Port<(T, Tok)> {
    fn put(&self, item: T, ack: Ack) {
        self.put((item, Tok::from_ack(ack)));
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The token of the item that a transform works on.
pub(super) struct Current(Mutex<Ack>);

impl Current {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Ack::none()))
    }

    fn token(&self) -> MutexGuard<'_, Ack> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Ack {
        std::mem::replace(&mut *self.token(), Ack::none())
    }

    /// Works on the item that `token` belongs to: it is done with the work, but for what is held or has been given out.
    pub(super) async fn work(
        &self,
        token: Ack,
        work: impl Future<Output = Result<(), BoxError>>,
    ) -> Result<(), BoxError> {
        *self.token() = token;
        let mut work = pin!(work);
        let outcome = poll_fn(|cx| {
            let blamed = Blamed(self);
            let polled = work.as_mut().poll(cx);
            std::mem::forget(blamed);
            polled
        })
        .await;
        match outcome {
            Ok(()) => self.take().done(),
            Err(_) => self.take().failed(),
        }
        outcome
    }
}

/// Dropped by a panic in the work on an item: that item is to blame.
struct Blamed<'a>(&'a Current);

impl Drop for Blamed<'_> {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

impl<'a, T> Emitter<'a, T> {
    pub(super) fn new(port: &'a dyn Emits<T>, current: &'a Current) -> Self {
        Self { port, current }
    }

    /// Waits until there is room downstream, then gives `item`.
    ///
    /// When nothing more is wanted downstream, the stage is cancelled here: the future does not come back.
    pub async fn emit(&mut self, item: T) {
        let ack = self.current.token().split();
        self.emit_with(ack, item).await;
    }

    /// Keeps the item that is worked on from being done when [`apply`](crate::Transform::apply) returns: for a transform that keeps something of it for
    /// later.
    ///
    /// What it keeps is given with [`emit_with`](Self::emit_with), or the [`Ack`] is [done](Ack::done) when nothing comes of it. A transform that gives later
    /// what it has not held tells the source too early that an item is done: if the program ends in between, the item is lost. Where the
    /// source does not ask, this costs nothing.
    pub fn hold(&mut self) -> Ack {
        self.current.token().split()
    }

    /// As [`emit`](Self::emit), for what comes of an item that was [held](Self::hold). What comes of several items is given with their
    /// [joined](Ack::join) tokens.
    pub async fn emit_with(&mut self, held: Ack, item: T) {
        // It is in the port before there is room for it: a failure needs none (L8).
        self.port.put(item, held);
        poll_fn(|_| if self.port.is_empty() { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

impl<T> fmt::Debug for Emitter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitter").finish_non_exhaustive()
    }
}
