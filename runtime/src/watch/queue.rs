//! What is shown of a queue that a broker keeps, whether or not such queues are in this build.

#![cfg_attr(
    not(all(feature = "top", any(feature = "dashboard", feature = "metrics"))),
    allow(dead_code, reason = "each of those who look reads some of it")
)]

use std::time::Duration;

use crate::LinkSnapshot;

/// The figures that monitoring is given. What belongs to the half that is not in this process is not known here.
pub(crate) struct Queue {
    /// Messages that no worker has, and that workers have.
    pub(crate) pending: Option<u64>,
    pub(crate) unacked: Option<u64>,
    /// Items that are tried alone, and that were given up.
    pub(crate) suspects: Option<u64>,
    pub(crate) dead: Option<u64>,
    /// Messages that this process has stored, and taken.
    pub(crate) sent: Option<u64>,
    pub(crate) received: Option<u64>,
    pub(crate) redelivered: Option<u64>,
    pub(crate) oldest_unacked: Option<Duration>,
    /// Why the link is paused.
    pub(crate) paused: Option<Paused>,
}

/// Why a link is paused whose queue a broker keeps.
pub(crate) struct Paused {
    pub(crate) disconnected: bool,
    pub(crate) words: String,
}

impl Queue {
    /// That of a link; none for one in memory, and before a half of it is open.
    #[cfg(feature = "remote")]
    pub(crate) fn of(link: &LinkSnapshot) -> Option<Self> {
        use crate::remote::{QueueFigures, Reason};

        let QueueFigures { level, sent, paused, received, oldest_unacked } = link.queue.as_ref()?;
        Some(Self {
            pending: level.map(|level| level.pending),
            unacked: level.map(|level| level.unacked),
            suspects: level.map(|level| level.suspects),
            dead: level.map(|level| level.dead),
            sent: sent.map(|sent| sent.messages),
            received: received.map(|received| received.messages),
            redelivered: received.map(|received| received.redelivered),
            oldest_unacked: *oldest_unacked,
            paused: paused.as_ref().map(|reason| Paused {
                disconnected: matches!(reason, Reason::Disconnected(_)),
                words: reason.to_string(),
            }),
        })
    }

    /// No link has one: such queues are not in this build.
    #[cfg(not(feature = "remote"))]
    pub(crate) fn of(_: &LinkSnapshot) -> Option<Self> {
        None
    }
}
