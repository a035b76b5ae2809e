//! The storage of a ring, and the two ends that touch it. The only `unsafe` of the crate.
//!
//! A slot is written by the [`Writer`] and read by the [`Reader`], never by both at once: the words of
//! [`LinkState`](super::state::LinkState) say whose turn it is. A side publishes its word after it has touched the slots (release),
//! and the other reads it before it touches them (acquire); README, invariant R1.
//!
//! Why `unsafe`: a slot that is safe to share needs a lock or a flag an item. Measured against a mutex around a `VecDeque`, the ring
//! moves an item in a fraction of the time (`runtime/benches/README.md`).

#![expect(unsafe_code, reason = "slots are written and read without a lock; see above")]

use std::mem::MaybeUninit;
use std::sync::Arc;

use super::sleeper::Sleeper;
use super::state::{HeadWord, LinkState, TailWord, distance};
use crate::sync::{AtomicUsize, EndsArc, Ordering, UnsafeCell};

/// A ring's slots. Which of them are full, the state's words tell.
struct Ring<T> {
    slots: Box<[UnsafeCell<MaybeUninit<T>>]>,
    state: Arc<LinkState>,
    /// The slot at which the reader stopped, written when it goes.
    left_at: AtomicUsize,
}

// SAFETY: a slot is only touched by the one writer and the one reader, each while the words give it to that side; the items go from
// one thread to the other, which `T: Send` allows.
unsafe impl<T: Send> Sync for Ring<T> {}
// SAFETY: as above; owning the slots is owning the items.
unsafe impl<T: Send> Send for Ring<T> {}

/// The two ends of a new ring.
///
/// # Panics
/// When there is no memory for so many slots.
#[track_caller]
pub(super) fn ring<T>(state: Arc<LinkState>) -> (Writer<T>, Reader<T>) {
    let slots = slots(&state);
    let ring = EndsArc::new(Ring { slots, state: Arc::clone(&state), left_at: AtomicUsize::new(0) });
    let writer =
        Writer { ring: EndsArc::clone(&ring), state: Arc::clone(&state), tail: 0, published: 0, position: 0, head: 0 };
    (writer, Reader { ring, state, head: 0, position: 0, tail: 0 })
}

/// Empty slots, as many as the link's capacity. They are not written: a large ring costs memory when it fills, not before.
#[cfg(not(loom))]
#[track_caller]
fn slots<T>(state: &LinkState) -> Box<[UnsafeCell<MaybeUninit<T>>]> {
    let capacity = state.capacity();
    let mut slots = Vec::new();
    let reserved = if capacity <= LinkState::LARGEST { slots.try_reserve_exact(capacity).is_ok() } else { false };
    assert!(
        reserved,
        "link `{}`: there is no memory for a capacity of {capacity} items; a link is bounded, and its places are made at once",
        state.name()
    );
    // SAFETY: so much was reserved, and a slot that was never written is what an empty `MaybeUninit` is.
    unsafe { slots.set_len(capacity) };
    slots.into_boxed_slice()
}

#[cfg(loom)]
fn slots<T>(state: &LinkState) -> Box<[UnsafeCell<MaybeUninit<T>>]> {
    (0..state.capacity()).map(|_| UnsafeCell::new(MaybeUninit::uninit())).collect()
}

impl<T> Drop for Ring<T> {
    fn drop(&mut self) {
        let left = distance(self.state.tail().index(), self.state.head().index());
        let mut rest = Rest { position: self.left_at.load(Ordering::Acquire), left, ring: self };
        while rest.drop_next() {}
    }
}

/// What was left in a ring whose ends are gone: each published its index when it went, so from the reader's place on so many slots
/// hold an item. When an item's drop panics, those behind it are dropped all the same.
struct Rest<'a, T> {
    ring: &'a Ring<T>,
    position: usize,
    left: usize,
}

impl<T> Rest<'_, T> {
    fn drop_next(&mut self) -> bool {
        if self.left == 0 {
            return false;
        }
        // SAFETY: the slot holds an item, by what `Rest` is, and the place moves on before the item is dropped.
        let item = self.ring.slots[self.position].with(|slot| unsafe { (*slot).assume_init_read() });
        self.left -= 1;
        self.position = if self.position + 1 == self.ring.slots.len() { 0 } else { self.position + 1 };
        drop(item);
        true
    }
}

impl<T> Drop for Rest<'_, T> {
    fn drop(&mut self) {
        while self.drop_next() {}
    }
}

/// The end that writes. There is one a ring.
pub(super) struct Writer<T> {
    ring: EndsArc<Ring<T>>,
    state: Arc<LinkState>,
    /// Items ever written, published or not.
    tail: usize,
    /// Items ever published.
    published: usize,
    /// The slot that is written next.
    position: usize,
    /// The reader's index as last seen: the room that follows from it is a lower bound.
    head: usize,
}

impl<T> Writer<T> {
    #[inline(always)]
    pub(super) fn state(&self) -> &LinkState {
        &self.state
    }

    /// How many slots are free for certain.
    #[inline(always)]
    pub(super) fn free(&self) -> usize {
        self.state.capacity() - distance(self.tail, self.head)
    }

    /// Looks how far the reader has come.
    #[inline(always)]
    pub(super) fn look(&mut self) -> HeadWord {
        let word = self.state.head();
        self.head = word.index();
        word
    }

    /// Makes what was written visible to the reader.
    pub(super) fn publish(&mut self) {
        if self.published != self.tail {
            self.published = self.tail;
            // The reader's index may be long out of date: look before a level is called the highest.
            if distance(self.tail, self.head) > self.state.max_len() {
                self.look();
                self.state.note_len(distance(self.tail, self.head));
            }
            self.state.publish(self.tail);
        }
    }

    /// A run of free slots, up to the end of the ring.
    #[inline(always)]
    pub(super) fn run(&mut self) -> Writing<'_, T> {
        let len = self.free().min(self.ring.slots.len() - self.position);
        let slots = &self.ring.slots[self.position..self.position + len];
        Writing { slots, written: 0, ring: self.ring.slots.len(), tail: &mut self.tail, position: &mut self.position }
    }
}

impl<T> Drop for Writer<T> {
    /// What was written and not published would not be dropped.
    fn drop(&mut self) {
        self.publish();
    }
}

/// A run being written; its drop takes note of what was written, also when the making of an item panics.
pub(super) struct Writing<'a, T> {
    /// Free slots: the reader's index was read with acquire, and only this borrow of the writer writes.
    slots: &'a [UnsafeCell<MaybeUninit<T>>],
    /// How many of them were written.
    written: usize,
    /// How many the ring has.
    ring: usize,
    tail: &'a mut usize,
    position: &'a mut usize,
}

impl<T> Writing<'_, T> {
    /// How many slots are left in the run.
    #[inline(always)]
    pub(super) fn left(&self) -> usize {
        self.slots.len() - self.written
    }

    /// Ends the run after `most` more slots. A loop over so many items is then seen to find a slot for each, and does not look whether
    /// there is one.
    #[inline(always)]
    pub(super) fn cut(&mut self, most: usize) {
        if let Some(slots) = self.slots.get(..self.written.saturating_add(most)) {
            self.slots = slots;
        }
    }

    /// Puts `item` into the next slot.
    ///
    /// # Panics
    /// When there is none left.
    #[inline(always)]
    pub(super) fn put(&mut self, item: T) {
        let Some(slot) = self.slots.get(self.written) else { overrun() };
        // SAFETY: the slot is free and ours alone, by what `slots` is.
        slot.with_mut(|slot| unsafe { (*slot).write(item) });
        self.written += 1;
    }
}

#[cold]
fn overrun() -> ! {
    panic!("a run gave more items than it said")
}

impl<T> Drop for Writing<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        *self.tail = self.tail.wrapping_add(self.written);
        *self.position += self.written;
        if *self.position == self.ring {
            *self.position = 0;
        }
    }
}

/// The end that reads. There is one a ring.
pub(super) struct Reader<T> {
    ring: EndsArc<Ring<T>>,
    state: Arc<LinkState>,
    /// Items ever taken, all published.
    head: usize,
    /// The slot that is read next.
    position: usize,
    /// The writer's index as last seen.
    tail: usize,
}

impl<T> Reader<T> {
    #[inline(always)]
    pub(super) fn state(&self) -> &LinkState {
        &self.state
    }

    /// How many items are there for certain.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        distance(self.tail, self.head)
    }

    /// How many items were taken, ever.
    #[inline(always)]
    pub(super) fn taken(&self) -> usize {
        self.head
    }

    /// Looks how far the writer has come.
    #[inline(always)]
    pub(super) fn look(&mut self) -> TailWord {
        let word = self.state.tail();
        self.tail = word.index();
        word
    }

    /// How long a run of at most `limit` items is: it ends at the end of the ring.
    #[inline(always)]
    pub(super) fn sure(&self, limit: usize) -> usize {
        self.len().min(limit).min(self.ring.slots.len() - self.position)
    }

    /// A run of at most `limit` items, up to the end of the ring.
    #[inline(always)]
    pub(super) fn run(&mut self, limit: usize) -> Reading<'_, T> {
        let len = self.sure(limit);
        Reading {
            slots: &self.ring.slots[self.position..self.position + len],
            taken: 0,
            ring: self.ring.slots.len(),
            state: &self.state,
            head: &mut self.head,
            position: &mut self.position,
        }
    }

    /// The reader goes.
    pub(super) fn leave(&self, sleeper: &mut Sleeper) {
        self.ring.left_at.store(self.position, Ordering::Release);
        self.state.leave(sleeper);
    }
}

/// A run being read: an item is in the link until it is given out (L11); what was given out is published when the run ends.
pub(super) struct Reading<'a, T> {
    /// Full slots: the writer's index was read with acquire, and only this borrow of the reader reads, each once.
    slots: &'a [UnsafeCell<MaybeUninit<T>>],
    /// How many of them were read.
    taken: usize,
    /// How many the ring has.
    ring: usize,
    state: &'a LinkState,
    head: &'a mut usize,
    position: &'a mut usize,
}

impl<T> Iterator for Reading<'_, T> {
    type Item = T;

    #[inline(always)]
    fn next(&mut self) -> Option<T> {
        let slot = self.slots.get(self.taken)?;
        self.taken += 1;
        // SAFETY: the slot is full and ours alone, by what `slots` is; it counts as empty from here on.
        Some(slot.with(|slot| unsafe { (*slot).assume_init_read() }))
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.slots.len() - self.taken;
        (left, Some(left))
    }
}

impl<T> Drop for Reading<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.taken > 0 {
            *self.head = self.head.wrapping_add(self.taken);
            *self.position += self.taken;
            if *self.position == self.ring {
                *self.position = 0;
            }
            self.state.release(self.taken, self.state.low());
        }
    }
}
