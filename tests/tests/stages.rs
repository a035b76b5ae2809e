//! S1 to S6: what the stages of a chain promise.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracker, expect_tasks};
use aqueduct::{BoxError, Emitter, ErrorKind, Signal, Sink, Transform, pipeline};
use aqueduct_tests::ends::{After, Broken, assert_aborted, assert_failed, assert_panicked, recorded, within};
use aqueduct_tests::flow::settle;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, advance, sleep};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

// S1

#[tokio::test(start_paused = true)]
async fn s1_map_async_emits_in_the_order_of_the_input() {
    within(async {
        // The first of each four takes longest.
        let run = pipeline! {
            iter(0..40u64) -> map_async(4, async |n| { sleep(ms(40 - 10 * (n % 4))).await; n }) -> collect::<Vec<_>>()
        };
        assert_eq!(run.run().await.unwrap(), (0..40).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s1_map_async_runs_n_at_once_and_never_more() {
    within(async {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (running, seen) = (Arc::clone(&now), Arc::clone(&most));
        let start = Instant::now();
        let run = pipeline! {
            iter(0..30u64)
            -> map_async(3, async move |n| {
                seen.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                sleep(ms(10)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                n
            })
            -> count()
        };
        assert_eq!(run.run().await.unwrap(), 30);
        assert_eq!(most.load(Ordering::SeqCst), 3);
        assert_eq!(start.elapsed(), ms(100));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s1_map_async_counts_results_that_wait_for_an_earlier_one() {
    within(async {
        let first = Gate::default();
        let begun = Arc::new(Mutex::new(Vec::new()));
        let (gate, log) = (first.clone(), Arc::clone(&begun));
        let running = pipeline! {
            iter(0..10u64)
            -> map_async(3, async move |n| {
                log.lock().unwrap().push(n);
                if n == 0 { gate.pass().await }
                n
            })
            -> collect::<Vec<_>>()
        }
        .spawn();
        settle().await;
        assert_eq!(*begun.lock().unwrap(), [0, 1, 2], "1 and 2 have results, which wait for 0");
        first.open();
        assert_eq!(running.await.unwrap(), (0..10).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s1_map_async_counts_results_that_wait_for_room() {
    within(async {
        let begun = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&begun);
        let (sink, at_sink) = (Gate::default(), Gate::default());
        let (opened, passing) = (sink.clone(), at_sink.clone());
        let running = pipeline! {
            iter(0..20u64)
            -> map_async(3, async move |n| { counted.fetch_add(1, Ordering::SeqCst); n })
            -> queue(2)
            -> for_each_async(1, async move |_| { passing.pass().now_or_never(); sink.pass().await; })
        }
        .spawn();
        settle().await;
        // One in the sink, two in the link, three wait in the stage; no fourth has begun there.
        assert_eq!(at_sink.arrived(), 1);
        assert_eq!(begun.load(Ordering::SeqCst), 6);
        opened.open();
        running.await.unwrap();
        assert_eq!(begun.load(Ordering::SeqCst), 20);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s1_map_async_of_one_works_strictly_one_after_another() {
    within(async {
        let log = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&log);
        let run = pipeline! {
            iter(0..4u32)
            -> map_async(1, async move |n| {
                noted.lock().unwrap().push(("begins", n));
                sleep(ms(5)).await;
                noted.lock().unwrap().push(("ends", n));
            })
            -> discard()
        };
        run.run().await.unwrap();
        let expected: Vec<_> = (0..4).flat_map(|n| [("begins", n), ("ends", n)]).collect();
        assert_eq!(*log.lock().unwrap(), expected);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s1_map_async_of_one_does_not_begin_before_the_result_before_has_left() {
    within(async {
        let begun = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&begun);
        let gate = Gate::default();
        let opened = gate.clone();
        let running = pipeline! {
            iter(0..10u64)
            -> map_async(1, async move |n| { counted.fetch_add(1, Ordering::SeqCst); n })
            -> queue(1)
            -> for_each_async(1, async move |_| gate.pass().await)
        }
        .spawn();
        settle().await;
        // One in the sink, one in the link, one waits to leave.
        assert_eq!(begun.load(Ordering::SeqCst), 3);
        opened.open();
        running.await.unwrap();
    })
    .await;
}

// S2

#[tokio::test(start_paused = true)]
async fn s2_batch_leaves_at_n_items() {
    within(async {
        let batches = pipeline! { iter(0..10u32) -> batch(4, 1h) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(batches, [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9]]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s2_batch_at_n_does_not_wait_for_its_period() {
    within(async {
        let (sender, receiver) = mpsc::channel(8);
        let (out, mut batches) = mpsc::channel(8);
        let running = pipeline! { recv(receiver) -> batch(2, 1h) -> send(out) }.spawn();
        let start = Instant::now();
        sender.send(1).await.unwrap();
        sender.send(2).await.unwrap();
        assert_eq!(batches.recv().await, Some(vec![1, 2]));
        assert_eq!(start.elapsed(), Duration::ZERO);
        drop(sender);
        running.await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s2_batch_leaves_a_period_after_its_first_item() {
    within(async {
        let (sender, receiver) = mpsc::channel(8);
        let (out, mut batches) = mpsc::channel(8);
        let running = pipeline! { recv(receiver) -> batch(100, 100ms) -> send(out) }.spawn();
        // The period does not run before there is an item, and a later item does not put it off.
        sleep(ms(70)).await;
        let start = Instant::now();
        sender.send(1).await.unwrap();
        sleep(ms(60)).await;
        sender.send(2).await.unwrap();
        assert_eq!(batches.recv().await, Some(vec![1, 2]));
        assert_eq!(start.elapsed(), ms(100));
        sleep(ms(30)).await;
        let start = Instant::now();
        sender.send(3).await.unwrap();
        assert_eq!(batches.recv().await, Some(vec![3]));
        assert_eq!(start.elapsed(), ms(100), "the second batch's period begins with its own first item");
        drop(sender);
        running.await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s2_batch_is_never_empty() {
    within(async {
        let (sender, receiver) = mpsc::channel::<u8>(8);
        let (out, mut batches) = mpsc::channel(8);
        let running = pipeline! { recv(receiver) -> batch(3, 10ms) -> send(out) }.spawn();
        sleep(ms(500)).await;
        assert!(batches.try_recv().is_err(), "many periods without an item");
        sender.send(1).await.unwrap();
        sleep(ms(500)).await;
        assert_eq!(batches.try_recv(), Ok(vec![1]));
        assert!(batches.try_recv().is_err());
        drop(sender);
        assert_eq!(running.await.unwrap(), 1, "nothing more at the end");
        let none = pipeline! { iter(std::iter::empty::<u8>()) -> batch(3, 10ms) -> count() }.run().await.unwrap();
        assert_eq!(none, 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s2_batch_gives_its_rest_at_the_end_at_once() {
    within(async {
        let start = Instant::now();
        let batches = pipeline! { iter(0..3u32) -> batch(100, 1h) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(batches, [vec![0, 1, 2]]);
        assert_eq!(start.elapsed(), Duration::ZERO);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s2_chunks_give_their_rest_at_the_end() {
    within(async {
        let groups = pipeline! { iter(0..5u32) -> chunks(2) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(groups, [vec![0, 1], vec![2, 3], vec![4]]);
        let exact = pipeline! { iter(0..4u32) -> chunks(2) -> count() }.run().await.unwrap();
        assert_eq!(exact, 2, "no empty group at the end");
        // Behind a satisfied stage too, and through two of them.
        let groups = pipeline! { iter(0..) -> take(5) -> chunks(2) -> chunks(2) -> queue(1) -> collect::<Vec<_>>() }
            .run()
            .await
            .unwrap();
        assert_eq!(groups, [vec![vec![0, 1], vec![2, 3]], vec![vec![4]]]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s2_batch_leaves_by_weight() {
    within(async {
        let words = ["aa", "bbb", "c", "dddd", "eeeeeeeee", "f"];
        let batches =
            pipeline! { iter(words) -> map(String::from) -> batch(100, 1h, bytes = 5) -> collect::<Vec<_>>() }
                .run()
                .await
                .unwrap();
        for batch in &batches[..batches.len() - 1] {
            let weight: usize = batch.iter().map(String::len).sum();
            assert!(weight >= 5, "{batch:?} left before it was full");
            let before: usize = batch[..batch.len() - 1].iter().map(String::len).sum();
            assert!(before < 5, "{batch:?} was full before its last item");
        }
        assert_eq!(batches.concat(), words);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s2_batch_by_weight_still_ends_at_n() {
    within(async {
        let batches =
            pipeline! { iter(["a", "b", "c"]) -> map(String::from) -> batch(2, 1h, bytes = 1MiB) -> collect::<Vec<_>>() }.run().await;
        assert_eq!(batches.unwrap(), [vec!["a", "b"], vec!["c"]]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s2_a_due_batch_goes_on_filling_while_its_output_is_paused() {
    within(async {
        let (sender, receiver) = mpsc::channel(64);
        let (out, mut batches) = mpsc::channel(1);
        let running = pipeline! { recv(receiver) -> batch(5, 10ms) -> queue(1) -> send(out) }.spawn();
        // These three fill the channel, the sink's hand and the link.
        for n in 0..3u32 {
            sender.send(n).await.unwrap();
            sleep(ms(20)).await;
        }
        // Due, with nowhere to go.
        sender.send(3).await.unwrap();
        sleep(ms(100)).await;
        for n in 4..10 {
            sender.send(n).await.unwrap();
        }
        sleep(ms(100)).await;
        drop(sender);
        let mut got = Vec::new();
        while let Some(batch) = batches.recv().await {
            got.push(batch);
            settle().await;
        }
        assert_eq!(got, [vec![0], vec![1], vec![2], vec![3, 4, 5, 6, 7], vec![8, 9]]);
        running.await.unwrap();
    })
    .await;
}

// S3

/// Whatever is above is cancelled without waiting for another item, which would never come.
#[tokio::test(start_paused = true)]
async fn s3_take_cancels_a_source_that_would_wait_and_closes_it() {
    within(async {
        let (source, record) = recorded(3, After::Wait);
        let taken = pipeline! { from(source) -> take(3) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(taken, [0, 1, 2]);
        assert_eq!(record.nexts(), 3, "no `next` past the last wanted item");
        record.assert_closed_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_take_cancels_through_links_and_asynchronous_stages() {
    within(async {
        let (source, record) = recorded(3, After::Wait);
        let taken = pipeline! {
            from(source)
            -> queue(4) -> map_async(2, async |n| { sleep(ms(1)).await; n })
            -> queue(4) -> then(async |n| n)
            -> batch(1, 1h) -> flatten() -> timeout(10h) -> throttle(1000, 1s) -> queue(4)
            -> take(3) -> for_each_async(1, async |_| {})
        };
        taken.run().await.unwrap();
        record.assert_closed_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_take_of_zero_asks_for_nothing() {
    within(async {
        for link in [false, true] {
            let (source, record) = recorded(3, After::Wait);
            let source = source;
            let count = if link {
                pipeline! { from(source) -> queue(2) -> take(0) -> count() }.run().await.unwrap()
            } else {
                let count = pipeline! { from(source) -> take(0) -> count() }.run().await.unwrap();
                assert_eq!(record.nexts(), 0);
                count
            };
            assert_eq!(count, 0);
            record.assert_closed_once();
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_take_in_the_middle_of_what_flatten_makes_of_one_item() {
    within(async {
        let (source, record) = recorded(1, After::Wait);
        let taken = pipeline! {
            from(source) -> map(|n| vec![n; 5]) -> flatten() -> take(2) -> collect::<Vec<_>>()
        };
        assert_eq!(taken.run().await.unwrap(), [0, 0]);
        record.assert_closed_once();
        let behind_a_link =
            pipeline! { iter(0..) -> map(|n| vec![n; 5]) -> flatten() -> take(7) -> queue(1) -> collect::<Vec<_>>() };
        assert_eq!(behind_a_link.run().await.unwrap(), [0, 0, 0, 0, 0, 1, 1]);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_two_takes_and_chunks() {
    within(async {
        let groups =
            pipeline! { iter(0..) -> take(7) -> chunks(2) -> take(2) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(groups, [vec![0, 1], vec![2, 3]]);
        let groups =
            pipeline! { iter(0..) -> chunks(3) -> take(1) -> flatten() -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(groups, [0, 1, 2]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_first_cancels_at_once() {
    within(async {
        let (source, record) = recorded(1, After::Wait);
        let first = pipeline! { from(source) -> first() }.run().await.unwrap();
        assert_eq!(first, Some(0));
        assert_eq!(record.nexts(), 1);
        record.assert_closed_once();

        let (source, record) = recorded(1, After::Wait);
        let first = pipeline! { from(source) -> queue(8) -> map(|n| n + 7) -> first() }.run().await.unwrap();
        assert_eq!(first, Some(7));
        record.assert_closed_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_first_of_nothing_is_none() {
    within(async {
        let first = pipeline! { iter(std::iter::empty::<u8>()) -> first() }.run().await.unwrap();
        assert_eq!(first, None);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_send_whose_receiver_is_gone_says_how_far_it_came() {
    within(async {
        let (source, record) = recorded(100, After::Wait);
        let (sender, mut receiver) = mpsc::channel(1);
        let running = pipeline! { from(source) -> queue(4) -> send(sender) }.spawn();
        for n in 0..3 {
            assert_eq!(receiver.recv().await, Some(n));
        }
        receiver.close();
        let mut delivered = 3;
        while receiver.recv().await.is_some() {
            delivered += 1;
        }
        assert_eq!(running.await.unwrap(), delivered);
        record.assert_closed_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_send_notices_at_once_that_its_receiver_goes_while_nothing_comes() {
    within(async {
        let (source, record) = recorded(1, After::Wait);
        let (sender, receiver) = mpsc::channel(1);
        let running = pipeline! { from(source) -> send(sender) }.spawn();
        settle().await;
        drop(receiver);
        assert_eq!(running.await.unwrap(), 1);
        record.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_send_notices_while_it_waits_for_a_place() {
    within(async {
        let tracker = Tracker::default();
        let (sender, receiver) = mpsc::channel(1);
        let running = pipeline! { iter(tracker.items(0..50)) -> queue(4) -> send(sender) }.spawn();
        settle().await;
        drop(receiver);
        assert_eq!(running.await.unwrap(), 1);
        tracker.assert_all_dropped_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_being_satisfied_drops_what_is_in_flight_above() {
    within(async {
        let tracker = Tracker::default();
        let never = Gate::default();
        let run = pipeline! {
            iter(tracker.items(0..20))
            -> map_async(5, async move |item| { if item.number() > 1 { never.pass().await } item })
            -> take(2) -> map(|item| item.number()) -> collect::<Vec<_>>()
        };
        assert_eq!(run.run().await.unwrap(), [0, 1]);
        tracker.assert_all_dropped_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_a_satisfied_sink_waits_for_the_close_of_the_source() {
    within(async {
        let (source, record) = recorded(1, After::Wait);
        let gate = Gate::default();
        let source = source.closing_at(&gate);
        let mut running = pipeline! { from(source) -> queue(2) -> first() }.spawn();
        settle().await;
        assert!((&mut running).now_or_never().is_none());
        assert_eq!(record.closes(), 1);
        gate.open();
        assert_eq!(running.await.unwrap(), Some(0));
        record.assert_closed_once();
    })
    .await;
}

// S4

/// Passes items on, and notes how often it was finished.
struct Passing {
    finished: Arc<AtomicUsize>,
    extra: Vec<u64>,
}

impl Passing {
    fn new(extra: Vec<u64>) -> (Self, Arc<AtomicUsize>) {
        let finished = Arc::new(AtomicUsize::new(0));
        (Self { finished: Arc::clone(&finished), extra }, finished)
    }
}

impl Transform<u64> for Passing {
    type Out = u64;

    async fn apply(&mut self, item: u64, out: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        if item == 666 {
            return Err("the number of the beast".into());
        }
        out.emit(item).await;
        Ok(())
    }

    async fn finish(&mut self, out: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        self.finished.fetch_add(1, Ordering::SeqCst);
        for extra in self.extra.drain(..) {
            out.emit(extra).await;
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn s4_transform_finish_runs_once_at_the_end_and_may_emit() {
    within(async {
        let (stage, finished) = Passing::new(vec![7, 8]);
        let out = pipeline! { iter(0..3u64) -> via(stage) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(out, [0, 1, 2, 7, 8]);
        assert_eq!(finished.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s4_transform_finish_runs_also_when_there_was_no_item() {
    within(async {
        let (stage, finished) = Passing::new(vec![7]);
        let out =
            pipeline! { iter(std::iter::empty::<u64>()) -> via(stage) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(out, [7]);
        assert_eq!(finished.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s4_transform_finish_emits_under_the_same_signals() {
    within(async {
        let (stage, finished) = Passing::new((0..50).collect());
        let sink = Gate::default();
        let waiting = sink.clone();
        let running = pipeline! {
            once(99u64) -> via(stage) -> queue(3) as narrow -> for_each_async(1, async move |_| waiting.pass().await)
        }
        .spawn();
        let control = running.control();
        settle().await;
        let snapshot = control.snapshot();
        assert!(snapshot.link("narrow").unwrap().paused);
        // One in the sink, at most three in the link: the rest waits in `finish`.
        assert!(snapshot.stage("via").unwrap().items_out <= 4);
        sink.open();
        running.await.unwrap();
        assert_eq!(control.snapshot().stage("via").unwrap().items_out, 51);
        assert_eq!(finished.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s4_transform_finish_runs_after_finish_is_called() {
    within(async {
        let (stage, finished) = Passing::new(vec![7]);
        let (source, _) = recorded(2, After::Wait);
        let running = pipeline! { from(source) -> via(stage) -> collect::<Vec<_>>() }.spawn();
        settle().await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), [0, 1, 7]);
        assert_eq!(finished.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s4_transform_finish_does_not_run_on_failure() {
    within(async {
        // Above it, of itself, below it.
        let (stage, finished) = Passing::new(vec![7]);
        let outcome = pipeline! { from(recorded(2, After::Fail).0) -> via(stage) -> discard() }.run().await;
        assert_failed(outcome, "from", ErrorKind::Failed, "dry");
        assert_eq!(finished.load(Ordering::SeqCst), 0);

        let (stage, finished) = Passing::new(vec![7]);
        let outcome = pipeline! { iter([1u64, 666, 2]) -> via(stage) -> discard() }.run().await;
        assert_failed(outcome, "via", ErrorKind::Failed, "the number of the beast");
        assert_eq!(finished.load(Ordering::SeqCst), 0);

        let (stage, finished) = Passing::new(vec![7]);
        let outcome =
            pipeline! { iter(0..1000u64) -> queue(1) -> via(stage) -> queue(1) -> for_each(|_| Err(Broken("no")))? }
                .run()
                .await;
        assert_failed(outcome, "for_each", ErrorKind::Failed, "no");
        assert_eq!(finished.load(Ordering::SeqCst), 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s4_transform_finish_does_not_run_on_failure_far_above() {
    within(async {
        let (stage, finished) = Passing::new(vec![7]);
        let run = pipeline! {
            iter(0..5u64) -> map(|n| if n == 4 { Err(Broken("four")) } else { Ok(n) })? -> queue(1) -> then(async |n| n) -> via(stage)
            -> discard()
        };
        assert_failed(run.run().await, "map", ErrorKind::Failed, "four");
        assert_eq!(finished.load(Ordering::SeqCst), 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s4_transform_finish_does_not_run_on_abort() {
    within(async {
        let (stage, finished) = Passing::new(vec![7]);
        let running = pipeline! { from(recorded(2, After::Wait).0) -> via(stage) -> discard() }.spawn();
        settle().await;
        running.control().abort();
        assert_aborted(running.await);
        assert_eq!(finished.load(Ordering::SeqCst), 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s4_transform_finish_does_not_run_when_downstream_was_satisfied() {
    within(async {
        let (stage, finished) = Passing::new(vec![7]);
        pipeline! { iter(0..) -> via(stage) -> take(3) -> discard() }.run().await.unwrap();
        assert_eq!(finished.load(Ordering::SeqCst), 0);
        let (stage, finished) = Passing::new(vec![7]);
        pipeline! { iter(0..) -> via(stage) -> queue(2) -> take(3) -> discard() }.run().await.unwrap();
        assert_eq!(finished.load(Ordering::SeqCst), 0);
    })
    .await;
}

/// Gives without end for one item.
struct Endless(Arc<AtomicUsize>);

impl Transform<u64> for Endless {
    type Out = u64;

    async fn apply(&mut self, item: u64, out: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        loop {
            out.emit(item).await;
        }
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn s4_a_transform_that_emits_without_end_is_cancelled_when_nothing_more_is_wanted() {
    within(async {
        let drops = Arc::new(AtomicUsize::new(0));
        let out =
            pipeline! { once(5u64) -> via(Endless(Arc::clone(&drops))) -> queue(2) -> take(4) -> collect::<Vec<_>>() }
                .run()
                .await;
        assert_eq!(out.unwrap(), [5; 4]);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
        expect_tasks(0).await;
    })
    .await;
}

/// Adds up, and notes how often it was finished.
struct Sum {
    sum: u64,
    finished: Arc<AtomicUsize>,
}

impl Sum {
    fn new() -> (Self, Arc<AtomicUsize>) {
        let finished = Arc::new(AtomicUsize::new(0));
        (Self { sum: 0, finished: Arc::clone(&finished) }, finished)
    }
}

impl Sink<u64> for Sum {
    type Output = u64;

    async fn write(&mut self, item: u64) -> Result<(), BoxError> {
        if item == 666 {
            return Err("the number of the beast".into());
        }
        sleep(ms(1)).await;
        self.sum += item;
        Ok(())
    }

    async fn finish(self) -> Result<u64, BoxError> {
        self.finished.fetch_add(1, Ordering::SeqCst);
        Ok(self.sum)
    }
}

#[tokio::test(start_paused = true)]
async fn s4_sink_finish_runs_once_at_the_end_of_its_input() {
    within(async {
        let (sink, finished) = Sum::new();
        assert_eq!(pipeline! { iter(1..=4u64) -> into(sink) }.run().await.unwrap(), 10);
        assert_eq!(finished.load(Ordering::SeqCst), 1);
        let (sink, finished) = Sum::new();
        assert_eq!(pipeline! { iter(std::iter::empty::<u64>()) -> into(sink) }.run().await.unwrap(), 0);
        assert_eq!(finished.load(Ordering::SeqCst), 1);
        let (sink, finished) = Sum::new();
        assert_eq!(pipeline! { iter(1..) -> take(2) -> into(sink) }.run().await.unwrap(), 3);
        assert_eq!(finished.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s4_sink_finish_runs_after_finish_is_called() {
    within(async {
        let (sink, finished) = Sum::new();
        let running = pipeline! { from(recorded(5, After::Wait).0) -> into(sink) }.spawn();
        sleep(ms(2)).await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), 10);
        assert_eq!(finished.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s4_sink_finish_does_not_run_on_failure_or_abort() {
    within(async {
        let (sink, finished) = Sum::new();
        let outcome = pipeline! { from(recorded(3, After::Fail).0) -> into(sink) }.run().await;
        assert_failed(outcome, "from", ErrorKind::Failed, "dry");
        assert_eq!(finished.load(Ordering::SeqCst), 0);

        let (sink, finished) = Sum::new();
        let outcome = pipeline! { iter([1u64, 666]) -> into(sink) as adding }.run().await;
        assert_failed(outcome, "adding", ErrorKind::Failed, "the number of the beast");
        assert_eq!(finished.load(Ordering::SeqCst), 0);

        let (sink, finished) = Sum::new();
        let outcome =
            pipeline! { iter(0..5u64) -> map(|n| if n > 3 { panic!("three") } else { n }) -> into(sink) }.run().await;
        assert_panicked(outcome, "map", "three");
        assert_eq!(finished.load(Ordering::SeqCst), 0);

        let (sink, finished) = Sum::new();
        let running = pipeline! { iter(0..100u64) -> into(sink) }.spawn();
        sleep(ms(3)).await;
        running.control().abort();
        assert_aborted(running.await);
        assert_eq!(finished.load(Ordering::SeqCst), 0);
    })
    .await;
}

/// Fails in `finish`.
struct Unfinishable;

impl Transform<u64> for Unfinishable {
    type Out = u64;

    async fn apply(&mut self, item: u64, out: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        out.emit(item).await;
        Ok(())
    }

    async fn finish(&mut self, _: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        Err("not finished".into())
    }
}

impl Sink<u64> for Unfinishable {
    type Output = u64;

    async fn write(&mut self, _: u64) -> Result<(), BoxError> {
        Ok(())
    }

    async fn finish(self) -> Result<u64, BoxError> {
        Err("not finished".into())
    }
}

#[tokio::test(start_paused = true)]
async fn s4_a_finish_that_fails_fails_the_pipeline() {
    within(async {
        let outcome = pipeline! { iter(0..3u64) -> via(Unfinishable) -> count() }.run().await;
        assert_failed(outcome, "via", ErrorKind::Failed, "not finished");
        let outcome = pipeline! { iter(0..3u64) -> into(Unfinishable) }.run().await;
        assert_failed(outcome, "into", ErrorKind::Failed, "not finished");
        let (source, record) = recorded(3, After::Wait);
        let running = pipeline! { from(source) -> into(Unfinishable) as last }.spawn();
        settle().await;
        running.control().finish();
        assert_failed(running.await, "last", ErrorKind::Failed, "not finished");
        record.assert_closed_once();
    })
    .await;
}

// S5

#[tokio::test(start_paused = true)]
async fn s5_close_runs_once_at_the_end() {
    within(async {
        for after_link in [false, true] {
            let (source, record) = recorded(5, After::End);
            let source = source;
            let count = if after_link {
                pipeline! { from(source) -> queue(2) -> count() }.run().await
            } else {
                pipeline! { from(source) -> count() }.run().await
            };
            assert_eq!(count.unwrap(), 5);
            assert_eq!(record.nexts(), 6);
            record.assert_closed_once();
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s5_close_runs_once_after_an_error_of_its_own() {
    within(async {
        let (source, record) = recorded(2, After::Fail);
        let gate = Gate::default();
        let source = source.closing_at(&gate);
        let mut running = pipeline! { from(source) as spring -> queue(1) -> discard() }.spawn();
        settle().await;
        assert!((&mut running).now_or_never().is_none(), "the outcome waits for `close`");
        gate.open();
        assert_failed(running.await, "spring", ErrorKind::Failed, "dry");
        record.assert_closed_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s5_close_runs_once_after_a_failure_elsewhere() {
    within(async {
        // Fused with the source, behind a link, while a `next` waits, and while the link is full.
        let (source, record) = recorded(9, After::Wait);
        let outcome = pipeline! { from(source) -> for_each(|_| Err(Broken("no")))? }.run().await;
        assert_failed(outcome, "for_each", ErrorKind::Failed, "no");
        record.assert_closed_once();

        let (source, record) = recorded(1, After::Wait);
        let run = pipeline! { from(source) -> queue(4) -> then(async |_| { sleep(ms(9)).await; Err::<u8, _>(Broken("no")) })?
        -> discard() };
        assert_failed(run.run().await, "then", ErrorKind::Failed, "no");
        assert_eq!(record.unanswered(), 1);
        record.assert_closed_once();

        let (source, record) = recorded(100, After::Wait);
        let run = pipeline! { from(source) -> queue(2)
        -> for_each_async(1, async |_| { sleep(ms(9)).await; Err(Broken("no")) })? };
        assert_failed(run.run().await, "for_each_async", ErrorKind::Failed, "no");
        record.assert_closed_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s5_close_runs_once_after_finish() {
    within(async {
        let (source, record) = recorded(3, After::Wait);
        let running = pipeline! { from(source) -> queue(4) -> count() }.spawn();
        settle().await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), 3);
        assert_eq!(record.unanswered(), 1, "the `next` in progress is dropped");
        record.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s5_close_runs_once_after_abort() {
    within(async {
        let (source, record) = recorded(3, After::Wait);
        let running = pipeline! { from(source) -> queue(4) -> count() }.spawn();
        settle().await;
        running.control().abort();
        assert_aborted(running.await);
        record.assert_closed_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s5_close_runs_also_when_next_was_never_called() {
    within(async {
        // Finished, aborted, and held and then finished before it began.
        let (source, record) = recorded(3, After::Wait);
        let run = pipeline! { from(source) -> count() };
        run.control().finish();
        assert_eq!(run.run().await.unwrap(), 0);
        assert_eq!(record.nexts(), 0);
        record.assert_closed_once();

        let (source, record) = recorded(3, After::Wait);
        let run = pipeline! { from(source) -> queue(2) -> count() };
        run.control().abort();
        assert_aborted(run.run().await);
        assert_eq!(record.nexts(), 0);
        record.assert_closed_once();

        let (source, record) = recorded(3, After::Wait);
        let run = pipeline! { from(source) -> count() };
        run.control().pause();
        let running = run.spawn();
        settle().await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), 0);
        assert_eq!(record.nexts(), 0);
        record.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s5_close_runs_once_under_run_local() {
    within(async {
        let (source, record) = recorded(3, After::End);
        assert_eq!(pipeline! { from(source) -> queue(1) -> count() }.run_local().await.unwrap(), 3);
        record.assert_closed_once();
        let (source, record) = recorded(3, After::Fail);
        let outcome = pipeline! { from(source) -> queue(1) -> count() }.run_local().await;
        assert_failed(outcome, "from", ErrorKind::Failed, "dry");
        record.assert_closed_once();
        let (source, record) = recorded(3, After::Wait);
        assert_eq!(pipeline! { from(source) -> queue(1) -> first() }.run_local().await.unwrap(), Some(0));
        record.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s5_close_does_not_run_after_a_panic_of_the_source() {
    within(async {
        let (source, record) = recorded(2, After::Panic);
        let outcome = pipeline! { from(source) -> queue(1) -> count() }.run().await;
        assert_panicked(outcome, "from", "burst");
        assert_eq!((record.nexts(), record.closes(), record.is_dropped()), (3, 0, true));
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s5_close_runs_once_after_a_panic_of_a_stage_fused_with_the_source() {
    within(async {
        let (source, record) = recorded(5, After::Wait);
        let outcome = pipeline! { from(source) -> map(|n| assert_ne!(n, 2, "two")) -> discard() }.run().await;
        assert_eq!(outcome.as_ref().unwrap_err().stage(), "map");
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Panicked);
        record.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s5_a_pipeline_never_run_drops_its_source_without_closing_it() {
    within(async {
        let (source, record) = recorded(5, After::Wait);
        drop(pipeline! { from(source) -> count() });
        assert_eq!((record.nexts(), record.closes(), record.is_dropped()), (0, 0, true));
        let (source, record) = recorded(5, After::Wait);
        drop(pipeline! { from(source) -> count() }.run());
        assert_eq!((record.nexts(), record.closes(), record.is_dropped()), (0, 0, true));
        let (source, record) = recorded(5, After::Wait);
        drop(pipeline! { from(source) -> count() }.boxed());
        assert_eq!((record.nexts(), record.closes(), record.is_dropped()), (0, 0, true));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s5_a_dropped_run_local_drops_its_source_without_closing_it() {
    within(async {
        let (source, record) = recorded(5, After::Wait);
        let run = pipeline! { from(source) -> queue(2) -> count() }.run_local();
        assert!(tokio::time::timeout(ms(5), run).await.is_err());
        assert!(record.nexts() > 0);
        assert_eq!((record.closes(), record.is_dropped()), (0, true));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s5_a_source_hears_pause_and_drain_in_turn() {
    within(async {
        let (source, record) = recorded(20, After::End);
        pipeline! { from(source) -> queue(4) -> for_each_async(1, async |_| sleep(ms(1)).await) }.run().await.unwrap();
        let signals = record.signals();
        assert!(signals.len() >= 6, "{signals:?}");
        for (n, signal) in signals.iter().enumerate() {
            assert_eq!(*signal, if n % 2 == 0 { Signal::Pause } else { Signal::Drain }, "signal {n}");
        }
        record.assert_closed_once();
    })
    .await;
}

// S6

/// Fails if a window of length `d` that begins with an item holds more than `most`. The times are in order.
#[track_caller]
fn assert_windows(times: &[Instant], d: Duration, most: usize) {
    for (n, start) in times.iter().enumerate() {
        let inside = times[n..].partition_point(|time| *time - *start < d);
        assert!(inside <= most, "{inside} items in the window of {d:?} that begins with item {n}, {most} are allowed");
    }
}

#[tokio::test(start_paused = true)]
async fn s6_throttle_lets_no_window_pass_more_than_n_and_burst() {
    within(async {
        for (n, burst) in [(1, 1), (3, 1), (5, 4), (7, 20), (10, 10)] {
            let run = pipeline! {
                iter(0..60u32) -> throttle(n, 100ms, burst = burst) -> map(|n| (n, Instant::now())) -> collect::<Vec<_>>()
            };
            let (items, times): (Vec<_>, Vec<_>) = run.run().await.unwrap().into_iter().unzip();
            assert_eq!(items, (0..60).collect::<Vec<_>>(), "nothing is dropped, order is kept");
            assert_windows(&times, ms(100), n + burst);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s6_throttle_keeps_its_windows_after_a_quiet_time_and_after_a_paused_output() {
    within(async {
        let times = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&times);
        let (sender, receiver) = mpsc::channel(100);
        let gate = Gate::default();
        let closed = gate.clone();
        let running = pipeline! {
            recv(receiver) -> throttle(4, 100ms, burst = 3) -> inspect(move |_: &u32| noted.lock().unwrap().push(Instant::now()))
            -> queue(2) -> for_each_async(1, async move |n| if n == 30 { closed.pass().await })
        }
        .spawn();
        for n in 0..40 {
            sender.send(n).await.unwrap();
            if n % 10 == 9 {
                sleep(ms(700)).await;
            }
        }
        gate.open();
        drop(sender);
        running.await.unwrap();
        let times = times.lock().unwrap();
        assert_eq!(times.len(), 40);
        assert_windows(&times, ms(100), 7);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s6_throttle_lets_a_burst_pass_at_once_after_a_quiet_time() {
    within(async {
        let start = Instant::now();
        let times =
            pipeline! { iter(0..5u32) -> throttle(1, 1s, burst = 3) -> map(|_| Instant::now()) -> collect::<Vec<_>>() }
                .run()
                .await;
        let waited: Vec<_> = times.unwrap().into_iter().map(|time| (time - start).as_millis()).collect();
        assert_eq!(waited, [0, 0, 0, 1000, 2000]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s6_throttle_keeps_up_its_rate() {
    within(async {
        let start = Instant::now();
        pipeline! { iter(0..101u32) -> throttle(10, 1s) -> discard() }.run().await.unwrap();
        assert!((ms(9_900)..=ms(10_300)).contains(&start.elapsed()), "{:?} for 101 items", start.elapsed());
    })
    .await;
}

/// tokio's timers count milliseconds; a rate whose gap is shorter must be kept all the same.
#[tokio::test(start_paused = true)]
async fn s6_throttle_keeps_up_a_rate_of_many_in_a_millisecond() {
    within(async {
        let start = Instant::now();
        let times =
            pipeline! { iter(0..20_000u32) -> throttle(10_000, 1s) -> map(|_| Instant::now()) -> collect::<Vec<_>>() }
                .run()
                .await;
        let took = start.elapsed();
        assert_windows(&times.unwrap(), Duration::from_secs(1), 10_001);
        assert!(took < ms(3_000), "20,000 items at 10,000 a second took {took:?}");
    })
    .await;
}

/// Rules: L5
#[tokio::test(start_paused = true)]
async fn throttle_takes_nothing_more_while_its_item_waits_for_room() {
    within(async {
        let running = pipeline! {
            iter(0..50u32) -> throttle(1000, 1ms) -> queue(1) -> for_each_async(1, async |_| pending::<()>().await)
        }
        .spawn();
        sleep(ms(1_000)).await;
        let snapshot = running.control().snapshot();
        assert_eq!(snapshot.stage("throttle").unwrap().items_in, 3, "one in the sink, one in the link, one that waits");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s6_throttle_drops_nothing() {
    within(async {
        let tracker = Tracker::default();
        let run =
            pipeline! { iter(tracker.items(0..25)) -> throttle(10, 10ms) -> map(|item| item.number()) -> collect::<Vec<_>>() };
        assert_eq!(run.run().await.unwrap(), (0..25).collect::<Vec<_>>());
        tracker.assert_all_dropped_once();
    })
    .await;
}

/// Each group comes 50 ms after the one before, so its batch is due before the next.
#[tokio::test(start_paused = true)]
async fn s2_batches_of_a_stream_that_pauses_are_complete() {
    within(async {
        let source = futures_util::stream::iter(0..10u32).then(|n| async move {
            if n % 3 == 0 {
                sleep(ms(50)).await;
            }
            n
        });
        let run = pipeline! { from(source) -> batch(10, 20ms) -> collect::<Vec<_>>() }.spawn();
        advance(ms(1)).await;
        assert_eq!(run.await.unwrap(), [vec![0, 1, 2], vec![3, 4, 5], vec![6, 7, 8], vec![9]]);
    })
    .await;
}
