use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use super::SignalEvent;
use crate::Name;
use crate::sync::{AtomicUsize, Mutex, Ordering, lock};
use crate::watch::trace::Signalled;

/// What observers are told.
pub(crate) trait Event: Clone {
    /// How many of them an observer may be behind.
    const KEPT: usize;

    /// So many before this one were lost, because the observer was behind.
    fn set_missed(&mut self, missed: u64);
}

impl Event for SignalEvent {
    const KEPT: usize = 1024;

    fn set_missed(&mut self, missed: u64) {
        self.missed = missed;
    }
}

/// All who watch one kind of event of one pipeline. With nobody watching, an event costs one load.
#[derive(Debug)]
pub(crate) struct Observers<E = SignalEvent> {
    watching: AtomicUsize,
    list: Mutex<List<E>>,
}

#[derive(Debug)]
struct List<E> {
    inboxes: Vec<Weak<Mutex<Inbox<E>>>>,
    closed: bool,
}

#[derive(Debug)]
struct Inbox<E> {
    events: VecDeque<E>,
    missed: u64,
    closed: bool,
    waker: Option<Waker>,
}

impl<E> Default for Observers<E> {
    fn default() -> Self {
        let list = List { inboxes: Vec::new(), closed: false };
        Self { watching: AtomicUsize::new(0), list: Mutex::new(list) }
    }
}

impl<E: Event> Observers<E> {
    /// Hands an event to all observers. Called with the link's log locked, so the order of a link's events is theirs too; who is
    /// to be woken for it is given back, to be woken when all locks are free.
    pub(crate) fn publish(&self, event: impl FnOnce() -> E) -> Woken {
        let mut woken = Woken::default();
        if self.watching.load(Ordering::Acquire) == 0 {
            return woken;
        }
        let event = event();
        let mut list = lock(&self.list);
        list.inboxes.retain(|inbox| {
            let Some(inbox) = inbox.upgrade() else { return false };
            let mut inbox = lock(&inbox);
            if inbox.events.len() == E::KEPT {
                inbox.events.pop_front();
                inbox.missed += 1;
            }
            inbox.events.push_back(event.clone());
            woken.wakers.extend(inbox.waker.take());
            true
        });
        self.watching.store(list.inboxes.len(), Ordering::Release);
        woken
    }

    pub(crate) fn subscribe(&self) -> Subscription<E> {
        let mut list = lock(&self.list);
        let inbox = Inbox { events: VecDeque::new(), missed: 0, closed: list.closed, waker: None };
        let inbox = Arc::new(Mutex::new(inbox));
        list.inboxes.push(Arc::downgrade(&inbox));
        self.watching.store(list.inboxes.len(), Ordering::Release);
        Subscription { inbox }
    }

    /// The pipeline has ended: so do the observers' streams, after what they have not read yet.
    pub(crate) fn close(&self) {
        let mut woken = Woken::default();
        let mut list = lock(&self.list);
        list.closed = true;
        self.watching.store(0, Ordering::Release);
        for inbox in list.inboxes.drain(..).filter_map(|inbox| inbox.upgrade()) {
            let mut inbox = lock(&inbox);
            inbox.closed = true;
            woken.wakers.extend(inbox.waker.take());
        }
        drop(list);
        drop(woken);
    }
}

/// Who is to be woken. A waker is somebody else's code, and may look at the pipeline: it is called, by the drop of this, when no lock
/// of ours is held.
#[derive(Debug, Default)]
#[must_use = "hold it until the locks are free"]
pub(crate) struct Woken {
    wakers: Vec<Waker>,
    /// What is traced then, for the same reason.
    signalled: Signalled,
}

impl Woken {
    pub(crate) fn append(&mut self, mut more: Self) {
        self.wakers.append(&mut more.wakers);
        self.signalled.append(&mut more.signalled);
    }

    /// The signal is traced too.
    pub(crate) fn trace(&mut self, pipeline: &Name, event: impl FnOnce() -> SignalEvent) {
        self.signalled.add(pipeline, event);
    }
}

impl Drop for Woken {
    fn drop(&mut self) {
        self.signalled.tell();
        // Mostly there is nobody: one of these is made for every signal.
        if !self.wakers.is_empty() {
            self.wakers.drain(..).for_each(Waker::wake);
        }
    }
}

/// One observer's events as a stream, which ends with the pipeline.
#[derive(Debug)]
pub(crate) struct Subscription<E> {
    inbox: Arc<Mutex<Inbox<E>>>,
}

impl<E: Event> futures_core::Stream for Subscription<E> {
    type Item = E;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<E>> {
        let mut inbox = lock(&self.inbox);
        if let Some(mut event) = inbox.events.pop_front() {
            event.set_missed(std::mem::take(&mut inbox.missed));
            return Poll::Ready(Some(event));
        }
        if inbox.closed {
            return Poll::Ready(None);
        }
        inbox.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

/// A pipeline's signals as a stream: every Pause and Drain of every link, from the moment it was made until the pipeline ends.
///
/// It keeps the last 1,024 events; an observer that falls behind loses the oldest, told in [`SignalEvent::missed`], and never
/// slows the pipeline. Made by [`Control::signals`](crate::Control::signals).
///
/// # Cancel safety
/// Waiting for the next event may be cancelled; none is lost by it.
#[derive(Debug)]
#[must_use = "a stream of signals does nothing unless it is read"]
pub struct Signals(pub(crate) Subscription<SignalEvent>);

impl futures_core::Stream for Signals {
    type Item = SignalEvent;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<SignalEvent>> {
        Pin::new(&mut self.0).poll_next(cx)
    }
}
