//! The engine that keeps queues on NATS JetStream.
//!
//! `api.rs` asks the server and reads its refusals, `setup.rs` makes the streams and the workers' consumer, `publish.rs` sends messages, `inbox.rs` receives
//! them.
//!
//! | lane | stream | |
//! |---|---|---|
//! | items | `NAME`, subject `NAME.items` | a work queue without a limit; its capacity, which the publisher keeps, stands in its description |
//! | isolated | `NAME_iso` | a work queue without a limit, to whose number of messages the workers look |
//! | dead | `NAME_dead` | kept until somebody removes them |
//! | the record | `NAME_ctl` | one message |
//!
//! All workers share the consumer `work` of the first two.

mod api;
mod inbox;
mod publish;
mod setup;

use std::time::Duration;

use async_nats::jetstream::context::{Context, ContextBuilder};
use async_nats::{Client, Subject};
use bytes::Bytes;
use serde::Serialize;
use serde::de::IgnoredAny;

pub use self::inbox::JetStreamInbox;
pub use self::publish::JetStreamAnswer;

use self::api::{ConsumerInfo, StreamInfo, Which};
use super::broker::{Broker, Lane, Level, Message, Progress, Record, Settle};
use super::{Codec, Layout, RemoteError, RemoteQueue};

/// How long an answer may take.
const ANSWER_TIME: Duration = Duration::from_secs(2);
/// What a message's headers take of the payload.
const HEADERS: usize = 512;
/// The consumer that all workers share.
const WORKERS: &str = "work";

/// A queue on NATS JetStream, named `name`, which is made when it is not there.
///
/// The client is the user's, and so are its servers, its TLS and its credentials.
///
/// ```no_run
/// use aqueduct::remote::jetstream;
///
/// # async fn above() -> Result<(), Box<dyn std::error::Error>> {
/// let client = async_nats::connect("nats.example:4222").await?;
/// let orders = jetstream("orders", client).replicas(3).schema("orders/2");
/// let mut publisher = orders.publisher(10_000, 5_000).await?;
/// publisher.ready().await?;
/// publisher.push("one pear")?;
/// publisher.flush().await?;
/// # Ok(())
/// # }
/// ```
///
/// # Panics
/// Outside a tokio runtime.
pub fn jetstream(name: impl Into<String>, client: Client) -> RemoteQueue<JetStream> {
    let context = ContextBuilder::new().timeout(ANSWER_TIME).max_ack_inflight(1 << 16).build(client.clone());
    RemoteQueue::new(JetStream {
        name: name.into(),
        client,
        context,
        replicas: 1,
        storage: Storage::File,
        on_existing: OnExisting::Check,
    })
}

/// The broker behind [`jetstream`].
#[derive(Clone, Debug)]
pub struct JetStream {
    name: String,
    client: Client,
    context: Context,
    replicas: usize,
    storage: Storage,
    on_existing: OnExisting,
}

/// Where the server keeps messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Storage {
    /// In files.
    File,
    /// In memory: gone with the server, unless it has replicas.
    Memory,
}

/// What to do with a queue that exists and is not as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnExisting {
    /// Say how it differs, as an error.
    Check,
    /// Change it, as far as the server lets us.
    Update,
}

impl<C: Codec> RemoteQueue<JetStream, C> {
    /// On so many servers each message is kept (1). Three, on separate hosts, survive the loss of one.
    pub fn replicas(mut self, n: usize) -> Self {
        self.broker.replicas = n;
        self
    }

    /// Where the server keeps messages (files).
    pub fn storage(mut self, storage: Storage) -> Self {
        self.broker.storage = storage;
        self
    }

    /// What to do with a queue that exists and differs (an error).
    pub fn on_existing(mut self, what: OnExisting) -> Self {
        self.broker.on_existing = what;
        self
    }
}

impl JetStream {
    fn stream(&self, lane: Lane) -> String {
        let name = &self.name;
        match lane {
            Lane::Items => name.clone(),
            Lane::Isolated => format!("{name}_iso"),
            Lane::Dead => format!("{name}_dead"),
        }
    }

    fn control(&self) -> String {
        format!("{}_ctl", self.name)
    }

    async fn stream_info(&self, stream: &str) -> Result<StreamInfo, api::Refusal> {
        api::ask(&self.context, format!("STREAM.INFO.{stream}"), &api::Nothing {}).await
    }

    async fn consumer_info(&self, stream: &str) -> Result<ConsumerInfo, api::Refusal> {
        api::ask(&self.context, format!("CONSUMER.INFO.{stream}.{WORKERS}"), &api::Nothing {}).await
    }
}

impl Broker for JetStream {
    type Answer = JetStreamAnswer;
    type Ticket = Subject;
    type Inbox = JetStreamInbox;

    fn name(&self) -> &str {
        &self.name
    }

    fn max_payload(&self) -> usize {
        self.client.max_payload().saturating_sub(HEADERS)
    }

    async fn open(&self, layout: &Layout) -> Result<(), RemoteError> {
        self.set_up(layout).await
    }

    async fn send(&self, lane: Lane, message: Message) -> Result<JetStreamAnswer, RemoteError> {
        publish::send(&self.context, format!("{}.items", self.stream(lane)), message).await
    }

    async fn level(&self, lane: Lane) -> Result<Level, RemoteError> {
        let stream = self.stream(lane);
        let state = self.stream_info(&stream).await.map_err(|refusal| self.explain(&stream, refusal))?.state;
        Ok(Level { messages: state.messages, first: state.first_seq, last: state.last_seq })
    }

    async fn newest(&self) -> Result<Option<Bytes>, RemoteError> {
        let stream = self.stream(Lane::Items);
        let newest = api::message(&self.context, &stream, &format!("{stream}.items"), Which::Newest).await;
        Ok(newest.map_err(|refusal| self.explain(&stream, refusal))?.map(|(_, payload)| payload))
    }

    async fn dead_letter(&self, from: u64) -> Result<Option<(u64, Bytes)>, RemoteError> {
        let stream = self.stream(Lane::Dead);
        let letter = api::message(&self.context, &stream, &format!("{stream}.items"), Which::From(from)).await;
        letter.map_err(|refusal| self.explain(&stream, refusal))
    }

    async fn remove_dead_letter(&self, sequence: u64) -> Result<(), RemoteError> {
        #[derive(Serialize)]
        struct Delete {
            seq: u64,
        }
        let stream = self.stream(Lane::Dead);
        let subject = format!("STREAM.MSG.DELETE.{stream}");
        match api::ask::<IgnoredAny>(&self.context, subject, &Delete { seq: sequence }).await {
            Ok(_) => Ok(()),
            // One that is not there any more is refused.
            Err(refusal) => match self.dead_letter(sequence).await? {
                Some((found, _)) if found == sequence => Err(self.explain(&stream, refusal)),
                _ => Ok(()),
            },
        }
    }

    async fn record(&self) -> Result<Option<(u64, Record)>, RemoteError> {
        let stream = self.control();
        let last = api::message(&self.context, &stream, &format!("{stream}.record"), Which::Newest).await;
        let Some((revision, payload)) = last.map_err(|refusal| self.explain(&stream, refusal))? else {
            return Ok(None);
        };
        match serde_json::from_slice(&payload) {
            Ok(record) => Ok(Some((revision, record))),
            Err(cause) => Err(RemoteError::Config(format!(
                "stream `{stream}` holds a record that this program cannot read ({cause}): bring all processes of the queue to the same version"
            ))),
        }
    }

    async fn replace_record(&self, record: &Record, revision: u64) -> Result<Option<u64>, RemoteError> {
        publish::replace(&self.context, format!("{}.record", self.control()), record, revision).await
    }

    async fn inbox(&self, lane: Lane) -> Result<JetStreamInbox, RemoteError> {
        JetStreamInbox::open(&self.client, &self.context, &self.stream(lane)).await
    }

    async fn settle(&self, ticket: &Subject, how: Settle) -> Result<(), RemoteError> {
        publish::settle(&self.client, ticket.clone(), how).await
    }

    async fn progress(&self, lane: Lane) -> Result<Option<Progress>, RemoteError> {
        let stream = self.stream(lane);
        let info = match self.consumer_info(&stream).await {
            Err(api::Refusal::Server { code: api::NO_CONSUMER, .. }) => return Ok(None),
            info => info.map_err(|refusal| self.explain(&stream, refusal))?,
        };
        Ok(Some(Progress {
            pending: info.num_pending,
            unacked: info.num_ack_pending,
            delivered: info.delivered.stream_seq,
            floor: info.ack_floor.stream_seq,
        }))
    }

    async fn remake(&self, lane: Lane, layout: &Layout) -> Result<(), RemoteError> {
        self.make_consumer_anew(lane, layout).await
    }
}
