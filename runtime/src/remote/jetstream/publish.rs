//! Sends messages, and says what became of them.

use std::error::Error;
use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_nats::jetstream::context::{Context as JetStreamContext, PublishError, PublishErrorKind};
use async_nats::jetstream::message::{AckKind, PublishMessage};
use async_nats::jetstream::publish::PublishAck;
use async_nats::{Client, Subject};
use tokio::time::Instant;

use super::ANSWER_TIME;
use crate::remote::RemoteError;
use crate::remote::broker::{Answer, Message, Record, Settle};

type Acknowledged = Result<PublishAck, PublishError>;

/// The server's answer for one message.
pub struct JetStreamAnswer {
    answer: Pin<Box<dyn Future<Output = Acknowledged> + Send>>,
    /// The client's time limit begins when the answer is first waited for, which may be later than it was sent.
    due: Instant,
}

impl Future for JetStreamAnswer {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        match self.answer.as_mut().poll(cx) {
            Poll::Ready(answer) => Poll::Ready(answered(answer)),
            Poll::Pending if Instant::now() >= self.due => Poll::Ready(Answer::Unsure("no answer in time".to_owned())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl fmt::Debug for JetStreamAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JetStreamAnswer").field("due", &self.due).finish_non_exhaustive()
    }
}

/// What the server says of a stream that holds all it may hold.
const FULL: [&str; 2] = ["maximum messages exceeded", "maximum bytes exceeded"];

pub(super) async fn send(
    context: &JetStreamContext,
    subject: String,
    message: Message,
) -> Result<JetStreamAnswer, RemoteError> {
    let Message { id, expected_last, payload } = message;
    let size = payload.len();
    let mut publish = PublishMessage::build().payload(payload).message_id(id);
    if let Some(last) = expected_last {
        publish = publish.expected_last_sequence(last);
    }
    match context.send_publish(subject, publish).await {
        Ok(answer) => Ok(JetStreamAnswer { answer: answer.into_future(), due: Instant::now() + ANSWER_TIME }),
        Err(error) if error.kind() == PublishErrorKind::MaxPayloadExceeded => {
            Err(RemoteError::TooLarge { size, most: context.client().max_payload() })
        }
        Err(error) => Err(RemoteError::Unreachable(said(&error))),
    }
}

/// Replaces the record if its revision is still this one.
pub(super) async fn replace(
    context: &JetStreamContext,
    subject: String,
    record: &Record,
    revision: u64,
) -> Result<Option<u64>, RemoteError> {
    let payload = serde_json::to_vec(record).map_err(|cause| RemoteError::Codec(cause.to_string()))?;
    let publish = PublishMessage::build().payload(payload.into()).expected_last_subject_sequence(revision);
    let answer = match context.send_publish(subject, publish).await {
        Ok(answer) => answer.await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(stored) => Ok(Some(stored.sequence)),
        Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Ok(None),
        Err(error) => Err(RemoteError::Unreachable(said(&error))),
    }
}

fn answered(answer: Acknowledged) -> Answer {
    match answer {
        Ok(PublishAck { sequence, duplicate, .. }) => Answer::Stored { sequence, repeated: duplicate },
        Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Answer::OutOfOrder,
        Err(error) => match said(&error) {
            text if FULL.iter().any(|full| text.contains(full)) => Answer::Full,
            text => Answer::Unsure(text),
        },
    }
}

fn said(error: &PublishError) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// Says what becomes of a delivery; a sign of life is not answered.
pub(super) async fn settle(client: &Client, ticket: Subject, how: Settle) -> Result<(), RemoteError> {
    let kind = match how {
        Settle::Done => AckKind::Ack,
        Settle::Again(rest) if rest.is_zero() => AckKind::Nak(None),
        Settle::Again(rest) => AckKind::Nak(Some(rest)),
        Settle::Alive => {
            let told = client.publish(ticket, AckKind::Progress.into()).await;
            return told.map_err(|error| RemoteError::Unreachable(error.to_string()));
        }
    };
    let request = async_nats::Request::new().payload(kind.into()).timeout(Some(ANSWER_TIME));
    let answer = client.send_request(ticket, request).await;
    answer.map(|_| ()).map_err(|error| RemoteError::Unreachable(error.to_string()))
}
