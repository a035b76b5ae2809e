//! `throttle(n, period, burst = 1)`.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::stage::{At, Body, Direct, Head, Stream, Told, later};

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
pub fn throttle<A, Tok, H>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    period: Duration,
    burst: usize,
    mut at: At<'_, '_>,
) -> Stream<A, Tok, Body<(A, Tok), impl Future<Output = Result<(), Told>> + use<A, Tok, H>>, Direct>
where
    H: Head<Item = (A, Tok)>,
{
    let n = at.positive("`n`", n);
    let period = at.lasting("the period", period);
    let burst = at.positive("`burst`", burst);
    at.describe(format_args!("{n} every {period:?}"));
    let limits = Limits { most: n.saturating_add(burst), period, gap: part(period, n), burst };
    s.body(at, move |mut input, port| async move {
        let mut pacer = Pacer::new(limits);
        loop {
            let mut waited = false;
            let item = match input.try_next().await {
                Some(item) => item,
                None => {
                    waited = true;
                    let Some(item) = input.next().await else { return Ok(()) };
                    item
                }
            };
            poll_fn(|_| {
                if port.has_room() {
                    return Poll::Ready(());
                }
                waited |= !port.is_open();
                Poll::Pending
            })
            .await;
            if let Some(turn) = pacer.turn(waited) {
                sleep_until(turn).await;
            }
            port.emit(item).await;
            pacer.passed();
        }
    })
}

/// An `n`th of `whole`, rounded down.
fn part(whole: Duration, n: usize) -> Duration {
    let nanos = whole.as_nanos() / n as u128;
    // Not more than `whole`, whose seconds fit.
    Duration::new((nanos / 1_000_000_000) as u64, (nanos % 1_000_000_000) as u32)
}

#[derive(Clone, Copy)]
struct Limits {
    /// No window of length `period` lets more through: `n + burst` (S6).
    most: usize,
    period: Duration,
    /// The time from one item to the next.
    gap: Duration,
    burst: usize,
}

/// The window is watched in so many parts at the most, so that a high rate costs no more memory than a low one.
const PARTS: usize = 1024;

/// When the next item may pass.
struct Pacer {
    limits: Limits,
    /// When the next item is due if all come evenly; none before the first.
    due: Option<Instant>,
    /// What passed in the last period, whatever timers do.
    passed: VecDeque<Passed>,
    count: usize,
}

/// Items that passed in one part of a period. They count as if all had passed with the last: never too few.
struct Passed {
    first: Instant,
    last: Instant,
    items: usize,
}

impl Pacer {
    fn new(limits: Limits) -> Self {
        Self { limits, due: None, passed: VecDeque::new(), count: 0 }
    }

    /// When the next item may pass, if not now. A pause in the flow (`waited`) earns up to `burst`; a timer that came late is made
    /// up for.
    fn turn(&mut self, waited: bool) -> Option<Instant> {
        let Limits { most, gap, burst, .. } = self.limits;
        let now = Instant::now();
        let earned = gap.saturating_mul(u32::try_from(burst - 1).unwrap_or(u32::MAX));
        let earliest = now.checked_sub(earned).unwrap_or(now);
        let due = match self.due {
            Some(due) if waited => due.max(earliest),
            Some(due) => due,
            None => earliest,
        };
        self.due = Some(later(due, gap));
        let mut turn = due;
        while let Some(&Passed { last, items, .. }) = self.passed.front() {
            // One past the period: a window has both of its ends.
            let out = later(last, self.limits.period.saturating_add(Duration::from_nanos(1)));
            if out > now {
                if self.count >= most {
                    turn = turn.max(out);
                }
                break;
            }
            self.passed.pop_front();
            self.count -= items;
        }
        (turn > now).then_some(turn)
    }

    fn passed(&mut self) {
        let now = Instant::now();
        self.count += 1;
        let part = if self.limits.most > PARTS { part(self.limits.period, PARTS) } else { Duration::ZERO };
        match self.passed.back_mut() {
            Some(passed) if now - passed.first <= part => {
                passed.last = now;
                passed.items += 1;
            }
            _ => self.passed.push_back(Passed { first: now, last: now, items: 1 }),
        }
    }
}
