//! `ready_chunks(n)`.

use std::future::poll_fn;
use std::task::Poll;

use crate::Token;
use crate::stage::{At, Body, Direct, Group, Head, Stream, Told};

/// What is waiting, in groups of 1 to `n` items, as `Vec`s; it never waits for more.
///
/// While its output is paused a group goes on filling, up to `n`. So groups are small while all below keeps up, and grow when it does not.
/// The token of a group is that of all its items.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let groups = pipeline! { iter(1..=5u32) -> ready_chunks(3) -> collect::<Vec<_>>() }.run().await?;
/// assert!(groups.iter().all(|group| (1..=3).contains(&group.len())));
/// assert_eq!(groups.concat(), [1, 2, 3, 4, 5]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: a group as soon as there is an item and room
/// * pauses: when its output is paused and the group is full; its own link then fills and pauses
/// * finishes: with its input, after the rest
/// * stops early: never by itself
///
/// # Panics
/// When `n` is 0.
#[doc(alias = "recv_many")]
#[track_caller]
pub fn ready_chunks<A, Tok, H>(
    s: Stream<A, Tok, H, Direct>,
    n: usize,
    mut at: At<'_, '_>,
) -> Stream<Vec<A>, Tok, Body<(Vec<A>, Tok), impl Future<Output = Result<(), Told>> + use<A, Tok, H>>, Direct>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
{
    let n = at.positive("`n`", n);
    at.holds(n);
    at.describe(format_args!("{n}"));
    s.body(at, move |mut input, port| async move {
        let mut group = Group::new();
        let mut ended = false;
        poll_fn(|cx| {
            loop {
                if !ended && group.len() < n {
                    match input.poll_fill(cx, n - group.len(), &mut group) {
                        Poll::Ready(more) => {
                            ended = !more;
                            continue;
                        }
                        // More may be waiting: it is looked for when the others have had their turn (G5).
                        Poll::Pending if input.is_spent() => return Poll::Pending,
                        Poll::Pending => {}
                    }
                }
                if group.is_empty() {
                    return if ended { Poll::Ready(()) } else { Poll::Pending };
                }
                if !port.has_room() {
                    return Poll::Pending;
                }
                port.put(group.take());
            }
        })
        .await;
        Ok(())
    })
}
