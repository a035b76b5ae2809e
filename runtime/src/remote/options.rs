//! What can be set of a remote queue, and what is refused before anything is opened.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::frame::{self, Head, Items, LONGEST_RUN, hash};
use super::gauge::Heard;
use super::{Broker, Codec, Consumer, Postcard, Publisher, RemoteError};

/// A queue kept by a broker: what `queue(…)` takes in place of a number.
///
/// Cheap to clone; its clones name the same queue.
#[derive(Clone, Debug)]
#[must_use = "a remote queue does nothing until a pipeline uses it"]
pub struct RemoteQueue<B, C = Postcard> {
    pub(crate) broker: B,
    pub(crate) codec: C,
    pub(crate) options: Options,
}

/// The knobs of a queue, without those of its pipeline.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) run: Arc<str>,
    /// The run's name is the user's, so it lasts longer than the process.
    pub(crate) run_is_named: bool,
    pub(crate) per_message: usize,
    pub(crate) window: usize,
    pub(crate) room: usize,
    pub(crate) ack_wait: Duration,
    pub(crate) attempts: u64,
    pub(crate) schema: u64,
    pub(crate) resume: bool,
    pub(crate) dead_letters: bool,
    pub(crate) give_up_after: Option<Duration>,
    pub(super) heard: Heard,
}

/// All that the two halves of a link go by, checked.
#[derive(Clone, Debug)]
pub struct Layout {
    pub(crate) options: Options,
    /// How many frames the publisher lets the queue hold.
    frames: u64,
    /// At how many it drains.
    pub(crate) low: u64,
}

impl<B: Broker> RemoteQueue<B> {
    pub(crate) fn new(broker: B) -> Self {
        let options = Options {
            run: format!("{:016x}", random()).into(),
            run_is_named: false,
            per_message: 16,
            window: 64,
            room: 1024,
            ack_wait: Duration::from_secs(10),
            attempts: 5,
            schema: hash(b""),
            resume: false,
            dead_letters: true,
            give_up_after: None,
            heard: Heard::default(),
        };
        Self { broker, codec: Postcard, options }
    }
}

impl<B: Broker, C: Codec> RemoteQueue<B, C> {
    /// Names the job, for one that ends and for `resume`. A finite job gives the same name to all its processes, and another to the next job: then
    /// its workers end when all is done. Without a name a worker in another process is a service, and never ends by itself.
    pub fn run(mut self, id: impl AsRef<str>) -> Self {
        self.options.run = id.as_ref().into();
        self.options.run_is_named = true;
        self
    }

    /// So many items travel in one message when there is much to do (16). More is faster; but it is also what is repeated at least, when a worker dies.
    pub fn per_message(mut self, items: usize) -> Self {
        self.options.per_message = items;
        self
    }

    /// So many messages may be on their way to the broker at once (64).
    pub fn window(mut self, messages: usize) -> Self {
        self.options.window = messages;
        self
    }

    /// So many items are fetched ahead by each worker (1,024).
    pub fn room(mut self, items: usize) -> Self {
        self.options.room = items;
        self
    }

    /// So long the broker waits for a sign of life from a worker before it gives its items to another (10 s).
    pub fn ack_wait(mut self, wait: Duration) -> Self {
        self.options.ack_wait = wait;
        self
    }

    /// So often an item is tried before it becomes a dead letter (5).
    pub fn attempts(mut self, attempts: u64) -> Self {
        self.options.attempts = attempts;
        self
    }

    /// Names the version of the item type. A worker does not touch items with another tag.
    pub fn schema(mut self, tag: impl AsRef<str>) -> Self {
        self.options.schema = hash(tag.as_ref().as_bytes());
        self
    }

    /// Lets a publisher that is started again skip the items that the broker has (off). Right only if the pipeline above gives the same items in
    /// the same order each time; needs a named run.
    pub fn resume(mut self, resume: bool) -> Self {
        self.options.resume = resume;
        self
    }

    /// Whether an item that fails again and again is set aside as a dead letter (on). If not, it is tried for ever.
    pub fn dead_letters(mut self, on: bool) -> Self {
        self.options.dead_letters = on;
        self
    }

    /// Fails with [`RemoteError::Unreachable`] when the broker gives no answer for so long. Without it a link waits for ever.
    pub fn give_up_after(mut self, patience: Duration) -> Self {
        self.options.give_up_after = Some(patience);
        self
    }

    /// Takes another codec for the items; [`Postcard`] is the default.
    pub fn codec<D: Codec>(self, codec: D) -> RemoteQueue<B, D> {
        RemoteQueue { broker: self.broker, codec, options: self.options }
    }

    /// Sees whether the queue can be what is asked for, with a capacity and a low mark in items. Does not ask the broker.
    ///
    /// # Errors
    /// [`RemoteError::Config`], which says what to change.
    pub fn layout(&self, capacity: usize, low: usize) -> Result<Layout, RemoteError> {
        let options = &self.options;
        let per_message = options.per_message;
        let refuse = |what: String| Err(RemoteError::Config(format!("queue `{}`: {what}", self.broker.name())));
        for (name, value) in [
            ("per_message", per_message),
            ("window", options.window),
            ("room", options.room),
            ("attempts", options.attempts as usize),
        ] {
            if value == 0 {
                return refuse(format!("`{name}` is zero; it must be at least 1"));
            }
        }
        if capacity < 4 * per_message {
            return refuse(format!(
                "the capacity of {capacity} is less than four messages of {per_message} items: raise it to {}, or lower `per_message`",
                4 * per_message
            ));
        }
        if low >= capacity {
            return refuse(format!("`low = {low}` is not below the capacity of {capacity}"));
        }
        if options.room < 2 * per_message {
            return refuse(format!(
                "`room = {}` is less than two messages of {per_message} items: raise it to {}",
                options.room,
                2 * per_message
            ));
        }
        if options.ack_wait < Duration::from_millis(100) {
            return refuse(format!(
                "`ack_wait = {:?}` is too short for signs of life: at least 100 ms",
                options.ack_wait
            ));
        }
        if options.run.is_empty() || options.run.len() > LONGEST_RUN || options.run.contains(char::is_whitespace) {
            return refuse(format!(
                "a run's name has 1 to {LONGEST_RUN} bytes and no spaces, and {:?} has not",
                options.run
            ));
        }
        if options.resume && !options.run_is_named {
            return refuse("`resume` needs the name of the run that is gone on with: add `.run(…)`".to_owned());
        }
        Ok(Layout {
            options: options.clone(),
            frames: (capacity / per_message) as u64,
            // Below the capacity in messages, too.
            low: (low / per_message).min(capacity / per_message - 1) as u64,
        })
    }

    /// Opens the half above the queue.
    ///
    /// # Errors
    /// Whatever [`layout`](Self::layout) refuses; a queue that exists and is another; a broker that cannot be reached in `give_up_after`.
    pub async fn publisher(&self, capacity: usize, low: usize) -> Result<Publisher<B, C>, RemoteError> {
        let layout = self.layout(capacity, low)?;
        Publisher::open(self.broker.clone(), self.codec.clone(), layout).await
    }

    /// Opens the half below the queue.
    ///
    /// # Errors
    /// As for [`publisher`](Self::publisher).
    pub async fn consumer<T: DeserializeOwned>(
        &self,
        capacity: usize,
        low: usize,
    ) -> Result<Consumer<T, B, C>, RemoteError> {
        let layout = self.layout(capacity, low)?;
        Consumer::open(self.broker.clone(), self.codec.clone(), layout).await
    }
}

impl Layout {
    /// How many items the publisher holds at most, besides those that the broker has confirmed.
    #[must_use]
    pub fn held_above(&self) -> usize {
        (self.options.window + 2) * self.options.per_message
    }

    /// How many items the consumer fetches ahead at most.
    #[must_use]
    pub fn held_below(&self) -> usize {
        self.options.room
    }

    /// How many messages of its publisher the queue holds at most: full ones with as many items as the capacity.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.frames
    }

    /// How many suspects there may be: all the items of the queue.
    #[must_use]
    pub fn suspects(&self) -> u64 {
        self.frames * self.options.per_message as u64
    }

    /// How long the broker waits for a worker's sign of life.
    #[must_use]
    pub fn ack_wait(&self) -> Duration {
        self.options.ack_wait
    }

    /// How many messages a consumer fetches ahead at most.
    pub(crate) fn room(&self) -> usize {
        self.options.room / self.options.per_message
    }
}

impl Options {
    /// Reads a frame if it is written as this side reads it; never a guess.
    pub(crate) fn read(&self, name: &str, codec: u8, payload: &Bytes) -> Result<(Head, Items), RemoteError> {
        let (head, items) = frame::read(payload)?;
        let refuse = |why: String| Err(RemoteError::Codec(format!("queue `{name}`: the frame {} {why}", head.id())));
        if head.codec != codec {
            return refuse(format!(
                "is written by codec {}, and this side reads codec {codec}: give both sides the same codec",
                head.codec
            ));
        }
        if head.schema != self.schema {
            return refuse(
                "has another schema tag than this side: start a worker of its version, or let the queue run empty before the type changes"
                    .to_owned(),
            );
        }
        if items.is_empty() {
            return refuse("is empty".to_owned());
        }
        Ok((head, items))
    }
}

/// A number that nobody else has.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
