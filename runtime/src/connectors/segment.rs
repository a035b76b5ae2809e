//! Segments: pipelines with open ends, as values (DESIGN 1.3).
//!
//! A segment is built where its text stands, with a plan of its own. Used by `from`, `via` or `into`, its plan becomes part of the one it is
//! used in; spawned alone, it is a run with an [`Inlet`] or an [`Outlet`] where it is open.
//!
//! One that begins in `_` is built before it is known whether it will be used where a source asks. So the items that enter it have an
//! [`Ack`] each, one that nobody asks about where that is so.

use super::outlet::spawn_into_outlet;
use crate::link::{AnyReceiver, Entering, Seat};
use crate::pipeline::{launch, runtime};
use crate::stage::{
    At, Blueprint, DEFAULT_QUEUE, Direct, Fused, Head, Lowered, Out, Output, Pair, Part, Plan, SendTasks, StageSpec,
    Stream, Then,
};
use crate::{Ack, BoxError, Emitter, Inlet, Outlet, Running, Sink, Source, Token, Transform};

/// What is said when a segment is called as if it were a type of the user's.
const WIRED: &str = "a segment is wired into a pipeline, not called";

/// The open start of a segment: where its input will be put.
#[must_use = "a segment's start goes into the segment"]
pub struct Entry<T> {
    seat: Seat<T, Ack>,
    task: usize,
}

/// `_: T` at the head of a chain; its items come into task `task`.
pub fn entry<T>(plan: &mut Plan<'_>, task: usize) -> (Stream<T, Ack, AnyReceiver<T, Ack>, Direct>, Entry<T>) {
    debug_assert!(task < plan.tasks(), "the plan has the task");
    let (receiver, seat) = Seat::new();
    (Stream::source(receiver), Entry { seat, task })
}

/// A segment that ends in `_`.
#[must_use = "a segment does nothing until it is used by `from(…)`, or spawned"]
pub struct SourceSegment<'s, A, Tok, H, P> {
    plan: Plan<'s>,
    end: Stream<A, Tok, H, P>,
    tail: usize,
}

/// A segment that begins and ends in `_`.
#[must_use = "a segment does nothing until it is used by `via(…)`, or spawned"]
pub struct TransformSegment<'s, In, A, H, P> {
    entry: Entry<In>,
    inside: SourceSegment<'s, A, Ack, H, P>,
}

/// A segment that begins in `_` and ends in its sinks.
#[must_use = "a segment does nothing until it is used by `into(…)`, or spawned"]
pub struct SinkSegment<'s, T, Q> {
    plan: Plan<'s>,
    entry: Entry<T>,
    out: Q,
}

/// The last call of expanded code that ends in `_`: the plan, the end, and the tasks above it.
pub fn source_segment<'s, A, Tok, H, P>(
    mut plan: Plan<'s>,
    end: Stream<A, Tok, H, P>,
    tasks: impl SendTasks<'s>,
) -> SourceSegment<'s, A, Tok, H, P>
where
    A: Send,
    Tok: Token,
    H: Head<Item: Pair> + Send,
    P: Part<H::Item, Out = (A, Tok)> + Send,
{
    plan.take_tasks(tasks);
    let tail = plan.tail();
    SourceSegment { plan, end, tail }
}

/// The last call of expanded code that begins and ends in `_`.
pub fn transform_segment<'s, In, A, H, P>(
    plan: Plan<'s>,
    entry: Entry<In>,
    end: Stream<A, Ack, H, P>,
    tasks: impl SendTasks<'s>,
) -> TransformSegment<'s, In, A, H, P>
where
    In: Send,
    A: Send,
    H: Head<Item: Pair> + Send,
    P: Part<H::Item, Out = (A, Ack)> + Send,
{
    TransformSegment { entry, inside: source_segment(plan, end, tasks) }
}

/// The last call of expanded code that begins in `_` and ends in sinks.
pub fn sink_segment<'s, T, Q>(
    mut plan: Plan<'s>,
    entry: Entry<T>,
    out: Q,
    tasks: impl SendTasks<'s>,
) -> SinkSegment<'s, T, Q>
where
    T: Send,
    Q: Output<Item: Send> + Send,
{
    plan.take_tasks(tasks);
    SinkSegment { plan, entry, out }
}

impl<'s, A, Tok, H, P> SourceSegment<'s, A, Tok, H, P>
where
    H: Head<Item: Pair>,
    P: Part<H::Item, Out = (A, Tok)>,
{
    /// Its plan becomes part of the one of `at`, and its end, with the stage `last` below it, a head there.
    fn fuse<'p, Q: Part<(A, Tok)>>(self, last: Q, mut at: At<'_, 'p>) -> Fused<H, Then<P, Q>>
    where
        's: 'p,
    {
        let Self { plan, end, tail } = self;
        at.absorb(plan, tail);
        Fused::new(end.head, Then(end.part, last), at.cell())
    }
}

#[diagnostic::do_not_recommend]
impl<'s, A, H, P> Source for SourceSegment<'s, A, (), H, P>
where
    H: Head<Item: Pair> + Send,
    P: Part<H::Item, Out = (A, ())> + Send,
{
    type Item = A;

    #[expect(clippy::manual_async_fn, reason = "an async fn would hold `self`")]
    fn next(&mut self) -> impl Future<Output = Result<Option<A>, BoxError>> + Send {
        async { Err(WIRED.into()) }
    }

    fn wire<'p>(self, at: At<'_, 'p>) -> impl Head<Item = (A, ())> + Send + use<'p, 's, A, H, P>
    where
        Self: 'p,
        A: Send + 'p,
    {
        self.fuse(Direct, at)
    }

    #[track_caller]
    fn spawn(self) -> (Outlet<A>, Running<()>)
    where
        Self: 'static,
        A: Send + 'static,
    {
        let Self { plan, end, tail } = self;
        spawn_into_outlet(plan, end, tail)
    }
}

#[diagnostic::do_not_recommend]
impl<'s, In, A, H, P> Transform<In> for TransformSegment<'s, In, A, H, P>
where
    H: Head<Item: Pair> + Send,
    P: Part<H::Item, Out = (A, Ack)> + Send,
{
    type Out = A;

    fn apply(&mut self, item: In, _: &mut Emitter<'_, A>) -> impl Future<Output = Result<(), BoxError>> + Send {
        drop(item);
        async { Err(WIRED.into()) }
    }

    fn wire<'p, R, Tok>(
        self,
        input: R,
        at: At<'_, 'p>,
    ) -> impl Head<Item = (A, Tok)> + Send + use<'p, 's, In, A, H, P, R, Tok>
    where
        Self: 'p,
        In: Send + 'p,
        A: Send + 'p,
        R: Entering<In, Tok> + Send + 'p,
        Tok: Token,
    {
        let Self { entry, inside } = self;
        entry.seat.fill(input.raised().entering(at.cell()));
        inside.fuse(Lowered::new(), at)
    }

    #[track_caller]
    fn spawn(self) -> (Inlet<In>, Outlet<A>, Running<()>)
    where
        Self: 'static,
        In: Send + 'static,
        A: Send + 'static,
    {
        let Self { entry, inside: SourceSegment { mut plan, end, tail } } = self;
        let (inlet, input) = plan.open_inlet();
        entry.seat.fill(input);
        let (outlet, running) = spawn_into_outlet(plan, end, tail);
        (inlet, outlet, running)
    }
}

#[diagnostic::do_not_recommend]
impl<T, Q> Sink<T> for SinkSegment<'_, T, Q>
where
    Q: Output + Send,
{
    type Output = Q::Item;

    fn write(&mut self, item: T) -> impl Future<Output = Result<(), BoxError>> + Send {
        drop(item);
        async { Err(WIRED.into()) }
    }

    fn finish(self) -> impl Future<Output = Result<Q::Item, BoxError>> + Send {
        drop(self);
        async { Err(WIRED.into()) }
    }

    fn wire<'p, R, Tok>(self, input: R, mut at: At<'_, 'p>) -> Out<Q::Item>
    where
        Self: 'p,
        T: Send + 'p,
        Q::Item: Send + 'p,
        R: Entering<T, Tok> + Send + 'p,
        Tok: Token,
    {
        let Self { plan, entry, out } = self;
        let mut plan: Plan<'p> = plan;
        let out = out.gather(&mut plan.boxed);
        entry.seat.fill(input.raised().entering(at.cell()));
        at.absorb(plan, entry.task);
        out
    }

    #[track_caller]
    fn spawn(self) -> (Inlet<T>, Running<Q::Item>)
    where
        Self: 'static,
        T: Send + 'static,
        Q::Item: Send + 'static,
    {
        let runtime = runtime();
        let Self { plan, entry, out } = self;
        let mut plan: Plan<'static> = plan;
        let out = out.gather(&mut plan.boxed);
        let (inlet, input) = plan.open_inlet();
        entry.seat.fill(input);
        let running = launch(plan, (), out, &runtime);
        (inlet, running)
    }
}

/// The plan in which a type of the user's that is spawned alone stands as `stage`.
#[track_caller]
pub(super) fn alone(stage: &'static [StageSpec; 1]) -> Plan<'static> {
    Plan::new(Blueprint { file: "", stages: stage, edges: &[], tasks: 1 }, "pipeline", DEFAULT_QUEUE)
}
