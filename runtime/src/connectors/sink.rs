use std::pin::pin;

use futures_util::SinkExt;

use super::segment::alone;
use crate::link::{AnyReceiver, Entering};
use crate::pipeline::{launch, runtime};
use crate::stage::{At, Closed, Direct, NO_PLACE, Out, Role, StageSpec, Stream, paired};
use crate::{Ack, BoxError, Inlet, Running, Token};

/// A sink of the user's own, for `into(…)`.
///
/// ```
/// use aqueduct::{BoxError, Sink, pipeline};
///
/// /// Adds up, and says so at the end.
/// struct Total { sum: u64 }
///
/// impl Sink<u64> for Total {
///     type Output = String;
///
///     async fn write(&mut self, item: u64) -> Result<(), BoxError> {
///         self.sum = self.sum.checked_add(item).ok_or("too much")?;
///         Ok(())
///     }
///
///     async fn finish(self) -> Result<String, BoxError> {
///         Ok(format!("{} in all", self.sum))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let total = pipeline! { iter(1..=4u64) -> into(Total { sum: 0 }) }.run().await?;
/// assert_eq!(total, "10 in all");
/// # Ok(())
/// # }
/// ```
pub trait Sink<T> {
    /// What it gives at the end.
    type Output;

    /// Takes one item; an `Err` fails the pipeline. Not called again before it has ended, nor after an `Err` (`E4`).
    ///
    /// # Cancel safety
    /// At `finish()` it is waited for. On failure or abort it is dropped while it waits, with the sink: what it had half written stays so.
    fn write(&mut self, item: T) -> impl Future<Output = Result<(), BoxError>> + Send;

    /// Called once when the input has ended, also after `finish()`; not on failure or abort (`S4`).
    fn finish(self) -> impl Future<Output = Result<Self::Output, BoxError>> + Send;

    /// Starts the sink alone, in a task of tokio's: items go in by the [`Inlet`].
    ///
    /// So an open segment that begins in `_` becomes a sink to send into; its links, and the one of the inlet, have the capacity that the
    /// segment's option `queue` says (256).
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[track_caller]
    fn spawn(self) -> (Inlet<T>, Running<Self::Output>)
    where
        Self: Sized + Send + 'static,
        T: Send + 'static,
        Self::Output: Send + 'static,
    {
        let runtime = runtime();
        let mut plan = alone(&[StageSpec { name: "into", operator: "into", role: Role::Sink, task: 0, at: NO_PLACE }]);
        let (inlet, input) = plan.open_inlet();
        let out = self.wire::<AnyReceiver<T, Ack>, Ack>(input, plan.at(0));
        (inlet, launch(plan, (), out, &runtime))
    }

    /// Wires the sink into a plan: by default, a task that drives `write`.
    #[doc(hidden)]
    fn wire<'p, R, Tok>(self, input: R, mut at: At<'_, 'p>) -> Out<Self::Output>
    where
        Self: Sized + Send + 'p,
        T: Send + 'p,
        Self::Output: Send + 'p,
        R: Entering<T, Tok> + Send + 'p,
        Tok: Token,
    {
        let stage = at.cell();
        let closed = Stream::<T, Tok, R, Direct>::source(input).worker(at.again(), |mut input, out| async move {
            let mut sink = self;
            let failed = |cause: BoxError| stage.failed(cause);
            while let Some((item, token)) = input.next().await {
                let written = sink.write(item).await.map_err(failed);
                paired::unless_failed(&written, token, Tok::done);
                written?;
            }
            out.set(sink.finish().await.map_err(failed)?);
            Ok(())
        });
        closed.into_out(at)
    }
}

/// What `into(…)` takes: a [`Sink`] of aqueduct, or a futures `Sink` that is `Send`, whose output is `()`.
///
/// `M` is found by inference; it only keeps the two kinds apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a sink for items of type `{T}`",
    label = "`into(…)` takes an `aqueduct::Sink<{T}>` or a `Send` futures sink of such items",
    note = "a tokio sender goes into `send(…)`, a writer into `write(…)` or `write_lines(…)`"
)]
pub trait IntoSink<'p, T, M> {
    /// What it gives at the end.
    type Output;

    /// Wires it into a plan.
    #[doc(hidden)]
    fn wire_sink<R, Tok>(self, input: R, at: At<'_, 'p>) -> Out<Self::Output>
    where
        R: Entering<T, Tok> + Send + 'p,
        Tok: Token;
}

/// Marks what is a [`Sink`] of aqueduct.
#[derive(Debug)]
pub struct NativeSink;

/// Marks what is a futures sink.
#[derive(Debug)]
pub struct FuturesSink;

impl<'p, T, S> IntoSink<'p, T, NativeSink> for S
where
    T: Send + 'p,
    S: Sink<T, Output: Send + 'p> + Send + 'p,
{
    type Output = S::Output;

    fn wire_sink<R, Tok>(self, input: R, at: At<'_, 'p>) -> Out<S::Output>
    where
        R: Entering<T, Tok> + Send + 'p,
        Tok: Token,
    {
        self.wire::<R, Tok>(input, at)
    }
}

impl<'p, T, S> IntoSink<'p, T, FuturesSink> for S
where
    T: Send + 'p,
    S: futures_sink::Sink<T, Error: Into<BoxError> + Send> + Send + 'p,
{
    type Output = ();

    fn wire_sink<R, Tok>(self, input: R, mut at: At<'_, 'p>) -> Out<()>
    where
        R: Entering<T, Tok> + Send + 'p,
        Tok: Token,
    {
        let stage = at.cell();
        let closed: Closed<(), _> =
            Stream::<T, Tok, R, Direct>::source(input).worker(at.again(), |mut input, out| async move {
                let mut sink = pin!(self);
                let failed = |cause: S::Error| stage.failed(cause);
                let mut unflushed = Tok::Group::default();
                // What was fed is flushed as soon as nothing waits, so a lone item is not held back.
                while let Some(item) = input.next().await {
                    let mut item = Some(item);
                    while let Some((fed, token)) = item {
                        sink.feed(fed).await.map_err(failed)?;
                        token.add_to(&mut unflushed);
                        item = input.try_next().await;
                    }
                    sink.flush().await.map_err(failed)?;
                    Tok::join(&mut unflushed).done();
                }
                sink.close().await.map_err(failed)?;
                out.set(());
                Ok(())
            });
        closed.into_out(at)
    }
}
