//! Several publishers at one queue.

use std::time::Duration;

use tokio::time::sleep;

use super::{borders, items, push, queue, within};
use crate::link::tests::random::Dice;
use crate::remote::memory::faults::Fate;
use crate::remote::{Answer, Broker, Lane, Message, RemoteError};

const PLENTY: usize = 1 << 20;

#[tokio::test(start_paused = true)]
async fn q5_the_older_publisher_is_fenced() {
    within(async {
        let queue = queue(2);
        let mut older = queue.publisher(PLENTY, 0).await.unwrap();
        push(&mut older, 0..4).await.unwrap();
        older.flush().await.unwrap();
        let mut newer = queue.clone().run("s").publisher(PLENTY, 0).await.unwrap();
        push(&mut newer, 100..104).await.unwrap();
        newer.flush().await.unwrap();
        push(&mut older, 4..6).await.unwrap();
        let error = older.flush().await.unwrap_err();
        assert!(matches!(error, RemoteError::Fenced(_)), "{error}");
        assert!(error.to_string().contains("epoch 2 of run `s`, and ours is 1"), "{error}");
        newer.finish().await.unwrap();
        assert_eq!(items(&queue.broker.history(Lane::Items)), [0, 1, 2, 3, 100, 101, 102, 103]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q5_also_one_that_only_writes_its_record() {
    within(async {
        let queue = queue(2);
        let mut older = queue.publisher(PLENTY, 0).await.unwrap();
        push(&mut older, 0..4).await.unwrap();
        older.flush().await.unwrap();
        drop(queue.publisher(PLENTY, 0).await.unwrap());
        sleep(Duration::from_secs(1)).await;
        assert!(matches!(older.ready().await, Err(RemoteError::Fenced(_))));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn q5_a_record_that_was_written_and_not_confirmed_is_our_own() {
    within(async {
        let queue = queue(2);
        let mut publisher = queue.publisher(PLENTY, 0).await.unwrap();
        let (revision, record) = queue.broker.record().await.unwrap().unwrap();
        queue.broker.replace_record(&record, revision).await.unwrap().unwrap();
        push(&mut publisher, 0..4).await.unwrap();
        publisher.finish().await.unwrap();
    })
    .await;
}

/// A message of the older publisher that is stored after the newer one has begun must not pass for one of the newer one's own.
#[tokio::test(start_paused = true)]
async fn q6_a_foreign_message_is_not_taken_for_ours() {
    within(async {
        let queue = queue(1);
        let older = queue.publisher(PLENTY, 0).await.unwrap();
        let mut newer = queue.clone().run("s").publisher(PLENTY, 0).await.unwrap();
        let foreign = Message { id: "r.0-0".to_owned(), expected_last: Some(0), payload: "late".into() };
        // What the older one had on its way is stored first; then the newer one's message is lost.
        queue.broker.script([Fate::Lost]);
        assert!(matches!(queue.broker.store(Lane::Items, &foreign), Answer::Stored { sequence: 1, .. }));
        queue.broker.hurt(Lane::Items, |store| store.consume());
        push(&mut newer, [7]).await.unwrap();
        newer.finish().await.unwrap();
        assert_eq!(queue.broker.look(Lane::Items).last, 2, "the item was sent again");
        drop(older);
    })
    .await;
}

/// What a publisher sees while it waits at a full queue may be a newer one's: it must not go on behind that.
#[tokio::test(start_paused = true)]
async fn q6_who_has_waited_at_a_full_queue_adds_nothing_to_what_is_anothers() {
    within(async {
        let queue = queue(1);
        let mut older = queue.publisher(8, 4).await.unwrap();
        push(&mut older, 0..9).await.unwrap();
        let old = tokio::spawn(async move { older.flush().await });
        sleep(Duration::from_secs(1)).await;
        let mut newer = queue.clone().run("s").publisher(8, 4).await.unwrap();
        queue.broker.hurt(Lane::Items, |store| (0..8).for_each(|_| store.consume()));
        push(&mut newer, 100..102).await.unwrap();
        newer.flush().await.unwrap();
        assert!(!old.is_finished(), "it has not looked yet");
        assert!(matches!(old.await.unwrap(), Err(RemoteError::Fenced(_))));
        assert_eq!(items(&queue.broker.history(Lane::Items)), [0, 1, 2, 3, 4, 5, 6, 7, 100, 101]);
    })
    .await;
}

/// The older publisher goes on for as long as it does not know better; the newer one takes over somewhere, all with losses on the way. What the newer
/// one pushes is stored, in order, once.
#[tokio::test(start_paused = true)]
async fn q5_q6_whatever_the_older_one_does_the_newer_one_loses_nothing() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let queue = queue(1 + dice.below(3)).window(1 + dice.below(5));
        queue.broker.set_latency(Duration::from_millis(1 + dice.below(4) as u64));
        // In every other run the queue is full again and again.
        let capacity = if seed % 2 == 0 { PLENTY } else { 12 };
        let worker = {
            let (broker, mut dice) = (queue.broker.clone(), Dice::new(seed + 1_000_000));
            tokio::spawn(async move {
                loop {
                    sleep(Duration::from_millis(1 + dice.below(30) as u64)).await;
                    broker.hurt(Lane::Items, |store| (0..dice.below(12)).for_each(|_| store.consume()));
                }
            })
        };
        within(async {
            let mut older = queue.publisher(capacity, capacity / 2).await.unwrap();
            let old = tokio::spawn(async move { push(&mut older, 0..100_000).await });
            sleep(Duration::from_millis(dice.below(50) as u64)).await;
            let newer = queue.clone().run("s").publisher(capacity, capacity / 2).await;
            let mut newer = newer.unwrap();
            for n in 0..60 {
                queue.broker.script((0..dice.below(3)).map(|_| match dice.below(3) {
                    0 => Fate::AnswerLost,
                    1 => Fate::Lost,
                    _ => Fate::Arrives,
                }));
                push(&mut newer, [n]).await.unwrap();
            }
            newer.finish().await.unwrap();
            assert!(matches!(old.await.unwrap(), Err(RemoteError::Fenced(_))));
            let mut history = queue.broker.history(Lane::Items);
            history.retain(|(head, _)| head.run == "s");
            assert_eq!(items(&history), Vec::from_iter(0..60), "seed {seed}");
            assert!(borders(&history).is_sorted());
            // What the older one still had on its way.
            let late = queue.options.window as u64 - 1;
            let most = queue.layout(capacity, capacity / 2).unwrap().messages() + late;
            assert!(queue.broker.peak(Lane::Items) <= most, "seed {seed}: {}", queue.broker.peak(Lane::Items));
        })
        .await;
        worker.abort();
    }
}
