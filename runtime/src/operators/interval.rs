//! `interval(period)`.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::connectors::head;
use crate::stage::{At, Direct, Head, Stream};
use crate::{BoxError, Source};

/// The time, once a period; the first tick comes at once.
///
/// Ticks that find no room, or come while the pipeline is held by `pause()`, are skipped, not queued: the next item is the next
/// tick.
///
/// # Cancel safety
/// At `finish()` and on failure the wait for the next tick is dropped; it has then taken none.
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
pub fn interval(
    period: Duration,
    at: At<'_, '_>,
) -> Stream<Instant, (), impl Head<Item = (Instant, ())> + Send + use<>, Direct> {
    let period = at.lasting("the period", period);
    Stream::source(head(Ticks { period, next: Tick::First }, &at))
}

struct Ticks {
    period: Duration,
    next: Tick,
}

/// When the next tick is due.
enum Tick {
    First,
    At(Instant),
    /// Past what the clock can express.
    Never,
}

impl Source for Ticks {
    type Item = Instant;

    async fn next(&mut self) -> Result<Option<Instant>, BoxError> {
        let now = Instant::now();
        let due = match self.next {
            Tick::First => now,
            Tick::At(due) if due >= now => due,
            // Ticks that nobody asked for in their time are skipped.
            Tick::At(due) => {
                let late = (now - due).as_nanos() % self.period.as_nanos();
                let late = Duration::from_nanos(u64::try_from(late).unwrap_or(u64::MAX));
                if late.is_zero() { now } else { now + (self.period - late) }
            }
            Tick::Never => std::future::pending().await,
        };
        self.next = Tick::At(due);
        sleep_until(due).await;
        self.next = due.checked_add(self.period).map_or(Tick::Never, Tick::At);
        Ok(Some(due))
    }
}
