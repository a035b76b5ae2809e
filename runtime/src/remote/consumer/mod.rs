//! The half below the queue: frames from the broker, and verdicts back.
//!
//! [`hand`] is what the handles and the task share; the task (`Task::run`) does the rest side by side, each in a file of its own: [`fetch`] asks for
//! messages as there is room, [`settle`] tells the broker the verdicts, [`suspects`] sets aside what fails again and again, [`beat`] keeps what is
//! being worked on, [`watch`] sees the end and mends the queue, [`last`] lets go of what is kept to the end.

mod beat;
mod fetch;
mod hand;
mod last;
mod settle;
mod suspects;
mod watch;

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{join, join3, select};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub use self::hand::{Handle, Received};

use self::hand::{Arrived, Hand, Verdict};
use super::broker::{Broker, Lane};
use super::retry::insist;
use super::{Codec, Gauge, Layout, Postcard, QueueFigures, RemoteError};

/// The half of a remote link below the queue.
///
/// A task of its own fetches ahead, gives signs of life for what is being worked on, however long nobody asks for the next frame, and settles what the
/// [`Handle`]s say. Dropping a consumer gives back at once what it has fetched and nobody has got; the task ends when the last handle is settled.
pub struct Consumer<T, B: Broker, C = Postcard> {
    codec: C,
    hand: Arc<Hand<B>>,
    arrived: mpsc::UnboundedReceiver<Arrived>,
    task: Option<JoinHandle<()>>,
    gauge: Gauge,
    item: PhantomData<fn() -> T>,
}

/// The items of one message.
#[derive(Debug)]
pub struct ReceivedFrame<T> {
    /// At least one.
    pub items: Vec<T>,
    /// The run they belong to.
    pub run: String,
    /// The position of the first of them in its run. With the run, a name for the item that stays the same when it is delivered again.
    pub first: u64,
    /// How often they have been delivered, this time included.
    pub attempt: u64,
    /// It is one item that is tried alone, because a frame with it in it failed. The next such item comes only when this one is settled, so whoever gathers
    /// items should let go behind it.
    pub isolated: bool,
    /// Takes the verdict on all of them.
    pub handle: Handle,
}

impl<T: DeserializeOwned, B: Broker, C: Codec> Consumer<T, B, C> {
    pub(super) async fn open(broker: B, codec: C, layout: Layout) -> Result<Self, RemoteError> {
        let hand = Arc::new(Hand::new(broker, layout, codec.id()));
        let (items, isolated) = insist(hand.layout.options.give_up_after, || hand.open()).await?;
        let (seen, options) = (Arc::clone(&hand), &hand.layout.options);
        let gauge = Gauge::new(hand.broker.clone(), options.heard.clone(), options.per_message, move || QueueFigures {
            received: Some(seen.figures()),
            oldest_unacked: seen.oldest(),
            ..QueueFigures::default()
        });
        let (sender, arrived) = mpsc::unbounded_channel();
        let task = Task { hand: Arc::clone(&hand), items, isolated, arrived: sender };
        Ok(Self { codec, hand, arrived, task: Some(tokio::spawn(task.run())), gauge, item: PhantomData })
    }

    /// The next frame; `None` when the run is complete and all of it done, by whichever worker.
    ///
    /// # Errors
    /// When the link cannot go on.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<ReceivedFrame<T>>, RemoteError>> {
        loop {
            let Some(arrived) = std::task::ready!(self.arrived.poll_recv(cx)) else {
                return Poll::Ready(self.hand.failure().map_or(Ok(None), Err));
            };
            if !arrived.isolated {
                self.hand.make_room();
            }
            // What cannot be read is settled by its handle, and not given to anyone.
            if let Some(frame) = self.decode(arrived) {
                return Poll::Ready(Ok(Some(frame)));
            }
        }
    }

    /// [`poll_next`](Self::poll_next) as a future.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Cancel safety
    /// Nothing is lost when it is dropped.
    pub async fn next(&mut self) -> Result<Option<ReceivedFrame<T>>, RemoteError> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    fn decode(&self, arrived: Arrived) -> Option<ReceivedFrame<T>> {
        let Arrived { head, items, attempt, isolated, handle } = arrived;
        match items.iter().map(|item| self.codec.decode(item)).collect() {
            Ok(items) => Some(ReceivedFrame { items, run: head.run, first: head.first, attempt, isolated, handle }),
            Err(cause) => {
                self.hand.unreadable(format!("an item of the frame {} cannot be decoded: {cause}", head.id()));
                handle.unreadable();
                None
            }
        }
    }
}

impl<T, B: Broker, C> Consumer<T, B, C> {
    /// Leaves the queue: asks for no more, gives back what nobody has got, and waits until every handle is settled and the broker has confirmed it. All but the
    /// waiting is done at once.
    pub fn leave(mut self) -> impl Future<Output = ()> + Send + use<T, B, C> {
        self.hand.leave();
        self.arrived.close();
        while self.arrived.try_recv().is_ok() {}
        let task = self.task.take();
        async move {
            if let Some(task) = task {
                // It does not panic; a runtime that shuts down may cancel it.
                let _ = task.await;
            }
        }
    }

    /// Reads the figures of the queue and of this half, also while and after this half works.
    #[must_use]
    pub fn gauge(&self) -> Gauge {
        self.gauge.clone()
    }

    /// What has come, and what became of it.
    #[must_use]
    pub fn received(&self) -> Received {
        self.hand.figures()
    }

    /// For how long the oldest item has been worked on. A stage that hangs holds its items for ever: this shows it.
    #[must_use]
    pub fn oldest_unacked(&self) -> Option<Duration> {
        self.hand.oldest()
    }

    /// Why the last frame that could not be read could not.
    #[must_use]
    pub fn last_unreadable(&self) -> Option<String> {
        self.hand.last_unreadable()
    }
}

impl<T, B: Broker, C> Drop for Consumer<T, B, C> {
    fn drop(&mut self) {
        self.hand.leave();
    }
}

impl<T, B: Broker, C> fmt::Debug for Consumer<T, B, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consumer").field("queue", &self.hand.broker.name()).finish_non_exhaustive()
    }
}

/// All that goes on besides the pipeline.
struct Task<B: Broker> {
    hand: Arc<Hand<B>>,
    items: B::Inbox,
    isolated: B::Inbox,
    arrived: mpsc::UnboundedSender<Arrived>,
}

impl<B: Broker> Task<B> {
    /// Ends when nothing more is fetched and every handle is settled.
    async fn run(self) {
        let Self { hand, items, isolated, arrived } = self;
        let (verdicts, told) = mpsc::unbounded_channel::<Verdict>();
        let fetching = join(
            fetch::fetch(Arc::clone(&hand), Lane::Items, items, arrived.clone(), verdicts.clone()),
            fetch::fetch(Arc::clone(&hand), Lane::Isolated, isolated, arrived, verdicts),
        );
        // In this order: what cannot be told yet takes room of what is fetched.
        let work = join(settle::settle(Arc::clone(&hand), told), fetching);
        let minding = join3(beat::beat(Arc::clone(&hand)), last::last(Arc::clone(&hand)), watch::watch(hand));
        select(Box::pin(work), Box::pin(minding)).await;
    }
}
