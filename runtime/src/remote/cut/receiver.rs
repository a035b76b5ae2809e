use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::sleep;

use super::half::Half;
use super::tally::Tally;
use super::{Cut, Portable};
use crate::link::Sleeper;
use crate::remote::{self, Broker, Codec, ReceivedFrame, RemoteError};
use crate::stage::{Head, TaskCell};
use crate::{Ack, PipelineError, Verdict};

/// The lower half: what a task begins with whose items come from a broker. All items of a frame share what is said to the broker of it.
pub struct RemoteReceiver<A: Portable, B: Broker, C: Codec> {
    half: Half<remote::Consumer<A, B, C>>,
    /// What has come and was not given.
    ready: VecDeque<(A, Ack)>,
    counted: u64,
    /// What is above the queue runs elsewhere: here, items enter the program.
    alone: bool,
    task: Arc<TaskCell>,
    tally: Arc<Tally>,
    sleeper: Sleeper,
}

/// So long a run that has failed waits until the broker knows which item it was, and what is given back. Who does not know that gives it to nobody before `ack_wait`.
const PATIENCE: Duration = Duration::from_secs(2);

impl<A: Portable, B: Broker, C: Codec> RemoteReceiver<A, B, C> {
    pub(super) fn new(cut: &Cut<B, C>, task: Arc<TaskCell>, alone: bool) -> Self {
        let Cut { queue, capacity, low, tally } = cut;
        let (queue, capacity, low, tally) = (queue.clone(), *capacity, *low, Arc::clone(tally));
        Self {
            half: Half::new(async move { queue.consumer(capacity, low).await }),
            ready: VecDeque::new(),
            counted: 0,
            alone,
            task,
            tally,
            sleeper: Sleeper::default(),
        }
    }

    /// The next frame; none when nothing more will come.
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<ReceivedFrame<A>>, RemoteError>> {
        match ready!(self.half.poll_open(cx, |consumer| self.tally.gauged(consumer.gauge())))? {
            Some(consumer) => consumer.poll_next(cx),
            None => Poll::Ready(Ok(None)),
        }
    }

    /// Leaves the queue, now and for good. The task does not end before the broker knows what became of all that was given.
    fn leave(&mut self) {
        if let Some(consumer) = self.half.take() {
            self.task.leave_behind(parted(consumer.leave(), Arc::clone(&self.task)));
        }
    }

    fn take_in(&mut self, frame: ReceivedFrame<A>) {
        let ReceivedFrame { items, isolated, handle, .. } = frame;
        let (tally, count) = (Arc::clone(&self.tally), items.len());
        let ack = Ack::done_when_kept(isolated, move |verdict| match verdict {
            Verdict::Done => {
                tally.left(count);
                handle.done();
            }
            Verdict::Failed => handle.guilty(),
            Verdict::Dropped => drop(handle),
        });
        self.ready.extend(items.into_iter().map(|item| (item, ack.split())));
        ack.done();
    }
}

impl<A: Portable, B: Broker, C: Codec> Head for RemoteReceiver<A, B, C> {
    type Item = (A, Ack);

    fn is_source(&self) -> bool {
        self.alone
    }

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        while self.ready.is_empty() {
            match ready!(self.poll_frame(cx)) {
                Ok(Some(frame)) => self.take_in(frame),
                Ok(None) => return Poll::Ready(Ok(false)),
                Err(cause) => {
                    self.leave();
                    return Poll::Ready(Err(PipelineError::failed(&self.tally.state().name(), cause.into())));
                }
            }
        }
        Poll::Ready(Ok(true))
    }

    fn items(&mut self, limit: usize) -> impl Iterator<Item = (A, Ack)> {
        let Self { ready, counted, .. } = self;
        std::iter::from_fn(|| {
            let item = ready.pop_front()?;
            *counted += 1;
            Some(item)
        })
        .take(limit)
    }

    fn with_next<R>(&self, f: impl FnOnce(&A) -> R) -> Option<R> {
        self.ready.front().map(|(item, _)| f(item))
    }

    fn settle(&mut self) -> u64 {
        std::mem::take(&mut self.counted)
    }

    fn note_dropped(&self, items: u64) {
        self.tally.state().note_dropped(items);
    }

    fn stop(&mut self) {
        if !self.alone {
            // The part above is told, and ends; what it has put in is worked on.
            return;
        }
        // What is at hand is of one frame, which would come again whole: so all of it is given.
        self.leave();
    }

    fn cancel(&mut self) {
        // What has come is given back, and so is what is on its way.
        self.ready.clear();
        self.leave();
        self.tally.state().leave(&mut self.sleeper);
    }
}

/// Ends when the queue has been left, or, after a failure or an abort, when that takes too long.
async fn parted(left: impl Future<Output = ()>, task: Arc<TaskCell>) {
    let (mut left, mut patience) = (pin!(left), None);
    poll_fn(|cx| {
        if left.as_mut().poll(cx).is_pending() {
            if !task.flags().cancelled() {
                return Poll::Pending;
            }
            ready!(patience.get_or_insert_with(|| Box::pin(sleep(PATIENCE))).as_mut().poll(cx));
        }
        Poll::Ready(())
    })
    .await;
}

impl<A: Portable, B: Broker, C: Codec> Drop for RemoteReceiver<A, B, C> {
    fn drop(&mut self) {
        self.leave();
        self.tally.state().leave(&mut self.sleeper);
    }
}
