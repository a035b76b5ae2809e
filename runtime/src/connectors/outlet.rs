//! An outlet: the way by which a program takes items out of a segment itself.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::link::{Receiver, Sender};
use crate::pipeline::{launch, runtime};
use crate::stage::{Chain, Drive, Head, Out, Plan, Raised, StageCell, Stream, Then};
use crate::{Ack, Running, Token};

/// The lower end of a spawned segment, in your hands: a futures `Stream` of what comes out.
///
/// While it is not read, its link fills and pauses what is above. Dropping it says that nothing more is wanted: the segment's sources
/// are cancelled and closed, and the run ends well (`S3`). It ends with `None`; whether the run ended well is for its
/// [`Running`](crate::Running) to tell: at a failure or an abort, items inside are dropped. A source that asks is told that an item is done when
/// it has come out here.
///
/// ```
/// use aqueduct::{BoxError, Source};
/// use futures_util::StreamExt;
///
/// struct Countdown(u32);
///
/// impl Source for Countdown {
///     type Item = u32;
///
///     async fn next(&mut self) -> Result<Option<u32>, BoxError> {
///         self.0 = match self.0.checked_sub(1) { Some(left) => left, None => return Ok(None) };
///         Ok(Some(self.0))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let (mut counted, running) = Countdown(3).spawn();
/// assert_eq!(counted.next().await, Some(2));
/// assert_eq!(counted.next().await, Some(1));
/// drop(counted);
/// running.await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping an `Outlet` ends what it comes out of"]
pub struct Outlet<T> {
    receiver: Receiver<(T, Ack)>,
    stage: Arc<StageCell>,
    ended: bool,
}

/// Spawns a segment whose end is `s`, in its task `tail`: what comes there comes out of the outlet.
#[track_caller]
pub(crate) fn spawn_into_outlet<A, Tok, H, P>(
    mut plan: Plan<'static>,
    s: Stream<A, Tok, H, P>,
    tail: usize,
) -> (Outlet<A>, Running<()>)
where
    Tok: Token,
    Chain<H, Then<P, Raised>, Sender<(A, Ack)>>: Drive + Send + 'static,
{
    let runtime = runtime();
    let (stage, sender, receiver) = plan.open_outlet();
    let chain = Chain::new(s.head, Then(s.part, Raised), sender, plan.task(tail));
    let out = Out::new();
    out.set(());
    let running = launch(plan, (chain, ()), out, &runtime);
    (Outlet { receiver, stage, ended: false }, running)
}

impl<T> Unpin for Outlet<T> {}

impl<T> futures_core::Stream for Outlet<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        // The failure of a run does not come through its links: its flag does, which is read after the waker is left (T3).
        let task = this.stage.task();
        if !task.flags().ended() {
            task.watch(cx);
        }
        if !task.flags().cancelled() {
            let more = std::task::ready!(this.receiver.poll_items(cx));
            let item = if matches!(more, Ok(true)) { this.receiver.items(1).next() } else { None };
            if let Some((item, ack)) = item {
                // What becomes of it now is the program's own affair.
                ack.done();
                this.stage.add_in(this.receiver.settle());
                return Poll::Ready(Some(item));
            }
        }
        this.ended = true;
        this.receiver.cancel();
        Poll::Ready(None)
    }
}

impl<T> fmt::Debug for Outlet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").field("ended", &self.ended).finish_non_exhaustive()
    }
}
