//! Receives messages, in one inbox for its whole life.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context as Cx, Poll};
use std::time::Duration;

use async_nats::client::Statistics;
use async_nats::jetstream::consumer::pull::BatchConfig;
use async_nats::jetstream::context::Context;
use async_nats::{Client, StatusCode, Subject, Subscriber};
use futures_util::StreamExt;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::WORKERS;
use crate::remote::RemoteError;
use crate::remote::broker::{ASK_LASTS, Arrival, Delivery, Inbox, Over};

/// How often to see whether the connection is still the same.
const LOOK: Duration = Duration::from_secs(1);

/// Receives messages of a lane on JetStream.
pub struct JetStreamInbox {
    context: Context,
    /// Where to ask.
    next: String,
    subscriber: Subscriber,
    /// Each ask has a reply subject of its own below this, so that its end is known from that of an older one.
    base: String,
    asks: u64,
    statistics: Arc<Statistics>,
    connects: u64,
    look: Interval,
}

impl JetStreamInbox {
    pub(super) async fn open(client: &Client, context: &Context, stream: &str) -> Result<Self, RemoteError> {
        let base = client.new_inbox();
        let subscriber = client.subscribe(format!("{base}.*")).await;
        let statistics = client.statistics();
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            context: context.clone(),
            next: format!("CONSUMER.MSG.NEXT.{stream}.{WORKERS}"),
            subscriber: subscriber.map_err(|error| RemoteError::Unreachable(error.to_string()))?,
            base,
            asks: 0,
            connects: statistics.connects.load(Ordering::Relaxed),
            statistics,
            look,
        })
    }

    /// What a message or a status means; `None` for what does not matter any more.
    fn arrival(&self, message: async_nats::Message) -> Option<Arrival<Subject>> {
        let Some(status) = message.status else { return delivery(message).map(Arrival::Message) };
        if status == StatusCode::IDLE_HEARTBEAT {
            return None;
        }
        let asks = message.subject.strip_prefix(&*self.base)?.strip_prefix('.')?.parse().ok()?;
        // Its time is over, which is as it should be; or there is no consumer, or it has a new leader.
        let absent = status != StatusCode::TIMEOUT && status != StatusCode::NOT_FOUND;
        Some(Arrival::Over(Over { asks, absent }))
    }
}

fn delivery(message: async_nats::Message) -> Option<Delivery<Subject>> {
    let ticket = message.reply?;
    let attempt = deliveries(&ticket)?;
    Some(Delivery { ticket, attempt, payload: message.payload })
}

/// How often a message has been delivered, as the subject says where it is to be settled: `$JS.ACK`, in newer servers the domain and the account, the stream,
/// the consumer, and then this. (The client reads it from a message of its own kind only, which each has a handle of the client in it.)
fn deliveries(ticket: &str) -> Option<u64> {
    let place = if ticket.split('.').count() > 9 { 6 } else { 4 };
    ticket.strip_prefix("$JS.ACK.").and(ticket.split('.').nth(place))?.parse().ok()
}

impl Inbox for JetStreamInbox {
    type Ticket = Subject;

    async fn ask(&mut self, messages: usize) -> Result<(), RemoteError> {
        let question = BatchConfig { batch: messages, expires: Some(ASK_LASTS), ..BatchConfig::default() };
        let question = serde_json::to_vec(&question).map_err(|cause| RemoteError::Codec(cause.to_string()))?;
        let request =
            async_nats::Request::new().payload(question.into()).inbox(format!("{}.{}", self.base, self.asks + 1));
        let sent = self.context.send_request(self.next.clone(), request).await;
        sent.map_err(|error| RemoteError::Unreachable(error.to_string()))?;
        self.asks += 1;
        Ok(())
    }

    fn poll_next(&mut self, cx: &mut Cx<'_>) -> Poll<Arrival<Subject>> {
        while let Poll::Ready(Some(message)) = self.subscriber.poll_next_unpin(cx) {
            if let Some(arrival) = self.arrival(message) {
                return Poll::Ready(arrival);
            }
        }
        while self.look.poll_tick(cx).is_ready() {
            let connects = self.statistics.connects.load(Ordering::Relaxed);
            // What was asked for died with the old connection.
            if std::mem::replace(&mut self.connects, connects) != connects {
                return Poll::Ready(Arrival::Over(Over { asks: self.asks, absent: false }));
            }
        }
        Poll::Pending
    }
}

impl fmt::Debug for JetStreamInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JetStreamInbox").field("next", &self.next).finish_non_exhaustive()
    }
}
