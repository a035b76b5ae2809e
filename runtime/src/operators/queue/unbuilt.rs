//! Stands for queues that a broker keeps where the feature `remote` is off: so that rustc says what is missing, once.

use crate::link::Receiver;
use crate::stage::{Direct, Edge, Stream};

use super::{Ring, queue};

/// What keeps a queue.
#[diagnostic::on_unimplemented(
    message = "a queue with `capacity = …` is kept by a broker: that needs the feature `remote` of aqueduct, or `jetstream`",
    label = "no such queue is in this build",
    note = "a queue in memory is `queue(n)`"
)]
pub trait Broker {}

/// A queue that nobody can have.
pub struct Unbuilt;

/// Of what type the items are that would cross.
pub struct Carried<A>(std::marker::PhantomData<fn() -> A>);

/// `queue(remote, capacity = n)`.
pub fn capacity<A, Tok, H, P>(
    s: Stream<A, Tok, H, P>,
    remote: impl Broker,
    capacity: usize,
    low: Option<usize>,
    edge: Edge<'_, '_>,
) -> Ring<A, Tok, H, P> {
    drop(remote);
    queue(s, capacity, low, edge)
}

/// The queue of a cut.
pub fn cut(remote: impl Broker, _: usize, _: Option<usize>, _: Edge<'_, '_>) -> Unbuilt {
    drop(remote);
    Unbuilt
}

/// The part above a cut.
pub fn publish<A, Tok, H, P>(
    s: Stream<A, Tok, H, P>,
    _: &Option<Unbuilt>,
    edge: Edge<'_, '_>,
) -> (Carried<A>, Chain<A, Tok, H, P>) {
    (Carried(std::marker::PhantomData), queue(s, 1, None, edge).1)
}

type Chain<A, Tok, H, P> = crate::stage::Chain<H, P, crate::link::Sender<(A, Tok)>>;

/// The part below a cut.
pub fn fetch<A>(
    _: &Option<Carried<A>>,
    _: &Option<Unbuilt>,
    mut edge: Edge<'_, '_>,
) -> Stream<A, (), Receiver<(A, ())>, Direct> {
    Stream::source(edge.default_ring().1)
}
