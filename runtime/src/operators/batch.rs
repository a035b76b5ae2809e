//! `batch(n, period, bytes = …)`.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::stage::{At, Body, Direct, Group, Head, Input, Port, Stream, Told};
use crate::{Token, Weigh};

/// The items in groups, as `Vec`s: a group leaves at `n` items, or `period` after its first item, whichever is first; never
/// empty (`S2`).
///
/// While its output is paused a group that is due goes on filling, up to `n`. `finish()` lets the rest out at once. With `bytes = size` a group
/// also leaves as soon as its items weigh `size` or more ([`Weigh`]). The token of a group is that of all its items. A group with an item that a remote queue
/// tries alone leaves at once.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let groups = pipeline! { iter(1..=5u32) -> batch(2, 1s) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(groups, [vec![1, 2], vec![3, 4], vec![5]]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: a group that is full or due; at the end what is left
/// * pauses: when its output is paused and the group is full; its own link then fills and pauses
/// * finishes: with its input, after the rest
/// * stops early: never by itself
///
/// # Panics
/// When `n`, `period` or `bytes` is zero; when it runs outside a tokio runtime with timers.
#[doc(alias = "grouped_within")]
#[doc(alias = "chunks_timeout")]
#[doc(alias = "buffer_timeout")]
#[track_caller]
pub fn batch<A, Tok, H>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    period: Duration,
    mut at: At<'_, '_>,
) -> Stream<Vec<A>, Tok, Body<(Vec<A>, Tok), impl Future<Output = Result<(), Told>> + use<A, Tok, H>>, Direct>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
{
    let limits = set_up(n, period, usize::MAX, &mut at);
    s.body(at, move |input, port| gather(limits, |_| 0, input, port))
}

/// `batch(n, period, bytes = size)`; see [`batch`](self).
///
/// # Panics
/// When `n`, `period` or `bytes` is zero.
#[track_caller]
pub fn bytes<A, Tok, H>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    period: Duration,
    bytes: usize,
    mut at: At<'_, '_>,
) -> Stream<Vec<A>, Tok, Body<(Vec<A>, Tok), impl Future<Output = Result<(), Told>> + use<A, Tok, H>>, Direct>
where
    A: Weigh,
    Tok: Token,
    H: Head<Item = (A, Tok)>,
{
    let bytes = at.positive("`bytes`", bytes);
    let limits = set_up(n, period, bytes, &mut at);
    s.body(at, move |input, port| gather(limits, |item: &A| item.weight().max(1), input, port))
}

/// When a group is full, and when it is due.
#[derive(Clone, Copy)]
struct Limits {
    n: usize,
    period: Duration,
    bytes: usize,
}

#[track_caller]
fn set_up(n: usize, period: Duration, bytes: usize, at: &mut At<'_, '_>) -> Limits {
    let n = at.positive("`n`", n);
    let period = at.lasting("the period", period);
    at.holds(n);
    at.describe(format_args!("{n} or {period:?}"));
    Limits { n, period, bytes }
}

async fn gather<A, Tok: Token, H: Head<Item = (A, Tok)>>(
    limits: Limits,
    weigh: impl Fn(&A) -> usize,
    mut input: Input<H>,
    port: Port<(Vec<A>, Tok)>,
) -> Result<(), Told> {
    let mut group = Group::new();
    let mut weight = 0;
    let mut ended = false;
    let mut due = false;
    let mut timer = pin!(None);
    poll_fn(|cx| {
        loop {
            let full = group.len() == limits.n || weight >= limits.bytes;
            if !full && !ended {
                // By weight a group may be full after any item; else all that fits is taken in one run.
                let most = if limits.bytes == usize::MAX { limits.n - group.len() } else { 1 };
                let before = group.len();
                if let Poll::Ready(more) = input.poll_fill(cx, most, &mut group) {
                    ended = !more;
                    weight = group.items()[before..].iter().map(&weigh).fold(weight, usize::saturating_add);
                    if before == 0 && !group.is_empty() {
                        due = false;
                        timer.set(Instant::now().checked_add(limits.period).map(sleep_until));
                    }
                    continue;
                }
            }
            if !group.is_empty() && !due {
                due = group.is_awaited() || timer.as_mut().as_pin_mut().is_some_and(|timer| timer.poll(cx).is_ready());
            }
            if !group.is_empty() && (full || due || ended) {
                if !port.has_room() {
                    return Poll::Pending;
                }
                port.put(group.take());
                weight = 0;
                due = false;
                timer.set(None);
                continue;
            }
            return if ended { Poll::Ready(()) } else { Poll::Pending };
        }
    })
    .await;
    Ok(())
}
