//! What is refused before anything is opened.

use std::time::Duration;

use super::{Queue, queue};
use crate::remote::{RemoteError, in_memory};

fn refused(queue: &Queue, capacity: usize, low: usize) -> String {
    match queue.layout(capacity, low) {
        Err(RemoteError::Config(what)) => what,
        other => panic!("it was not refused: {other:?}"),
    }
}

#[test]
fn a_layout_counts_in_messages() {
    let layout = queue(4).layout(103, 50).unwrap();
    assert_eq!((layout.messages(), layout.low, layout.room(), layout.suspects()), (25, 12, 4, 100));
    assert_eq!((layout.held_above(), layout.held_below()), (24, 16));
    assert_eq!(queue(4).layout(103, 102).unwrap().low, 24, "below the capacity in messages, too");
}

#[test]
fn what_cannot_work_is_refused_with_what_to_write_instead() {
    assert_eq!(
        refused(&queue(16), 63, 10),
        "queue `orders`: the capacity of 63 is less than four messages of 16 items: raise it to 64, or lower `per_message`"
    );
    assert_eq!(refused(&queue(16), 64, 64), "queue `orders`: `low = 64` is not below the capacity of 64");
    assert_eq!(
        refused(&queue(16).room(31), 64, 0),
        "queue `orders`: `room = 31` is less than two messages of 16 items: raise it to 32"
    );
    for (name, queue) in [
        ("per_message", queue(16).per_message(0)),
        ("window", queue(16).window(0)),
        ("room", queue(16).room(0)),
        ("attempts", queue(16).attempts(0)),
    ] {
        assert_eq!(refused(&queue, 64, 0), format!("queue `orders`: `{name}` is zero; it must be at least 1"));
    }
    assert_eq!(
        refused(&queue(16).ack_wait(Duration::from_millis(99)), 64, 0),
        "queue `orders`: `ack_wait = 99ms` is too short for signs of life: at least 100 ms"
    );
    assert_eq!(
        refused(&in_memory("orders").resume(true), 64, 0),
        "queue `orders`: `resume` needs the name of the run that is gone on with: add `.run(…)`"
    );
    for run in ["", "two words", &"x".repeat(256)] {
        assert!(refused(&queue(16).run(run), 64, 0).contains("a run's name has 1 to 255 bytes and no spaces"));
    }
}

#[tokio::test]
async fn both_sides_have_the_same_capacity() {
    let queue = queue(4);
    let _publisher = queue.publisher(64, 0).await.unwrap();
    let error = queue.consumer::<u64>(128, 0).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "queue `orders` was opened with a capacity of 16 messages, and this side asks for 32: give both the same"
    );
}
