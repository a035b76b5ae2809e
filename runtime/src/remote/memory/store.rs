//! One lane of the queue in memory: messages, their numbers, and who has them.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::remote::broker::{Answer, Delivery, Lane, Level, Message, Progress, Settle};

/// So long a message's id is known.
const IDS_KEPT: Duration = Duration::from_secs(120);

#[derive(Debug, Default)]
pub(crate) struct Store {
    ack_wait: Duration,
    messages: BTreeMap<u64, Stored>,
    last: u64,
    ids: HashMap<String, u64>,
    ids_by_age: VecDeque<(Instant, String)>,
    /// Those that a worker can have now.
    ready: BTreeSet<u64>,
    /// Those that are out, or are to rest for a while, by when they are ready again.
    later: BTreeSet<(Instant, u64)>,
    delivered: u64,
    wakers: Vec<Waker>,
    /// Everything ever stored, for tests.
    #[cfg(test)]
    pub(super) history: Vec<Bytes>,
    /// As many have been stored at once, at most.
    #[cfg(test)]
    pub(super) peak: u64,
    /// The broker takes no more than this, by a fault.
    #[cfg(test)]
    most: Option<u64>,
    /// Nobody has them or gets them, by a fault.
    #[cfg(test)]
    orphans: BTreeSet<u64>,
}

#[derive(Debug)]
struct Stored {
    payload: Bytes,
    attempts: u64,
    /// When it is ready again; none while it is.
    due: Option<Instant>,
    /// With a worker, not resting.
    is_out: bool,
}

/// Settles one delivery of the memory's.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    pub(super) lane: Lane,
    sequence: u64,
}

impl Store {
    pub(super) fn set_up(&mut self, ack_wait: Duration) {
        self.ack_wait = ack_wait;
    }

    /// In the order of a real broker: a known id first, then the order, then the room.
    pub(super) fn put(&mut self, message: &Message) -> Answer {
        self.forget_old_ids();
        if let Some(sequence) = self.ids.get(&message.id) {
            return Answer::Stored { sequence: *sequence, repeated: true };
        }
        if message.expected_last.is_some_and(|expected| expected != self.last) {
            return Answer::OutOfOrder;
        }
        #[cfg(test)]
        if self.most.is_some_and(|most| self.messages.len() as u64 >= most) {
            return Answer::Full;
        }
        self.last += 1;
        #[cfg(test)]
        self.history.push(message.payload.clone());
        self.ids.insert(message.id.clone(), self.last);
        self.ids_by_age.push_back((Instant::now(), message.id.clone()));
        let stored = Stored { payload: message.payload.clone(), attempts: 0, due: None, is_out: false };
        self.messages.insert(self.last, stored);
        #[cfg(test)]
        (self.peak = self.peak.max(self.messages.len() as u64));
        self.make_ready(self.last);
        Answer::Stored { sequence: self.last, repeated: false }
    }

    fn forget_old_ids(&mut self) {
        while self.ids_by_age.front().is_some_and(|(at, _)| at.elapsed() > IDS_KEPT) {
            if let Some((_, id)) = self.ids_by_age.pop_front() {
                self.ids.remove(&id);
            }
        }
    }

    pub(super) fn level(&self) -> Level {
        let first = self.messages.first_key_value().map_or(self.last + 1, |(first, _)| *first);
        Level { messages: self.messages.len() as u64, first, last: self.last }
    }

    pub(super) fn newest(&self) -> Option<Bytes> {
        self.messages.last_key_value().map(|(_, stored)| stored.payload.clone())
    }

    /// From this sequence on.
    pub(super) fn oldest(&self, from: u64) -> Option<(u64, Bytes)> {
        self.messages.range(from..).next().map(|(sequence, stored)| (*sequence, stored.payload.clone()))
    }

    /// The next message for a worker.
    pub(super) fn take(&mut self, lane: Lane) -> Option<Delivery<Ticket>> {
        self.wake_up_due();
        let sequence = self.ready.pop_first()?;
        let due = Instant::now() + self.ack_wait;
        self.later.insert((due, sequence));
        self.delivered = self.delivered.max(sequence);
        let stored = self.messages.get_mut(&sequence)?;
        (stored.due, stored.is_out) = (Some(due), true);
        stored.attempts += 1;
        Some(Delivery { ticket: Ticket { lane, sequence }, attempt: stored.attempts, payload: stored.payload.clone() })
    }

    /// When the next of those that are out or at rest is ready.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.later.first().map(|(due, _)| *due)
    }

    fn wake_up_due(&mut self) {
        let now = Instant::now();
        while let Some((due, sequence)) = self.later.first().copied().filter(|(due, _)| *due <= now) {
            self.later.remove(&(due, sequence));
            self.make_ready(sequence);
        }
    }

    fn make_ready(&mut self, sequence: u64) {
        if let Some(stored) = self.messages.get_mut(&sequence) {
            (stored.due, stored.is_out) = (None, false);
            self.ready.insert(sequence);
            self.wakers.drain(..).for_each(Waker::wake);
        }
    }

    pub(super) fn wait(&mut self, waker: &Waker) {
        if !self.wakers.iter().any(|other| other.will_wake(waker)) {
            self.wakers.push(waker.clone());
        }
    }

    pub(super) fn settle(&mut self, ticket: &Ticket, how: Settle) {
        let sequence = ticket.sequence;
        let Some(stored) = self.messages.get_mut(&sequence) else { return };
        let rest = match how {
            Settle::Done => return self.delete(sequence),
            Settle::Again(rest) => rest,
            Settle::Alive => self.ack_wait,
        };
        // Who no longer has it cannot hold it.
        let Some(due) = stored.due.filter(|_| stored.is_out) else { return };
        self.later.remove(&(due, sequence));
        let due = Instant::now() + rest;
        (stored.due, stored.is_out) = (Some(due), how == Settle::Alive);
        self.later.insert((due, sequence));
        // Whoever waits has to wait for another moment now.
        self.wakers.drain(..).for_each(Waker::wake);
    }

    pub(super) fn progress(&mut self) -> Progress {
        self.wake_up_due();
        let unacked = self.later.len() as u64;
        let first = self.messages.keys().find(|sequence| !self.is_orphan(**sequence));
        let floor = first.map_or(self.delivered, |first| (*first - 1).min(self.delivered));
        Progress { pending: self.ready.len() as u64, unacked, delivered: self.delivered, floor }
    }

    #[cfg(not(test))]
    fn is_orphan(&self, _sequence: u64) -> bool {
        false
    }

    pub(super) fn delete(&mut self, sequence: u64) {
        if let Some(Stored { due: Some(due), .. }) = self.messages.remove(&sequence) {
            self.later.remove(&(due, sequence));
        }
        self.ready.remove(&sequence);
    }

    pub(super) fn remake(&mut self) {
        self.later.clear();
        self.delivered = 0;
        #[cfg(test)]
        self.orphans.clear();
        let all = Vec::from_iter(self.messages.keys().copied());
        all.into_iter().for_each(|sequence| self.make_ready(sequence));
    }
}

#[cfg(test)]
impl Store {
    fn is_orphan(&self, sequence: u64) -> bool {
        self.orphans.contains(&sequence)
    }

    /// The broker takes no more than this.
    pub(crate) fn limit(&mut self, most: u64) {
        self.most = Some(most);
    }

    /// The broker crashes: it takes these for acknowledged, and has not removed them.
    pub(crate) fn leave_behind(&mut self, sequences: impl IntoIterator<Item = u64>) {
        for sequence in sequences {
            self.ready.remove(&sequence);
            self.delivered = self.delivered.max(sequence);
            self.orphans.insert(sequence);
        }
    }

    /// The broker crashes, and no longer knows the ids of what is stored.
    pub(crate) fn forget_ids(&mut self) {
        self.ids.clear();
    }

    /// The broker loses its last messages.
    pub(crate) fn lose_last(&mut self, n: u64) {
        for _ in 0..n {
            self.delete(self.last);
            self.last -= 1;
        }
    }

    /// A worker gets and acknowledges the oldest.
    pub(crate) fn consume(&mut self) {
        if let Some((&sequence, _)) = self.messages.first_key_value() {
            self.delivered = self.delivered.max(sequence);
            self.delete(sequence);
        }
    }

    /// The broker forgets that what nobody has got yet is to be delivered.
    pub(crate) fn forget_pending(&mut self) {
        self.delivered = self.last;
        self.ready.clear();
    }
}
