//! `queue(n, low = n/2, overflow = block | drop_oldest | drop_newest | fail)`, `queue(bytes = size, …)`.

use std::sync::Arc;

use crate::link::{Overflow, Receiver, Sender, SharedLink, SharedReceiver, SharedSender, ring};
use crate::stage::{Chain, Direct, Edge, Stream};
use crate::{Token, Weigh};

type Ring<A, Tok, H, P> = (Stream<A, Tok, Receiver<(A, Tok)>, Direct>, Chain<H, P, Sender<(A, Tok)>>);
pub(super) type Shared<A, Tok, H, P> =
    (Stream<A, Tok, SharedReceiver<(A, Tok)>, Direct>, Chain<H, P, SharedSender<(A, Tok)>>);

/// A link: what is above it and what is below it run as tasks of their own, with up to `n` items between them.
///
/// At `n` items the link pauses and takes nothing more (`L2`) until it has come down to `low` (default `n / 2`, `L3`). Where a link
/// stands anyway, before an asynchronous stage, `queue` sets that one up. In `queue(bytes = size)` the items' weights are
/// counted ([`Weigh`]); an item heavier than `size` is taken alone into an empty link (`L1`).
///
/// `overflow` says what happens to an item that finds the link full:
///
/// | policy | |
/// |---|---|
/// | `block` (default) | it waits: the link pauses what is above it |
/// | `drop_oldest` | the oldest inside make room for it |
/// | `drop_newest` | it is dropped |
/// | `fail` | the pipeline fails, with [`ErrorKind::Overflow`](crate::ErrorKind::Overflow) |
///
/// A link that does not block never pauses, so `low` has no meaning there; what it drops is counted (`L10`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let pipeline = pipeline! {
///     iter(0..1000u32) -> queue(64, low = 16) as middle -> count()
/// };
/// assert_eq!(pipeline.bound(), Some(64 + 2));
/// assert_eq!(pipeline.run().await?, 1000);
///
/// let kept = pipeline! { iter(0..1000u32) -> queue(2, overflow = drop_oldest) -> collect::<Vec<_>>() }.run_local().await?;
/// assert_eq!(kept.last(), Some(&999));
/// # Ok(())
/// # }
/// ```
///
/// `queue(remote, capacity = n)`, with the feature `remote`, is a link whose queue a broker keeps: what is above it and what is below may be different programs
/// (the guide `machines`).
///
/// * emits: each item, in order
/// * pauses: at its capacity, until it has come down to `low`
/// * finishes: when its input has and it is empty
/// * stops early: when downstream is satisfied: what is inside is dropped
///
/// # Panics
/// When `n` is 0, or `low` is not below it.
#[doc(alias = "buffer")]
#[doc(alias = "channel")]
#[track_caller]
pub fn queue<A, Tok, H, P>(
    s: Stream<A, Tok, H, P>,
    n: impl ItemCount,
    low: Option<usize>,
    mut edge: Edge<'_, '_>,
) -> Ring<A, Tok, H, P> {
    let (sender, receiver) = ring(edge.make(n.count(), low, "items"));
    s.cut(edge.task_above(), sender, receiver)
}

/// How many items a link holds: a `usize`.
#[diagnostic::on_unimplemented(
    message = "`queue` takes a number of items, a `usize`, and not `{Self}`",
    label = "this is no number of items",
    note = "a queue that a broker keeps needs a capacity beside it: `queue(orders, capacity = 10_000)`"
)]
pub trait ItemCount {
    /// The number.
    fn count(self) -> usize;
}

impl ItemCount for usize {
    fn count(self) -> usize {
        self
    }
}

macro_rules! shared {
    ($(#[$doc:meta])* $name:ident, $overflow:ident, $word:literal) => {
        $(#[$doc])*
        ///
        /// # Panics
        /// When the capacity is 0.
        #[track_caller]
        pub fn $name<A, Tok: Token, H, P>(s: Stream<A, Tok, H, P>, n: usize, mut edge: Edge<'_, '_>) -> Shared<A, Tok, H, P> {
            let link = SharedLink::new(edge.make(n, None, "items"));
            edge.overflow($word);
            let sender = SharedSender::new(Arc::clone(&link), Overflow::$overflow, |_| 1).letting_go(on_purpose);
            s.cut(edge.task_above(), sender, SharedReceiver::new(link))
        }
    };
    (bytes $(#[$doc:meta])* $name:ident, $overflow:ident, $word:literal) => {
        $(#[$doc])*
        ///
        /// # Panics
        /// When the capacity is 0.
        #[track_caller]
        pub fn $name<A: Weigh, Tok: Token, H, P>(s: Stream<A, Tok, H, P>, size: usize, edge: Edge<'_, '_>) -> Shared<A, Tok, H, P> {
            weighed(s, size, None, Overflow::$overflow, $word, edge)
        }
    };
}

shared!(
    /// `queue(n, overflow = drop_oldest)`; see [`queue`](self).
    drop_oldest, DropOldest, "drop_oldest"
);
shared!(
    /// `queue(n, overflow = drop_newest)`; see [`queue`](self).
    drop_newest, DropNewest, "drop_newest"
);
shared!(
    /// `queue(n, overflow = fail)`; see [`queue`](self).
    fail, Fail, "fail"
);
shared!(bytes
    /// `queue(bytes = size, overflow = drop_oldest)`; see [`queue`](self).
    bytes_drop_oldest, DropOldest, "drop_oldest"
);
shared!(bytes
    /// `queue(bytes = size, overflow = drop_newest)`; see [`queue`](self).
    bytes_drop_newest, DropNewest, "drop_newest"
);
shared!(bytes
    /// `queue(bytes = size, overflow = fail)`; see [`queue`](self).
    bytes_fail, Fail, "fail"
);

/// `queue(bytes = size, low = …)`; see [`queue`](self).
///
/// # Panics
/// When `size` is 0, or `low` is not below it.
#[track_caller]
pub fn bytes<A: Weigh, Tok: Token, H, P>(
    s: Stream<A, Tok, H, P>,
    size: usize,
    low: Option<usize>,
    edge: Edge<'_, '_>,
) -> Shared<A, Tok, H, P> {
    weighed(s, size, low, Overflow::Block, "block", edge)
}

/// `queue(n, low = …)` before a `parallel`, whose copies share it; see [`queue`](self).
///
/// # Panics
/// When `n` is 0, or `low` is not below it.
#[track_caller]
pub fn shared<A, Tok, H, P>(
    s: Stream<A, Tok, H, P>,
    n: usize,
    low: Option<usize>,
    mut edge: Edge<'_, '_>,
) -> Shared<A, Tok, H, P> {
    let link = SharedLink::new(edge.make(n, low, "items"));
    let sender = SharedSender::new(Arc::clone(&link), Overflow::Block, |_| 1);
    s.cut(edge.task_above(), sender, SharedReceiver::new(link))
}

#[cfg(feature = "remote")]
pub use crate::remote::{capacity, cut, fetch, publish};

#[cfg(not(feature = "remote"))]
mod unbuilt;
#[cfg(not(feature = "remote"))]
pub use unbuilt::{capacity, cut, fetch, publish};

/// The link before a `parallel`, where none is written.
pub fn shared_link<A, Tok, H, P>(s: Stream<A, Tok, H, P>, edge: Edge<'_, '_>) -> Shared<A, Tok, H, P> {
    let capacity = edge.default_capacity();
    shared(s, capacity, None, edge)
}

/// The link at the head of a `tap`, where none is written (F7).
pub fn tap_link<A, Tok: Token, H, P>(s: Stream<A, Tok, H, P>, edge: Edge<'_, '_>) -> Shared<A, Tok, H, P> {
    let capacity = edge.default_capacity();
    drop_newest(s, capacity, edge)
}

/// What a link is told to drop is done.
fn on_purpose<A, Tok: Token>((_, token): (A, Tok)) {
    token.done();
}

#[track_caller]
fn weighed<A: Weigh, Tok: Token, H, P>(
    s: Stream<A, Tok, H, P>,
    size: usize,
    low: Option<usize>,
    overflow: Overflow,
    word: &'static str,
    mut edge: Edge<'_, '_>,
) -> Shared<A, Tok, H, P> {
    let link = SharedLink::new(edge.make(size, low, "bytes"));
    edge.overflow(word);
    let sender = SharedSender::new(Arc::clone(&link), overflow, |(item, _): &(A, Tok)| item.weight())
        .below(edge.stage_above())
        .letting_go(on_purpose);
    s.cut(edge.task_above(), sender, SharedReceiver::new(link))
}
