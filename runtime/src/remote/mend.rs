//! Mends what a broker's crash leaves behind (C8).

use std::time::Duration;

use tokio::time::Instant;

use super::broker::{Broker, Lane};
use super::options::random;
use super::{Layout, RemoteError};

/// So long the oldest message must be nobody's before the queue is mended.
const STUCK: Duration = Duration::from_secs(3);
/// Not all who look shall mend it at once: each waits for a part of this longer.
const APART: Duration = Duration::from_secs(2);

/// What one who looks at a lane again and again has seen.
pub(super) struct Mending {
    lane: Lane,
    /// The oldest message, which nobody has or will get, and since when.
    forgotten: Option<(u64, Instant)>,
    patience: Duration,
}

/// How a look found the lane.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Empty,
    Filled,
    /// The workers' side was not what it should be: it is made anew.
    Mended,
}

impl Mending {
    pub(super) fn new(lane: Lane) -> Self {
        Self { lane, forgotten: None, patience: STUCK + APART.mul_f64(random() as f64 / u64::MAX as f64) }
    }

    pub(super) async fn look<B: Broker>(&mut self, broker: &B, layout: &Layout) -> Result<Found, RemoteError> {
        // In this order: what the workers have cannot be ahead of what is stored, unless the broker has lost something.
        let progress = broker.progress(self.lane).await?;
        let level = broker.level(self.lane).await?;
        let is_wrong = match progress {
            None => true,
            Some(progress) if progress.delivered > level.last => true,
            Some(_) if level.messages == 0 => {
                self.forgotten = None;
                return Ok(Found::Empty);
            }
            Some(progress) => self
                .is_forgotten(level.first, level.first <= progress.floor || progress.pending + progress.unacked == 0),
        };
        if !is_wrong {
            return Ok(Found::Filled);
        }
        // The stream is the truth, the workers' side only a cache: made anew, it delivers again what is stored. A server that crashed recovers the two apart
        // from each other, so what one takes for acknowledged and the other still has comes again, and is not removed.
        self.forgotten = None;
        broker.remake(self.lane, layout).await?;
        Ok(Found::Mended)
    }

    /// Whether the oldest message has been nobody's for long.
    fn is_forgotten(&mut self, first: u64, is_nobodys: bool) -> bool {
        let now = Instant::now();
        let since = match self.forgotten {
            Some((before, since)) if before == first => since,
            _ => now,
        };
        self.forgotten = is_nobodys.then_some((first, since));
        is_nobodys && now - since >= self.patience
    }
}
