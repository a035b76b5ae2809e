use super::outlet::spawn_into_outlet;
use super::segment::alone;
use crate::link::AnyReceiver;
use crate::stage::{At, Body, Direct, Head, NO_PLACE, Port, Role, StageSpec, Stream};
use crate::{BoxError, Inlet, Outlet, PipelineError, Running};

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
        let head = self.wire(input, plan.at(0));
        let (outlet, running) = spawn_into_outlet(plan, Stream::<Self::Out, _, Direct>::source(head), 0);
        (inlet, outlet, running)
    }

    /// Wires the stage into a plan: by default, a task that drives `apply`.
    #[doc(hidden)]
    fn wire<'p>(
        self,
        input: AnyReceiver<In>,
        mut at: At<'_, 'p>,
    ) -> impl Head<Item = Self::Out> + Send + use<'p, Self, In>
    where
        Self: Sized + Send + 'p,
        In: Send + 'p,
        Self::Out: Send + 'p,
    {
        at.holds(self.holds());
        let stage = at.cell();
        let stream: Stream<Self::Out, Body<Self::Out, _>, Direct> =
            Stream::<In, _, Direct>::source(input).body(at, |mut input, port: Port<Self::Out>| async move {
                let mut transform = self;
                let failed = |cause| PipelineError::failed(stage.name(), cause);
                while let Some(item) = input.next().await {
                    transform.apply(item, &mut Emitter { port: &port }).await.map_err(failed)?;
                }
                transform.finish(&mut Emitter { port: &port }).await.map_err(failed)
            });
        stream.head
    }
}

/// Where a [`Transform`] puts what it makes.
pub struct Emitter<'a, T> {
    port: &'a Port<T>,
}

impl<T> Emitter<'_, T> {
    /// Waits until there is room downstream, then gives `item`.
    ///
    /// When nothing more is wanted downstream, the stage is cancelled here: the future does not come back.
    pub async fn emit(&mut self, item: T) {
        self.port.emit(item).await;
    }
}

impl<T> std::fmt::Debug for Emitter<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emitter").finish_non_exhaustive()
    }
}
