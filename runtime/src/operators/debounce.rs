//! `debounce(d)`.

use std::future::poll_fn;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::time::Instant;

use crate::Token;
use crate::stage::{Alarm, At, Body, Direct, Head, Stream, Told, later, paired};

/// The last item before each silence: an item leaves when none has followed it for `d`; those that were followed are dropped.
///
/// It always has room, also while its output is paused: what was to leave then gives way to a newer item. What it drops is counted at the link
/// before it (`L10`). `finish()` and the end let the last item out at once.
/// The token of an item that is dropped is done.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let last = pipeline! { iter(1..=5u32) -> debounce(10ms) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(last, [5]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: an item, `d` after it came, if it is still the last
/// * pauses: never; it drops instead
/// * finishes: with its input, after the item it holds
/// * stops early: never by itself
///
/// # Panics
/// When `d` is zero; when it runs outside a tokio runtime with timers.
#[doc(alias = "settle")]
#[track_caller]
pub fn debounce<A, Tok, H>(
    s: Stream<A, Tok, H, Direct>,
    d: Duration,
    mut at: At<'_, '_>,
) -> Stream<A, Tok, Body<(A, Tok), impl Future<Output = Result<(), Told>> + use<A, Tok, H>>, Direct>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
{
    let d = at.lasting("the time", d);
    at.holds(1);
    at.describe(format_args!("{d:?}"));
    s.body(at, move |mut input, port| async move {
        let mut held: Option<(A, Tok)> = None;
        let mut due = Instant::now();
        let mut alarm = Alarm::new();
        let mut ended = false;
        poll_fn(|cx| {
            loop {
                // What was put out leaves before more is taken: so there are never more than two items here.
                if port.len() > 0 {
                    return Poll::Pending;
                }
                if !ended {
                    let mut dropped = 0;
                    let more = input.poll_each(cx, |item| dropped += paired::leave_out(held.replace(item)));
                    input.note_dropped(dropped);
                    if let Poll::Ready(more) = more {
                        ended = !more;
                        due = later(Instant::now(), d);
                        continue;
                    }
                }
                if held.is_none() {
                    return if ended { Poll::Ready(()) } else { Poll::Pending };
                }
                if !ended {
                    ready!(alarm.poll(cx, due));
                }
                if !port.has_room() {
                    return Poll::Pending;
                }
                held.take().into_iter().for_each(|item| port.put(item));
            }
        })
        .await;
        Ok(())
    })
}
