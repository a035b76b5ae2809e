//! An inlet: the way by which a program puts items into a pipeline itself.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::link::state::LinkState;
use crate::link::{AnyReceiver, Place, SharedLink, SharedReceiver, Shortage};
use crate::stage::{At, Head};
use crate::sync::{Mutex, PoisonError, lock};
use crate::{BoxError, Source};

/// A link whose upper end is in your hands: items sent into the [`Inlet`] come out of the [`InletSource`], which goes into
/// `from(…)`.
///
/// `capacity` is in items; the low mark is half of it.
///
/// ```
/// use aqueduct::{inlet, pipeline};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (orders, source) = inlet(16);
/// let counting = pipeline! { from(source) -> map(|order: &str| order.len()) -> fold(0, |sum, n| sum + n) }.spawn();
/// orders.send("three").await?;
/// orders.send("cups").await?;
/// orders.close();
/// assert_eq!(counting.await?, 9);
/// # Ok(())
/// # }
/// ```
///
/// # Panics
/// When `capacity` is 0.
#[must_use]
#[track_caller]
pub fn inlet<T>(capacity: usize) -> (Inlet<T>, InletSource<T>) {
    assert!(capacity > 0, "an inlet's capacity must be at least 1");
    let (inlet, link) = entrance(capacity);
    (inlet, InletSource { link, left: false })
}

/// An inlet, and the link that it is the upper end of.
pub(crate) fn entrance<T>(capacity: usize) -> (Inlet<T>, Arc<SharedLink<(T, ())>>) {
    let link = SharedLink::new(Arc::new(LinkState::new(capacity, capacity / 2)));
    let gate = Arc::new(Gate { link: Arc::clone(&link), senders: Mutex::new(1) });
    (Inlet { gate, sending: Mutex::new(None) }, link)
}

/// A link, and how many may send into it.
struct Gate<T> {
    link: Arc<SharedLink<(T, ())>>,
    senders: Mutex<usize>,
}

/// The sending side of an inlet. Clones send into the same link; when the last is dropped, the stream ends.
///
/// It is also a futures `Sink`. What that was given and could not send yet waits in the line like any other: until it is flushed, or the inlet
/// dropped, whoever came later waits behind it.
pub struct Inlet<T> {
    gate: Arc<Gate<T>>,
    /// What the futures `Sink` was given and has not sent yet.
    ///
    /// Behind a lock, which is never waited for, so that an inlet can be shared whenever its items can be sent; in a box, so that an
    /// item may hold an inlet of its own kind.
    sending: Mutex<Option<Box<(T, Place)>>>,
}

/// The receiving side of an inlet: a source, for `from(…)`.
pub struct InletSource<T> {
    link: Arc<SharedLink<(T, ())>>,
    left: bool,
}

/// The item that could not be sent because the pipeline has ended, or the inlet was closed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Closed<T>(pub T);

/// Why [`Inlet::try_send`] did not send, with the item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TrySendError<T> {
    /// The link is paused, or others wait before it.
    Full(T),
    /// The pipeline has ended, or the inlet was closed.
    Closed(T),
}

impl<T> Gate<T> {
    /// Sends the item in `slot`, or takes a place in the line for it.
    fn poll_send(&self, cx: &Context<'_>, slot: &mut Option<T>, place: &mut Place) -> Poll<Result<(), Closed<T>>> {
        let Some(item) = slot.take().map(|item| (item, ())) else { return Poll::Ready(Ok(())) };
        let mut queue = self.link.lock();
        let sent = if queue.is_gone() || queue.is_first(place) {
            self.link.push(&mut queue, item, 1)
        } else {
            Err(Shortage::Full(item))
        };
        if let Err(Shortage::Full((item, ()))) = sent {
            *slot = Some(item);
            queue.join(place, cx.waker());
            return Poll::Pending;
        }
        queue.step_out(place);
        Poll::Ready(sent.map_err(|(Shortage::Full((item, ())) | Shortage::Gone((item, ())))| Closed(item)))
    }

    /// Whoever stands at `place` leaves the line.
    fn leave(&self, place: &mut Place) {
        self.link.lock().step_out(place);
    }
}

/// One `send` under way: gives up its place when it is dropped.
struct Sending<'a, T> {
    gate: &'a Gate<T>,
    item: Option<T>,
    place: Place,
}

impl<T> Unpin for Sending<'_, T> {}

impl<T> Future for Sending<'_, T> {
    type Output = Result<(), Closed<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        this.gate.poll_send(cx, &mut this.item, &mut this.place)
    }
}

impl<T> Drop for Sending<'_, T> {
    fn drop(&mut self) {
        self.gate.leave(&mut self.place);
    }
}

impl<T> Inlet<T> {
    /// Sends `item`, waiting while the link is paused; those who wait are served first come, first served (`L12`).
    ///
    /// # Errors
    /// [`Closed`], with the item, when the pipeline has ended or the inlet was closed.
    ///
    /// # Cancel safety
    /// A `send` that is cancelled has not sent: its item is dropped with it, its place in the line is free.
    pub async fn send(&self, item: T) -> Result<(), Closed<T>> {
        Sending { gate: &self.gate, item: Some(item), place: Place::default() }.await
    }

    /// Sends `item` if that needs no waiting.
    ///
    /// # Errors
    /// With the item: [`TrySendError::Full`] while the link is paused or others wait, [`TrySendError::Closed`] after the end.
    pub fn try_send(&self, item: T) -> Result<(), TrySendError<T>> {
        let mut queue = self.gate.link.lock();
        if queue.is_gone() {
            return Err(TrySendError::Closed(item));
        }
        if !queue.is_line_empty() {
            return Err(TrySendError::Full(item));
        }
        self.gate.link.push(&mut queue, (item, ()), 1).map_err(|shortage| match shortage {
            Shortage::Full((item, ())) => TrySendError::Full(item),
            Shortage::Gone((item, ())) => TrySendError::Closed(item),
        })
    }

    /// Waits until the link is not paused and nobody waits to send: Node's `drain` event, after which [`try_send`](Self::try_send) has its
    /// chance. Wakes all who wait for it; whether there is still room when each of them sends is another matter.
    ///
    /// # Errors
    /// [`Closed`] when the pipeline has ended or the inlet was closed.
    ///
    /// # Cancel safety
    /// Only looks.
    pub async fn ready(&self) -> Result<(), Closed<()>> {
        std::future::poll_fn(|cx| {
            let mut queue = self.gate.link.lock();
            if queue.is_gone() {
                return Poll::Ready(Err(Closed(())));
            }
            if !queue.is_paused() && queue.is_line_empty() {
                return Poll::Ready(Ok(()));
            }
            queue.wait(cx.waker());
            Poll::Pending
        })
        .await
    }

    /// Whether the link is paused: a `send` would wait.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.gate.link.lock().is_paused()
    }

    /// Ends the stream: what was sent comes out, nothing more enters. Dropping the last clone does the same.
    pub fn close(&self) {
        self.gate.link.shut();
    }
}

impl<T> Clone for Inlet<T> {
    fn clone(&self) -> Self {
        *lock(&self.gate.senders) += 1;
        Self { gate: Arc::clone(&self.gate), sending: Mutex::new(None) }
    }
}

impl<T> Drop for Inlet<T> {
    fn drop(&mut self) {
        if let Some(sending) = self.sending.get_mut().unwrap_or_else(PoisonError::into_inner) {
            let place = &mut sending.1;
            self.gate.leave(place);
        }
        let left = {
            let mut senders = lock(&self.gate.senders);
            *senders -= 1;
            *senders
        };
        if left == 0 {
            self.close();
        }
    }
}

impl<T> Unpin for Inlet<T> {}

/// `poll_ready` waits until what was given before has entered the link; `poll_flush` too. `poll_close` then ends the stream.
impl<T> futures_sink::Sink<T> for Inlet<T> {
    type Error = Closed<T>;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Closed<T>>> {
        let this = &mut *self;
        let sending = this.sending.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(given) = sending.take() else { return Poll::Ready(Ok(())) };
        let (item, mut place) = *given;
        let mut slot = Some(item);
        let sent = this.gate.poll_send(cx, &mut slot, &mut place);
        if let Some(item) = slot {
            *sending = Some(Box::new((item, place)));
        }
        sent
    }

    fn start_send(mut self: Pin<&mut Self>, item: T) -> Result<(), Closed<T>> {
        if self.gate.link.lock().is_gone() {
            return Err(Closed(item));
        }
        let waits = self.sending.get_mut().unwrap_or_else(PoisonError::into_inner).is_some();
        assert!(!waits, "`start_send` needs a `poll_ready` before it: the item before this one still waits");
        *self.sending.get_mut().unwrap_or_else(PoisonError::into_inner) = Some(Box::new((item, Place::default())));
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Closed<T>>> {
        self.poll_ready(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Closed<T>>> {
        std::task::ready!(self.as_mut().poll_ready(cx))?;
        self.close();
        Poll::Ready(Ok(()))
    }
}

impl<T> Source for InletSource<T> {
    type Item = T;

    /// Not called in a pipeline, which reads the link itself.
    #[expect(clippy::manual_async_fn, reason = "an async fn would hold `self`, and be `Send` only if `T` is")]
    fn next(&mut self) -> impl Future<Output = Result<Option<T>, BoxError>> + Send {
        async { Err("an inlet is read by its pipeline".into()) }
    }

    fn wire<'p>(mut self, mut at: At<'_, 'p>) -> impl Head<Item = (T, ())> + Send + use<'p, T>
    where
        T: Send + 'p,
    {
        self.left = true;
        at.adopt(self.link.state());
        AnyReceiver::<T, ()>::inlet(SharedReceiver::new(Arc::clone(&self.link)), at.cell())
    }
}

impl<T> Drop for InletSource<T> {
    fn drop(&mut self) {
        if !self.left {
            self.link.leave();
        }
    }
}

impl<T> fmt::Debug for Inlet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inlet").field("paused", &self.is_paused()).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for InletSource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InletSource").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Closed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Closed(..)")
    }
}

impl<T> fmt::Display for Closed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the pipeline takes no more items: it has ended, or the inlet was closed")
    }
}

impl<T> std::error::Error for Closed<T> {}

impl<T> fmt::Debug for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::Closed(_) => "Closed(..)",
        })
    }
}

impl<T> fmt::Display for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("the pipeline is paused: wait with `ready()` or `send()`"),
            Self::Closed(_) => Closed(()).fmt(f),
        }
    }
}

impl<T> std::error::Error for TrySendError<T> {}
