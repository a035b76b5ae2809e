//! The values that expanded code passes from operator to operator.

use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use super::part::Fallible;
use super::{
    At, Body, Chain, Direct, Edge, Head, Input, Port, SendTasks, StageCell, Steps, TaskCell, Then, Told, Worker,
};
use crate::Token;
use crate::link::{Receiver, Sender};

/// A flow of items being built: its head, and the stages fused to it so far.
///
/// The item's type is a parameter of its own, so that rustc knows every closure's argument without asking a trait. The tasks above it
/// are not: a stage's future captures all parameters of the function that made it, and with tasks among them types would double
/// with every stage.
#[must_use = "a stream that leads nowhere does nothing"]
pub struct Stream<A, Tok, H, P> {
    pub(crate) head: H,
    pub(crate) part: P,
    item: PhantomData<fn() -> (A, Tok)>,
}

/// A stream that has come to its sink: the output to be, and the last task.
#[must_use = "a closed stream does nothing until it is a pipeline"]
pub struct Closed<O, T> {
    pub(crate) out: Out<O>,
    pub(crate) task: T,
}

/// Where a sink leaves its output.
pub struct Out<O>(Arc<Mutex<Option<O>>>);

impl<O> Out<O> {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }

    pub(crate) fn handle(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    pub(crate) fn set(&self, output: O) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(output);
    }

    /// `output`, made of items whose token is `token`: done when the run has ended well. `stage` is the sink.
    pub(crate) fn set_asked(&self, output: O, token: impl Token, stage: &StageCell) {
        stage.task().run().ask(token.into_ack());
        self.set(output);
    }

    pub(crate) fn take(&self) -> Option<O> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<A> Out<Option<A>> {
    /// The output is an item, or none; as [`set_asked`](Self::set_asked).
    pub(crate) fn set_item<Tok: Token>(&self, item: Option<(A, Tok)>, stage: &StageCell) {
        match item {
            Some((item, token)) => {
                let mut group = Default::default();
                token.keep_in(&mut group);
                self.set_asked(Some(item), Tok::join(&mut group), stage);
            }
            None => self.set(None),
        }
    }
}

impl<O, T> Closed<O, T> {
    /// The sink of the user's own: its task becomes the pipeline's, and its output the pipeline's to give.
    pub(crate) fn into_out<'p>(self, mut at: At<'_, 'p>) -> Out<O>
    where
        (T, ()): SendTasks<'p>,
    {
        at.adopt_tasks((self.task, ()));
        self.out
    }
}

impl<A, Tok, H> Stream<A, Tok, H, Direct> {
    /// A stream that begins at `head`.
    pub fn source(head: H) -> Self {
        Self { head, part: Direct, item: PhantomData }
    }

    /// The rest of the pipeline reads what the async block `block` makes of this stream's items (one task, one link before it).
    pub(crate) fn body<B, F>(
        self,
        at: At<'_, '_>,
        block: impl FnOnce(Input<H>, Port<(B, Tok)>) -> F,
    ) -> Stream<B, Tok, Body<(B, Tok), F>, Direct>
    where
        H: Head<Item = (A, Tok)>,
        F: Future<Output = Result<(), Told>>,
    {
        let port = Port::new();
        let block = block(Input::new(self.head, &at), port.clone());
        Stream::source(Body::new(port, &at, block))
    }

    /// The rest of the pipeline reads what comes of this stream's items, one after the other (one task, one link before it): `begin` gets the
    /// state and an item, and its future gives the state back, with what comes out.
    pub(crate) fn steps<S, B, G, F>(
        self,
        at: At<'_, '_>,
        state: S,
        begin: G,
    ) -> Stream<B, Tok, Steps<H, Box<S>, B, G, F, Tok>, Direct>
    where
        H: Head<Item = (A, Tok)>,
        G: FnMut(Box<S>, A) -> F,
        Tok: Token,
        F: Future<Output = (Box<S>, Option<B>)>,
    {
        Stream::source(Steps::new(self.head, Box::new(state), begin, &at))
    }

    /// The async block `block` is the sink.
    pub(crate) fn worker<O, F>(self, at: At<'_, '_>, block: impl FnOnce(Input<H>, Out<O>) -> F) -> Closed<O, Worker<F>>
    where
        H: Head<Item = (A, Tok)>,
        F: Future<Output = Result<(), Told>>,
    {
        let out = Out::new();
        let block = block(Input::new(self.head, &at), out.handle());
        Closed { out, task: Worker::new(&at, block) }
    }
}

impl<A, Tok, H, P> Stream<A, Tok, H, P> {
    /// One more fused stage.
    pub(crate) fn then<B, Q>(self, next: Q) -> Stream<B, Tok, H, Then<P, Q>> {
        Stream { head: self.head, part: Then(self.part, next), item: PhantomData }
    }

    /// The task ends in `consumer`, a fused sink.
    pub(crate) fn sink<O, K>(self, at: At<'_, '_>, consumer: impl FnOnce(Out<O>) -> K) -> Closed<O, Chain<H, P, K>> {
        let out = Out::new();
        let chain = Chain::new(self.head, self.part, consumer(out.handle()), Arc::clone(at.cell().task()));
        Closed { out, task: chain }
    }

    /// The task ends in `consumer`, the upper end of a link; the stream goes on at `receiver`. Gives both.
    pub(crate) fn cut<K, R>(
        self,
        task: Arc<TaskCell>,
        consumer: K,
        receiver: R,
    ) -> (Stream<A, Tok, R, Direct>, Chain<H, P, K>) {
        let chain = Chain::new(self.head, self.part, consumer, task);
        (Stream::source(receiver), chain)
    }
}

/// A sink's output to be, and its task.
pub fn split<O, T>(closed: Closed<O, T>) -> (Out<O>, T) {
    (closed.out, closed.task)
}

/// `?` after an operator: `Ok` flows on, the first `Err` fails the pipeline with the operator's name (`E1`).
///
/// Written as `?`, inside `pipeline!`; the items must be `Result<T, E>` with `E: Into<BoxError>`.
///
/// * emits: what is inside each `Ok`, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input
/// * stops early: never by itself; it fails at the first `Err`
#[inline]
pub fn try_items<A: Fallible<T, E, Part = Q>, T, E, Q, Tok, H, P>(
    s: Stream<A, Tok, H, P>,
    at: At<'_, '_>,
) -> Stream<T, Tok, H, Then<P, Q>> {
    s.then(A::part(at))
}

/// A link where none is written: before every stage and sink with a task of its own (G2), with the default capacity.
#[inline]
pub fn link<A, Tok, H, P>(
    s: Stream<A, Tok, H, P>,
    mut edge: Edge<'_, '_>,
) -> (Stream<A, Tok, Receiver<(A, Tok)>, Direct>, Chain<H, P, Sender<(A, Tok)>>) {
    let (sender, receiver) = edge.default_ring();
    s.cut(edge.task_above(), sender, receiver)
}
