//! The core behind a lock, for links that a ring cannot be: counted in bytes, dropping, or with many producers.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::state::LinkState;
use crate::PipelineError;
use crate::signal::Woken;
use crate::stage::{Arrivals, Consumer, Counted, Demand, Guard, Head, StageCell, Taken};
use crate::sync::{AtomicUsize, Mutex, MutexGuard, Ordering, lock};

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
    /// The consumers and the observers who are to be woken when the lock is free.
    woken: (Waiting, Woken),
    /// Who waits for room: woken, all of them, by Drain and when the consumer leaves.
    pub(crate) producers: Vec<Waker>,
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
            std::mem::swap(&mut queue.producers, woken);
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
        let producers = std::mem::take(&mut queue.producers);
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

/// The upper end, with one producer.
pub struct SharedSender<T> {
    link: Arc<SharedLink<T>>,
    overflow: Overflow,
    weigh: fn(&T) -> usize,
    /// Who is at fault if `weigh` panics (E2).
    stage: Option<Arc<StageCell>>,
    /// The item that did not fit, and its weight: it waits outside (L2).
    waiting: Option<(T, usize)>,
    /// What was dropped from the link, until its lock is released: an item's own drop runs without it. Kept for its memory.
    dropped: Vec<T>,
    let_go: fn(T),
    paused: bool,
}

impl<T> SharedSender<T> {
    pub(crate) fn new(link: Arc<SharedLink<T>>, overflow: Overflow, weigh: fn(&T) -> usize) -> Self {
        Self { link, overflow, weigh, stage: None, waiting: None, dropped: Vec::new(), let_go: drop, paused: false }
    }

    /// What the link drops because it was told to (L10) goes to `let_go`.
    pub(crate) fn letting_go(self, let_go: fn(T)) -> Self {
        Self { let_go, ..self }
    }

    /// Names the stage above, which is at fault for what `weigh` does.
    pub(crate) fn below(self, stage: Arc<StageCell>) -> Self {
        Self { stage: Some(stage), ..self }
    }

    /// Lets one item in by the link's policy; `false` when the link has no room for another.
    fn offer(&mut self, item: T) -> Result<bool, PipelineError> {
        let guard = self.stage.as_deref().map(Guard::new);
        let weight = (self.weigh)(&item).max(1);
        guard.into_iter().for_each(Guard::passed);
        let link = &*self.link;
        let mut queue = link.lock();
        if self.overflow == Overflow::Block {
            let refused = link.push(&mut queue, item, weight);
            self.paused = queue.paused;
            drop(queue);
            return Ok(match refused {
                Ok(()) => !self.paused,
                Err(Shortage::Full(item) | Shortage::Gone(item)) => {
                    self.waiting = Some((item, weight));
                    false
                }
            });
        }
        let capacity = link.state.capacity();
        let dropped = &mut self.dropped;
        let mut outcome = Ok(true);
        // It is dropped without the lock, too.
        let mut refused = None;
        if queue.gone {
            refused = Some(item);
            outcome = Ok(false);
        } else if !queue.fits(weight, capacity) && self.overflow != Overflow::DropOldest {
            if self.overflow == Overflow::Fail {
                outcome = Err(PipelineError::overflow(&link.state.name(), capacity));
                refused = Some(item);
            } else {
                dropped.push(item);
            }
            link.state.note_dropped(1);
        } else {
            while !queue.fits(weight, capacity) {
                dropped.extend(link.pop(&mut queue).map(|(oldest, _)| oldest));
                link.state.note_dropped(1);
            }
            link.enter(&mut queue, item, weight);
        }
        drop(queue);
        drop(refused);
        dropped.drain(..).for_each(self.let_go);
        outcome
    }
}

impl<T> SharedSender<T> {
    /// Lets a copy of `item` into a link that drops, if it will stay there: what would be dropped at once is not copied, only counted.
    pub(crate) fn offer_copy(&mut self, item: &T, copy: impl FnOnce(&T) -> T) {
        let weight = (self.weigh)(item).max(1);
        {
            let queue = self.link.lock();
            let full = !queue.fits(weight, self.link.state.capacity());
            if queue.gone {
                return;
            }
            if full && self.overflow != Overflow::DropOldest {
                self.link.state.note_dropped(1);
                return;
            }
        }
        // Nobody else puts items in, so there is still room.
        let entered = self.offer(copy(item));
        debug_assert!(entered.is_ok(), "a link that drops does not fail");
    }
}

impl<T> Consumer<T> for SharedSender<T> {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Demand> {
        let mut queue = self.link.lock();
        loop {
            if queue.gone {
                return Poll::Ready(Demand::Gone);
            }
            if queue.paused {
                self.paused = true;
                queue.wait(cx.waker());
                return Poll::Pending;
            }
            self.paused = false;
            let Some((item, weight)) = self.waiting.take() else {
                return Poll::Ready(Demand::Open);
            };
            if let Err(Shortage::Full(item) | Shortage::Gone(item)) = self.link.push(&mut queue, item, weight) {
                self.waiting = Some((item, weight));
            }
        }
    }

    fn room(&self) -> usize {
        usize::MAX
    }

    fn is_open(&self) -> bool {
        !self.paused && self.waiting.is_none()
    }

    fn consume<I: Iterator<Item = T>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
        loop {
            let Some(item) = items.next() else {
                return Ok(Taken::All);
            };
            if !self.offer(item)? {
                return Ok(Taken::Full);
            }
        }
    }

    fn is_paused(&self) -> bool {
        self.paused
    }

    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut queue = self.link.lock();
        if queue.gone {
            return Poll::Ready(());
        }
        queue.wait(cx.waker());
        Poll::Pending
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        while self.waiting.is_some() {
            if std::task::ready!(self.poll_ready(cx)) == Demand::Gone {
                break;
            }
        }
        self.link.end();
        Poll::Ready(Ok(()))
    }
}

/// The lower end.
pub struct SharedReceiver<T> {
    link: Arc<SharedLink<T>>,
    left: bool,
    counted: u64,
    woken: Vec<Waker>,
}

impl<T> SharedReceiver<T> {
    pub(crate) fn new(link: Arc<SharedLink<T>>) -> Self {
        Self { link, left: false, counted: 0, woken: Vec::new() }
    }

    pub(crate) fn link(&self) -> &SharedLink<T> {
        &self.link
    }
}

/// The items of a link, one after the other, counted; `woken` is lent for its memory.
fn taking<T>(link: &SharedLink<T>, woken: &mut Vec<Waker>, counted: &mut u64) -> impl Iterator<Item = T> {
    std::iter::from_fn(|| {
        let item = link.take(woken)?;
        *counted += 1;
        Some(item)
    })
}

impl<T> Head for SharedReceiver<T> {
    type Item = T;

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        if self.left {
            return Poll::Ready(Ok(false));
        }
        self.link.poll_filled(cx).map(Ok)
    }

    fn items(&mut self, limit: usize) -> impl Iterator<Item = T> {
        let Self { link, left, counted, woken } = self;
        let limit = if *left { 0 } else { limit };
        taking(link, woken, counted).take(limit)
    }

    fn settle(&mut self) -> u64 {
        std::mem::take(&mut self.counted)
    }

    fn note_dropped(&self, items: u64) {
        self.link.state.note_dropped(items);
    }

    fn cancel(&mut self) {
        if !self.left {
            self.left = true;
            self.link.leave();
        }
    }
}

impl<T> SharedReceiver<T> {
    /// The same lower end in the hands of `n` tasks.
    pub(crate) fn shared_by(mut self, n: usize) -> Vec<Turn<T>> {
        // It does not leave the link: those who share it do, the last of them for good.
        self.left = true;
        let link = Arc::clone(&self.link);
        let here = Arc::new(AtomicUsize::new(n));
        let turn = |_| Turn {
            link: Arc::clone(&link),
            here: Arc::clone(&here),
            of: n,
            left: false,
            counted: 0,
            woken: Vec::new(),
        };
        (0..n).map(turn).collect()
    }
}

/// The lower end of a link that several tasks share (F5).
pub(crate) struct Turn<T> {
    link: Arc<SharedLink<T>>,
    /// How many have not left.
    here: Arc<AtomicUsize>,
    /// How many there were.
    of: usize,
    left: bool,
    counted: u64,
    woken: Vec<Waker>,
}

impl<T> Head for Turn<T> {
    type Item = T;

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        if self.left { Poll::Ready(Ok(false)) } else { self.link.poll_filled(cx).map(Ok) }
    }

    /// At most this task's share of the items that wait, but one at least. Another may be quicker: then there are fewer, or none.
    fn items(&mut self, limit: usize) -> impl Iterator<Item = T> {
        let Self { link, of, left, counted, woken, .. } = self;
        let limit = if *left || limit == 0 { 0 } else { limit.min((link.lock().items.len() / *of).max(1)) };
        taking(link, woken, counted).take(limit)
    }

    fn settle(&mut self) -> u64 {
        std::mem::take(&mut self.counted)
    }

    fn note_dropped(&self, items: u64) {
        self.link.state.note_dropped(items);
    }

    /// This task leaves; with the last, the link is left.
    fn cancel(&mut self) {
        if !std::mem::replace(&mut self.left, true) && self.here.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.link.leave();
        }
    }
}

impl<T> Drop for Turn<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl<T> Arrivals for SharedReceiver<T> {
    fn poll_arrivals(&mut self, cx: &mut Context<'_>, known: usize) -> Poll<(usize, bool)> {
        let mut queue = self.link.lock();
        if queue.came == known && !queue.ended {
            queue.wait_for_items(cx.waker());
            return Poll::Pending;
        }
        Poll::Ready((queue.came, !queue.ended))
    }

    fn gone(&self) -> usize {
        let queue = self.link.lock();
        queue.came.wrapping_sub(queue.items.len())
    }
}

impl<T> Counted for SharedReceiver<T> {
    /// Never more than one: what is behind it may yet be dropped to make room.
    fn ready(&mut self, limit: usize) -> usize {
        if self.left { 0 } else { self.link.lock().items.len().min(limit).min(1) }
    }
}

impl<T> Drop for SharedReceiver<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}
