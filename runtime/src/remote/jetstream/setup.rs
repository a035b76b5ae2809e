//! Makes the streams and the workers' consumer, and holds those that are there against what is asked for.

use std::fmt;
use std::time::Duration;

use async_nats::jetstream::consumer::{self, AckPolicy, pull};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use bytes::Bytes;
use serde::Serialize;
use serde::de::IgnoredAny;

use super::api::{self, NO_CONSUMER, NO_STREAM, Refusal, StreamInfo};
use super::{JetStream, OnExisting, Storage, WORKERS, publish};
use crate::remote::broker::{Answer, Lane, Message};
use crate::remote::{Layout, RemoteError};

/// So long the server knows a message's id.
const IDS_KEPT: Duration = Duration::from_secs(120);

/// What the description of the items' stream says before the capacity.
const CAPACITY: &str = "a queue of aqueduct, with a capacity in messages of ";

/// How often a message is delivered: this side decides when to stop.
const FOR_EVER: i64 = -1;

/// What is asked of the workers' consumer of a lane.
#[derive(Clone, Copy)]
struct Workers {
    ack_wait: Duration,
    most_out: i64,
}

impl JetStream {
    pub(super) async fn set_up(&self, layout: &Layout) -> Result<(), RemoteError> {
        if !self.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') || self.name.is_empty() {
            return Err(RemoteError::Config(format!(
                "{:?} cannot name a queue on JetStream: letters, digits, `-` and `_` can",
                self.name
            )));
        }
        self.stream_as(self.config(self.control(), "record")).await?;
        self.stream_as(self.config(self.stream(Lane::Dead), "items")).await?;
        for lane in [Lane::Items, Lane::Isolated] {
            self.stream_as(self.work_queue(lane, layout)).await?;
            self.consumer_as(&self.stream(lane), Workers::of(lane, layout)).await?;
        }
        Ok(())
    }

    /// What workers consume. It has no limit: to keep one, a server that recovers may remove the oldest messages (nats-server 2.9.10).
    fn work_queue(&self, lane: Lane, layout: &Layout) -> Config {
        Config {
            description: (lane == Lane::Items).then(|| format!("{CAPACITY}{}", layout.messages())),
            retention: RetentionPolicy::WorkQueue,
            discard: DiscardPolicy::New,
            ..self.config(self.stream(lane), "items")
        }
    }

    /// A stream that keeps what it gets, of the record only the last.
    fn config(&self, name: String, subject: &str) -> Config {
        Config {
            subjects: vec![format!("{name}.{subject}")],
            max_messages_per_subject: if name == self.control() { 1 } else { -1 },
            storage: match self.storage {
                Storage::File => StorageType::File,
                Storage::Memory => StorageType::Memory,
            },
            num_replicas: self.replicas,
            duplicate_window: IDS_KEPT,
            name,
            ..Config::default()
        }
    }

    async fn stream_as(&self, wanted: Config) -> Result<(), RemoteError> {
        let name = &wanted.name;
        match self.stream_info(name).await {
            Ok(info) => self.hold_against(&info, &wanted).await,
            Err(Refusal::Server { code: NO_STREAM, .. }) => match self.make_stream("CREATE", &wanted).await {
                Ok(()) => Ok(()),
                Err(refusal) => match self.stream_info(name).await {
                    // Another process was faster.
                    Ok(info) => self.hold_against(&info, &wanted).await,
                    Err(_) => Err(self.explain(name, refusal)),
                },
            },
            Err(refusal) => Err(self.explain(name, refusal)),
        }
    }

    /// A stream that is there must be as it is asked for, or may be changed.
    async fn hold_against(&self, info: &StreamInfo, wanted: &Config) -> Result<(), RemoteError> {
        let name = &wanted.name;
        match difference(&info.config, wanted) {
            None => Ok(()),
            Some(_) if self.on_existing == OnExisting::Update => {
                self.make_stream("UPDATE", wanted).await.map_err(|refusal| self.explain(name, refusal))
            }
            Some(difference) => Err(RemoteError::Config(format!(
                "stream `{name}` of queue `{}` is there already, with {difference}: ask for the same, set `on_existing(OnExisting::Update)`, \
                 or give the queue another name",
                self.name
            ))),
        }
    }

    async fn make_stream(&self, verb: &str, wanted: &Config) -> Result<(), Refusal> {
        api::ask::<IgnoredAny>(&self.context, format!("STREAM.{verb}.{}", wanted.name), wanted).await.map(|_| ())
    }

    async fn consumer_as(&self, stream: &str, wanted: Workers) -> Result<(), RemoteError> {
        match self.consumer_info(stream).await {
            Ok(info) => match wanted.difference(&info.config) {
                None => return Ok(()),
                Some(_) if self.on_existing == OnExisting::Update => {}
                Some(difference) => {
                    return Err(RemoteError::Config(format!(
                        "the workers of queue `{}` have been set up with {difference}: ask for the same, or set `on_existing(OnExisting::Update)`",
                        self.name
                    )));
                }
            },
            Err(Refusal::Server { code: NO_CONSUMER, .. }) => self.until_it_works(stream).await?,
            Err(refusal) => return Err(self.explain(stream, refusal)),
        }
        self.make_consumer(stream, wanted).await
    }

    /// A stream that another process is just making can be seen before it works, and a consumer that is made then never delivers anything (nats-server
    /// 2.9.10). It works when it answers, if only that it refuses a message.
    async fn until_it_works(&self, stream: &str) -> Result<(), RemoteError> {
        let impossible = Message { id: "probe".to_owned(), expected_last: Some(1 << 62), payload: Bytes::new() };
        match publish::send(&self.context, format!("{stream}.items"), impossible).await?.await {
            Answer::Unsure(why) => Err(RemoteError::Unreachable(why)),
            Answer::Refused(error) => Err(error),
            Answer::OutOfOrder | Answer::Full | Answer::Stored { .. } => Ok(()),
        }
    }

    async fn make_consumer(&self, stream: &str, Workers { ack_wait, most_out }: Workers) -> Result<(), RemoteError> {
        #[derive(Serialize)]
        struct Create<'a> {
            stream_name: &'a str,
            config: pull::Config,
        }
        let config = pull::Config {
            durable_name: Some(WORKERS.to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait,
            max_ack_pending: most_out,
            max_deliver: FOR_EVER,
            ..pull::Config::default()
        };
        let subject = format!("CONSUMER.DURABLE.CREATE.{stream}.{WORKERS}");
        let made = api::ask::<IgnoredAny>(&self.context, subject, &Create { stream_name: stream, config }).await;
        made.map(|_| ()).map_err(|refusal| self.explain(stream, refusal))
    }

    /// Deletes the workers' consumer and makes it again.
    pub(super) async fn make_consumer_anew(&self, lane: Lane, layout: &Layout) -> Result<(), RemoteError> {
        let stream = self.stream(lane);
        let subject = format!("CONSUMER.DELETE.{stream}.{WORKERS}");
        match api::ask::<IgnoredAny>(&self.context, subject, &api::Nothing {}).await {
            Ok(_) | Err(Refusal::Server { code: NO_CONSUMER, .. }) => {}
            Err(refusal) => return Err(self.explain(&stream, refusal)),
        }
        self.make_consumer(&stream, Workers::of(lane, layout)).await
    }
}

impl Workers {
    fn of(lane: Lane, layout: &Layout) -> Self {
        let most_out = if lane == Lane::Items { layout.messages() } else { layout.suspects() };
        Self { ack_wait: layout.ack_wait(), most_out: most_out as i64 }
    }

    /// The first thing in which the workers' consumer is not what is asked for, and how.
    fn difference(self, is: &consumer::Config) -> Option<String> {
        differs("an `ack_wait` of", is.ack_wait, self.ack_wait)
            .or_else(|| differs("a number of messages that may be out of", is.max_ack_pending, self.most_out))
            .or_else(|| differs("a number of deliveries of", is.max_deliver, FOR_EVER))
            .or_else(|| differs("the acknowledgement", is.ack_policy, AckPolicy::Explicit))
    }
}

/// The first thing in which a stream is not what is asked for, and how. A limit that is not asked for would drop messages; so would a shorter memory of ids
/// take for new what is sent again.
fn difference(is: &Config, wanted: &Config) -> Option<String> {
    let limit = |limit: i64| limit.max(0);
    differs("the subjects", &is.subjects, &wanted.subjects)
        .or_else(|| differs("a limit in messages of", limit(is.max_messages), limit(wanted.max_messages)))
        .or_else(|| differs("a capacity in messages of", capacity(is), capacity(wanted)))
        .or_else(|| differs("the retention", is.retention, wanted.retention))
        .or_else(|| differs("the discard policy", is.discard, wanted.discard))
        .or_else(|| differs("the storage", is.storage, wanted.storage))
        .or_else(|| differs("a number of replicas of", is.num_replicas, wanted.num_replicas))
        .or_else(|| differs("a limit in bytes of", limit(is.max_bytes), limit(wanted.max_bytes)))
        .or_else(|| {
            differs(
                "a limit of a message's bytes of",
                limit(is.max_message_size.into()),
                limit(wanted.max_message_size.into()),
            )
        })
        .or_else(|| differs("a limit of age of", is.max_age, wanted.max_age))
        .or_else(|| {
            let remembered = is.duplicate_window.min(wanted.duplicate_window);
            differs("a memory of ids of", remembered, wanted.duplicate_window)
        })
}

/// What the description says; 0 where there is none.
fn capacity(config: &Config) -> u64 {
    let described = config.description.as_deref().and_then(|text| text.strip_prefix(CAPACITY));
    described.and_then(|messages| messages.parse().ok()).unwrap_or(0)
}

fn differs<T: PartialEq + fmt::Debug>(what: &str, is: T, wanted: T) -> Option<String> {
    (is != wanted).then(|| format!("{what} {is:?} and not {wanted:?}"))
}
