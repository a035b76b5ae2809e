//! The half above the queue: items into frames, frames to the broker.
//!
//! [`desk`] is what the handle and the pump share; [`pump`] sends frames and takes answers; [`recover`] finds out what is stored after a bad answer;
//! [`full`] keeps the capacity, and waits until a full queue has run low; [`tenure`] keeps the queue for one publisher. The rules are in the README of `remote`.

mod desk;
mod full;
mod pump;
mod recover;
mod tenure;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use serde::Serialize;

pub use self::desk::{Change, Reason, Sent};

use self::desk::Desk;
use self::pump::Pump;
use super::frame::{Builder, Head};
use super::{Broker, Codec, Gauge, Layout, QueueFigures, RemoteError};
use crate::sync::{Mutex, lock};

/// A frame is closed before it grows larger than this; an item that alone is larger goes alone.
const FRAME_BYTES: usize = 256 * 1024;

/// The half of a remote link above the queue.
///
/// It works while one of its `poll` methods is polled, or the future of one awaited: after [`push`](Self::push) poll one of them before waiting for anything
/// else. It is never behind by more than [`Layout::held_above`] items.
///
/// Dropped without [`finish`](Self::finish), it forgets what is not stored, as a process does that is killed.
#[must_use = "a publisher does nothing unless it is polled"]
pub struct Publisher<B, C> {
    codec: C,
    layout: Layout,
    most: usize,
    queue: String,
    open: Builder,
    /// An item's bytes on their way into the frame.
    scratch: Vec<u8>,
    /// The position of the next item.
    position: u64,
    /// For how many items there is room, as of the last poll.
    room: usize,
    /// Items before this position are stored already, by the publisher before.
    resume: u64,
    desk: Arc<Mutex<Desk>>,
    pump: Pin<Box<dyn Future<Output = Result<(), RemoteError>> + Send>>,
    outcome: Option<Result<(), RemoteError>>,
    gauge: Gauge,
    broker: std::marker::PhantomData<fn() -> B>,
}

impl<B: Broker, C: Codec> Publisher<B, C> {
    pub(super) async fn open(broker: B, codec: C, layout: Layout) -> Result<Self, RemoteError> {
        let desk = Arc::new(Mutex::new(Desk::new()));
        let pump = Pump::open(broker.clone(), layout.clone(), Arc::clone(&desk)).await?;
        let resume = if layout.options.resume { pump.resume_from() } else { 0 };
        let head = Head {
            codec: codec.id(),
            schema: layout.options.schema,
            epoch: pump.epoch(),
            first: resume,
            count: 0,
            run: layout.options.run.to_string(),
        };
        lock(&desk).figures.position = resume;
        let seen = Arc::clone(&desk);
        let gauge = Gauge::new(broker.clone(), layout.options.heard.clone(), layout.options.per_message, move || {
            let desk = lock(&seen);
            QueueFigures { sent: Some(desk.figures), paused: desk.paused.clone(), ..QueueFigures::default() }
        });
        Ok(Self {
            codec,
            most: broker.max_payload(),
            queue: broker.name().to_owned(),
            open: Builder::new(head),
            scratch: Vec::new(),
            position: 0,
            room: 0,
            resume,
            desk,
            pump: Box::pin(pump.run()),
            outcome: None,
            gauge,
            broker: std::marker::PhantomData,
            layout,
        })
    }

    /// The position of the first item that the broker does not have: what comes before is swallowed. 0 unless the queue has `resume`.
    ///
    /// A source that can seek goes there itself, and says so by [`begin_at_resume`](Self::begin_at_resume).
    #[must_use]
    pub fn resume_from(&self) -> u64 {
        self.resume
    }

    /// The first item is the one at [`resume_from`](Self::resume_from): nothing is swallowed.
    pub fn begin_at_resume(&mut self) {
        debug_assert_eq!(self.position, 0, "before the first item");
        self.position = self.resume;
    }

    /// Waits until there is room, and gives for how many items. Pending while the link is paused.
    ///
    /// # Errors
    /// When the link cannot go on; every later call gives the same.
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, RemoteError>> {
        self.poll_room(cx, true)
    }

    /// [`poll_ready`](Self::poll_ready); with more items at hand, so that a partial frame need not leave, `lone` is false.
    pub(crate) fn poll_room(&mut self, cx: &mut Context<'_>, lone: bool) -> Poll<Result<usize, RemoteError>> {
        self.work(cx, lone)?;
        match self.room {
            0 => Poll::Pending,
            room => Poll::Ready(Ok(room)),
        }
    }

    /// Whether a partial frame would leave now, if nothing came after it.
    pub(crate) fn has_lone(&self) -> bool {
        let desk = lock(&self.desk);
        self.open.count() > 0 && desk.is_idle() && desk.paused.is_none()
    }

    /// Takes an item. There must be room for it.
    ///
    /// # Errors
    /// [`RemoteError::Codec`] when it cannot be encoded, [`RemoteError::TooLarge`] when no message can hold it; the item is not taken then.
    pub fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), RemoteError> {
        debug_assert!(self.room > 0, "poll_ready says for how many items there is room");
        if self.position < self.resume {
            (self.position, self.room) = (self.position + 1, self.room - 1);
            return Ok(());
        }
        self.scratch.clear();
        self.codec.encode(item, &mut self.scratch).map_err(|cause| {
            RemoteError::Codec(format!("queue `{}`: item {} cannot be encoded: {cause}", self.queue, self.position))
        })?;
        if self.open.count() > 0 && self.open.size_with(self.scratch.len()) > FRAME_BYTES.min(self.most) {
            self.close_frame();
        }
        let size = self.open.size_with(self.scratch.len());
        if size > self.most {
            return Err(RemoteError::TooLarge { size, most: self.most });
        }
        self.open.push(&self.scratch);
        // A frame that was closed early may have taken the room of many items.
        (self.position, self.room) = (self.position + 1, self.room.saturating_sub(1));
        // Full frames end at multiples of this, so that their borders agree again with those of the publisher before.
        if self.position.is_multiple_of(self.layout.options.per_message as u64) {
            self.close_frame();
        }
        Ok(())
    }

    /// Waits until everything that was pushed is stored.
    ///
    /// # Errors
    /// As for [`poll_ready`](Self::poll_ready).
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), RemoteError>> {
        self.close_frame();
        self.work(cx, true)?;
        if lock(&self.desk).is_idle() { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    /// Waits until everything is stored and the run is marked as complete: then the workers of a finite job end.
    ///
    /// # Errors
    /// As for [`poll_ready`](Self::poll_ready).
    pub fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), RemoteError>> {
        self.close_frame();
        lock(&self.desk).finishing = true;
        // The pump has an outcome only when it has failed or finished.
        self.work(cx, true)?;
        if self.outcome.is_some() { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    /// [`poll_ready`](Self::poll_ready) as a future.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Cancel safety
    /// Nothing is lost when it is dropped.
    pub async fn ready(&mut self) -> Result<usize, RemoteError> {
        poll_fn(|cx| self.poll_ready(cx)).await
    }

    /// [`poll_flush`](Self::poll_flush) as a future.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Cancel safety
    /// Nothing is lost when it is dropped.
    pub async fn flush(&mut self) -> Result<(), RemoteError> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// [`poll_finish`](Self::poll_finish) as a future.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Cancel safety
    /// Nothing is lost when it is dropped, but the run may be marked as complete.
    pub async fn finish(&mut self) -> Result<(), RemoteError> {
        poll_fn(|cx| self.poll_finish(cx)).await
    }

    /// Why the link is paused; none while it takes items.
    #[must_use]
    pub fn paused(&self) -> Option<Reason> {
        lock(&self.desk).paused.clone()
    }

    /// The oldest change that has not been taken: pauses and drains in turn, beginning with a pause. The last 1,024 are kept.
    pub fn take_change(&mut self) -> Option<Change> {
        lock(&self.desk).changes.pop_front()
    }

    /// Reads the figures of the queue and of this half, also while and after this half works.
    #[must_use]
    pub fn gauge(&self) -> Gauge {
        self.gauge.clone()
    }

    /// What has been sent so far.
    #[must_use]
    pub fn sent(&self) -> Sent {
        lock(&self.desk).figures
    }

    /// Lets the pump work.
    fn work(&mut self, cx: &mut Context<'_>, lone: bool) -> Result<(), RemoteError> {
        loop {
            if let Some(outcome) = &self.outcome {
                return outcome.clone();
            }
            if let Poll::Ready(outcome) = self.pump.as_mut().poll(cx) {
                self.outcome = Some(outcome);
                continue;
            }
            // A partial frame leaves when nothing is on its way: a lone item at once, others together (Q7).
            if !(lone && self.has_lone()) {
                self.see_room();
                return Ok(());
            }
            self.close_frame();
        }
    }

    fn close_frame(&mut self) {
        if self.open.count() > 0 {
            let frame = self.open.close();
            lock(&self.desk).queue.push_back(frame);
            self.see_room();
        }
    }

    /// For how many items there is room, as of the last poll.
    pub(crate) fn room(&self) -> usize {
        self.room
    }

    fn see_room(&mut self) {
        let per_message = self.layout.options.per_message;
        let to_the_border = per_message - (self.position % per_message as u64) as usize;
        self.room = match lock(&self.desk).room(self.layout.options.window) {
            0 => 0,
            frames => to_the_border + (frames - 1) * per_message,
        };
    }
}

impl<B, C> fmt::Debug for Publisher<B, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher")
            .field("queue", &self.queue)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
