//! The same by the library: each half by itself, and whole pipelines.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::pipeline;
use aqueduct::remote::{JetStream, RemoteQueue};
use tokio::time::sleep;

use crate::{CAPACITY, Failure, IN_FLIGHT, Item, LOW, Stretch, WORK, item};

pub async fn publish(queue: RemoteQueue<JetStream>, stretch: Arc<Stretch>) -> Result<(), Failure> {
    let items = stretch.items();
    let mut publisher = queue.publisher(4 * items, 2 * items).await?;
    stretch.begin();
    let mut n = 0;
    while n < items {
        for _ in 0..publisher.ready().await?.min(items - n) {
            publisher.push(&item(n))?;
            n += 1;
        }
    }
    publisher.flush().await?;
    stretch.end();
    Ok(())
}

pub async fn consume(queue: RemoteQueue<JetStream>, stretch: Arc<Stretch>) -> Result<(), Failure> {
    let items = stretch.items();
    let mut consumer = queue.consumer::<Item>(4 * items, 2 * items).await?;
    stretch.begin();
    let (mut n, mut frames) = (0, 0);
    while n < items {
        let frame = consumer.next().await?.ok_or("the run is not over")?;
        (n, frames) = (n + frame.items.len(), frames + 1);
        black_box(frame.items);
        frame.handle.done();
    }
    while consumer.received().done < frames {
        sleep(Duration::from_millis(1)).await;
    }
    stretch.end();
    consumer.leave().await;
    Ok(())
}

/// Both halves at once.
pub async fn whole(queue: RemoteQueue<JetStream>, stretch: Arc<Stretch>) -> Result<(), Failure> {
    let (items, begins) = (0..stretch.items(), Arc::clone(&stretch));
    let p = pipeline! {
        iter(items) -> map(move |n| { begins.begin(); item(n) })
            -> queue(queue, capacity = CAPACITY, low = LOW)
            -> for_each(move |item| { black_box(item); stretch.one_more() })
    };
    Ok(p.run().await?)
}

/// With a stage that waits, over the queue of a broker.
pub async fn worked_on(queue: RemoteQueue<JetStream>, stretch: Arc<Stretch>) -> Result<(), Failure> {
    let (items, begins) = (0..stretch.items(), Arc::clone(&stretch));
    let p = pipeline! {
        iter(items) -> map(move |n| { begins.begin(); item(n) })
            -> queue(queue, capacity = CAPACITY, low = LOW)
            -> map_async(IN_FLIGHT, async |item| { sleep(WORK).await; item })
            -> for_each(move |item| { black_box(item); stretch.one_more() })
    };
    Ok(p.run().await?)
}

/// The same, over a queue in memory.
pub async fn worked_on_in_memory(stretch: Arc<Stretch>) -> Result<(), Failure> {
    let (items, begins) = (0..stretch.items(), Arc::clone(&stretch));
    let p = pipeline! {
        iter(items) -> map(move |n| { begins.begin(); item(n) })
            -> queue(CAPACITY, low = LOW)
            -> map_async(IN_FLIGHT, async |item| { sleep(WORK).await; item })
            -> for_each(move |item| { black_box(item); stretch.one_more() })
    };
    Ok(p.run().await?)
}
