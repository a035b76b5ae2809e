//! `iter_blocking`: an iterator that waits, driven on the blocking pool.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use aqueduct::testkit::{Gate, Tracker, expect_tasks};
use aqueduct::{Signal, pipeline};
use aqueduct_tests::ends::{assert_aborted, assert_panicked, in_time, within};
use aqueduct_tests::flow::turns;
use futures_util::StreamExt;

/// What the tests see of an iterator.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<(&'static str, ThreadId)>>>);

impl Seen {
    fn note(&self, what: &'static str) {
        self.0.lock().unwrap().push((what, thread::current().id()));
    }

    fn count(&self, what: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|(seen, _)| *seen == what).count()
    }

    /// Lets others go on until it was seen so often.
    async fn until(&self, what: &str, times: usize) {
        while self.count(what) < times {
            tokio::task::yield_now().await;
        }
    }

    fn assert_never_here(&self) {
        let here = thread::current().id();
        assert!(self.0.lock().unwrap().iter().all(|(_, thread)| *thread != here), "the iterator ran in the task");
    }
}

/// Gives what arrives in a channel; waits for it as blocking code does.
struct Waits {
    items: Receiver<u64>,
    seen: Seen,
}

impl Iterator for Waits {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.seen.note("next");
        self.items.recv().ok()
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.seen.note("drop");
    }
}

fn waits() -> (Sender<u64>, Waits, Seen) {
    let seen = Seen::default();
    let (sender, items) = channel();
    (sender, Waits { items, seen: seen.clone() }, seen)
}

#[tokio::test]
async fn all_items_in_order() {
    within(async {
        for n in [0, 1, 31, 32, 33, 63, 64, 65, 5_000] {
            let expected: Vec<_> = (0..n).collect();
            let fused = pipeline! { iter_blocking(0..n) -> collect::<Vec<u64>>() };
            assert_eq!(fused.run().await.unwrap(), expected);
            let linked =
                pipeline! { iter_blocking(0..n) -> queue(3) -> map(|n| n) -> queue(100) -> collect::<Vec<u64>>() };
            assert_eq!(linked.run().await.unwrap(), expected);
            let local = pipeline! { iter_blocking(0..n) -> queue(3) -> collect::<Vec<u64>>() };
            assert_eq!(local.run_local().await.unwrap(), expected);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_items_in_order_on_many_threads() {
    within(async {
        for capacity in [1, 2, 7, 64, 300] {
            let run = pipeline! { iter_blocking(0..20_000u64) -> queue(capacity) -> chunks(3) -> flatten() -> collect::<Vec<_>>() };
            assert!(run.run().await.unwrap().into_iter().eq(0..20_000));
        }
    })
    .await;
}

#[tokio::test]
async fn each_item_goes_on_at_once_and_the_iterator_lives_on_the_pool() {
    within(async {
        let (sender, items, seen) = waits();
        let (out, mut arrived) = tokio::sync::mpsc::channel(1);
        let running = pipeline! { iter_blocking(items) -> send(out) }.spawn();
        for n in 0..5 {
            sender.send(n).unwrap();
            assert_eq!(arrived.recv().await, Some(n));
        }
        drop(sender);
        assert_eq!(running.await.unwrap(), 5);
        assert_eq!((seen.count("next"), seen.count("drop")), (6, 1), "dropped when the outcome is there");
        seen.assert_never_here();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_happens_before_the_run() {
    within(async {
        let (_sender, items, seen) = waits();
        let never = pipeline! { iter_blocking(items) -> count() };
        turns(8).await;
        drop(never);
        assert_eq!((seen.count("next"), seen.count("drop")), (0, 1));
    })
    .await;
}

#[test]
fn without_a_runtime_the_stage_fails_with_its_name() {
    in_time(|| {
        let run = pipeline! { iter_blocking(0..3u64) as disk -> count() };
        let error = aqueduct_tests::ends::block_on(run.run_local()).unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("disk", aqueduct::ErrorKind::Panicked));
    });
}

// G4

#[test]
fn g4_the_bound_is_exact() {
    in_time(|| {
        assert_eq!(pipeline! { iter_blocking(0..3u64) -> count() }.bound(), Some(64));
        assert_eq!(pipeline! { iter_blocking(0..3u64) -> queue(10) -> count() }.bound(), Some(64 + 10 + 1));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g4_a_blocked_sink_reaches_the_bound_and_nothing_exceeds_it() {
    within(async {
        let tracker = Tracker::new();
        let made = tracker.clone();
        let (go, held) = channel::<()>();
        let run = pipeline! {
            iter_blocking((0..1_000).map(move |n| made.item(n)))
            // It holds the task itself, so that the source runs ahead.
            -> for_each(move |_| { let _ = held.recv(); })
        };
        let bound = run.bound().unwrap();
        let running = run.spawn();
        // The sink holds one; the others wait for it.
        while tracker.live() < bound {
            tokio::task::yield_now().await;
        }
        drop(go);
        running.await.unwrap();
        assert!(tracker.peak() <= bound, "{} of {bound}", tracker.peak());
        assert_eq!((tracker.made(), tracker.live()), (1_000, 0));
    })
    .await;
}

#[tokio::test]
async fn l6_the_iterator_is_not_asked_while_the_link_is_paused() {
    within(async {
        let tracker = Tracker::new();
        let made = tracker.clone();
        let gate = Gate::default();
        let passing = gate.clone();
        let run = pipeline! {
            iter_blocking((0..500).map(move |n| made.item(n))) -> queue(4, low = 0) as pipe
            -> for_each_async(1, async move |_| passing.pass().await)
        };
        let bound = run.bound().unwrap();
        let control = run.control();
        let mut signals = control.signals();
        let running = run.spawn();
        while signals.next().await.unwrap().signal != Signal::Pause {}
        turns(64).await;
        // The turn on the pool has ended, since nothing is wanted: what it has made then is all.
        let asked = tracker.made();
        assert!(asked <= 64 + 5, "{asked}");
        turns(64).await;
        gate.open();
        running.await.unwrap();
        assert!(tracker.peak() <= bound, "{} of {bound}", tracker.peak());
        assert_eq!((tracker.made(), tracker.live()), (500, 0));
    })
    .await;
}

#[tokio::test]
async fn l6_one_call_may_be_in_progress_when_the_link_pauses_and_no_other_begins() {
    within(async {
        let (sender, items, seen) = waits();
        let gate = Gate::default();
        let passing = gate.clone();
        let run = pipeline! {
            iter_blocking(items) -> queue(4, low = 3) as pipe -> for_each_async(1, async move |_| passing.pass().await)
        };
        let control = run.control();
        let running = run.spawn();
        sender.send(0).unwrap();
        while gate.arrived() == 0 {
            tokio::task::yield_now().await;
        }
        for n in 1..5 {
            sender.send(n).unwrap();
        }
        while !control.snapshot().link("pipe").unwrap().paused {
            tokio::task::yield_now().await;
        }
        for n in 5..50 {
            sender.send(n).unwrap();
        }
        drop(sender);
        turns(256).await;
        assert!(seen.count("next") <= 6, "{}", seen.count("next"));
        gate.open();
        running.await.unwrap();
        assert_eq!(seen.count("next"), 51);
    })
    .await;
}

// S3, E5, E6, E7

#[tokio::test]
async fn s3_a_satisfied_sink_ends_an_endless_iterator() {
    within(async {
        let tracker = Tracker::new();
        let made = tracker.clone();
        let run = pipeline! { iter_blocking((0..).map(move |n| made.item(n))) -> take(3) -> map(|item| item.number()) -> collect::<Vec<_>>() };
        assert_eq!(run.run().await.unwrap(), [0, 1, 2]);
        assert!(tracker.made() <= 3 + 64);
        while tracker.live() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn e6_abort_does_not_wait_for_an_iterator_that_waits() {
    within(async {
        let (sender, items, seen) = waits();
        let running = pipeline! { iter_blocking(items) -> count() }.spawn();
        seen.until("next", 1).await;
        running.control().abort();
        assert_aborted(running.await);
        assert_eq!(seen.count("drop"), 0, "it still waits");
        expect_tasks(0).await;
        sender.send(1).unwrap();
        seen.until("drop", 1).await;
        assert_eq!(seen.count("next"), 1);
        seen.assert_never_here();
    })
    .await;
}

#[tokio::test]
async fn e5_finish_lets_out_what_was_made_and_does_not_wait() {
    within(async {
        let (sender, items, seen) = waits();
        let gate = Gate::default();
        let passing = gate.clone();
        let running = pipeline! {
            iter_blocking(items) -> queue(2) -> then(async move |n| { passing.pass().await; n }) -> collect::<Vec<_>>()
        }
        .spawn();
        for n in 0..2 {
            sender.send(n).unwrap();
        }
        seen.until("next", 3).await;
        running.control().finish();
        gate.open();
        assert_eq!(running.await.unwrap(), [0, 1]);
        drop(sender);
        seen.until("drop", 1).await;
        seen.assert_never_here();
    })
    .await;
}

#[tokio::test]
async fn e5_an_idle_iterator_is_dropped_on_the_pool() {
    within(async {
        let seen = Seen::default();
        let (sender, items) = channel();
        (0..200).for_each(|n| sender.send(n).unwrap());
        let gate = Gate::default();
        let passing = gate.clone();
        let counted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&counted);
        let running = pipeline! {
            iter_blocking(Waits { items, seen: seen.clone() }) -> queue(2)
            -> for_each_async(1, async move |_| { passing.pass().await; count.fetch_add(1, Ordering::SeqCst); })
        }
        .spawn();
        while gate.arrived() == 0 {
            tokio::task::yield_now().await;
        }
        turns(64).await;
        running.control().finish();
        gate.open();
        running.await.unwrap();
        seen.until("drop", 1).await;
        seen.assert_never_here();
        // All that the iterator has given has come out, but one that it was just giving.
        let given = seen.count("next");
        let came = counted.load(Ordering::SeqCst);
        assert!(came == given || came + 1 == given, "{came} of {given}");
        drop(sender);
    })
    .await;
}

#[tokio::test]
async fn e7_a_paused_pipeline_does_not_ask_and_goes_on_after_resume() {
    within(async {
        let (sender, items, seen) = waits();
        let run = pipeline! { iter_blocking(items) -> collect::<Vec<_>>() };
        let control = run.control();
        control.pause();
        let running = run.spawn();
        turns(64).await;
        assert_eq!(seen.count("next"), 0);
        control.resume();
        seen.until("next", 1).await;
        control.pause();
        // What it waits for comes; then it is not asked again.
        sender.send(0).unwrap();
        turns(64).await;
        assert_eq!(seen.count("next"), 1);
        for n in 1..100 {
            sender.send(n).unwrap();
        }
        drop(sender);
        control.resume();
        assert_eq!(running.await.unwrap(), (0..100).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e7_pausing_and_resuming_at_any_time_loses_nothing() {
    within(async {
        for _ in 0..50 {
            let run = pipeline! { iter_blocking(0..2_000u64) -> queue(16) -> collect::<Vec<_>>() };
            let control = run.control();
            let running = run.spawn();
            for _ in 0..20 {
                control.pause();
                turns(1).await;
                control.resume();
                turns(1).await;
            }
            assert!(running.await.unwrap().into_iter().eq(0..2_000));
        }
    })
    .await;
}

// E2

#[tokio::test]
async fn e2_a_panic_of_the_iterator_is_the_stages_failure() {
    struct DropsBadly;
    impl Iterator for DropsBadly {
        type Item = u64;
        fn next(&mut self) -> Option<u64> {
            None
        }
    }
    impl Drop for DropsBadly {
        fn drop(&mut self) {
            panic!("dropped")
        }
    }

    within(async {
        let run =
            pipeline! { iter_blocking((0..9u64).inspect(|n| assert!(*n < 5, "burst"))) as disk -> queue(2) -> count() };
        assert_panicked(run.run().await, "disk", "burst");
        let run = pipeline! { iter_blocking(DropsBadly) -> count() };
        assert_panicked(run.run().await, "iter_blocking", "dropped");
        // A stalled sink does not hold it.
        let run = pipeline! {
            iter_blocking((0..9u64).inspect(|n| assert!(*n < 5, "burst"))) -> queue(8)
            -> for_each_async(1, async |_| std::future::pending::<()>().await)
        };
        assert_panicked(run.run().await, "iter_blocking", "burst");
        expect_tasks(0).await;
    })
    .await;
}

#[test]
fn a_runtime_that_is_dropped_ends_the_iterator() {
    in_time(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let tracker = Tracker::new();
        let made = tracker.clone();
        let run = pipeline! { iter_blocking((0..).map(move |n| made.item(n))) -> discard() };
        let control = run.control();
        runtime.block_on(async {
            run.spawn().detach();
            while tracker.made() < 10 {
                tokio::task::yield_now().await;
            }
        });
        drop(runtime);
        assert_eq!(tracker.live(), 0);
        drop(control);
    });
}
