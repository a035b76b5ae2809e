//! The publisher keeps the capacity (Q3): it counts what it sends, looks where that might be too much, and waits at a full queue until it has run low.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::desk::Reason;
use super::pump::Pump;
use crate::remote::broker::{Broker, Lane, Level};
use crate::remote::mend::Mending;
use crate::remote::{Layout, RemoteError};
use crate::sync::lock;

const SOONEST: Duration = Duration::from_millis(2);
const LATEST: Duration = Duration::from_millis(200);
/// How often to see whether the workers' side of a full queue must be mended.
const MEND: Duration = Duration::from_secs(1);

/// Up to which sequence there was room at a look. Workers only take away, so it holds until the next.
pub(super) fn top(level: Level, layout: &Layout) -> u64 {
    level.last + layout.messages().saturating_sub(level.messages)
}

impl<B: Broker> Pump<B> {
    /// How many more messages may be sent. What is on its way counts as stored.
    pub(super) fn room(&self) -> u64 {
        self.top.saturating_sub(self.last + self.sent.len() as u64)
    }

    /// There is no room left as of the last look: looks whether the workers have made any, and waits if the queue is full.
    pub(super) async fn find_room(&mut self) -> Result<(), RemoteError> {
        // What is found must be worth a look; a queue with less room than this is as good as full.
        let enough = (self.layout.messages() - self.layout.low).div_ceil(4);
        loop {
            let last = self.look().await?.last;
            self.nothing_lost(self.last, last).await?;
            if self.room() >= enough {
                return Ok(());
            }
            if self.sent.is_empty() {
                break;
            }
            self.all_answered().await?;
        }
        // It may take long: whoever comes after a publisher that is killed here shall find its last position.
        self.keep(None).await?;
        self.until_low().await
    }

    pub(super) async fn look(&mut self) -> Result<Level, RemoteError> {
        let level = self.patience().insist(|| self.broker.level(Lane::Items)).await?;
        lock(&self.desk).figures.looks += 1;
        self.top = top(level, &self.layout);
        Ok(level)
    }

    /// Pauses the link until the queue is at its low mark. Nothing is sent meanwhile.
    pub(super) async fn until_low(&mut self) -> Result<(), RemoteError> {
        {
            let mut desk = lock(&self.desk);
            desk.figures.full += 1;
            desk.pause(Reason::Full);
        }
        let mut forecast = Forecast::new(self.layout.low);
        let (mut mending, mut looked) = (Mending::new(Lane::Items), Instant::now());
        loop {
            // What is sent next expects nothing of this look: it may show a newer publisher's messages already (Q6).
            let level = self.look().await?.messages;
            match forecast.after(level, Instant::now()) {
                Some(wait) => sleep(wait).await,
                None => break,
            }
            if looked.elapsed() >= MEND {
                looked = Instant::now();
                // Perhaps no worker lives long enough to do it. Why it cannot be done, the next look at the level says too, if it concerns this half.
                let _ = mending.look(&self.broker, &self.layout).await;
            }
        }
        lock(&self.desk).drain();
        Ok(())
    }
}

/// When to look again: when the level will have come down to the mark, at the rate just seen, and a little before.
struct Forecast {
    low: u64,
    seen: Option<(u64, Instant)>,
    wait: Duration,
}

impl Forecast {
    fn new(low: u64) -> Self {
        Self { low, seen: None, wait: SOONEST }
    }

    /// How long to wait after this look; `None` at the mark.
    fn after(&mut self, level: u64, now: Instant) -> Option<Duration> {
        if level <= self.low {
            return None;
        }
        if let Some((before, at)) = self.seen.replace((level, now)) {
            let (gone, time) = (before.saturating_sub(level), now - at);
            self.wait = match gone {
                0 => self.wait * 2,
                gone => time.mul_f64((level - self.low) as f64 / gone as f64 * 0.9),
            };
        }
        self.wait = self.wait.clamp(SOONEST, LATEST);
        Some(self.wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_again_a_little_before_the_mark_is_reached() {
        let (mut forecast, start) = (Forecast::new(50), Instant::now());
        assert_eq!(forecast.after(100, start), Some(SOONEST));
        assert_eq!(forecast.after(90, start + Duration::from_millis(10)), Some(Duration::from_millis(36)));
        assert_eq!(forecast.after(50, start + Duration::from_millis(50)), None);
    }

    #[test]
    fn looks_less_and_less_often_at_a_queue_that_stands_still() {
        let (mut forecast, start) = (Forecast::new(0), Instant::now());
        let waits =
            Vec::from_iter((0..9).map(|n| forecast.after(8, start + Duration::from_secs(n)).unwrap().as_millis()));
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 200, 200]);
    }
}
