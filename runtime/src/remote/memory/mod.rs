//! A broker inside the process: for tests with tokio's paused clock, and for programs that can do without a server.
//!
//! It keeps the rules that a real one keeps (`store.rs`), and what it keeps is gone with the process. The test's `faults` do to it what befalls a
//! real one.

#[cfg(test)]
pub(crate) mod faults;
mod inbox;
mod store;

use std::sync::Arc;

use bytes::Bytes;

pub use self::inbox::MemoryInbox;
pub use self::store::Ticket;

use self::store::Store;
use super::broker::{Broker, Lane, Level, Message, Progress, Record, Settle};
use super::{Layout, RemoteError, RemoteQueue};
use crate::sync::{Mutex, lock};

/// A queue that lives as long as its handles do, in this process alone.
///
/// It stands in for a broker: what is written for a queue between processes runs over it unchanged.
pub fn in_memory(name: impl Into<String>) -> RemoteQueue<MemoryBroker> {
    RemoteQueue::new(MemoryBroker { name: name.into().into(), world: Arc::default() })
}

/// The broker behind [`in_memory`].
#[derive(Clone, Debug)]
pub struct MemoryBroker {
    name: Arc<str>,
    world: Arc<Mutex<World>>,
}

#[derive(Debug, Default)]
struct World {
    stores: [Store; 3],
    record: Option<(u64, Record)>,
    /// The capacity it was opened with, in messages.
    opened: Option<u64>,
    #[cfg(test)]
    faults: faults::Faults,
}

impl World {
    fn store(&mut self, lane: Lane) -> &mut Store {
        &mut self.stores[lane as usize]
    }
}

impl MemoryBroker {
    /// Answers a question, unless nobody can be reached.
    fn ask<R>(&self, answer: impl FnOnce(&mut World) -> R) -> Result<R, RemoteError> {
        let mut world = lock(&self.world);
        #[cfg(test)]
        world.faults.reach()?;
        Ok(answer(&mut world))
    }
}

impl Broker for MemoryBroker {
    #[cfg(test)]
    type Answer = faults::Late;
    #[cfg(not(test))]
    type Answer = std::future::Ready<super::broker::Answer>;
    type Ticket = Ticket;
    type Inbox = MemoryInbox;

    fn name(&self) -> &str {
        &self.name
    }

    fn max_payload(&self) -> usize {
        1 << 20
    }

    async fn open(&self, layout: &Layout) -> Result<(), RemoteError> {
        self.ask(|world| {
            if let Some(other) = world.opened.replace(layout.messages()).filter(|other| *other != layout.messages()) {
                world.opened = Some(other);
                return Err(RemoteError::Config(format!(
                    "queue `{}` was opened with a capacity of {other} messages, and this side asks for {}: give both the same",
                    self.name, layout.messages()
                )));
            }
            world.stores.iter_mut().for_each(|store| store.set_up(layout.ack_wait()));
            Ok(())
        })?
    }

    async fn send(&self, lane: Lane, message: Message) -> Result<Self::Answer, RemoteError> {
        #[cfg(test)]
        return Ok(faults::send(&mut lock(&self.world), lane, &message));
        #[cfg(not(test))]
        Ok(std::future::ready(lock(&self.world).store(lane).put(&message)))
    }

    async fn level(&self, lane: Lane) -> Result<Level, RemoteError> {
        self.ask(|world| world.store(lane).level())
    }

    async fn newest(&self) -> Result<Option<Bytes>, RemoteError> {
        self.ask(|world| world.store(Lane::Items).newest())
    }

    async fn dead_letter(&self, from: u64) -> Result<Option<(u64, Bytes)>, RemoteError> {
        self.ask(|world| world.store(Lane::Dead).oldest(from))
    }

    async fn remove_dead_letter(&self, sequence: u64) -> Result<(), RemoteError> {
        self.ask(|world| world.store(Lane::Dead).delete(sequence))
    }

    async fn record(&self) -> Result<Option<(u64, Record)>, RemoteError> {
        self.ask(|world| world.record.clone())
    }

    async fn replace_record(&self, record: &Record, revision: u64) -> Result<Option<u64>, RemoteError> {
        self.ask(|world| {
            let now = world.record.as_ref().map_or(0, |(revision, _)| *revision);
            if now != revision {
                return None;
            }
            world.record = Some((now + 1, record.clone()));
            Some(now + 1)
        })
    }

    async fn inbox(&self, lane: Lane) -> Result<MemoryInbox, RemoteError> {
        self.ask(|_| MemoryInbox::new(self.clone(), lane))
    }

    async fn settle(&self, ticket: &Ticket, how: Settle) -> Result<(), RemoteError> {
        #[cfg(test)]
        self.take_time().await;
        self.ask(|world| world.store(ticket.lane).settle(ticket, how))
    }

    async fn progress(&self, lane: Lane) -> Result<Option<Progress>, RemoteError> {
        self.ask(|world| Some(world.store(lane).progress()))
    }

    async fn remake(&self, lane: Lane, _: &Layout) -> Result<(), RemoteError> {
        self.ask(|world| world.store(lane).remake())
    }
}
