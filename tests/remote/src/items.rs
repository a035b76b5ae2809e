//! Numbered items, and what became of them.

use std::collections::HashMap;
use std::time::Duration;

use aqueduct::remote::{Broker, Codec, Consumer, Publisher, RemoteError};
use async_nats::{Client, jetstream};

/// How often each number came, and in what order.
#[derive(Debug, Default)]
pub struct Count {
    times: HashMap<u64, u32>,
    last: Option<u64>,
    /// How many came after a greater one.
    pub late: u64,
}

impl Count {
    /// These came.
    pub fn add(&mut self, items: impl IntoIterator<Item = u64>) {
        for item in items {
            *self.times.entry(item).or_default() += 1;
            self.late += u64::from(self.last.is_some_and(|last| item < last));
            self.last = self.last.max(Some(item));
        }
    }

    /// How many of the first `n` never came.
    #[must_use]
    pub fn lost(&self, n: u64) -> u64 {
        n - (0..n).filter(|item| self.times.contains_key(item)).count() as u64
    }

    /// How many times more than once.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.times.values().map(|times| u64::from(times - 1)).sum()
    }
}

/// Publishes these, as many at a time as there is room for.
///
/// # Errors
/// Those of the publisher.
pub async fn publish<B: Broker, C: Codec>(
    publisher: &mut Publisher<B, C>,
    items: impl IntoIterator<Item = u64>,
) -> Result<(), RemoteError> {
    let mut items = items.into_iter().peekable();
    while items.peek().is_some() {
        let room = publisher.ready().await?;
        items.by_ref().take(room).try_for_each(|item| publisher.push(&item))?;
    }
    Ok(())
}

/// Takes everything until the run is over, and says that it is done.
///
/// # Errors
/// Those of the consumer.
pub async fn take_all<B: Broker, C: Codec>(consumer: &mut Consumer<u64, B, C>) -> Result<Count, RemoteError> {
    let mut count = Count::default();
    while let Some(frame) = consumer.next().await? {
        count.add(frame.items);
        frame.handle.done();
    }
    Ok(count)
}

/// How many messages have been stored in a stream, whatever became of them: more than the publisher counts, and some are stored twice.
///
/// # Panics
/// When the server does not say.
pub async fn stored(client: Client, stream: &str) -> u64 {
    let stream = jetstream::new(client).get_stream(stream).await.expect("the stream is there");
    stream.cached_info().state.last_sequence
}

/// A test that hangs fails.
///
/// # Panics
/// When it takes longer than two minutes.
pub async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(120), what).await.expect("the test hangs")
}
