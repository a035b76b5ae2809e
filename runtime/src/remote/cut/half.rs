use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::remote::RemoteError;

type Opening<T> = Pin<Box<dyn Future<Output = Result<T, RemoteError>> + Send>>;

/// One half of the link: opened when its task first asks for it.
pub(super) enum Half<T> {
    Opening(Opening<T>),
    Open(T),
    /// It could not be opened, or was let go.
    Gone,
}

impl<T> Half<T> {
    pub(super) fn new(opening: impl Future<Output = Result<T, RemoteError>> + Send + 'static) -> Self {
        Self::Opening(Box::pin(opening))
    }

    /// Waits until it is open, which `opened` is told; none if it is gone. A failure is told once.
    pub(super) fn poll_open(
        &mut self,
        cx: &mut Context<'_>,
        opened: impl FnOnce(&T),
    ) -> Poll<Result<Option<&mut T>, RemoteError>> {
        if let Self::Opening(opening) = self {
            let half = ready!(opening.as_mut().poll(cx));
            *self = Self::Gone;
            let half = half?;
            opened(&half);
            *self = Self::Open(half);
        }
        Poll::Ready(Ok(self.open()))
    }

    pub(super) fn open(&mut self) -> Option<&mut T> {
        if let Self::Open(half) = self { Some(half) } else { None }
    }

    /// Lets it go.
    pub(super) fn take(&mut self) -> Option<T> {
        match std::mem::replace(self, Self::Gone) {
            Self::Open(half) => Some(half),
            Self::Opening(_) | Self::Gone => None,
        }
    }
}
