//! What an engine has to give, so that a queue can stand on it.
//!
//! A queue is three *lanes* of messages and a record. Both halves of the link are written against this trait, so all that they promise holds for
//! every broker that keeps what is written here.

use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Layout, RemoteError};

/// One of the places of a queue where messages wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// The queue itself. Its publisher keeps it to [`Layout::messages`]; a broker that refuses what is more than a limit of its own is understood too, but
    /// none may remove a message to keep one.
    Items,
    /// Suspects: one item a message, tried one at a time. The workers, who write to it, keep it to [`Layout::suspects`]; none may be removed to keep a limit.
    Isolated,
    /// The dead letters. No worker consumes them: they are read one by one, and removed.
    Dead,
}

/// A message to be stored.
#[derive(Clone, Debug)]
pub struct Message {
    /// By this the broker knows a message that it has already: it stores it once.
    pub id: String,
    /// The sequence of the lane's last message must be this, or the message is refused.
    pub expected_last: Option<u64>,
    /// What is stored.
    pub payload: Bytes,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is stored, under this sequence; `repeated`: it was before.
    Stored {
        /// Its place in the lane. Sequences grow by one and are never used again.
        sequence: u64,
        /// The broker knew its id.
        repeated: bool,
    },
    /// The lane is full; it is not stored.
    Full,
    /// The lane's last sequence is not the expected one; it is not stored.
    OutOfOrder,
    /// No answer: it may be stored or not.
    Unsure(String),
    /// It is not stored, and never will be.
    Refused(RemoteError),
}

/// How a lane stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// How many messages are stored.
    pub messages: u64,
    /// The lowest sequence stored.
    pub first: u64,
    /// The sequence of the last message, stored still or not.
    pub last: u64,
}

/// How the workers of a lane stand, all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many messages no worker has got yet.
    pub pending: u64,
    /// How many are with workers.
    pub unacked: u64,
    /// The highest sequence that any worker has got.
    pub delivered: u64,
    /// All up to this sequence are acknowledged.
    pub floor: u64,
}

/// What publishers and workers of a queue know of each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The run of the publisher that owns the queue.
    pub run: String,
    /// Each publisher has a higher one than the one before.
    pub epoch: u64,
    /// Tells publishers apart that reach for the same epoch.
    pub holder: u64,
    /// The sequence up to which the broker had confirmed all.
    pub sequence: u64,
    /// The position up to which items were stored then.
    pub position: u64,
    /// How many messages that publisher may have on their way at once.
    pub window: u64,
    /// The run is complete; its last message has this sequence.
    pub ended: Option<u64>,
}

/// What a worker says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settle {
    /// It is done: the broker forgets it. Confirmed.
    Done,
    /// Another shall have it, after the delay. Confirmed.
    Again(Duration),
    /// It is being worked on: `ack_wait` begins anew. Not confirmed.
    Alive,
}

/// A message that came to a worker.
#[derive(Clone, Debug)]
pub struct Delivery<K> {
    /// What it is settled by.
    pub ticket: K,
    /// How often it has been delivered, this time included.
    pub attempt: u64,
    /// What was stored.
    pub payload: Bytes,
}

/// What came to an inbox.
#[derive(Clone, Debug)]
pub enum Arrival<K> {
    /// A message.
    Message(Delivery<K>),
    /// Some of what was asked for will not come.
    Over(Over),
}

/// The end of one or more asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Over {
    /// Nothing more comes of the asks up to this one; the inbox's first is 1.
    pub asks: u64,
    /// The broker was not there, or is not as it should be.
    pub absent: bool,
}

/// Where a queue's messages stand.
///
/// Every operation fails with [`RemoteError::Unreachable`] when there is no answer in a short time; the caller tries again. Other errors are final.
pub trait Broker: Clone + Send + Sync + 'static {
    /// Gives the answer for one message, within a time limit that runs from when the message was sent. The publisher waits for them one after the other.
    type Answer: Future<Output = Answer> + Send + Unpin + 'static;
    /// Settles one delivery.
    type Ticket: Clone + Send + Sync + 'static;
    /// Receives messages of a lane.
    type Inbox: Inbox<Ticket = Self::Ticket>;

    /// The queue's name.
    fn name(&self) -> &str;

    /// The largest payload that the broker takes.
    fn max_payload(&self) -> usize;

    /// Makes what is missing of the queue, and holds what is there against the layout. [`RemoteError::Config`] when it differs.
    fn open(&self, layout: &Layout) -> impl Future<Output = Result<(), RemoteError>> + Send;

    /// Sends a message. Those of one lane reach the broker in the order of the calls.
    fn send(&self, lane: Lane, message: Message) -> impl Future<Output = Result<Self::Answer, RemoteError>> + Send;

    /// How a lane stands. Never older than what this process has been told before it asked.
    fn level(&self, lane: Lane) -> impl Future<Output = Result<Level, RemoteError>> + Send;

    /// The newest message of [`Lane::Items`] that is stored still.
    fn newest(&self) -> impl Future<Output = Result<Option<Bytes>, RemoteError>> + Send;

    /// The oldest message of [`Lane::Dead`] from this sequence on, with its own.
    fn dead_letter(&self, from: u64) -> impl Future<Output = Result<Option<(u64, Bytes)>, RemoteError>> + Send;

    /// Removes a message of [`Lane::Dead`], if it is there.
    fn remove_dead_letter(&self, sequence: u64) -> impl Future<Output = Result<(), RemoteError>> + Send;

    /// The record and its revision; none in a new queue.
    fn record(&self) -> impl Future<Output = Result<Option<(u64, Record)>, RemoteError>> + Send;

    /// Replaces the record if its revision is still this one (0: none), and gives the new revision; `None` if it is another.
    fn replace_record(
        &self,
        record: &Record,
        revision: u64,
    ) -> impl Future<Output = Result<Option<u64>, RemoteError>> + Send;

    /// Begins to receive messages of a lane.
    fn inbox(&self, lane: Lane) -> impl Future<Output = Result<Self::Inbox, RemoteError>> + Send;

    /// Says what becomes of a delivery.
    fn settle(&self, ticket: &Self::Ticket, how: Settle) -> impl Future<Output = Result<(), RemoteError>> + Send;

    /// How the workers of a lane stand; `None`: somebody has removed their side of it.
    fn progress(&self, lane: Lane) -> impl Future<Output = Result<Option<Progress>, RemoteError>> + Send;

    /// Makes the workers' side of a lane anew: all that is stored and not done is delivered again.
    fn remake(&self, lane: Lane, layout: &Layout) -> impl Future<Output = Result<(), RemoteError>> + Send;
}

/// Receives what it asks for. What comes late, or unasked, is still taken.
pub trait Inbox: Send + 'static {
    /// As its broker's.
    type Ticket;

    /// Asks for up to so many more. What was asked for before comes first.
    fn ask(&mut self, messages: usize) -> impl Future<Output = Result<(), RemoteError>> + Send;

    /// What has come.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Arrival<Self::Ticket>>;
}

/// So long an inbox waits for what it asked for; then it must ask again.
pub const ASK_LASTS: Duration = Duration::from_secs(5);
