use super::emitter::{Current, Emitter};
use super::outlet::spawn_into_outlet;
use super::segment::alone;
use crate::link::{AnyReceiver, Entering};
use crate::stage::{At, Body, Direct, Head, NO_PLACE, Port, Role, StageSpec, Stream};
use crate::{Ack, BoxError, Inlet, Outlet, Running, Token};

/// A stage of the user's own, for `via(…)`.
///
/// It is called for one item after the other, and may give any number of items for each.
///
/// ```
/// use aqueduct::{BoxError, Emitter, Transform, pipeline};
///
/// /// Gives each word of a line, and at the end how many there were.
/// struct Words { seen: usize }
///
/// impl Transform<String> for Words {
///     type Out = String;
///
///     async fn apply(&mut self, line: String, out: &mut Emitter<'_, String>) -> Result<(), BoxError> {
///         for word in line.split_whitespace() {
///             self.seen += 1;
///             out.emit(word.to_owned()).await;
///         }
///         Ok(())
///     }
///
///     async fn finish(&mut self, out: &mut Emitter<'_, String>) -> Result<(), BoxError> {
///         out.emit(format!("{} words", self.seen)).await;
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let words = pipeline! { once("to and fro".to_owned()) -> via(Words { seen: 0 }) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(words, ["to", "and", "fro", "3 words"]);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot transform items of type `{In}`",
    label = "`via(…)` takes an `aqueduct::Transform<{In}>`"
)]
pub trait Transform<In> {
    /// What it gives.
    type Out;

    /// Takes one item and emits what comes of it; an `Err` fails the pipeline.
    ///
    /// A source that asks is told that the item is done when this has returned and all that was emitted for it has left the pipeline. What is to be emitted
    /// later is [held](Emitter::hold).
    ///
    /// # Cancel safety
    /// At `finish()` it is waited for. On failure or abort, and when nothing more is wanted downstream, it is dropped while it waits.
    fn apply(
        &mut self,
        item: In,
        out: &mut Emitter<'_, Self::Out>,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;

    /// Called once when the input has ended, also when there was no item; may emit (`S4`). Not called on failure or abort,
    /// nor when nothing more is wanted downstream.
    fn finish(&mut self, out: &mut Emitter<'_, Self::Out>) -> impl Future<Output = Result<(), BoxError>> + Send {
        let _ = out;
        async { Ok(()) }
    }

    /// How many items it holds at the most besides the one it was given; `None` if it cannot say (`G4`). Default: 1.
    fn holds(&self) -> Option<usize> {
        Some(1)
    }

    /// Starts the stage alone, in a task of tokio's: items go in by the [`Inlet`], and come out of the [`Outlet`].
    ///
    /// So an open segment that begins and ends in `_` becomes a duplex; its links, and those of the inlet and the outlet, have the capacity
    /// that the segment's option `queue` says (256).
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[track_caller]
    fn spawn(self) -> (Inlet<In>, Outlet<Self::Out>, Running<()>)
    where
        Self: Sized + Send + 'static,
        In: Send + 'static,
        Self::Out: Send + 'static,
    {
        let mut plan = alone(&[StageSpec { name: "via", operator: "via", role: Role::Stage, task: 0, at: NO_PLACE }]);
        let (inlet, input) = plan.open_inlet();
        let head = self.wire::<AnyReceiver<In, Ack>, Ack>(input, plan.at(0));
        let (outlet, running) = spawn_into_outlet(plan, Stream::<Self::Out, Ack, _, Direct>::source(head), 0);
        (inlet, outlet, running)
    }

    /// Wires the stage into a plan: by default, a task that drives `apply`.
    #[doc(hidden)]
    fn wire<'p, R, Tok>(
        self,
        input: R,
        mut at: At<'_, 'p>,
    ) -> impl Head<Item = (Self::Out, Tok)> + Send + use<'p, Self, In, R, Tok>
    where
        Self: Sized + Send + 'p,
        In: Send + 'p,
        Self::Out: Send + 'p,
        R: Entering<In, Tok> + Send + 'p,
        Tok: Token,
    {
        at.holds(self.holds());
        let stage = at.cell();
        let stream: Stream<Self::Out, Tok, Body<(Self::Out, Tok), _>, Direct> = Stream::<In, Tok, R, Direct>::source(
            input,
        )
        .body(at, |mut input, port: Port<(Self::Out, Tok)>| async move {
            let mut transform = self;
            let current = Current::new();
            let mut out = Emitter::new(&port, &current);
            let failed = |cause: BoxError| stage.failed(cause);
            while let Some((item, token)) = input.next().await {
                current.work(token.into_ack(), transform.apply(item, &mut out)).await.map_err(failed)?;
            }
            transform.finish(&mut out).await.map_err(failed)
        });
        stream.head
    }
}
