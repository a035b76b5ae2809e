//! `throttle(n, period, burst = 1)`.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::PipelineError;
use crate::stage::{At, Body, Direct, Head, Stream};

/// The items, slowed down to `n` a `period`; none is dropped (`S6`).
///
/// After a quiet time up to `burst` items (default 1) pass at once; then they are spaced evenly. No window of length `period` lets more than
/// `n + burst` through.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let start = std::time::Instant::now();
/// let all = pipeline! { iter(0..4u32) -> throttle(1, 2ms) -> count() }.run().await?;
/// assert_eq!(all, 4);
/// assert!(start.elapsed() >= std::time::Duration::from_millis(6));
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item, in order, when its time has come
/// * pauses: when its output is paused, or its next item has to wait; its own link then fills and pauses
/// * finishes: with its input, in its own time
/// * stops early: never by itself
///
/// # Panics
/// When `n`, `period` or `burst` is zero; when it runs outside a tokio runtime with timers.
#[doc(alias = "rate_limit")]
#[track_caller]
pub fn throttle<A, H, Ts>(
    s: Stream<A, H, Direct, Ts>,
    n: usize,
    period: Duration,
    burst: usize,
    mut at: At<'_, '_>,
) -> Stream<A, Body<A, impl Future<Output = Result<(), PipelineError>> + use<A, H, Ts>>, Direct, Ts>
where
    H: Head<Item = A>,
{
    let n = at.positive("`n`", n);
    let period = at.lasting("the period", period);
    let burst = at.positive("`burst`", burst);
    at.describe(format_args!("{n} every {period:?}"));
    // Rounded up: a window never lets one too many through.
    let gap = Duration::from_nanos(period.as_nanos().div_ceil(n as u128).try_into().unwrap_or(u64::MAX));
    s.body(at, move |mut input, port| async move {
        // The time at which the bucket is full again if nothing more passes; an item moves it on by a gap.
        let mut full_at = Instant::now();
        let slack = gap.saturating_mul(u32::try_from(burst - 1).unwrap_or(u32::MAX));
        while let Some(item) = input.next().await {
            port.wait_for_room().await;
            if let Some(turn) = full_at.checked_sub(slack) {
                sleep_until(turn).await;
            }
            port.emit(item).await;
            full_at = full_at.max(Instant::now()) + gap;
        }
        Ok(())
    })
}
