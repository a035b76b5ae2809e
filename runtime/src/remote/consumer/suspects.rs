//! What fails again and again is set aside, so that the rest goes on (C6, C7).

use std::time::Duration;

use futures_util::future::join_all;

use super::hand::{Hand, Held};
use crate::remote::RemoteError;
use crate::remote::broker::{Answer, Broker, Lane, Message, Settle};
use crate::remote::frame::{self, Frame};

impl<B: Broker> Hand<B> {
    /// A message failed, or its worker died too often. One of many items is taken apart; a suspect that was tried often enough alone is guilty.
    ///
    /// If it cannot be set aside now, it comes again after `rest`.
    pub(super) async fn suspect(&self, held: &Held<B::Ticket>, rest: Duration) -> Result<Settle, RemoteError> {
        match held.lane {
            Lane::Items => self.take_apart(held, rest).await,
            _ if held.delivery.attempt < self.layout.options.attempts => Ok(Settle::Again(rest)),
            _ => self.bury(held, rest).await,
        }
    }

    /// Makes of each item a message in the lane of the suspects, if there is room for all. They are there before the frame is done with.
    async fn take_apart(&self, held: &Held<B::Ticket>, rest: Duration) -> Result<Settle, RemoteError> {
        let (head, items) = frame::read(&held.delivery.payload)?;
        // One after the other: who looks sees what those before have stored.
        let _turn = self.taking_apart.lock().await;
        let room = match self.broker.level(Lane::Isolated).await {
            Ok(level) => self.layout.suspects().saturating_sub(level.messages),
            Err(_) => 0,
        };
        if room < u64::from(head.count) {
            return Ok(Settle::Again(rest));
        }
        let singles = (0..).zip(items.iter()).map(|(index, item)| frame::single(&head, index, item)).collect();
        let stored = self.set_aside(Lane::Isolated, singles).await;
        self.count(|figures| figures.taken_apart += u64::from(stored));
        Ok(if stored { Settle::Done } else { Settle::Again(rest) })
    }

    /// Writes a message to the dead letters.
    pub(super) async fn bury(&self, held: &Held<B::Ticket>, rest: Duration) -> Result<Settle, RemoteError> {
        let payload = held.delivery.payload.clone();
        let id = match frame::read(&payload) {
            Ok((head, _)) => head.id(),
            // Not one of ours: what it says names it.
            Err(_) => format!("foreign.{:016x}", frame::hash(&payload)),
        };
        let stored = self.set_aside(Lane::Dead, vec![Frame { end: 0, id, payload }]).await;
        self.count(|figures| figures.dead += u64::from(stored));
        Ok(if stored { Settle::Done } else { Settle::Again(rest) })
    }

    /// Whether all of them are stored now.
    async fn set_aside(&self, lane: Lane, frames: Vec<Frame>) -> bool {
        let mut answers = Vec::new();
        for Frame { id, payload, .. } in frames {
            match self.broker.send(lane, Message { id, expected_last: None, payload }).await {
                Ok(answer) => answers.push(answer),
                Err(_) => return false,
            }
        }
        join_all(answers).await.iter().all(|answer| matches!(answer, Answer::Stored { .. }))
    }
}
