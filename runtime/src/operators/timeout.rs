//! `timeout(d)`.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::PipelineError;
use crate::stage::{At, Body, Direct, Head, Stream, Told};

/// The items; the pipeline fails with [`ErrorKind::TimedOut`](crate::ErrorKind::TimedOut) when none came for `d`, also before
/// the first.
///
/// Time under `pause()`, and while its own output is paused, does not count (`E7`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let late = pipeline! { stream(futures_util::stream::pending::<u32>()) -> timeout(1ms) -> count() }.run().await;
/// assert_eq!(late.unwrap_err().kind(), aqueduct::ErrorKind::TimedOut);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item, in order
/// * pauses: when its output is paused; its own link then fills and pauses
/// * finishes: with its input
/// * stops early: never by itself; it fails when it has waited too long
///
/// # Panics
/// When `d` is zero; when it runs outside a tokio runtime with timers.
#[doc(alias = "idle_timeout")]
#[track_caller]
pub fn timeout<A, Tok, H>(
    s: Stream<A, Tok, H, Direct>,
    d: Duration,
    mut at: At<'_, '_>,
) -> Stream<A, Tok, Body<(A, Tok), impl Future<Output = Result<(), Told>> + use<A, Tok, H>>, Direct>
where
    H: Head<Item = (A, Tok)>,
{
    let d = at.lasting("the time", d);
    at.describe(format_args!("{d:?}"));
    let stage = at.cell();
    s.body(at, move |mut input, port| async move {
        loop {
            let start = Instant::now();
            // How long the wait did not count so far, and since when it does not.
            let mut excused = Duration::ZERO;
            let mut excused_since: Option<Instant> = None;
            let mut timer = pin!(None);
            let next = poll_fn(|cx| {
                let held = !port.is_open() || stage.task().flags().paused();
                match (held, excused_since) {
                    (true, None) => excused_since = Some(Instant::now()),
                    (false, Some(since)) => {
                        excused += since.elapsed();
                        excused_since = None;
                        timer.set(None);
                    }
                    _ => {}
                }
                if port.has_room()
                    && let Poll::Ready(next) = input.poll_next(cx)
                {
                    return Poll::Ready(Ok(next));
                }
                if held {
                    return Poll::Pending;
                }
                if timer.is_none() {
                    timer.set(start.checked_add(d.saturating_add(excused)).map(sleep_until));
                }
                match timer.as_mut().as_pin_mut() {
                    Some(timer) => timer.poll(cx).map(Err),
                    None => Poll::Pending,
                }
            })
            .await;
            match next {
                Ok(Some(item)) => port.put(item),
                Ok(None) => return Ok(()),
                Err(()) => return Err(stage.fail(PipelineError::timed_out(stage.name(), d))),
            }
        }
    })
}
