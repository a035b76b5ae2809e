//! How a pipeline is tested. The README shows what follows the next line, word for word.

#![cfg(not(loom))]

use std::time::Duration;

use aqueduct::{Pipeline, inlet, pipeline};
use futures_util::{Stream, stream};
use tokio::time::{Instant, sleep};

/// The pipeline under test. Its source comes from outside, so that a test can bring its own.
fn groups(readings: impl Stream<Item = u32> + Send + 'static) -> Pipeline<Vec<Vec<u32>>> {
    pipeline! {
        from(readings) -> filter(|n| *n > 0) -> queue(8) -> batch(3, 1s) -> collect::<Vec<_>>()
    }
    .boxed()
}

/// What goes in, what comes out.
#[tokio::test]
async fn zeros_are_left_out() {
    let groups = groups(stream::iter([1, 0, 2, 3, 0, 4]));
    assert_eq!(groups.bound(), Some(13)); // 8 in the link, 3 in a batch, 1 in the hand of each task
    assert_eq!(groups.run().await.unwrap(), [vec![1, 2, 3], vec![4]]);
}

/// With tokio's clock paused, a test takes no time, and times are exact.
#[tokio::test(start_paused = true)]
async fn no_reading_waits_longer_than_a_second() {
    let (sender, source) = inlet(8);
    let running = pipeline! {
        from(source) -> batch(3, 1s) -> map(|group| (group, Instant::now())) -> collect::<Vec<_>>()
    }
    .spawn();
    let start = Instant::now();
    sender.send(1).await.unwrap();
    sleep(Duration::from_secs(5)).await;
    sender.send(2).await.unwrap();
    drop(sender); // the input ends
    let second = Duration::from_secs(1);
    assert_eq!(running.await.unwrap(), [(vec![1], start + second), (vec![2], start + 5 * second)]);
}

/// A sink that is too slow: the link fills, and holds no more than it may; then all that is inside comes out.
#[tokio::test(start_paused = true)]
async fn a_slow_sink_holds_the_source_back() {
    let slow = pipeline! {
        iter(0u32..) -> queue(4) as waiting -> for_each_async(1, async |_| sleep(Duration::from_secs(1)).await)
    };
    let control = slow.control();
    let running = slow.spawn();
    sleep(Duration::from_secs(60)).await;
    let waiting = control.snapshot().link("waiting").unwrap().clone();
    assert!(waiting.paused && waiting.pauses > 10);
    assert_eq!(waiting.max_len, 4);

    control.finish();
    running.await.unwrap();
    let snapshot = control.snapshot();
    assert_eq!(snapshot.stage("iter").unwrap().items_out, snapshot.stage("for_each_async").unwrap().items_in);
}
