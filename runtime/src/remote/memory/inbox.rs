//! Receives messages from memory.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Sleep, sleep_until};

use super::store::Ticket;
use super::{MemoryBroker, lock};
use crate::remote::RemoteError;
use crate::remote::broker::{Arrival, Inbox, Lane};

/// Receives messages of a lane in memory.
#[derive(Debug)]
pub struct MemoryInbox {
    broker: MemoryBroker,
    lane: Lane,
    asked: usize,
    /// Until a message that is out may be had again.
    timer: Option<Pin<Box<Sleep>>>,
}

impl MemoryInbox {
    pub(super) fn new(broker: MemoryBroker, lane: Lane) -> Self {
        Self { broker, lane, asked: 0, timer: None }
    }
}

impl Inbox for MemoryInbox {
    type Ticket = Ticket;

    async fn ask(&mut self, messages: usize) -> Result<(), RemoteError> {
        self.asked += messages;
        Ok(())
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Arrival<Ticket>> {
        if self.asked == 0 {
            return Poll::Pending;
        }
        loop {
            let due = {
                let mut world = lock(&self.broker.world);
                let store = world.store(self.lane);
                if let Some(delivery) = store.take(self.lane) {
                    self.asked -= 1;
                    return Poll::Ready(Arrival::Message(delivery));
                }
                store.wait(cx.waker());
                store.next_due()
            };
            self.timer = due.map(|due| Box::pin(sleep_until(due)));
            if self.timer.as_mut().is_none_or(|timer| timer.as_mut().poll(cx).is_pending()) {
                return Poll::Pending;
            }
        }
    }
}
