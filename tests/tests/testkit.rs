//! The parts of `aqueduct::testkit`: each does what it says on every runtime, and each assertion fails when it should.

use std::any::Any;
use std::collections::BTreeSet;
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aqueduct::testkit::{
    Gate, GatedSink, Probe, ScriptedSource, SourceCall, Tracked, Tracker, expect_tasks, run_shuffled,
};
use aqueduct::{BoxError, ErrorKind, Signal, Source as _, pipeline};
use aqueduct_tests::ends::{Broken, assert_failed, assert_panicked, in_time, within};
use futures_util::FutureExt as _;
use tokio::runtime::Builder;
use tokio::time::{Instant, sleep};

const MINUTE: Duration = Duration::from_secs(60);
const MILLISECOND: Duration = Duration::from_millis(1);

/// Runs the test on one thread with the clock paused, on one with the clock running, and on two.
fn on_every_runtime<F: Future<Output = ()>>(test: impl Fn() -> F) {
    for runtime in [
        Builder::new_current_thread().enable_all().start_paused(true).build(),
        Builder::new_current_thread().enable_all().build(),
        Builder::new_multi_thread().worker_threads(2).enable_all().build(),
    ] {
        runtime.unwrap().block_on(within(test()));
    }
}

fn message(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().unwrap()).to_owned(),
    }
}

/// What an assertion says that should fail.
#[track_caller]
fn refused(assertion: impl FnOnce()) -> String {
    message(catch_unwind(AssertUnwindSafe(assertion)).expect_err("should have failed"))
}

/// What an expectation says that should fail.
async fn refused_in_time<O>(expectation: impl Future<Output = O>) -> String {
    message(AssertUnwindSafe(expectation).catch_unwind().await.map(drop).expect_err("should have failed"))
}

#[track_caller]
fn assert_says(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "`{word}` is missing in: {said}");
    }
}

// The gate.

#[test]
fn a_gate_lets_through_as_many_as_it_allows_and_all_when_open() {
    on_every_runtime(|| async {
        let gate = Gate::new();
        let (mut first, mut second) = (Box::pin(gate.pass()), Box::pin(gate.pass()));
        assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
        assert_eq!((gate.arrived(), gate.passed()), (2, 0));
        gate.allow(1);
        assert!(second.as_mut().now_or_never().is_none(), "who came first goes first");
        first.await;
        assert_eq!((gate.arrived(), gate.passed()), (2, 1));
        gate.open();
        second.await;
        gate.pass().await;
        assert_eq!((gate.arrived(), gate.passed()), (3, 3));
    });
}

#[test]
fn a_gates_place_that_was_given_up_goes_to_the_next() {
    on_every_runtime(|| async {
        let gate = Gate::new();
        let mut gone = Box::pin(gate.pass());
        assert!(gone.as_mut().now_or_never().is_none());
        gate.allow(1);
        drop(gone);
        gate.pass().await;
        assert_eq!((gate.arrived(), gate.passed()), (2, 1));
    });
}

// The scripted source.

#[tokio::test(start_paused = true)]
async fn a_scripted_source_plays_its_steps_in_their_order() {
    within(async {
        let held = Gate::new();
        let source = ScriptedSource::new().item(1).wait(MINUTE).items([2, 3]).hold(&held).item(4);
        let (watch, start) = (source.watch(), Instant::now());
        let running = pipeline! { from(source) -> map(|n| (n, Instant::now())) -> collect::<Vec<_>>() }.spawn();
        sleep(2 * MINUTE).await;
        assert_eq!((watch.nexts(), watch.unanswered(), held.arrived()), (4, 1, 1));
        held.allow(1);
        let times = [(1, start), (2, start + MINUTE), (3, start + MINUTE), (4, start + 2 * MINUTE)];
        assert_eq!(running.await.unwrap(), times);
        assert_eq!((watch.nexts(), watch.unanswered()), (5, 0), "four items and the end");
        assert_eq!(watch.calls().last(), Some(&SourceCall::Close));
        watch.assert_closed_once();
    })
    .await;
}

#[test]
fn a_scripted_source_fails_panics_and_stays_pending_as_it_is_told() {
    on_every_runtime(|| async {
        let failing = ScriptedSource::new().item(1).fail(Broken("dry")).item(2);
        let watch = failing.watch();
        assert_failed(pipeline! { from(failing) -> count() }.run().await, "from", ErrorKind::Failed, "dry");
        watch.assert_closed_once();

        let panicking = ScriptedSource::new().item(1).panic("burst");
        let watch = panicking.watch();
        assert_panicked(pipeline! { from(panicking) -> count() }.run().await, "from", "burst");
        assert_eq!((watch.closes(), watch.is_dropped()), (0, true), "what panicked is dropped, not closed (S5)");

        let waiting = ScriptedSource::new().item(1).pending().item(2);
        let watch = waiting.watch();
        let counting = pipeline! { from(waiting) -> count() }.spawn();
        while watch.nexts() < 2 {
            tokio::task::yield_now().await;
        }
        counting.control().finish();
        assert_eq!((counting.await.unwrap(), watch.unanswered()), (1, 1), "the `next` in progress is dropped");
        watch.assert_closed_once();
    });
}

#[test]
fn a_next_that_is_dropped_loses_no_step() {
    on_every_runtime(|| async {
        let held = Gate::new();
        let mut source = ScriptedSource::new().hold(&held).item(1);
        assert!(source.next().now_or_never().is_none());
        held.open();
        assert_eq!(source.next().await.unwrap(), Some(1));
        assert_eq!(source.next().await.unwrap(), None);
    });
}

#[test]
fn a_sources_watch_knows_who_breaks_the_rules() {
    in_time(|| {
        let mut source = ScriptedSource::<u32>::new();
        let watch = source.watch();
        assert_says(&refused(|| watch.assert_closed_once()), &["how often `close` was called"]);

        source.close().now_or_never().unwrap();
        assert_says(&refused(|| watch.assert_closed_once()), &["not been dropped"]);
        source.next().now_or_never().unwrap().unwrap();
        drop(source);
        assert_says(&refused(|| watch.assert_closed_once()), &["after the end"]);

        let mut source = ScriptedSource::<u32>::new().closing_at(&Gate::new());
        let watch = source.watch();
        assert!(source.close().now_or_never().is_none());
        drop(source);
        assert_says(&refused(|| watch.assert_closed_once()), &["came to its end"]);

        let mut source = ScriptedSource::new().items(0..);
        let watch = source.watch();
        source.on_signal(Signal::Pause);
        source.on_signal(Signal::Drain);
        source.next().now_or_never().unwrap().unwrap();
        watch.assert_not_asked_while_paused();
        source.on_signal(Signal::Pause);
        source.next().now_or_never().unwrap().unwrap();
        assert_says(&refused(|| watch.assert_not_asked_while_paused()), &["asked while paused, at 4"]);

        let mut source = ScriptedSource::<u32>::new();
        let watch = source.watch();
        source.on_signal(Signal::Drain);
        assert_says(&refused(|| watch.assert_not_asked_while_paused()), &["Drain again, at 0"]);
    });
}

// The gated sink.

#[test]
fn a_gated_sink_takes_what_it_is_allowed_to() {
    on_every_runtime(|| async {
        let sink = GatedSink::new();
        let watch = sink.watch();
        let running = pipeline! { iter(0..10) -> into(sink) }.spawn();
        assert_eq!(watch.taken(), 0);
        watch.allow(3);
        watch.expect_taken(3).await;
        assert_eq!(watch.items(), [0, 1, 2]);
        assert_eq!(watch.take(), [0, 1, 2]);
        watch.open();
        running.await.unwrap();
        assert_eq!((watch.taken(), watch.take()), (10, Vec::from_iter(3..10)));
        assert!(watch.is_finished());
    });
}

#[test]
fn a_gated_sink_fails_and_panics_as_it_is_told() {
    on_every_runtime(|| async {
        let failing = GatedSink::new().fail_after(2, "full");
        let watch = failing.watch();
        watch.open();
        assert_failed(pipeline! { iter(0..10) -> into(failing) }.run().await, "into", ErrorKind::Failed, "full");
        assert_eq!((watch.take(), watch.is_finished()), (vec![0, 1], false));

        let panicking = GatedSink::new().panic_after(0, "fire");
        let watch = panicking.watch();
        watch.allow(1);
        assert_panicked(pipeline! { iter(0..10) -> into(panicking) }.run().await, "into", "fire");
        assert_eq!(watch.taken(), 0);
    });
}

#[test]
fn expect_taken_fails_when_it_is_too_few_too_many_or_over() {
    on_every_runtime(|| async {
        let sink = GatedSink::new();
        let (patient, watch) = (sink.watch(), sink.watch().within(Duration::from_millis(20)));
        let running = pipeline! { iter(0..10) -> into(sink) }.spawn();
        watch.allow(2);
        patient.expect_taken(2).await;
        assert_says(&refused_in_time(watch.expect_taken(3)).await, &["takes 3", file!(), "took 2", "after 20ms"]);
        assert_says(&refused_in_time(watch.expect_taken(1)).await, &["takes 1", "took 2", "too many"]);
        drop(running);
        assert_says(&refused_in_time(watch.expect_taken(3)).await, &["took 2", "the sink is gone"]);
    });
}

// Probes.

#[test]
fn a_probe_sees_a_link_pause_and_drain() {
    on_every_runtime(|| async {
        let sink = GatedSink::new();
        let stored = sink.watch();
        let storing = pipeline! { iter(0..20) -> queue(4, low = 1) as waiting -> into(sink) };
        let mut waiting = Probe::new(&storing.control(), "waiting");
        let running = storing.spawn();
        for _ in 0..3 {
            let paused = waiting.expect_paused().await;
            assert!(paused.paused && paused.name == "waiting");
            stored.allow(3);
            let drained = waiting.expect_drained().await;
            assert!(!drained.paused || drained.pauses > paused.pauses);
        }
        stored.open();
        running.await.unwrap();
        assert_eq!(waiting.expect_len(0).await.len, 0, "also of a pipeline that has ended");
        assert_says(&refused_in_time(waiting.expect_paused()).await, &["ended", "not paused", "at most 4"]);
    });
}

/// The source is so fast that the link is full again before the probe is awake.
#[tokio::test(start_paused = true)]
async fn a_drain_is_seen_though_the_link_is_paused_anew() {
    within(async {
        let sink = GatedSink::new();
        let stored = sink.watch();
        let running = pipeline! { iter(0..20) -> queue(4, low = 3) as waiting -> into(sink) }.spawn();
        let mut waiting = Probe::new(&running.control(), "waiting");
        waiting.expect_len(4).await;
        let paused = waiting.expect_paused().await;
        stored.allow(1);
        let link = waiting.expect_drained().await;
        assert!(link.paused && link.pauses > paused.pauses);
    })
    .await;
}

/// Each seed gives the tasks another order, and each order comes to the same end.
#[test]
fn a_shuffled_run_comes_to_its_end_in_any_order() {
    on_every_runtime(|| async {
        let mut orders = BTreeSet::new();
        let mut polls = 0;
        for seed in 0..40 {
            let (order, polled) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
            let note = |arm: u8| order.lock().unwrap().push(arm);
            let pipeline = pipeline! {
                iter(0..6u32) -> map_async(2, async |n| { sleep(MILLISECOND).await; n }) -> broadcast {
                    queue(8) -> inspect(|_| note(0)) -> count(),
                    queue(8) -> inspect(|_| note(1)) -> count(),
                    queue(8) -> then(async |_| {
                        let mut wait = pin!(sleep(MILLISECOND));
                        poll_fn(|cx| { polled.fetch_add(1, Ordering::Relaxed); wait.as_mut().poll(cx) }).await;
                    }) -> count(),
                }
            };
            assert_eq!(run_shuffled(pipeline, seed).await.unwrap(), (6, 6, 6));
            polls += polled.into_inner();
            orders.insert(order.into_inner().unwrap());
        }
        assert!(orders.len() > 1, "of two arms either may come first");
        assert!(polls > 40 * 6 * 2, "some polls nobody has asked for: {polls}");
    });
}

/// What an aborted run has left in its figures is no pause.
#[test]
fn a_probe_sees_no_pause_in_a_pipeline_that_was_aborted() {
    on_every_runtime(|| async {
        let gate = Gate::new();
        let running = pipeline! {
            iter(0..20) -> queue(4) as below -> for_each_async(1, async move |_| gate.pass().await)
        }
        .spawn();
        let control = running.control();
        let mut below = Probe::new(&control, "below");
        below.expect_paused().await;
        control.abort();
        running.await.unwrap_err();
        for said in [refused_in_time(below.expect_len(4)).await, refused_in_time(below.expect_paused()).await] {
            assert_says(&said, &["the pipeline has ended"]);
        }
    });
}

#[test]
fn a_probe_says_what_it_expected_and_how_all_links_are() {
    on_every_runtime(|| async {
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            iter(0..20) -> map_async(1, async |n| n) as fetch -> queue(8) as below
            -> for_each_async(1, move |_| { let held = held.clone(); async move { held.pass().await } }) as slow
        }
        .spawn();
        let control = running.control();
        let mut below = Probe::new(&control, "below");
        below.expect_paused().await;
        below = below.within(Duration::from_millis(20));
        let links = [
            "\n  `iter->fetch` (iter -> fetch): ",
            "\n> `below` (fetch -> slow): ",
            " of 8, paused, low mark 4, 1 pauses, at most 8",
        ];

        let said = refused_in_time(below.expect_drained()).await;
        assert_says(&said, &["expected `below` to be drained after pause 1", file!(), "not within 20ms"]);
        assert_says(&said, &links);
        let said = refused_in_time(below.expect_len(3)).await;
        assert_says(&said, &["expected `below` to be at 3", "not within 20ms"]);
        assert_says(&said, &links);

        let said = refused(|| drop(Probe::new(&control, "nowhere")));
        assert_says(&said, &["no link `nowhere`", "`iter->fetch`", "`below`"]);

        gate.open();
        running.await.unwrap();
        assert_says(&refused_in_time(below.expect_len(3)).await, &["the pipeline has ended", "0 of 8"]);
    });
}

#[tokio::test(start_paused = true)]
async fn a_probe_lets_a_paused_clock_stand_if_it_can() {
    within(async {
        let (sink, start) = (GatedSink::new(), Instant::now());
        let stored = sink.watch();
        let running = pipeline! { iter(0..20) -> queue(4) as waiting -> into(sink) }.spawn();
        let mut waiting = Probe::new(&running.control(), "waiting");
        waiting.expect_paused().await;
        waiting.expect_len(3).await;
        stored.allow(2);
        waiting.expect_drained().await;
        stored.expect_taken(2).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        stored.open();
        running.await.unwrap();

        // What needs time gets it, and no more than it needs.
        let delayed = pipeline! {
            from(ScriptedSource::new().wait(Duration::from_secs(3)).items(0..3).pending()) -> queue(8) as late
            -> for_each_async(1, |_| pending::<()>())
        }
        .spawn();
        Probe::new(&delayed.control(), "late").expect_len(2).await;
        let elapsed = start.elapsed();
        assert!((Duration::from_secs(3)..=Duration::from_millis(3002)).contains(&elapsed), "{elapsed:?}");
    })
    .await;
}

// Tracked items.

#[test]
fn a_tracker_counts_what_becomes_of_its_items() {
    on_every_runtime(|| async {
        let tracker = Tracker::new();
        let passing = pipeline! {
            iter(tracker.items(0..100)) -> queue(4) -> broadcast {
                map_async(2, async |item| item) -> for_each(Tracked::arrive),
                for_each(Tracked::arrive),
            }
        };
        let bound = passing.bound().unwrap();
        passing.run().await.unwrap();
        assert_eq!((tracker.made(), tracker.clones(), tracker.arrived(), tracker.live()), (100, 100, 200, 0));
        // A copy is counted besides its item while it is made.
        assert!((1..=2 * bound).contains(&tracker.peak()));
        tracker.assert_all_times(2);
        tracker.assert_all_dropped_once();
        assert_says(
            &refused(|| tracker.assert_all_once()),
            &["item 0: arrived 2 times, not 1", "item 9", "and 90 more"],
        );
    });
}

#[test]
fn a_tracker_finds_what_is_lost_doubled_kept_or_mistaken() {
    in_time(|| {
        let tracker = Tracker::new();
        assert_says(&refused(|| tracker.assert_all_once()), &["no item was made"]);
        assert_says(&refused(|| tracker.assert_all_dropped_once()), &["no item was made"]);

        let mut items = tracker.items([3, 5, 7]);
        assert_eq!(tracker.made(), 0, "items are made when they are asked for");
        items.next().unwrap().arrive();
        tracker.assert_all_once();

        drop(items.next());
        let said = refused(|| tracker.assert_all_once());
        assert_says(&said, &["item 5: arrived 0 times, not 1"]);
        assert!(!said.contains("item 3"), "{said}");
        tracker.assert_all_dropped_once();

        let kept = items.next().unwrap().weighing(4);
        assert_eq!((kept.number(), aqueduct::Weigh::weight(&kept), aqueduct::Weigh::weight(&kept.clone())), (7, 4, 4));
        assert_says(&refused(|| tracker.assert_all_dropped_once()), &["item 7: 1 dropped of 2"]);
        kept.clone().arrive();
        assert_says(&refused(|| tracker.assert_all_once()), &["item 7: 2 dropped of 3"]);
        kept.arrive();
        assert_says(&refused(|| tracker.assert_all_once()), &["item 7: arrived 2 times"]);
        tracker.assert_all_dropped_once();

        tracker.item(3).arrive();
        assert_says(&refused(|| tracker.assert_all_times(2)), &["item 3: made 2 times"]);
    });
}

// Tasks.

#[test]
fn expect_tasks_waits_for_tasks_to_go_and_finds_one_that_stays() {
    on_every_runtime(|| async {
        let running =
            pipeline! { iter(0..10) -> queue(4) -> map_async(2, |_| pending::<BoxError>()) -> discard() }.spawn();
        expect_tasks(2).await;
        drop(running);
        expect_tasks(0).await;
    });
}

#[tokio::test(start_paused = true)]
async fn expect_tasks_gives_a_leaked_task_no_time_to_end() {
    within(async {
        tokio::spawn(sleep(MINUTE));
        assert_says(&refused_in_time(expect_tasks(0)).await, &["expected 0 tasks", file!(), "1 are alive"]);
    })
    .await;
}
