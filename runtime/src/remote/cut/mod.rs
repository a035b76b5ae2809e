//! Where a pipeline is cut: the two halves as what a task ends in, and as what a task begins with.

mod half;
mod receiver;
mod sender;
mod tally;

use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::receiver::RemoteReceiver;
pub use self::sender::RemoteSender;

use self::tally::Tally;
use super::{Broker, Codec, Layout, RemoteQueue};
use crate::stage::{Chain, Direct, Edge, Stream};
use crate::{Ack, Token};

/// What can cross from one process to another: whatever serde can write and read.
#[diagnostic::on_unimplemented(
    message = "items of type `{Self}` cannot cross to another machine",
    label = "this queue is kept elsewhere, and serde can not write and read these items",
    note = "derive `serde::Serialize` and `serde::Deserialize`; items that borrow cannot be read back"
)]
pub trait Portable: Serialize + DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> Portable for T {}

/// A queue between two parts of a pipeline.
pub struct Cut<B, C> {
    queue: RemoteQueue<B, C>,
    capacity: usize,
    low: usize,
    tally: Arc<Tally>,
}

/// What crosses a cut, by its type alone: the part above may not be built in this process.
pub struct Carried<A>(PhantomData<fn() -> A>);

/// The queue itself, for whichever half is built here.
///
/// # Panics
/// When the capacity is 0, or `low` is not below it. What else the queue cannot be fails the run before an item is taken.
#[track_caller]
pub fn cut<B: Broker, C: Codec>(
    queue: RemoteQueue<B, C>,
    capacity: usize,
    low: Option<usize>,
    mut edge: Edge<'_, '_>,
) -> Cut<B, C> {
    let low = low.unwrap_or(capacity / 2);
    let tally = Arc::new(Tally::new(edge.make_remote(capacity, low, queue.broker.name())));
    Cut { queue, capacity, low, tally }
}

impl<B: Broker, C: Codec> Cut<B, C> {
    /// What a half holds; nothing where the queue is refused, which fails the run before anything is held.
    fn holds(&self, of: impl FnOnce(&Layout) -> usize) -> usize {
        self.queue.layout(self.capacity, self.low).as_ref().map_or(0, of)
    }

    fn sender<A, Tok: Token, H, P>(
        &self,
        s: Stream<A, Tok, H, P>,
        edge: &mut Edge<'_, '_>,
    ) -> Chain<H, P, RemoteSender<A, Tok, B, C>> {
        edge.holds(self.holds(Layout::held_above));
        let sender = RemoteSender::new(self, edge.stage_above(), edge.runs_one_part());
        Chain::new(s.head, s.part, sender, edge.task_above())
    }

    fn receiver<A: Portable>(&self, edge: &mut Edge<'_, '_>) -> Stream<A, Ack, RemoteReceiver<A, B, C>, Direct> {
        edge.holds(self.holds(Layout::held_below));
        Stream::source(RemoteReceiver::new(self, edge.task_below(), edge.runs_one_part()))
    }
}

/// The cut that is built: one of its halves is.
fn built<B, C>(cut: &Option<Cut<B, C>>) -> &Cut<B, C> {
    match cut {
        Some(cut) => cut,
        None => unreachable!("a cut is built with either of its halves"),
    }
}

/// The upper half: the chain above ends in it.
pub fn publish<A: Portable, Tok: Token, H, P, B: Broker, C: Codec>(
    s: Stream<A, Tok, H, P>,
    cut: &Option<Cut<B, C>>,
    mut edge: Edge<'_, '_>,
) -> (Carried<A>, Chain<H, P, RemoteSender<A, Tok, B, C>>) {
    (Carried(PhantomData), built(cut).sender(s, &mut edge))
}

/// The lower half: a stream begins with it.
pub fn fetch<A: Portable, B: Broker, C: Codec>(
    _: &Option<Carried<A>>,
    cut: &Option<Cut<B, C>>,
    mut edge: Edge<'_, '_>,
) -> Stream<A, Ack, RemoteReceiver<A, B, C>, Direct> {
    built(cut).receiver(&mut edge)
}

/// `queue(remote, capacity = n, low = …)`: a link whose queue a broker keeps; see [`remote`](crate::remote).
///
/// # Panics
/// As [`cut`].
#[track_caller]
pub fn capacity<A, Tok, H, P, B, C>(
    s: Stream<A, Tok, H, P>,
    queue: RemoteQueue<B, C>,
    capacity: usize,
    low: Option<usize>,
    mut edge: Edge<'_, '_>,
) -> (Stream<A, Ack, RemoteReceiver<A, B, C>, Direct>, Chain<H, P, RemoteSender<A, Tok, B, C>>)
where
    A: Portable,
    Tok: Token,
    B: Broker,
    C: Codec,
{
    let cut = cut(queue, capacity, low, edge.again());
    let chain = cut.sender(s, &mut edge);
    (cut.receiver(&mut edge), chain)
}
