//! How a queue stands, for those who watch it (R1).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join4;
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::broker::{Broker, Lane};
use super::{Reason, Received, RemoteError, Sent};
use crate::sync::{Mutex, lock};

/// So old an answer may be before the broker is asked again.
const EVERY: Duration = Duration::from_secs(1);

/// What the broker has said of a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct QueueLevel {
    /// How many items are in it at most: those of its messages, as if each were full, and the suspects.
    pub items: u64,
    /// Messages that no worker has.
    pub pending: u64,
    /// Messages that are with workers.
    pub unacked: u64,
    /// Items that are tried alone, because a message with them in it failed.
    pub suspects: u64,
    /// Dead letters.
    pub dead: u64,
}

/// A queue, as one of its halves sees it. What belongs to the other half is `None`.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct QueueFigures {
    /// What the broker has said; `None` before its first answer.
    pub level: Option<QueueLevel>,
    /// What the publisher has sent.
    pub sent: Option<Sent>,
    /// Why the publisher is paused, if it is.
    pub paused: Option<Reason>,
    /// What the consumer has received.
    pub received: Option<Received>,
    /// How long the consumer has had what it has had longest.
    pub oldest_unacked: Option<Duration>,
}

impl QueueFigures {
    /// What both halves know.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            level: self.level.or(other.level),
            sent: self.sent.or(other.sent),
            paused: self.paused.or(other.paused),
            received: self.received.or(other.received),
            oldest_unacked: self.oldest_unacked.or(other.oldest_unacked),
        }
    }
}

/// Reads the figures of a queue, from any thread; cheap to clone.
///
/// The broker is asked only while somebody reads, and once a second at most, by all gauges of a [`RemoteQueue`](super::RemoteQueue) and its clones together.
#[derive(Clone)]
pub struct Gauge(Arc<dyn Fn() -> QueueFigures + Send + Sync>);

impl Gauge {
    /// `half` gives what one half knows by itself.
    pub(super) fn new<B: Broker>(
        broker: B,
        heard: Heard,
        per_message: usize,
        half: impl Fn() -> QueueFigures + Send + Sync + 'static,
    ) -> Self {
        let runtime = Handle::current();
        Self(Arc::new(move || {
            if heard.is_due() {
                let (broker, heard) = (broker.clone(), heard.clone());
                runtime.spawn(async move {
                    // Without an answer the last one stands; the reason of the pause tells of that.
                    if let Ok(level) = ask(&broker, per_message as u64).await {
                        lock(&heard.0).level = Some(level);
                    }
                });
            }
            QueueFigures { level: lock(&heard.0).level, ..half() }
        }))
    }

    /// The figures. The broker's are those of the last answer, a second old or so while somebody reads regularly. Does not wait.
    #[must_use]
    pub fn read(&self) -> QueueFigures {
        (self.0)()
    }
}

impl fmt::Debug for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gauge").field(&self.read()).finish()
    }
}

/// What all handles of a queue in this process have heard of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard(Arc<Mutex<Last>>);

#[derive(Debug, Default)]
struct Last {
    asked: Option<Instant>,
    level: Option<QueueLevel>,
}

impl Heard {
    /// Whether to ask now; then somebody else need not.
    fn is_due(&self) -> bool {
        let (mut last, now) = (lock(&self.0), Instant::now());
        let due = last.asked.is_none_or(|asked| now.saturating_duration_since(asked) >= EVERY);
        if due {
            last.asked = Some(now);
        }
        due
    }
}

async fn ask<B: Broker>(broker: &B, per_message: u64) -> Result<QueueLevel, RemoteError> {
    let (stored, progress, isolated, dead) = try_join4(
        broker.level(Lane::Items),
        broker.progress(Lane::Items),
        broker.level(Lane::Isolated),
        broker.level(Lane::Dead),
    )
    .await?;
    // The stream is the truth: what is stored and with nobody waits, whatever the workers' side of it says.
    let unacked = progress.map_or(0, |progress| progress.unacked).min(stored.messages);
    Ok(QueueLevel {
        items: stored.messages * per_message + isolated.messages,
        pending: stored.messages - unacked,
        unacked,
        suspects: isolated.messages,
        dead: dead.messages,
    })
}
