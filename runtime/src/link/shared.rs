//! The core behind a lock, for links that a ring cannot be: counted in bytes, dropping, or with many producers.

mod line;
mod receiver;
mod sender;

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use self::line::Line;
pub(crate) use self::line::Place;
pub use self::receiver::SharedReceiver;
pub(crate) use self::receiver::Turn;
pub use self::sender::SharedSender;
use super::state::LinkState;
use crate::signal::Woken;
use crate::sync::{Mutex, MutexGuard, lock};

/// What happens to an item that finds the link full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overflow {
    /// It waits outside: the link pauses.
    Block,
    /// The oldest items inside make room for it.
    DropOldest,
    /// It is dropped.
    DropNewest,
    /// The pipeline fails.
    Fail,
}

/// A queue behind a lock, with the state that observers see.
pub(crate) struct SharedLink<T> {
    state: Arc<LinkState>,
    queue: Mutex<Queue<T>>,
}

/// The items and who waits for what; consistent between any two statements.
pub(crate) struct Queue<T> {
    items: VecDeque<(T, usize)>,
    /// How many items have come; it wraps.
    came: usize,
    /// The weights of all items.
    len: usize,
    /// The level at which a pause ends: `low`, or less while a heavy item waits (L3).
    mark: usize,
    paused: bool,
    ended: bool,
    gone: bool,
    /// Who waits for items: one, or some of those who share the link.
    consumers: Waiting,
    /// Who is to be woken when the lock is free: consumers and those who send, and observers.
    woken: (Waiting, Woken),
    /// Who waits for room: woken, all of them, by Drain, when the line is empty, and by the end.
    producers: Vec<Waker>,
    /// Who waits to send, if there are several: the first is woken by Drain, all of them by the end. Most links have none.
    line: Option<Box<Line>>,
}

/// Wakers of tasks that wait; room for one without a list of its own, since only a link that copies share has more.
#[derive(Default)]
struct Waiting {
    one: Option<Waker>,
    more: Vec<Waker>,
}

impl Waiting {
    /// Once, however often it is polled.
    fn add(&mut self, waker: &Waker) {
        match &mut self.one {
            None => self.one = Some(waker.clone()),
            Some(known) if known.will_wake(waker) => {}
            Some(_) if self.more.iter().any(|known| known.will_wake(waker)) => {}
            Some(_) => self.more.push(waker.clone()),
        }
    }

    fn append(&mut self, others: &mut Self) {
        if self.one.is_none() {
            self.one = others.one.take();
        }
        self.more.extend(others.one.take());
        self.more.append(&mut others.more);
    }

    fn wake(self) {
        self.one.into_iter().chain(self.more).for_each(Waker::wake);
    }
}

/// Why an item did not enter.
pub(crate) enum Shortage<T> {
    Full(T),
    Gone(T),
}

impl<T> SharedLink<T> {
    pub(crate) fn new(state: Arc<LinkState>) -> Arc<Self> {
        let queue = Queue {
            items: VecDeque::new(),
            came: 0,
            len: 0,
            mark: state.low(),
            paused: false,
            ended: false,
            gone: false,
            consumers: Waiting::default(),
            woken: (Waiting::default(), Woken::default()),
            producers: Vec::new(),
            line: None,
        };
        Arc::new(Self { state, queue: Mutex::new(queue) })
    }

    pub(crate) fn state(&self) -> &Arc<LinkState> {
        &self.state
    }

    pub(crate) fn lock(&self) -> Locked<'_, T> {
        Locked(Some(lock(&self.queue)))
    }

    /// Puts `item` in if it fits, and pauses the link when that fills it; if it does not fit, pauses the link for it (L2).
    pub(crate) fn push(&self, queue: &mut Queue<T>, item: T, weight: usize) -> Result<(), Shortage<T>> {
        let capacity = self.state.capacity();
        if queue.gone {
            return Err(Shortage::Gone(item));
        }
        if queue.paused {
            return Err(Shortage::Full(item));
        }
        if !queue.fits(weight, capacity) {
            queue.mark = self.state.low().min(capacity.saturating_sub(weight));
            self.pause(queue);
            return Err(Shortage::Full(item));
        }
        self.enter(queue, item, weight);
        if queue.len >= capacity {
            queue.mark = self.state.low();
            self.pause(queue);
        }
        Ok(())
    }

    fn enter(&self, queue: &mut Queue<T>, item: T, weight: usize) {
        queue.items.push_back((item, weight));
        queue.len += weight;
        queue.came = queue.came.wrapping_add(1);
        self.state.mirror_entered(weight, queue.len);
        queue.wake_consumer();
    }

    fn pause(&self, queue: &mut Queue<T>) {
        queue.paused = true;
        match self.state.try_pause(self.state.head(), queue.len) {
            Ok(woken) => queue.woken.1.append(woken),
            Err(_) => debug_assert!(false, "the word changes only under the lock"),
        }
    }

    fn pop(&self, queue: &mut Queue<T>) -> Option<(T, usize)> {
        let (item, weight) = queue.items.pop_front()?;
        queue.len -= weight;
        self.state.mirror_left(weight);
        Some((item, weight))
    }

    /// Takes the next item out, and drains the link when it has come down to the mark (L3). `woken` is an empty list, lent for its
    /// memory.
    pub(crate) fn take(&self, woken: &mut Vec<Waker>) -> Option<T> {
        let mut queue = self.lock();
        let (item, _) = self.pop(&mut queue)?;
        if queue.paused && queue.len <= queue.mark {
            queue.paused = false;
            let watching = self.state.drain(queue.len);
            queue.woken.1.append(watching);
            match queue.first().cloned() {
                Some(first) => woken.push(first),
                None => std::mem::swap(&mut queue.producers, woken),
            }
            drop(queue);
            woken.drain(..).for_each(Waker::wake);
        }
        Some(item)
    }

    /// No more items will enter; those inside come out (L8).
    pub(crate) fn end(&self) {
        let mut queue = self.lock();
        queue.ended = true;
        queue.wake_consumer();
    }

    /// Whether there is an item (`true`) or none will ever come (`false`).
    pub(crate) fn poll_filled(&self, cx: &Context<'_>) -> Poll<bool> {
        let mut queue = self.lock();
        if !queue.items.is_empty() {
            return Poll::Ready(true);
        }
        if queue.ended {
            return Poll::Ready(false);
        }
        queue.wait_for_items(cx.waker());
        Poll::Pending
    }

    /// Nothing enters any more, and who waits outside is told.
    pub(crate) fn shut(&self) {
        let mut queue = self.lock();
        queue.gone = true;
        queue.ended = true;
        let mut producers = std::mem::take(&mut queue.producers);
        producers.extend(queue.line.iter().flat_map(|line| line.wakers()).cloned());
        let consumers = std::mem::take(&mut queue.consumers);
        drop(queue);
        producers.into_iter().for_each(Waker::wake);
        consumers.wake();
    }

    /// The consumer leaves: as [`shut`](Self::shut), and what is inside is dropped.
    pub(crate) fn leave(&self) {
        self.shut();
        let items = {
            let mut queue = self.lock();
            self.state.mirror_left(std::mem::take(&mut queue.len));
            std::mem::take(&mut queue.items)
        };
        drop(items);
    }
}

/// The queue, locked. When it is unlocked, those are woken who are to be: a waker may look at the link.
pub(crate) struct Locked<'a, T>(Option<MutexGuard<'a, Queue<T>>>);

impl<T> Deref for Locked<'_, T> {
    type Target = Queue<T>;

    fn deref(&self) -> &Queue<T> {
        match &self.0 {
            Some(queue) => queue,
            None => unreachable!("it is unlocked by its drop"),
        }
    }
}

impl<T> DerefMut for Locked<'_, T> {
    fn deref_mut(&mut self) -> &mut Queue<T> {
        match &mut self.0 {
            Some(queue) => queue,
            None => unreachable!("it is unlocked by its drop"),
        }
    }
}

impl<T> Drop for Locked<'_, T> {
    fn drop(&mut self) {
        let Some(mut queue) = self.0.take() else { return };
        let (consumers, watching) = std::mem::take(&mut queue.woken);
        drop(queue);
        consumers.wake();
        drop(watching);
    }
}

impl<T> Queue<T> {
    /// Whether an item of that weight may enter (L1): anything fits into an empty link, and no sum of weights overflows.
    fn fits(&self, weight: usize, capacity: usize) -> bool {
        self.len == 0 || self.len.checked_add(weight).is_some_and(|len| len <= capacity)
    }

    /// Those who wait for items are woken when the lock is free.
    fn wake_consumer(&mut self) {
        self.woken.0.append(&mut self.consumers);
    }

    /// Notes that `waker` waits for items; once, however often it is polled.
    fn wait_for_items(&mut self, waker: &Waker) {
        self.consumers.add(waker);
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone
    }

    /// Notes that `waker` waits for room; once, however often it is polled.
    pub(crate) fn wait(&mut self, waker: &Waker) {
        if !self.producers.iter().any(|known| known.will_wake(waker)) {
            self.producers.push(waker.clone());
        }
    }
}
