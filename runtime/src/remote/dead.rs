//! The dead letters of a queue, for whoever looks after it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use super::frame;
use super::retry::insist;
use super::{Broker, Codec, RemoteError, RemoteQueue};

/// Goes through the dead letters of a queue, the oldest first: [`RemoteQueue::read_dead_letters`].
#[must_use = "it reads nothing until it is asked"]
pub struct DeadLetters<T, B, C> {
    queue: RemoteQueue<B, C>,
    /// The sequence of the next.
    next: u64,
    item: PhantomData<fn() -> T>,
}

/// What was set aside.
#[derive(Debug)]
pub struct DeadLetter<T> {
    sequence: u64,
    /// The run it belongs to.
    pub run: String,
    /// The position of its first item in the run.
    pub first: u64,
    /// One item, which has failed too often; or all those of a message that no worker could read, and why it cannot be read here.
    pub items: Result<Vec<T>, RemoteError>,
}

impl<B: Broker, C: Codec> RemoteQueue<B, C> {
    /// Goes through the dead letters: what failed `attempts` times, each time alone, and what no worker could read.
    ///
    /// They stay until they are [removed](DeadLetters::remove). Workers and publishers are not disturbed.
    ///
    /// ```
    /// use aqueduct::pipeline;
    /// use aqueduct::remote::in_memory;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let orders = in_memory("orders").attempts(1).run("monday");
    /// # let ingest = pipeline! { #![role = Some("ingest")] iter([7u32]) -> queue(orders.clone(), capacity = 64, role = "work") -> discard() };
    /// # ingest.run().await?;
    /// # loop {
    /// #     let work = pipeline! {
    /// #         #![role = Some("work")]
    /// #         iter([0u32; 0]) -> queue(orders.clone(), capacity = 64, role = "work") -> map(|_| Err::<(), _>("no such article"))? -> discard()
    /// #     };
    /// #     if work.run().await.is_ok() { break }
    /// # }
    /// # let ship = |_: u32| Ok::<_, &str>(());
    /// // An order at which `ship` has failed is a dead letter. Now that `ship` is mended:
    /// let mut dead = orders.read_dead_letters::<u32>();
    /// while let Some(letter) = dead.next().await? {
    ///     match &letter.items {
    ///         Ok(orders) => orders.iter().try_for_each(|order| ship(*order))?,
    ///         Err(why) => println!("given up: {why}"),
    ///     }
    ///     dead.remove(&letter).await?;
    /// }
    /// # assert!(orders.read_dead_letters::<u32>().next().await?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn read_dead_letters<T: DeserializeOwned>(&self) -> DeadLetters<T, B, C> {
        DeadLetters { queue: self.clone(), next: 1, item: PhantomData }
    }
}

impl<T: DeserializeOwned, B: Broker, C: Codec> DeadLetters<T, B, C> {
    /// The next one; `None` when there is no other now. Asked again, it goes on behind the last.
    ///
    /// # Errors
    /// When the broker refuses, or gives no answer for the queue's `give_up_after`.
    ///
    /// # Cancel safety
    /// Dropped, it will give the same letter.
    pub async fn next(&mut self) -> Result<Option<DeadLetter<T>>, RemoteError> {
        let RemoteQueue { broker, codec, options } = &self.queue;
        let found = insist(options.give_up_after, || broker.dead_letter(self.next)).await?;
        let Some((sequence, payload)) = found else { return Ok(None) };
        self.next = sequence + 1;
        let (run, first) = frame::read(&payload).map_or_else(|_| <_>::default(), |(head, _)| (head.run, head.first));
        let items = options.read(broker.name(), codec.id(), &payload).and_then(|(head, items)| {
            let items = items.iter().map(|item| codec.decode(item)).collect::<Result<_, _>>();
            items.map_err(|cause| {
                RemoteError::Codec(format!("an item of the frame {} cannot be decoded: {cause}", head.id()))
            })
        });
        Ok(Some(DeadLetter { sequence, run, first, items }))
    }

    /// Removes one for good.
    ///
    /// # Errors
    /// As for [`next`](Self::next).
    ///
    /// # Cancel safety
    /// Dropped, it may have removed the letter or not.
    pub async fn remove(&mut self, letter: &DeadLetter<T>) -> Result<(), RemoteError> {
        let RemoteQueue { broker, options, .. } = &self.queue;
        insist(options.give_up_after, || broker.remove_dead_letter(letter.sequence)).await
    }
}

impl<T, B: Broker, C> fmt::Debug for DeadLetters<T, B, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetters")
            .field("queue", &self.queue.broker.name())
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
