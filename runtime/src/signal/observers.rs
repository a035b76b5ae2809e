use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use super::SignalEvent;
use crate::sync::{AtomicUsize, Mutex, Ordering, lock};

/// How many events an observer may be behind.
const KEPT: usize = 1024;

/// All who watch the signals of one pipeline. With nobody watching, an event costs one load.
#[derive(Debug, Default)]
pub(crate) struct Observers {
    watching: AtomicUsize,
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    inboxes: Vec<Weak<Mutex<Inbox>>>,
    closed: bool,
}

#[derive(Debug, Default)]
struct Inbox {
    events: VecDeque<SignalEvent>,
    missed: u64,
    closed: bool,
    waker: Option<Waker>,
}

impl Observers {
    /// Hands an event to all observers. Called with the link's log locked, so the order of a link's events is theirs too; who is
    /// to be woken for it is given back, to be woken when all locks are free.
    pub(crate) fn publish(&self, event: impl FnOnce() -> SignalEvent) -> Woken {
        let mut woken = Woken::default();
        if self.watching.load(Ordering::Acquire) == 0 {
            return woken;
        }
        let event = event();
        let mut list = lock(&self.list);
        list.inboxes.retain(|inbox| {
            let Some(inbox) = inbox.upgrade() else { return false };
            let mut inbox = lock(&inbox);
            if inbox.events.len() == KEPT {
                inbox.events.pop_front();
                inbox.missed += 1;
            }
            inbox.events.push_back(event.clone());
            woken.0.extend(inbox.waker.take());
            true
        });
        self.watching.store(list.inboxes.len(), Ordering::Release);
        woken
    }

    pub(crate) fn subscribe(&self) -> Signals {
        let mut list = lock(&self.list);
        let inbox = Arc::new(Mutex::new(Inbox { closed: list.closed, ..Inbox::default() }));
        list.inboxes.push(Arc::downgrade(&inbox));
        self.watching.store(list.inboxes.len(), Ordering::Release);
        Signals { inbox }
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
            woken.0.extend(inbox.waker.take());
        }
        drop(list);
        drop(woken);
    }
}

/// Who is to be woken. A waker is somebody else's code, and may look at the pipeline: it is called, by the drop of this, when no lock
/// of ours is held.
#[derive(Debug, Default)]
#[must_use = "hold it until the locks are free"]
pub(crate) struct Woken(Vec<Waker>);

impl Woken {
    pub(crate) fn append(&mut self, mut more: Self) {
        self.0.append(&mut more.0);
    }
}

impl Drop for Woken {
    fn drop(&mut self) {
        self.0.drain(..).for_each(Waker::wake);
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
pub struct Signals {
    inbox: Arc<Mutex<Inbox>>,
}

impl futures_core::Stream for Signals {
    type Item = SignalEvent;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<SignalEvent>> {
        let mut inbox = lock(&self.inbox);
        if let Some(mut event) = inbox.events.pop_front() {
            event.missed = std::mem::take(&mut inbox.missed);
            return Poll::Ready(Some(event));
        }
        if inbox.closed {
            return Poll::Ready(None);
        }
        inbox.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
