//! What a careful engineer writes with async-nats: frames of several items, a window of them in order on the way, ids, a bounded stream, and confirmed
//! acknowledgements, many at once.

use std::collections::VecDeque;
use std::future::IntoFuture;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::context::{Context, ContextBuilder, PublishError, PublishErrorKind};
use async_nats::jetstream::message::{AckKind, PublishMessage};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy};
use async_nats::{Client, jetstream};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};

use crate::{Failure, Item, item};

const NAME: &str = "hand";
/// So many frames are on their way at once.
const WINDOW: usize = 64;
/// So many acknowledgements are, as the library's.
const ACKS: usize = 256;
const ACK_WAIT: Duration = Duration::from_secs(10);
/// How long to wait at a full stream before looking again.
const LOOK: Duration = Duration::from_millis(2);

/// A bounded stream and its consumer.
#[derive(Clone)]
pub struct Queue {
    client: Client,
    context: Context,
    workers: PullConsumer,
    per_message: usize,
    low: u64,
}

impl Queue {
    /// A new one, of so many items.
    pub async fn open(client: &Client, per_message: usize, capacity: usize, low: usize) -> Result<Self, Failure> {
        let context = ContextBuilder::new().max_ack_inflight(1 << 16).build(client.clone());
        let messages = (capacity / per_message) as i64;
        let stream = Config {
            name: NAME.to_owned(),
            max_messages: messages,
            retention: RetentionPolicy::WorkQueue,
            discard: DiscardPolicy::New,
            ..Config::default()
        };
        context.create_stream(stream).await?;
        let workers = pull::Config {
            durable_name: Some("work".to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACK_WAIT,
            max_ack_pending: messages,
            ..pull::Config::default()
        };
        let workers = context.create_consumer_on_stream(workers, NAME).await?;
        Ok(Self { client: client.clone(), context, workers, per_message, low: (low / per_message) as u64 })
    }

    /// The items up to `n`, in order.
    pub async fn publish(&self, n: usize) -> Result<(), Failure> {
        let (mut frames, mut last) = ((0..n).step_by(self.per_message), 0);
        let (mut again, mut sent) = (VecDeque::new(), VecDeque::new());
        loop {
            while sent.len() < WINDOW {
                let frame = match again.pop_front() {
                    Some(frame) => frame,
                    None => match frames.next() {
                        Some(first) => Frame::of(first..n.min(first + self.per_message))?,
                        None => break,
                    },
                };
                let message = PublishMessage::build().payload(frame.payload.clone()).message_id(&frame.id);
                let message = message.expected_last_sequence(last + sent.len() as u64);
                let answer = self.context.send_publish(NAME, message).await?.into_future();
                sent.push_back((frame, answer));
            }
            let Some((frame, answer)) = sent.pop_front() else { return Ok(()) };
            match answer.await {
                Ok(stored) => last = stored.sequence,
                Err(error) if is_full(&error) => {
                    // Those behind it are refused too: their sequences do not come.
                    again.push_back(frame);
                    for (frame, answer) in sent.drain(..) {
                        match answer.await {
                            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence || is_full(&error) => {
                                again.push_back(frame);
                            }
                            Err(error) => return Err(error.into()),
                            Ok(_) => return Err("stored out of order".into()),
                        }
                    }
                    while self.context.get_stream(NAME).await?.cached_info().state.messages > self.low {
                        tokio::time::sleep(LOOK).await;
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Takes `n` items, at most `room` of them ahead; a frame is acknowledged when `work` has returned for all of it.
    pub async fn consume(&self, n: usize, room: usize, mut work: impl FnMut(Item)) -> Result<(), Failure> {
        let messages = self.workers.stream().max_messages_per_batch(room / self.per_message).messages().await?;
        messages
            .map_err(Failure::from)
            .take(n.div_ceil(self.per_message))
            .map_ok(|message| {
                let worked = each(&message.payload, &mut work);
                async move { worked.and(self.confirm(message).await) }
            })
            .try_buffer_unordered(ACKS)
            .try_for_each(async |()| Ok(()))
            .await
    }

    /// Cheaper than the message's own `double_ack`, which subscribes anew for each.
    async fn confirm(&self, message: jetstream::Message) -> Result<(), Failure> {
        let ticket = message.message.reply.ok_or("no message of a consumer")?;
        self.client.request(ticket, AckKind::Ack.into()).await?;
        Ok(())
    }
}

struct Frame {
    id: String,
    payload: Bytes,
}

impl Frame {
    fn of(numbers: std::ops::Range<usize>) -> Result<Self, Failure> {
        let id = format!("{}-{}", numbers.start, numbers.end);
        let mut bytes = Vec::with_capacity(128 * numbers.len());
        for n in numbers {
            let at = bytes.len() + 4;
            bytes.extend([0; 4]);
            bytes = postcard::to_extend(&item(n), bytes)?;
            let len = (bytes.len() - at) as u32;
            bytes[at - 4..at].copy_from_slice(&len.to_le_bytes());
        }
        Ok(Self { id, payload: bytes.into() })
    }
}

fn each(mut rest: &[u8], work: &mut impl FnMut(Item)) -> Result<(), Failure> {
    while let Some((len, behind)) = rest.split_first_chunk::<4>() {
        let (encoded, behind) = behind.split_at_checked(u32::from_le_bytes(*len) as usize).ok_or("a damaged frame")?;
        work(postcard::from_bytes(encoded)?);
        rest = behind;
    }
    Ok(())
}

fn is_full(error: &PublishError) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.to_string().contains("maximum messages exceeded"))
}
