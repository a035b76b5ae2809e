//! Sends frames, a window at a time, and takes the answers in order.

use std::collections::VecDeque;
use std::future::{Ready, poll_fn, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{Either, FutureExt};
use tokio::time::{Instant, Sleep, sleep};

use super::desk::{Desk, Reason};
use super::full::top;
use super::tenure::{Left, Tenure, left};
use crate::remote::broker::{Answer, Broker, Lane, Message};
use crate::remote::frame::Frame;
use crate::remote::retry::Retry;
use crate::remote::{Layout, RemoteError};
use crate::sync::{Mutex, lock};

/// So old the record may become while items are stored.
const CHECKPOINT: Duration = Duration::from_millis(500);

pub(super) struct Pump<B: Broker> {
    pub(super) broker: B,
    pub(super) layout: Layout,
    pub(super) desk: Arc<Mutex<Desk>>,
    pub(super) tenure: Tenure<B>,
    /// The frames on their way, in order; `answers` has theirs, of which only the oldest is waited for.
    pub(super) sent: VecDeque<Frame>,
    pub(super) answers: VecDeque<Either<B::Answer, Ready<Answer>>>,
    /// The lane's last sequence, as it is known to be.
    pub(super) last: u64,
    /// Up to this sequence there is room (Q3).
    pub(super) top: u64,
    /// From this sequence on no message of an older publisher can be stored any more.
    alone_from: Option<u64>,
    resume_from: u64,
    /// The position that the record has.
    recorded: u64,
    checkpoint: Pin<Box<Sleep>>,
}

enum Event {
    Answer(Answer),
    Frames,
    Checkpoint,
    Finish,
}

impl<B: Broker> Pump<B> {
    pub(super) async fn open(broker: B, layout: Layout, desk: Arc<Mutex<Desk>>) -> Result<Self, RemoteError> {
        let patience = Patience::new(&layout, &desk);
        patience.insist(|| broker.open(&layout)).await?;
        let (tenure, before) = patience.insist(|| Tenure::claim(&broker, &layout)).await?;
        // Read after the claim: a message of an older publisher that comes later cannot pass for one of ours (Q6).
        let Left { record, position } = patience.insist(|| left(&broker, &layout, before.clone())).await?;
        let level = patience.insist(|| broker.level(Lane::Items)).await?;
        let mut pump = Self {
            alone_from: record.is_none().then_some(0),
            last: level.last,
            top: top(level, &layout),
            resume_from: position,
            recorded: position,
            sent: VecDeque::new(),
            answers: VecDeque::new(),
            checkpoint: Box::pin(sleep(CHECKPOINT)),
            tenure,
            broker,
            layout,
            desk,
        };
        if let Some(record) = record.filter(|record| *record.run == *pump.layout.options.run) {
            pump.nothing_lost(record.sequence, level.last).await?;
        }
        Ok(pump)
    }

    pub(super) fn resume_from(&self) -> u64 {
        self.resume_from
    }

    pub(super) fn epoch(&self) -> u64 {
        self.tenure.epoch()
    }

    pub(super) fn patience(&self) -> Patience {
        Patience::new(&self.layout, &self.desk)
    }

    pub(super) async fn run(mut self) -> Result<(), RemoteError> {
        loop {
            while self.has_frame() {
                match self.room() {
                    0 => self.find_room().await?,
                    _ => self.send_next().await,
                }
            }
            match self.event().await {
                Event::Answer(answer) => self.answered(answer).await?,
                Event::Frames => {}
                Event::Checkpoint => self.keep(None).await?,
                Event::Finish => return self.keep(Some(self.last)).await,
            }
        }
    }

    /// No message of an older publisher can be stored any more: the gaps of ours cannot be filled by theirs (Q6).
    pub(super) fn is_alone(&self) -> bool {
        self.alone_from.is_some_and(|from| self.last >= from)
    }

    /// Whether a frame waits, and another may be on its way.
    fn has_frame(&self) -> bool {
        let window = if self.is_alone() { self.layout.options.window } else { 1 };
        self.sent.len() < window && !lock(&self.desk).queue.is_empty()
    }

    /// Every frame expects to come right after the one before it (Q1).
    async fn send_next(&mut self) {
        let Some(frame) = lock(&self.desk).next_frame() else { return };
        let expected_last = Some(self.last + self.sent.len() as u64);
        let message = Message { id: frame.id.clone(), expected_last, payload: frame.payload.clone() };
        self.sent.push_back(frame);
        self.answers.push_back(match self.broker.send(Lane::Items, message).await {
            Ok(answer) => Either::Left(answer),
            Err(RemoteError::Unreachable(why)) => Either::Right(ready(Answer::Unsure(why))),
            Err(error) => Either::Right(ready(Answer::Refused(error))),
        });
    }

    async fn event(&mut self) -> Event {
        poll_fn(|cx| {
            if let Some(Poll::Ready(answer)) = self.answers.front_mut().map(|answer| answer.poll_unpin(cx)) {
                self.answers.pop_front();
                return Poll::Ready(Event::Answer(answer));
            }
            // The desk is looked at in every poll of the handle, which is the one that changes it: no waker is needed.
            if self.has_frame() {
                return Poll::Ready(Event::Frames);
            }
            {
                let desk = lock(&self.desk);
                if desk.finishing && desk.is_idle() {
                    return Poll::Ready(Event::Finish);
                }
                if desk.figures.position == self.recorded {
                    return Poll::Pending;
                }
            }
            self.checkpoint.as_mut().poll(cx).map(|()| Event::Checkpoint)
        })
        .await
    }

    /// Waits for the answers to all that is on its way.
    pub(super) async fn all_answered(&mut self) -> Result<(), RemoteError> {
        while let Some(answer) = self.answers.pop_front() {
            let answer = answer.await;
            self.answered(answer).await?;
        }
        Ok(())
    }

    /// The answer for the oldest frame on its way.
    async fn answered(&mut self, answer: Answer) -> Result<(), RemoteError> {
        let Answer::Stored { sequence, repeated } = answer else { return self.recover(answer).await };
        if let Some(frame) = self.sent.pop_front() {
            self.note_stored(&frame, Some((sequence, repeated)));
        }
        Ok(())
    }

    /// A frame is stored; without an answer, because what came after it is, or because the lane is so much longer.
    pub(super) fn note_stored(&mut self, frame: &Frame, answer: Option<(u64, bool)>) {
        let repeated = answer.is_none_or(|(_, repeated)| repeated);
        if let Some((sequence, _)) = answer {
            self.last = self.last.max(sequence);
            if !repeated && self.alone_from.is_none() {
                self.alone_from = Some(sequence + self.tenure.window());
            }
        }
        let mut desk = lock(&self.desk);
        desk.on_the_way -= 1;
        desk.figures.position = desk.figures.position.max(frame.end);
        desk.figures.messages += u64::from(!repeated);
        desk.figures.repeated += u64::from(repeated);
    }

    /// Writes the record.
    pub(super) async fn keep(&mut self, ended: Option<u64>) -> Result<(), RemoteError> {
        let (patience, position) = (self.patience(), lock(&self.desk).figures.position);
        let mut waits = patience.waits();
        while let Err(error) = self.tenure.keep(self.last, position, ended).await {
            waits.after(error).await?;
        }
        drop(waits);
        self.recorded = position;
        self.checkpoint.as_mut().reset(Instant::now() + CHECKPOINT);
        Ok(())
    }

    /// What was confirmed is there still. A broker that has just changed its leader may be behind for a moment, so it is asked more than once.
    pub(super) async fn nothing_lost(&mut self, confirmed: u64, mut last: u64) -> Result<(), RemoteError> {
        for _ in 0..4 {
            if last >= confirmed {
                return Ok(());
            }
            sleep(CHECKPOINT).await;
            last = self.patience().insist(|| self.broker.level(Lane::Items)).await?.last;
        }
        if last < confirmed { Err(RemoteError::BrokerLost(confirmed - last)) } else { Ok(()) }
    }
}

/// Asks again while the broker gives no answer; meanwhile the link is paused.
pub(super) struct Patience {
    desk: Arc<Mutex<Desk>>,
    limit: Option<Duration>,
}

impl Patience {
    pub(super) fn new(layout: &Layout, desk: &Arc<Mutex<Desk>>) -> Self {
        Self { desk: Arc::clone(desk), limit: layout.options.give_up_after }
    }

    pub(super) async fn insist<T, F>(&self, mut ask: impl FnMut() -> F) -> Result<T, RemoteError>
    where
        F: Future<Output = Result<T, RemoteError>>,
    {
        let mut waits = self.waits();
        loop {
            match ask().await {
                Err(error) => waits.after(error).await?,
                answer => return answer,
            }
        }
    }

    pub(super) fn waits(&self) -> Waits<'_> {
        Waits { desk: &self.desk, before: None, retry: Retry::new(self.limit) }
    }
}

/// One question. When it is over, the link is paused for what it was before, if for anything.
pub(super) struct Waits<'a> {
    desk: &'a Mutex<Desk>,
    before: Option<Option<Reason>>,
    retry: Retry,
}

impl Waits<'_> {
    /// Waits a little, or gives the error back if it is final.
    pub(super) async fn after(&mut self, error: RemoteError) -> Result<(), RemoteError> {
        if !self.retry.goes_on(&error) {
            return Err(error);
        }
        {
            let mut desk = lock(self.desk);
            self.before.get_or_insert_with(|| desk.paused.clone());
            desk.pause(Reason::Disconnected(error.to_string()));
        }
        self.retry.rest().await;
        Ok(())
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        match self.before.take() {
            None => {}
            Some(None) => lock(self.desk).drain(),
            Some(Some(reason)) => lock(self.desk).pause(reason),
        }
    }
}
