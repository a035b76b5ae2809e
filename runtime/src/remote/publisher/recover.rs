//! After a bad answer: what is stored, and what must be sent again (Q2, Q6).

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::sleep;

use super::desk::Reason;
use super::pump::Pump;
use crate::remote::RemoteError;
use crate::remote::broker::{Answer, Broker};
use crate::remote::frame::{self, Frame};
use crate::sync::lock;

const REST: Duration = Duration::from_millis(50);

impl<B: Broker> Pump<B> {
    /// Awaits the rest of the window, drops what is stored, and puts the others back in order.
    pub(super) async fn recover(&mut self, first: Answer) -> Result<(), RemoteError> {
        lock(&self.desk).figures.recoveries += 1;
        self.show(&first);
        let mut answers = vec![first];
        // Their time limits run side by side.
        answers.extend(join_all(self.answers.drain(..)).await);
        answers.iter().for_each(|answer| self.show(answer));
        let mut rest = self.drop_answered(&answers);
        if let Some(refused) = answers.iter().find_map(refusal) {
            return Err(refused);
        }
        // In this order: if the queue is still ours after the look, nobody had taken it over before.
        let last = self.look().await?.last;
        self.keep(None).await?;
        self.nothing_lost(self.last, last).await?;
        if !rest.is_empty() && last > self.last && answers.iter().any(|answer| matches!(answer, Answer::Unsure(_))) {
            rest = self.drop_stored(rest, last).await?;
        }
        self.last = self.last.max(last);
        self.put_back(rest);
        if answers.iter().any(|answer| matches!(answer, Answer::Unsure(_))) {
            // A server that says at once that it cannot is not asked again at once.
            sleep(REST).await;
        }
        if answers.contains(&Answer::Full) {
            self.until_low().await?;
        }
        lock(&self.desk).drain();
        Ok(())
    }

    fn show(&self, answer: &Answer) {
        let mut desk = lock(&self.desk);
        match answer {
            Answer::Full => desk.pause(Reason::Full),
            Answer::Unsure(why) => desk.pause(Reason::Disconnected(why.clone())),
            _ => {}
        }
    }

    /// Drops the frames that the answers show to be stored, up to the first that is not or in doubt.
    fn drop_answered(&mut self, answers: &[Answer]) -> Vec<Frame> {
        let mut sent = std::mem::take(&mut self.sent);
        for answer in answers {
            let Answer::Stored { sequence, repeated } = *answer else { break };
            let Some(frame) = sent.pop_front() else { break };
            self.note_stored(&frame, Some((sequence, repeated)));
        }
        sent.into()
    }

    /// Drops those that are stored although no answer said so. Once no older publisher can have added to the lane, its length tells; before that, the head
    /// of the newest message that is stored still. In doubt a frame is sent again: the broker knows its id.
    async fn drop_stored(&mut self, rest: Vec<Frame>, last: u64) -> Result<Vec<Frame>, RemoteError> {
        let stored = if self.is_alone() {
            rest.len().min((last - self.last) as usize)
        } else {
            let newest = self.patience().insist(|| self.broker.newest()).await?;
            let newest = newest.and_then(|payload| frame::read(&payload).ok()).map(|(head, _)| head);
            let ours = newest.filter(|head| head.epoch == self.epoch() && *head.run == *self.layout.options.run);
            ours.map_or(0, |head| rest.iter().take_while(|frame| frame.end <= head.end()).count())
        };
        let mut rest = rest.into_iter();
        for frame in rest.by_ref().take(stored) {
            self.note_stored(&frame, None);
        }
        Ok(rest.collect())
    }

    fn put_back(&mut self, rest: Vec<Frame>) {
        let mut desk = lock(&self.desk);
        desk.on_the_way -= rest.len();
        for frame in rest.into_iter().rev() {
            desk.queue.push_front(frame);
        }
    }
}

fn refusal(answer: &Answer) -> Option<RemoteError> {
    match answer {
        Answer::Refused(error) => Some(error.clone()),
        _ => None,
    }
}
