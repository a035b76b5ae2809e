//! `delay(d)`.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::time::Instant;

use crate::stage::{Alarm, Arrivals, At, Body, Direct, Stream, Told, later};

/// The items, each `d` after it came.
///
/// They wait in the link before it, so its capacity says how many can: with `queue(n) -> delay(d)` up to `n`, and what is above waits while that is
/// full. The time runs from when an item enters the link; one that waits for room below as well does not wait twice.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let start = std::time::Instant::now();
/// let all = pipeline! { iter(0..3u32) -> delay(5ms) -> count() }.run().await?;
/// assert_eq!(all, 3);
/// assert!(start.elapsed() >= std::time::Duration::from_millis(5));
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item, in order, `d` after it came
/// * pauses: when its link is full of items that wait
/// * finishes: with its input, in its own time
/// * stops early: never by itself
///
/// # Panics
/// When `d` is zero; when it runs outside a tokio runtime with timers.
#[doc(alias = "shift")]
#[track_caller]
pub fn delay<A, Tok, H>(
    s: Stream<A, Tok, H, Direct>,
    d: Duration,
    mut at: At<'_, '_>,
) -> Stream<A, Tok, Body<(A, Tok), impl Future<Output = Result<(), Told>> + use<A, Tok, H>>, Direct>
where
    H: Arrivals<Item = (A, Tok)>,
{
    let d = at.lasting("the time", d);
    at.describe(format_args!("{d:?}"));
    s.body(at, move |mut input, port| async move {
        let mut stamps = Stamps { times: VecDeque::new(), came: 0 };
        let mut alarm = Alarm::new();
        let mut ended = false;
        poll_fn(|cx| {
            loop {
                // Also while nothing may leave: the time of those that come is noted.
                while !ended && let Poll::Ready((came, more)) = input.poll_arrivals(cx, stamps.came) {
                    stamps.note(came);
                    ended = !more;
                }
                let Some(came) = stamps.of(input.gone()) else {
                    return if ended && port.len() == 0 { Poll::Ready(()) } else { Poll::Pending };
                };
                if !port.has_room() {
                    return Poll::Pending;
                }
                ready!(alarm.poll(cx, later(came, d)));
                if let Some(item) = ready!(input.poll_next(cx)) {
                    port.put(item);
                }
            }
        })
        .await;
        Ok(())
    })
}

/// When the items came that are in the link: a time for each run of them. Items are numbered as they come.
struct Stamps {
    /// The time, and the number of the first item after that run.
    times: VecDeque<(Instant, usize)>,
    came: usize,
}

impl Stamps {
    fn note(&mut self, came: usize) {
        if came != self.came {
            self.came = came;
            self.times.push_back((Instant::now(), came));
        }
    }

    /// When item `number` came, if it has; forgets those before it.
    fn of(&mut self, number: usize) -> Option<Instant> {
        // The numbers wrap; what is in the link is never half of all.
        while self.times.front().is_some_and(|(_, end)| end.wrapping_sub(number).wrapping_sub(1) > usize::MAX / 2) {
            self.times.pop_front();
        }
        self.times.front().map(|(time, _)| *time)
    }
}
