//! One publisher at a time has the queue (Q5): its record is replaced only by who knows its revision.

use crate::remote::broker::{Broker, Record};
use crate::remote::options::{Layout, random};
use crate::remote::{RemoteError, frame};

/// A publisher's hold on the queue.
pub(super) struct Tenure<B> {
    broker: B,
    record: Record,
    revision: u64,
}

/// What the publisher before has left.
pub(super) struct Left {
    pub(super) record: Option<Record>,
    /// The first position that is not stored, as far as this can be seen.
    pub(super) position: u64,
}

impl<B: Broker> Tenure<B> {
    /// Takes the queue over. From here on older publishers are fenced.
    pub(super) async fn claim(broker: &B, layout: &Layout) -> Result<(Self, Option<Record>), RemoteError> {
        loop {
            let (revision, before) = broker.record().await?.map_or((0, None), |(at, record)| (at, Some(record)));
            let (epoch, window) = before.as_ref().map_or((0, 0), |record| (record.epoch, record.window));
            let same_run = before.as_ref().filter(|record| *record.run == *layout.options.run);
            let record = Record {
                run: layout.options.run.to_string(),
                epoch: epoch + 1,
                holder: random(),
                sequence: before.as_ref().map_or(0, |record| record.sequence),
                position: same_run.map_or(0, |record| record.position),
                window: window.max(layout.options.window as u64),
                ended: None,
            };
            if let Some(revision) = broker.replace_record(&record, revision).await? {
                return Ok((Self { broker: broker.clone(), record, revision }, before));
            }
        }
    }

    pub(super) fn epoch(&self) -> u64 {
        self.record.epoch
    }

    /// How many messages of older publishers may still come, if one of them is stored next.
    pub(super) fn window(&self) -> u64 {
        self.record.window
    }

    /// Writes what is confirmed, and so sees that the queue is still ours.
    pub(super) async fn keep(&mut self, sequence: u64, position: u64, ended: Option<u64>) -> Result<(), RemoteError> {
        self.record = Record { sequence, position, ended, ..self.record.clone() };
        if let Some(revision) = self.broker.replace_record(&self.record, self.revision).await? {
            self.revision = revision;
            return Ok(());
        }
        // Somebody else's, or our own of which no answer came.
        match self.broker.record().await? {
            Some((revision, found)) if found.holder == self.record.holder && found.epoch == self.record.epoch => {
                self.revision = revision;
                Err(RemoteError::Unreachable("the record was written and not confirmed".to_owned()))
            }
            Some((_, found)) => Err(RemoteError::Fenced(format!(
                "queue `{}`: epoch {} of run `{}`, and ours is {}",
                self.broker.name(),
                found.epoch,
                found.run,
                self.record.epoch
            ))),
            None => Err(RemoteError::Config(format!(
                "the record of queue `{}` was deleted while it was in use: stop all its processes, and start them again",
                self.broker.name()
            ))),
        }
    }
}

/// Where to go on in this run: what the newest message still stored says, or the record, whichever is further.
pub(super) async fn left<B: Broker>(broker: &B, layout: &Layout, before: Option<Record>) -> Result<Left, RemoteError> {
    let run = &*layout.options.run;
    let stored = match broker.newest().await? {
        Some(payload) => {
            frame::read(&payload).ok().filter(|(head, _)| head.run == run).map_or(0, |(head, _)| head.end())
        }
        None => 0,
    };
    let recorded = before.as_ref().filter(|record| record.run == run).map_or(0, |record| record.position);
    Ok(Left { record: before, position: stored.max(recorded) })
}
