//! What can befall a broker, for tests.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::store::Store;
use super::{Lane, MemoryBroker, World, lock};
use crate::remote::RemoteError;
use crate::remote::broker::{Answer, Level, Message};
use crate::remote::frame::{self, Head, Items};

const ANSWER_TIME: Duration = Duration::from_secs(2);

/// What befalls the next messages, one after the other, and the broker as a whole.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    script: VecDeque<Fate>,
    unreachable: bool,
    /// How long each answer takes.
    latency: Duration,
    /// How many questions there were, besides messages.
    questions: u64,
    /// All messages that reached the items' lane, by id, with what was expected of them.
    log: Vec<(String, Option<u64>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrives,
    /// It is stored, and no answer comes.
    AnswerLost,
    /// It does not arrive.
    Lost,
}

impl Faults {
    pub(super) fn reach(&mut self) -> Result<(), RemoteError> {
        self.questions += 1;
        if self.unreachable { Err(RemoteError::Unreachable("cut off by the test".to_owned())) } else { Ok(()) }
    }
}

pub(super) fn send(world: &mut World, lane: Lane, message: &Message) -> Late {
    let lost = || (Answer::Unsure("no answer".to_owned()), ANSWER_TIME);
    let fate = match lane {
        _ if world.faults.unreachable => Fate::Lost,
        Lane::Items => world.faults.script.pop_front().unwrap_or(Fate::Arrives),
        _ => Fate::Arrives,
    };
    if lane == Lane::Items {
        world.faults.log.push((message.id.clone(), message.expected_last));
    }
    let (answer, after) = match fate {
        Fate::Arrives => (world.store(lane).put(message), world.faults.latency),
        Fate::Lost => lost(),
        Fate::AnswerLost => {
            world.store(lane).put(message);
            lost()
        }
    };
    let sleep = (!after.is_zero()).then(|| Box::pin(sleep_until(Instant::now() + after)));
    Late { answer: Some(answer), sleep }
}

/// An answer that takes its time.
#[derive(Debug)]
pub struct Late {
    answer: Option<Answer>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Future for Late {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        if let Some(sleep) = &mut self.sleep {
            std::task::ready!(sleep.as_mut().poll(cx));
        }
        Poll::Ready(self.answer.take().expect("an answer is given once"))
    }
}

impl MemoryBroker {
    /// The next messages of the items' lane fare like this.
    pub(crate) fn script(&self, fates: impl IntoIterator<Item = Fate>) {
        lock(&self.world).faults.script.extend(fates);
    }

    pub(crate) fn set_unreachable(&self, unreachable: bool) {
        lock(&self.world).faults.unreachable = unreachable;
    }

    pub(crate) fn set_latency(&self, latency: Duration) {
        lock(&self.world).faults.latency = latency;
    }

    /// As long as an answer does.
    pub(super) async fn take_time(&self) {
        let latency = lock(&self.world).faults.latency;
        if !latency.is_zero() {
            sleep(latency).await;
        }
    }

    pub(crate) fn questions(&self) -> u64 {
        lock(&self.world).faults.questions
    }

    pub(crate) fn log(&self) -> Vec<(String, Option<u64>)> {
        lock(&self.world).faults.log.clone()
    }

    /// Every frame ever stored in a lane, in order.
    pub(crate) fn history(&self, lane: Lane) -> Vec<(Head, Items)> {
        lock(&self.world).store(lane).history.iter().map(|payload| frame::read(payload).expect("a frame")).collect()
    }

    /// How many messages a lane has held at most.
    pub(crate) fn peak(&self, lane: Lane) -> u64 {
        lock(&self.world).store(lane).peak
    }

    pub(crate) fn look(&self, lane: Lane) -> Level {
        lock(&self.world).store(lane).level()
    }

    /// Stores a message of somebody else's.
    pub(crate) fn store(&self, lane: Lane, message: &Message) -> Answer {
        lock(&self.world).store(lane).put(message)
    }

    /// Does to a lane what only a fault does.
    pub(crate) fn hurt(&self, lane: Lane, fault: impl FnOnce(&mut Store)) {
        fault(lock(&self.world).store(lane));
    }
}
