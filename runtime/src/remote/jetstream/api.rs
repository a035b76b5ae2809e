//! Asks the server, and reads its refusals.

use async_nats::jetstream::context::{Context, RequestErrorKind};
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::{Config, RawMessageErrorKind};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::JetStream;
use crate::remote::RemoteError;

pub(super) const NO_STREAM: u64 = 10059;
pub(super) const NO_CONSUMER: u64 = 10014;
const NO_MESSAGE: u64 = 10037;
/// JetStream is not enabled, for the account or at all.
const NOT_ENABLED: [u64; 2] = [10039, 10076];
/// The server is there and cannot, for now: it has no leader, or is starting, or too busy.
const NOT_NOW: [u64; 5] = [10004, 10008, 10009, 10023, 10041];

/// A question that says all by its subject. (`()` would be written as `null`, which the server refuses.)
#[derive(Serialize)]
pub(super) struct Nothing {}

/// Why a question has no answer.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The server says no.
    Server { code: u64, text: String },
    /// There is no server, or it does not answer in time.
    Absent(String),
}

#[derive(Debug, Deserialize)]
pub(super) struct StreamInfo {
    pub(super) config: Config,
    pub(super) state: StreamState,
}

#[derive(Debug, Deserialize)]
pub(super) struct StreamState {
    pub(super) messages: u64,
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct ConsumerInfo {
    pub(super) config: async_nats::jetstream::consumer::Config,
    pub(super) num_pending: u64,
    pub(super) num_ack_pending: u64,
    pub(super) delivered: Place,
    pub(super) ack_floor: Place,
}

#[derive(Debug, Deserialize)]
pub(super) struct Place {
    pub(super) stream_seq: u64,
}

pub(super) async fn ask<T: DeserializeOwned>(
    context: &Context,
    subject: String,
    question: &(impl Serialize + Sync),
) -> Result<T, Refusal> {
    match context.request::<_, _, Response<T>>(subject, question).await {
        Ok(Response::Ok(answer)) => Ok(answer),
        Ok(Response::Err { error }) => Err(error.into()),
        Err(error) => Err(Refusal::Absent(match error.kind() {
            RequestErrorKind::NoResponders => "JetStream does not answer".to_owned(),
            RequestErrorKind::TimedOut => "no answer in time".to_owned(),
            _ => error.to_string(),
        })),
    }
}

/// Which of the messages of a subject that are stored still.
#[derive(Clone, Copy)]
pub(super) enum Which {
    Newest,
    /// The oldest from this sequence on.
    From(u64),
}

/// A message with its sequence.
pub(super) async fn message(
    context: &Context,
    stream: &str,
    subject: &str,
    which: Which,
) -> Result<Option<(u64, Bytes)>, Refusal> {
    let stream = context.get_stream_no_info(stream).await.map_err(|error| Refusal::Absent(error.to_string()))?;
    let asked = stream.raw_message_builder();
    let asked = match which {
        Which::Newest => asked.last_by_subject(subject),
        Which::From(sequence) => asked.sequence(sequence).next_by_subject(subject),
    };
    match asked.send().await {
        Ok(message) => Ok(Some((message.sequence, message.payload))),
        Err(error) => match error.kind() {
            RawMessageErrorKind::NoMessageFound => Ok(None),
            RawMessageErrorKind::JetStream(error) if error.error_code().0 == NO_MESSAGE => Ok(None),
            RawMessageErrorKind::JetStream(error) => Err(error.into()),
            _ => Err(Refusal::Absent(error.to_string())),
        },
    }
}

impl From<async_nats::jetstream::Error> for Refusal {
    fn from(error: async_nats::jetstream::Error) -> Self {
        Self::Server { code: error.error_code().0, text: error.to_string() }
    }
}

impl JetStream {
    /// What a refusal means for the queue.
    pub(super) fn explain(&self, stream: &str, refusal: Refusal) -> RemoteError {
        match refusal {
            Refusal::Absent(why) => RemoteError::Unreachable(why),
            Refusal::Server { code, text } if NOT_NOW.contains(&code) => RemoteError::Unreachable(text),
            Refusal::Server { code, text } if NOT_ENABLED.contains(&code) => RemoteError::Denied(text),
            Refusal::Server { code: NO_STREAM, .. } => RemoteError::Config(format!(
                "stream `{stream}` of queue `{}` is not there any more: start the queue's processes again, and it is made anew",
                self.name
            )),
            Refusal::Server { text, .. } => {
                RemoteError::Config(format!("queue `{}`: the server refuses stream `{stream}`: {text}", self.name))
            }
        }
    }
}
