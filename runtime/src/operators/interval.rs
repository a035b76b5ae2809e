//! `interval(period)`.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::connectors::head;
use crate::stage::{At, Direct, Head, Nil, Stream};
use crate::{BoxError, Source};

/// The time, once a period; the first tick comes at once.
///
/// Ticks that find no room, or come while the pipeline is held by `pause()`, are skipped, not queued: the next item is the next
/// tick.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// use std::time::Duration;
/// let ticks = pipeline! { interval(1ms) -> take(3) -> collect::<Vec<_>>() }.run().await?;
/// assert!(ticks[2] - ticks[0] >= Duration::from_millis(2));
/// # Ok(())
/// # }
/// ```
///
/// * emits: the `Instant` of each tick
/// * pauses: when the link below is paused; it then takes nothing
/// * finishes: never by itself
/// * stops early: when downstream is satisfied, and at `finish()`
///
/// # Panics
/// When `period` is zero; when it runs outside a tokio runtime with timers.
#[doc(alias = "tick")]
#[track_caller]
pub fn interval(period: Duration, at: At<'_, '_>) -> Stream<Instant, impl Head<Item = Instant> + Send + use<>, Direct, Nil> {
    let period = at.lasting("the period", period);
    Stream::source(head(Ticks { period, next: None }, &at))
}

struct Ticks {
    period: Duration,
    /// When the next tick is due; none before the first.
    next: Option<Instant>,
}

impl Source for Ticks {
    type Item = Instant;

    async fn next(&mut self) -> Result<Option<Instant>, BoxError> {
        let now = Instant::now();
        let mut due = *self.next.get_or_insert(now);
        if due < now {
            // Ticks that nobody asked for in their time.
            let missed = (now - due).as_nanos().div_ceil(self.period.as_nanos());
            due += self.period.saturating_mul(u32::try_from(missed).unwrap_or(u32::MAX));
            self.next = Some(due);
        }
        sleep_until(due).await;
        self.next = Some(due + self.period);
        Ok(Some(due))
    }
}
