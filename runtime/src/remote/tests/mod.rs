//! Both halves over a broker in memory, with tokio's clock paused. The names begin with the invariant they prove, in the README beside.

mod consumer;
mod ends;
mod fencing;
mod frames;
mod gauge;
mod options;
mod publisher;
mod suspects;

use std::time::Duration;

use super::frame::{Head, Items};
use super::memory::MemoryBroker;
use super::{Codec, Consumer, Postcard, Publisher, RemoteError, RemoteQueue, in_memory};

type Queue = RemoteQueue<MemoryBroker>;

/// A queue with small frames, of a named run.
fn queue(per_message: usize) -> Queue {
    in_memory("orders").per_message(per_message).window(4).room(4 * per_message).run("r")
}

const CAPACITY: usize = 1 << 12;

/// A complete run with these items.
async fn filled(queue: &Queue, n: u64) {
    let mut publisher = queue.publisher(CAPACITY, 0).await.unwrap();
    push(&mut publisher, 0..n).await.unwrap();
    publisher.finish().await.unwrap();
}

async fn worker(queue: &Queue) -> Consumer<u64, MemoryBroker> {
    queue.consumer(CAPACITY, 0).await.unwrap()
}

/// A test that hangs fails; the clock is paused, so this costs no time.
async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(3600), what).await.expect("the test hangs")
}

/// Pushes these, as many at a time as there is room for.
async fn push(
    publisher: &mut Publisher<MemoryBroker, Postcard>,
    items: impl IntoIterator<Item = u64>,
) -> Result<(), RemoteError> {
    let mut items = items.into_iter().peekable();
    while items.peek().is_some() {
        let room = publisher.ready().await?;
        items.by_ref().take(room).try_for_each(|item| publisher.push(&item))?;
    }
    Ok(())
}

/// The items of frames.
fn items(frames: &[(Head, Items)]) -> Vec<u64> {
    frames
        .iter()
        .flat_map(|(_, items)| items.iter().map(|item| Postcard.decode::<u64>(item).expect("a number")))
        .collect()
}

/// Where the frames begin and end.
fn borders(frames: &[(Head, Items)]) -> Vec<(u64, u64)> {
    frames.iter().map(|(head, _)| (head.first, head.end())).collect()
}

/// Takes all items until the run is over, and says that they are done.
async fn take_all(consumer: &mut Consumer<u64, MemoryBroker>) -> Vec<u64> {
    let mut all = Vec::new();
    while let Some(frame) = consumer.next().await.expect("no failure") {
        all.extend(frame.items);
        frame.handle.done();
    }
    all
}

/// Both halves move between threads, and a verdict may come from any.
#[test]
fn what_is_public_can_be_sent() {
    fn sent<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    sent::<Publisher<MemoryBroker, Postcard>>();
    sent::<Consumer<u64, MemoryBroker>>();
    shared::<super::Handle>();
    shared::<super::Gauge>();
    shared::<Queue>();
    shared::<RemoteError>();
}
