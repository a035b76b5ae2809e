//! `sample(d)`.

use std::future::poll_fn;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::time::Instant;

use crate::Token;
use crate::stage::{Alarm, At, Body, Direct, Head, Stream, Told, later, paired};

/// The latest item, every `d`; nothing where none has come since the last.
///
/// It always has room, also while its output is paused: ticks that find it paused are left out. What it drops is counted at the link before
/// it (`L10`); at the end, and at `finish()`, it drops what has come since the last tick.
/// The token of an item that is dropped is done.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let seen = pipeline! { interval(1ms) -> sample(10ms) -> take(2) -> count() }.run().await?;
/// assert_eq!(seen, 2);
/// # Ok(())
/// # }
/// ```
///
/// * emits: the latest item, at multiples of `d` after the start
/// * pauses: never; it drops instead
/// * finishes: with its input, at once
/// * stops early: never by itself
///
/// # Panics
/// When `d` is zero; when it runs outside a tokio runtime with timers.
#[doc(alias = "throttle_latest")]
#[doc(alias = "audit")]
#[track_caller]
pub fn sample<A, Tok, H>(
    s: Stream<A, Tok, H, Direct>,
    d: Duration,
    mut at: At<'_, '_>,
) -> Stream<A, Tok, Body<(A, Tok), impl Future<Output = Result<(), Told>> + use<A, Tok, H>>, Direct>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
{
    let d = at.lasting("the period", d);
    at.holds(1);
    at.describe(format_args!("every {d:?}"));
    s.body(at, move |mut input, port| async move {
        let start = Instant::now();
        let mut held: Option<(A, Tok)> = None;
        // The tick that is waited for: none while nothing could leave at it.
        let mut tick = None;
        let mut alarm = Alarm::new();
        poll_fn(|cx| {
            loop {
                // What was put out leaves before more is taken: so there are never more than two items here.
                if port.len() > 0 {
                    return Poll::Pending;
                }
                let mut dropped = 0;
                let more = input.poll_each(cx, |item| dropped += paired::leave_out(held.replace(item)));
                if more == Poll::Ready(false) {
                    dropped += paired::leave_out(held.take());
                }
                input.note_dropped(dropped);
                match more {
                    Poll::Ready(true) => continue,
                    Poll::Ready(false) => return Poll::Ready(()),
                    Poll::Pending => {}
                }
                if held.is_none() || !port.is_open() {
                    tick = None;
                    return Poll::Pending;
                }
                let next = *tick.get_or_insert_with(|| tick_after(start, Instant::now(), d));
                ready!(alarm.poll(cx, next));
                tick = None;
                held.take().into_iter().for_each(|item| port.put(item));
            }
        })
        .await;
        Ok(())
    })
}

/// The first multiple of `d` after `start` that is later than `now`.
fn tick_after(start: Instant, now: Instant, d: Duration) -> Instant {
    let over = now.saturating_duration_since(start).as_nanos() % d.as_nanos();
    let rest = d.as_nanos() - over;
    // Not more than `d`, whose seconds fit.
    later(now, Duration::new((rest / 1_000_000_000) as u64, (rest % 1_000_000_000) as u32))
}
