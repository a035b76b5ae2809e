use super::outlet::spawn_into_outlet;
use super::source::{Driven, driven, from_alone};
use crate::stage::{At, Direct, Head, Stream};
use crate::{Ack, BoxError, IntoSource, Outlet, Running, Signal};

/// A source of the user's own that asks what becomes of its items, for `from(…)`.
///
/// It gives each item with an [`Ack`], which tells it when all that came of the item has left the pipeline, or that it never will: so a
/// message can be confirmed to its broker when the work on it is done, and comes again when it was not. [`Source`](crate::Source) is for those that do
/// not ask.
///
/// `next` is called only while there is room below (`L6`), and not after it has given `None` or an `Err` (`E4`). It may be
/// dropped while it waits, by `finish()` or a failure elsewhere: it must be cancel safe, as a read from a channel is.
///
/// ```
/// use std::sync::mpsc;
///
/// use aqueduct::{Ack, AckSource, BoxError, Verdict, pipeline};
///
/// /// Gives numbers, and sends what has become of each.
/// struct Countdown { left: u32, tell: mpsc::Sender<(u32, Verdict)> }
///
/// impl AckSource for Countdown {
///     type Item = u32;
///
///     async fn next(&mut self) -> Result<Option<(u32, Ack)>, BoxError> {
///         if self.left == 0 { return Ok(None) }
///         self.left -= 1;
///         let (number, tell) = (self.left, self.tell.clone());
///         let ack = Ack::new(move |verdict| tell.send((number, verdict)).unwrap_or_default());
///         Ok(Some((number, ack)))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let (tell, told) = mpsc::channel();
/// let source = Countdown { left: 2, tell };
/// pipeline! { from(source) -> filter(|n| *n > 0) -> for_each(|n| println!("{n}")) }.run().await?;
/// assert_eq!(told.iter().collect::<Vec<_>>(), [(1, Verdict::Done), (0, Verdict::Done)]);
/// # Ok(())
/// # }
/// ```
pub trait AckSource {
    /// What it gives.
    type Item;

    /// The next item, with what it asks about it; `None` at the end; an `Err` fails the pipeline.
    fn next(&mut self) -> impl Future<Output = Result<Option<(Self::Item, Ack)>, BoxError>> + Send;

    /// The link below has paused, or drained (`L6`). Called between two `next`s, never during one.
    fn on_signal(&mut self, signal: Signal) {
        let _ = signal;
    }

    /// Called exactly once when the stream is over, however it ended (`S5`). Items may still be in the pipeline then: their [`Ack`]s tell
    /// what becomes of them also after this.
    fn close(&mut self) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Starts the source alone, in a task of tokio's: its items come out of the [`Outlet`], as with [`Source::spawn`](crate::Source::spawn).
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
        spawn_into_outlet(plan, Stream::<Self::Item, Ack, _, Direct>::source(head), 0)
    }

    /// Wires the source into a plan: by default, a head that drives `next`.
    #[doc(hidden)]
    fn wire<'p>(self, at: At<'_, 'p>) -> impl Head<Item = (Self::Item, Ack)> + Send + use<'p, Self>
    where
        Self: Sized + Send + 'p,
        Self::Item: Send + 'p,
    {
        driven(Asking(self), &at)
    }
}

/// Marks what is an [`AckSource`].
#[derive(Debug)]
pub struct FromAckSource;

impl<'p, S: AckSource<Item: Send + 'p> + Send + 'p> IntoSource<'p, FromAckSource> for S {
    type Item = S::Item;
    type Token = Ack;
    type Given = S;

    fn given(self) -> S {
        self
    }

    fn wire_source(self, at: At<'_, 'p>) -> impl Head<Item = (S::Item, Ack)> + Send + use<'p, S> {
        self.wire(at)
    }
}

/// A source that asks.
struct Asking<S>(S);

impl<S: AckSource> Driven for Asking<S> {
    type Given = (S::Item, Ack);
    type Out = (S::Item, Ack);

    fn next(&mut self) -> impl Future<Output = Result<Option<(S::Item, Ack)>, BoxError>> + Send {
        self.0.next()
    }

    fn pair(given: (S::Item, Ack)) -> (S::Item, Ack) {
        given
    }

    fn on_signal(&mut self, signal: Signal) {
        self.0.on_signal(signal);
    }

    fn close(&mut self) -> impl Future<Output = ()> + Send {
        self.0.close()
    }
}
