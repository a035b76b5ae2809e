use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::StreamHead;
use super::outlet::{Outlet, spawn_into_outlet};
use super::segment::alone;
use crate::stage::{At, Direct, Guard, Head, NO_PLACE, Plan, Port, Role, StageCell, StageSpec, Stream, Wait};
use crate::{BoxError, PipelineError, Running, Signal, Token};

/// A source of the user's own, for `from(…)`.
///
/// `next` is called only while there is room below (`L6`), and not after it has given `None` or an `Err` (`E4`). It may be
/// dropped while it waits, by `finish()` or a failure elsewhere: it must be cancel safe, as a read from a channel is.
///
/// ```
/// use aqueduct::{BoxError, Signal, Source, pipeline};
///
/// struct Countdown { left: u32 }
///
/// impl Source for Countdown {
///     type Item = u32;
///
///     async fn next(&mut self) -> Result<Option<u32>, BoxError> {
///         if self.left == 0 { return Ok(None) }
///         self.left -= 1;
///         Ok(Some(self.left))
///     }
///
///     fn on_signal(&mut self, signal: Signal) {
///         if signal == Signal::Pause { println!("the pipeline is full at {}", self.left) }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let counted = pipeline! { from(Countdown { left: 3 }) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(counted, [2, 1, 0]);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source",
    label = "`from(…)` takes an `aqueduct::Source` or a `Send` futures stream",
    note = "an iterator goes into `iter(…)`, a tokio receiver into `recv(…)`, a reader into `lines(…)` or `bytes(…)`"
)]
pub trait Source {
    /// What it gives.
    type Item;

    /// The next item; `None` at the end; an `Err` fails the pipeline.
    fn next(&mut self) -> impl Future<Output = Result<Option<Self::Item>, BoxError>> + Send;

    /// The link below has paused, or drained (`L6`). Called between two `next`s, never during one.
    fn on_signal(&mut self, signal: Signal) {
        let _ = signal;
    }

    /// Called exactly once when the stream is over, however it ended (`S5`).
    fn close(&mut self) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Starts the source alone, in a task of tokio's: its items come out of the [`Outlet`].
    ///
    /// So an open segment that ends in `_` becomes a stream; its links, and the one to the outlet, have the capacity that the segment's option
    /// `queue` says (256).
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[track_caller]
    fn spawn(self) -> (Outlet<Self::Item>, Running<()>)
    where
        Self: Sized + Send + 'static,
        Self::Item: Send + 'static,
    {
        let mut plan = from_alone();
        let head = self.wire(plan.at(0));
        spawn_into_outlet(plan, Stream::<Self::Item, (), _, Direct>::source(head), 0)
    }

    /// Wires the source into a plan: by default, a head that drives `next`.
    #[doc(hidden)]
    fn wire<'p>(self, at: At<'_, 'p>) -> impl Head<Item = (Self::Item, ())> + Send + use<'p, Self>
    where
        Self: Sized + Send + 'p,
        Self::Item: Send + 'p,
    {
        head(self, &at)
    }
}

/// The plan in which a source that is spawned alone stands.
#[track_caller]
pub(super) fn from_alone() -> Plan<'static> {
    alone(&[StageSpec { name: "from", operator: "from", role: Role::Source, task: 0, at: NO_PLACE }])
}

/// What `from(…)` takes: a [`Source`], an [`AckSource`](crate::AckSource), or a futures `Stream` that is `Send`.
///
/// `M` is found by inference; it only keeps the kinds apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source",
    label = "`from(…)` takes an `aqueduct::Source` or a `Send` futures stream",
    note = "an iterator goes into `iter(…)`, a tokio receiver into `recv(…)`, a reader into `lines(…)` or `bytes(…)`"
)]
pub trait IntoSource<'p, M> {
    /// What it gives.
    type Item;

    /// What travels beside each item: `()`, or an [`Ack`](crate::Ack) where the source asks.
    type Token: Token;

    /// Itself, once rustc knows that it is one (`operators::given`).
    #[doc(hidden)]
    type Given;

    #[doc(hidden)]
    fn given(self) -> Self::Given;

    /// Wires it into a plan.
    #[doc(hidden)]
    fn wire_source(self, at: At<'_, 'p>) -> impl Head<Item = (Self::Item, Self::Token)> + Send + use<'p, Self, M>;
}

/// Marks what is a [`Source`].
#[derive(Debug)]
pub struct FromSource;

/// Marks what is a futures stream.
#[derive(Debug)]
pub struct FromStream;

impl<'p, S: Source<Item: Send + 'p> + Send + 'p> IntoSource<'p, FromSource> for S {
    type Item = S::Item;
    type Token = ();
    type Given = S;

    fn given(self) -> S {
        self
    }

    fn wire_source(self, at: At<'_, 'p>) -> impl Head<Item = (S::Item, ())> + Send + use<'p, S> {
        self.wire(at)
    }
}

impl<'p, S: futures_core::Stream<Item: Send> + Send + 'p> IntoSource<'p, FromStream> for S {
    type Item = S::Item;
    type Token = ();
    type Given = S;

    fn given(self) -> S {
        self
    }

    fn wire_source(self, at: At<'_, 'p>) -> impl Head<Item = (S::Item, ())> + Send + use<'p, S> {
        StreamHead::new(self, &at)
    }
}

/// A source driven by an async block: asks it for items, tells it the signals, closes it.
pub struct SourceHead<T, F> {
    port: Port<T>,
    block: Option<Pin<Box<F>>>,
    stage: Arc<StageCell>,
    counted: u64,
    /// The block is being polled, or has panicked while it was.
    polling: bool,
}

/// What a [`SourceHead`] drives: a source of either kind.
pub(super) trait Driven {
    /// What `next` gives.
    type Given;

    /// An item with its token.
    type Out;

    fn next(&mut self) -> impl Future<Output = Result<Option<Self::Given>, BoxError>> + Send;

    fn pair(given: Self::Given) -> Self::Out;

    fn on_signal(&mut self, signal: Signal);

    fn close(&mut self) -> impl Future<Output = ()> + Send;
}

/// A source that does not ask.
struct Unasked<S>(S);

impl<S: Source> Driven for Unasked<S> {
    type Given = S::Item;
    type Out = (S::Item, ());

    fn next(&mut self) -> impl Future<Output = Result<Option<S::Item>, BoxError>> + Send {
        self.0.next()
    }

    fn pair(item: S::Item) -> (S::Item, ()) {
        (item, ())
    }

    fn on_signal(&mut self, signal: Signal) {
        self.0.on_signal(signal);
    }

    fn close(&mut self) -> impl Future<Output = ()> + Send {
        self.0.close()
    }
}

/// The head that drives `source`.
pub(crate) fn head<S: Source>(
    source: S,
    at: &At<'_, '_>,
) -> SourceHead<(S::Item, ()), impl Future<Output = ()> + use<S>> {
    driven(Unasked(source), at)
}

/// The head that drives `source`, which is of either kind.
pub(super) fn driven<D: Driven>(source: D, at: &At<'_, '_>) -> SourceHead<D::Out, impl Future<Output = ()> + use<D>> {
    let port = Port::new();
    let inside = port.clone();
    let stage = at.cell();
    let block = drive(source, inside, Arc::clone(&stage));
    SourceHead { port, block: Some(Box::pin(block)), stage, counted: 0, polling: false }
}

/// Asks until the source ends, fails or is stopped; then closes it. The failure waits until it is closed.
async fn drive<D: Driven>(mut source: D, port: Port<D::Out>, stage: Arc<StageCell>) {
    use crate::stage::Command;

    loop {
        match port.command().await {
            Command::Stop => break,
            Command::Signal(signal) => source.on_signal(signal),
            Command::Next => match port.unless_stopped(source.next()).await {
                Some(Ok(Some(given))) => port.put(D::pair(given)),
                Some(Ok(None)) | None => break,
                Some(Err(cause)) => {
                    // The pipeline fails at once, and this task with it; its closing closes the source.
                    stage.failed(cause);
                    break;
                }
            },
        }
    }
    port.over().await;
    source.close().await;
}

impl<T, F: Future<Output = ()>> SourceHead<T, F> {
    fn poll_block(&mut self, cx: &mut Context<'_>) {
        let Some(block) = &mut self.block else { return };
        let guard = Guard::new(&self.stage);
        self.polling = true;
        let outcome = block.as_mut().poll(cx);
        self.polling = false;
        guard.passed();
        if outcome.is_ready() {
            self.block = None;
        }
    }
}

impl<T, F: Future<Output = ()>> Head for SourceHead<T, F> {
    type Item = T;

    #[inline(always)]
    fn is_source(&self) -> bool {
        true
    }

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        if self.port.len() == 0 {
            self.port.set_open(true);
            self.poll_block(cx);
        }
        if self.port.len() > 0 {
            return Poll::Ready(Ok(true));
        }
        if self.port.is_over() || self.block.is_none() { Poll::Ready(Ok(false)) } else { Poll::Pending }
    }

    fn waits_for(&self) -> Wait {
        Wait::Own
    }

    fn items(&mut self, limit: usize) -> impl Iterator<Item = T> {
        let Self { port, counted, .. } = self;
        port.items(limit).inspect(|_| *counted += 1)
    }

    fn settle(&mut self) -> u64 {
        let taken = std::mem::take(&mut self.counted);
        self.stage.add_out(taken);
        taken
    }

    fn poll_work(&mut self, cx: &mut Context<'_>) -> Result<(), PipelineError> {
        self.port.set_open(false);
        if self.port.has_signals() {
            self.poll_block(cx);
        }
        Ok(())
    }

    fn signal(&mut self, signal: Signal) {
        self.port.tell(signal);
    }

    fn stop(&mut self) {
        self.port.stop();
    }

    fn cancel(&mut self) {
        self.port.stop();
        self.port.clear();
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.polling {
            // The source itself panicked: it is dropped, not closed (S5).
            return Poll::Ready(());
        }
        self.port.let_close();
        self.poll_block(cx);
        if self.block.is_none() { Poll::Ready(()) } else { Poll::Pending }
    }
}
