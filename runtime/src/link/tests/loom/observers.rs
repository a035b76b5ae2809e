use std::sync::Arc;

use ::loom::future::block_on;
use ::loom::thread;
use futures_util::StreamExt;
use tokio::time::Instant;

use super::explore;
use crate::signal::Observers;
use crate::{Name, Signal, SignalEvent};

fn event(len: usize) -> SignalEvent {
    let [from, to, link] = ["above", "below", "link"].map(Name::from);
    SignalEvent { from, to, link, signal: Signal::Pause, len, at: Instant::now(), missed: 0 }
}

fn publish_two_and_close(observers: &Observers) {
    drop(observers.publish(|| event(0)));
    drop(observers.publish(|| event(1)));
    observers.close();
}

/// Who watched from the beginning gets every event, in order, and then the end.
#[test]
fn a_watcher_gets_all_and_the_end() {
    explore(|| {
        let observers = Arc::new(Observers::default());
        let mut signals = observers.subscribe();
        let watched = Arc::clone(&observers);
        let task = thread::spawn(move || publish_two_and_close(&watched));
        let seen = block_on(async {
            let mut seen = Vec::new();
            while let Some(event) = signals.next().await {
                seen.push(event.len);
            }
            seen
        });
        task.join().expect("the task ends");
        assert_eq!(seen, [0, 1]);
    });
}

/// Who begins in the middle gets the rest without a gap, and then the end; also after the end.
#[test]
fn a_late_watcher_gets_the_rest_and_the_end() {
    explore(|| {
        let observers = Arc::new(Observers::default());
        let watched = Arc::clone(&observers);
        let task = thread::spawn(move || publish_two_and_close(&watched));
        let seen: Vec<usize> = block_on(observers.subscribe().map(|event| event.len).collect());
        task.join().expect("the task ends");
        assert!([&[][..], &[1], &[0, 1]].contains(&&seen[..]), "{seen:?}");
    });
}

/// Who stops watching disturbs nobody.
#[test]
fn a_watcher_that_goes_disturbs_nobody() {
    explore(|| {
        let observers = Arc::new(Observers::default());
        let going = observers.subscribe();
        let staying = observers.subscribe();
        let watched = Arc::clone(&observers);
        let task = thread::spawn(move || publish_two_and_close(&watched));
        drop(going);
        let seen: Vec<usize> = block_on(staying.map(|event| event.len).collect());
        task.join().expect("the task ends");
        assert_eq!(seen, [0, 1]);
    });
}
