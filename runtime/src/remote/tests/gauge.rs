//! What those see who watch a queue.

use std::time::Duration;

use tokio::time::sleep;

use super::{filled, push, queue, within, worker};
use crate::remote::{Handle, Lane, QueueFigures, QueueLevel, Reason, RemoteError};
use crate::{ErrorKind, Name, PipelineError};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn r1_the_broker_is_asked_once_a_second_and_only_while_somebody_reads() {
    within(async {
        let queue = queue(2);
        let mut publisher = queue.publisher(64, 32).await.unwrap();
        push(&mut publisher, 0..8).await.unwrap();
        publisher.flush().await.unwrap();
        let gauges = [publisher.gauge(), queue.clone().publisher(64, 32).await.unwrap().gauge()];
        let before = queue.broker.questions();
        sleep(100 * SECOND).await;
        assert_eq!(queue.broker.questions(), before, "nobody reads");
        let level = gauges[0].read().level;
        assert_eq!(level, None, "nobody has asked yet");
        for _ in 0..100 {
            sleep(SECOND / 10).await;
            let level = gauges.each_ref().map(|gauge| gauge.read().level);
            assert_eq!(level, [Some(QueueLevel { items: 8, pending: 4, ..QueueLevel::default() }); 2]);
        }
        // Four questions a time: at once, and then each second.
        let asked = queue.broker.questions() - before;
        assert!((4 * 10..=4 * 11).contains(&asked), "{asked}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r1_the_figures_say_where_the_items_are() {
    within(async {
        let queue = queue(2).attempts(1);
        filled(&queue, 8).await;
        let mut worker = worker(&queue).await;
        // Taken apart; the first of its items dies alone.
        worker.next().await.unwrap().unwrap().handle.guilty();
        let mut others = Vec::new();
        let alone = loop {
            let frame = worker.next().await.unwrap().unwrap();
            if frame.isolated {
                break frame;
            }
            others.push(frame.handle);
        };
        alone.handle.guilty();
        sleep(SECOND / 2).await;
        let first = worker.gauge().read();
        assert_eq!(first.level, None, "the answer is still to come");
        sleep(SECOND / 2).await;
        let figures = worker.gauge().read();
        let level = figures.level.unwrap();
        assert_eq!((level.suspects, level.dead), (1, 1));
        assert_eq!((level.pending + level.unacked, level.items), (3, 3 * 2 + 1));
        assert!(level.unacked >= 1, "{level:?}");
        assert_eq!(figures.received, Some(worker.received()));
        assert!(figures.oldest_unacked.unwrap() >= SECOND, "{figures:?}");
        assert!(figures.sent.is_none() && figures.paused.is_none());
        others.into_iter().for_each(Handle::done);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r1_the_reason_of_a_pause_is_seen_from_any_thread_also_when_the_half_is_gone() {
    within(async {
        let queue = queue(2);
        let mut publisher = queue.publisher(16, 8).await.unwrap();
        push(&mut publisher, 0..18).await.unwrap();
        let gauge = publisher.gauge();
        tokio::time::timeout(SECOND, publisher.flush()).await.expect_err("paused");
        drop(publisher);
        let QueueFigures { sent, paused, received, .. } = std::thread::spawn(move || gauge.read()).join().unwrap();
        assert_eq!((sent.unwrap().position, paused), (16, Some(Reason::Full)));
        assert_eq!(received, None);
        assert_eq!(queue.broker.look(Lane::Items).messages, 8);
    })
    .await;
}

#[test]
fn a_stage_whose_queue_cannot_go_on_fails_by_a_kind_of_its_own() {
    let cause = RemoteError::Fenced("somebody".to_owned());
    let error = PipelineError::failed(&Name::from("publish"), cause.clone().into());
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Remote, "`publish` cannot use its queue".to_owned()));
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref());
    assert_eq!(source, Some(&cause));
    assert_eq!(PipelineError::failed(&Name::from("map"), "no number".into()).kind(), ErrorKind::Failed);
}
