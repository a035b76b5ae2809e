//! What a consumer has in hand: fetched, and not yet settled.

use std::sync::Arc;
use std::time::Duration;

use slab::Slab;
use tokio::sync::futures::OwnedNotified;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use crate::remote::broker::{Broker, Delivery, Lane};
use crate::remote::frame::{Head, Items};
use crate::remote::{Layout, RemoteError};
use crate::sync::{Mutex, lock};

/// What a consumer has received, in messages where nothing else is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Received {
    /// Messages.
    pub messages: u64,
    /// Those of them that had been delivered before.
    pub redelivered: u64,
    /// Done, and confirmed so by the broker.
    pub done: u64,
    /// Given back.
    pub given_back: u64,
    /// Taken apart, so that their items are tried alone.
    pub taken_apart: u64,
    /// Dead letters written: items, or whole messages that cannot be read.
    pub dead: u64,
    /// Not readable: of another schema, another codec, or damaged.
    pub unreadable: u64,
    /// Verdicts that the broker did not confirm: these items may come again.
    pub unconfirmed: u64,
    /// Signs of life given.
    pub beats: u64,
    /// How often the workers' side of the queue had to be made anew.
    pub remade: u64,
}

/// A frame on its way to the pipeline.
pub(super) struct Arrived {
    pub(super) head: Head,
    pub(super) items: Items,
    pub(super) attempt: u64,
    pub(super) isolated: bool,
    pub(super) handle: Handle,
}

/// Takes the verdict on a frame. Dropped without one, the frame is given back, and another worker gets it.
#[derive(Debug)]
#[must_use = "a handle that is dropped gives its items back"]
pub struct Handle {
    key: usize,
    verdicts: Option<mpsc::UnboundedSender<Verdict>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Verdict {
    pub(super) key: usize,
    pub(super) how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Done,
    GivenBack,
    Guilty,
    Unreadable,
}

impl Handle {
    /// All that came of the items has left the pipeline: the broker may forget them.
    pub fn done(self) {
        self.say(How::Done);
    }

    /// One of the items made the pipeline fail: they are tried again one at a time, so that the others go on.
    pub fn guilty(self) {
        self.say(How::Guilty);
    }

    pub(super) fn unreadable(self) {
        self.say(How::Unreadable);
    }

    fn say(mut self, how: How) {
        self.send(how);
    }

    fn send(&mut self, how: How) {
        if let Some(verdicts) = self.verdicts.take() {
            // Nobody listens only when the runtime has gone: then the broker gives the items to another after `ack_wait`.
            let _ = verdicts.send(Verdict { key: self.key, how });
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.send(How::GivenBack);
    }
}

/// One message in hand.
#[derive(Clone)]
pub(super) struct Held<K> {
    pub(super) lane: Lane,
    pub(super) delivery: Delivery<K>,
    pub(super) since: Instant,
}

pub(super) struct Hand<B: Broker> {
    pub(super) broker: B,
    pub(super) layout: Layout,
    codec: u8,
    state: Mutex<State<B::Ticket>>,
    changed: Arc<Notify>,
    /// Whose turn it is to take a frame apart.
    pub(super) taking_apart: tokio::sync::Mutex<()>,
}

struct State<K> {
    /// A key is free again when its message is let go of, which its one verdict does.
    held: Slab<Held<K>>,
    /// Messages of the queue itself that the pipeline has not taken yet.
    waiting: usize,
    /// Messages of the queue itself that have been asked for and are still to come.
    asked: usize,
    /// Verdicts that wait until they can be told to the broker.
    untold: usize,
    leaving: bool,
    failure: Option<RemoteError>,
    unreadable: Option<String>,
    figures: Received,
}

impl<B: Broker> Hand<B> {
    pub(super) fn new(broker: B, layout: Layout, codec: u8) -> Self {
        let state = State {
            held: Slab::new(),
            waiting: 0,
            asked: 0,
            untold: 0,
            leaving: false,
            failure: None,
            unreadable: None,
            figures: Received::default(),
        };
        let (state, changed, taking_apart) = (Mutex::new(state), Arc::default(), tokio::sync::Mutex::default());
        Self { broker, layout, codec, state, changed, taking_apart }
    }

    pub(super) async fn open(&self) -> Result<(B::Inbox, B::Inbox), RemoteError> {
        self.broker.open(&self.layout).await?;
        Ok((self.broker.inbox(Lane::Items).await?, self.broker.inbox(Lane::Isolated).await?))
    }

    /// Room, leaving, or the last of what was in hand. What has changed after this call wakes the future, also before it is polled.
    pub(super) fn changed(&self) -> OwnedNotified {
        Arc::clone(&self.changed).notified_owned()
    }

    /// How many messages to ask for now, besides those that have been `asked` for; of suspects one at a time (C7).
    pub(super) fn demand(&self, lane: Lane, asked: usize) -> usize {
        let mut state = lock(&self.state);
        match lane {
            Lane::Items => {
                state.asked = asked;
                let wanted = self.wanted(&state);
                state.asked += wanted;
                wanted
            }
            _ => usize::from(asked == 0 && !state.held.iter().any(|(_, held)| held.lane == lane)),
        }
    }

    /// Nothing before half of the room is free, then all of it (C1).
    fn wanted(&self, state: &State<B::Ticket>) -> usize {
        let room = self.layout.room();
        let free = room.saturating_sub(state.asked + state.waiting + state.untold);
        if free * 2 >= room { free } else { 0 }
    }

    /// The pipeline has taken a message.
    pub(super) fn make_room(&self) {
        self.change_room(|state| state.waiting -= 1);
    }

    /// So many verdicts wait until they can be told.
    pub(super) fn note_untold(&self, verdicts: usize) {
        self.change_room(|state| state.untold = verdicts);
    }

    fn change_room(&self, change: impl FnOnce(&mut State<B::Ticket>)) {
        let enough = {
            let mut state = lock(&self.state);
            let before = self.wanted(&state);
            change(&mut state);
            before == 0 && self.wanted(&state) > 0
        };
        if enough {
            self.changed.notify_waiters();
        }
    }

    /// Takes a message in, and makes of it what goes to the pipeline, or says at once what becomes of it.
    pub(super) fn take_in(
        &self,
        lane: Lane,
        delivery: Delivery<B::Ticket>,
        verdicts: &mpsc::UnboundedSender<Verdict>,
    ) -> Option<Arrived> {
        let (attempt, read) =
            (delivery.attempt, self.layout.options.read(self.broker.name(), self.codec, &delivery.payload));
        // Delivered too often: somebody who had it is dead, and could not say why (C6).
        let too_often = self.layout.options.dead_letters && attempt > self.layout.options.attempts;
        let handle = {
            let mut state = lock(&self.state);
            state.figures.messages += 1;
            state.figures.redelivered += u64::from(attempt > 1);
            if lane == Lane::Items {
                state.asked = state.asked.saturating_sub(1);
                state.waiting += usize::from(read.is_ok() && !too_often);
            }
            let key = state.held.insert(Held { lane, delivery, since: Instant::now() });
            Handle { key, verdicts: Some(verdicts.clone()) }
        };
        match read {
            Err(error) => {
                self.unreadable(error.to_string());
                handle.unreadable();
                None
            }
            Ok(_) if too_often => {
                handle.guilty();
                None
            }
            Ok((head, items)) => Some(Arrived { head, items, attempt, isolated: lane == Lane::Isolated, handle }),
        }
    }

    pub(super) fn unreadable(&self, why: String) {
        let mut state = lock(&self.state);
        state.figures.unreadable += 1;
        state.unreadable = Some(why);
    }

    pub(super) fn last_unreadable(&self) -> Option<String> {
        lock(&self.state).unreadable.clone()
    }

    /// What a verdict is on.
    pub(super) fn held(&self, key: usize) -> Held<B::Ticket> {
        lock(&self.state).held[key].clone()
    }

    /// Where to tell the verdict. The message's bytes are not needed any more.
    pub(super) fn ticket(&self, key: usize) -> B::Ticket {
        let (ticket, _payload) = {
            let delivery = &mut lock(&self.state).held[key].delivery;
            (delivery.ticket.clone(), std::mem::take(&mut delivery.payload))
        };
        ticket
    }

    /// The broker knows what became of it, or never will. Wakes those who wait for the next suspect, or for the last of all.
    pub(super) fn let_go(&self, key: usize, count: impl FnOnce(&mut Received)) {
        let awaited = {
            let mut state = lock(&self.state);
            count(&mut state.figures);
            let gone = state.held.remove(key);
            state.held.is_empty() || gone.lane == Lane::Isolated
        };
        if awaited {
            self.changed.notify_waiters();
        }
    }

    /// Those that have been in hand for so long.
    pub(super) fn older_than(&self, age: Duration) -> Vec<B::Ticket> {
        let state = lock(&self.state);
        let old = state.held.iter().filter(|(_, held)| held.since.elapsed() >= age);
        old.map(|(_, held)| held.delivery.ticket.clone()).collect()
    }

    pub(super) fn oldest(&self) -> Option<Duration> {
        lock(&self.state).held.iter().map(|(_, held)| held.since.elapsed()).max()
    }

    pub(super) fn is_empty(&self) -> bool {
        lock(&self.state).held.is_empty()
    }

    /// How many messages of a lane are in hand.
    pub(super) fn held_of(&self, lane: Lane) -> u64 {
        lock(&self.state).held.iter().filter(|(_, held)| held.lane == lane).count() as u64
    }

    /// How many messages have come, and how many have gone.
    pub(super) fn progress(&self) -> (u64, u64) {
        let Received { messages, done, given_back, unconfirmed, .. } = self.figures();
        (messages, done + given_back + unconfirmed)
    }

    /// Whether the run is marked as complete: nothing new comes to the queue.
    pub(super) async fn has_ended(&self) -> Result<bool, RemoteError> {
        let record = self.broker.record().await?;
        Ok(record.is_some_and(|(_, record)| record.ended.is_some() && *record.run == *self.layout.options.run))
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Received)) {
        change(&mut lock(&self.state).figures);
    }

    pub(super) fn figures(&self) -> Received {
        lock(&self.state).figures
    }

    pub(super) fn leave(&self) {
        lock(&self.state).leaving = true;
        self.changed.notify_waiters();
    }

    pub(super) fn is_leaving(&self) -> bool {
        lock(&self.state).leaving
    }

    pub(super) fn fail(&self, error: RemoteError) {
        lock(&self.state).failure.get_or_insert(error);
        self.leave();
    }

    pub(super) fn failure(&self) -> Option<RemoteError> {
        lock(&self.state).failure.clone()
    }
}
