//! The rules of links, L1 to L11, as a user sees them. Links counted in bytes are in `links_bytes.rs`, inlets (L12) in `inlets.rs`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use aqueduct::testkit::{Gate, SourceCall, SourceWatch, Tracked, Tracker};
use aqueduct::{BoxError, Control, ErrorKind, LinkSnapshot, Signal, SignalEvent, Source, pipeline};
use aqueduct_tests::flow::{Dice, assert_strict, at_rest, logged, turns, within};
use futures_util::{FutureExt as _, StreamExt as _};

const LIMIT: Duration = Duration::from_secs(60);

#[track_caller]
fn link(control: &Control, name: &str) -> LinkSnapshot {
    control.snapshot().link(name).expect("a link of that name").clone()
}

/// The failure of a pipeline that needs nobody's help to fail. With the clock paused a day is over as soon as every task waits.
async fn failure<O: std::fmt::Debug>(running: aqueduct::Running<O>) -> aqueduct::PipelineError {
    let outcome = tokio::time::timeout(Duration::from_secs(24 * 3600), running).await;
    outcome.expect("the failure has not reached the caller").unwrap_err()
}

fn ready_events(signals: aqueduct::Signals) -> Vec<SignalEvent> {
    signals.collect().now_or_never().expect("the pipeline has ended, and its signals with it")
}

// With `low = capacity - 1` a link whose consumer stands still ends up full: it drains when that takes its one item, and fills again.

// L1: capacity is hard.

#[tokio::test(start_paused = true)]
async fn l1_capacity_is_hard() {
    within(LIMIT, async {
        for capacity in [1, 2, 3, 7, 256] {
            let (tracker, gate) = (Tracker::new(), Gate::new());
            let (made, held) = (tracker.clone(), gate.clone());
            let running = pipeline! {
                iter((0..1000).map(move |n| made.item(n)))
                -> queue(capacity, low = capacity - 1) as middle
                -> for_each_async(1, async move |item| { held.pass().await; drop(item) })
            }
            .spawn();
            at_rest().await;
            let control = running.control();
            assert_eq!(link(&control, "middle").len, capacity);
            assert_eq!(link(&control, "middle").capacity, capacity);
            assert_eq!(tracker.live(), capacity + 1, "what the link holds, and the one in the sink's hand");
            gate.open();
            running.await.unwrap();
            assert_eq!(link(&control, "middle").max_len, capacity);
            assert_eq!(gate.passed(), 1000);
            assert!(tracker.peak() <= capacity + 2, "{} at once", tracker.peak());
            assert_eq!(tracker.live(), 0);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l1_capacity_is_hard_between_threads() {
    within(LIMIT, async {
        for capacity in [1, 2, 3, 64] {
            let tracker = Tracker::new();
            let made = tracker.clone();
            let pipeline = pipeline! {
                iter((0..20_000).map(move |n| made.item(n))) -> queue(capacity) as middle -> map(|item| item.number()) -> count()
            };
            let control = pipeline.control();
            let watched = control.clone();
            let running = pipeline.spawn();
            let watcher = std::thread::spawn(move || {
                let mut most = 0;
                while watched.snapshot().stage("count").unwrap().items_in < 20_000 {
                    most = most.max(link(&watched, "middle").len);
                    std::thread::yield_now();
                }
                most
            });
            assert_eq!(running.await.unwrap(), 20_000);
            assert!(watcher.join().unwrap() <= capacity);
            assert!(link(&control, "middle").max_len <= capacity);
            assert!(tracker.peak() <= capacity + 2, "{} at once", tracker.peak());
        }
    })
    .await;
}

// L2: the push that fills the link pauses it; then it takes nothing.

#[tokio::test(start_paused = true)]
async fn l2_the_push_that_fills_the_link_pauses_it() {
    within(LIMIT, async {
        let gate = Gate::new();
        let held = gate.clone();
        let (sender, receiver) = tokio::sync::mpsc::channel(100);
        let running = pipeline! {
            recv(receiver) -> queue(4) as middle -> for_each_async(1, async move |_: u32| held.pass().await)
        }
        .spawn();
        let control = running.control();
        // One for the sink's hand.
        sender.send(0).await.unwrap();
        for len in 1..4 {
            sender.send(0).await.unwrap();
            at_rest().await;
            let link = link(&control, "middle");
            assert_eq!((link.len, link.paused, link.pauses), (len, false, 0));
        }
        sender.send(0).await.unwrap();
        at_rest().await;
        let full = link(&control, "middle");
        assert_eq!((full.len, full.paused, full.pauses), (4, true, 1));
        drop(sender);
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 5);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l2_a_paused_link_takes_nothing() {
    within(LIMIT, async {
        let (source, log) = logged(100);
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            from(source) -> queue(8, low = 2) as middle -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        let control = running.control();
        at_rest().await;
        // Room there is, but the low mark has not been reached.
        for taken in 1..=5 {
            assert_eq!(log.nexts(), 8);
            let link = link(&control, "middle");
            assert_eq!((link.len, link.paused), (8 - taken, true));
            gate.allow(1);
            at_rest().await;
        }
        assert_eq!(log.nexts(), 8 + 6, "filled up again");
        gate.open();
        running.await.unwrap();
    })
    .await;
}

// L3: it drains at its low mark; Pause and Drain alternate.

#[tokio::test(start_paused = true)]
async fn l3_it_drains_at_its_low_mark() {
    within(LIMIT, async {
        for (capacity, low) in [(8, 4), (8, 2), (8, 0), (8, 7), (1, 0), (2, 0), (2, 1), (5, 3), (100, 1)] {
            let gate = Gate::new();
            let held = gate.clone();
            let running = pipeline! {
                iter(0..1000) -> queue(capacity, low = low) as middle -> for_each_async(1, async move |_| held.pass().await)
            }
            .spawn();
            let control = running.control();
            at_rest().await;
            // The sink has one in its hand, and takes one more each time.
            let (mut len, mut pauses) = (capacity, 1);
            for _ in 0..3 * (capacity - low) {
                len -= 1;
                if len == low {
                    // A drained link fills and pauses again.
                    (len, pauses) = (capacity, pauses + 1);
                }
                let link = link(&control, "middle");
                assert_eq!((link.len, link.paused, link.pauses), (len, true, pauses), "capacity {capacity}, low {low}");
                gate.allow(1);
                at_rest().await;
            }
            assert_eq!(pauses, 4);
            gate.open();
            running.await.unwrap();
            assert_eq!(gate.passed(), 1000);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l3_the_low_mark_is_half_the_capacity_rounded_down() {
    within(LIMIT, async {
        for capacity in [1, 2, 3, 5, 8, 255, 256] {
            let pipeline = pipeline! { iter(0..10) -> queue(capacity) as middle -> then(async |n| n) -> count() };
            assert_eq!(link(&pipeline.control(), "middle").low, capacity / 2);
            assert_eq!(pipeline.graph().links[0].low, capacity / 2);
        }
        let pipeline = pipeline! { iter(0..10) -> then(async |n| n) -> count() };
        assert_eq!((pipeline.graph().links[0].capacity, pipeline.graph().links[0].low), (256, 128));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l3_pause_and_drain_alternate_strictly() {
    within(LIMIT, async {
        for (capacity, low) in [(1, 0), (2, 0), (2, 1), (8, 0), (8, 3), (8, 7), (64, 32), (300, 299)] {
            let pipeline = pipeline! {
                iter(0..400u64)
                -> queue(capacity, low = low) as first
                -> map(|n| n + 1)
                -> queue(8, low = 7) as second
                -> then(async |n| { turns(1).await; n })
                -> queue(3) as third
                -> for_each_async(1, async |n| turns(3 + n as usize % 3).await)
            };
            let control = pipeline.control();
            let signals = control.signals();
            // Read as they come: only 1,024 are kept.
            let events = tokio::spawn(signals.collect::<Vec<_>>());
            pipeline.run().await.unwrap();
            let events = events.await.unwrap();
            for (name, capacity, low) in [("first", capacity, low), ("second", 8, 7), ("third", 3, 1)] {
                assert_strict(&events, name, capacity, low);
                let pauses = events.iter().filter(|event| event.link == name && event.signal == Signal::Pause).count();
                let drains = events.iter().filter(|event| event.link == name && event.signal == Signal::Drain).count();
                assert_eq!(pauses as u64, link(&control, name).pauses);
                assert_eq!(pauses, drains, "at the end the link is empty, so its last pause is over");
                assert!(pauses > 0, "`{name}` was never paused: this test has seen nothing");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l3_pause_and_drain_alternate_strictly_between_threads() {
    within(LIMIT, async {
        let mut seen = 0;
        for (capacity, low) in [(1, 0), (2, 1), (4, 0), (16, 8), (16, 15), (16, 0), (64, 32)] {
            // No more items than give 1,024 signals, which is what an observer keeps.
            let items = 250 * (capacity - low) as u64;
            let pipeline = pipeline! {
                iter(0..items) -> map(|n| n) -> queue(capacity, low = low) as first -> map(|n| n)
                -> queue(capacity, low = low) as second -> fold(0, |a, b| a + b)
            };
            let control = pipeline.control();
            let signals = control.signals();
            assert_eq!(pipeline.run().await.unwrap(), items * (items - 1) / 2);
            let events = ready_events(signals);
            for name in ["first", "second"] {
                assert_strict(&events, name, capacity, low);
                let of_it = events.iter().filter(|event| event.link == name);
                assert_eq!(
                    of_it.filter(|event| event.signal == Signal::Pause).count() as u64,
                    link(&control, name).pauses
                );
            }
            seen += events.len();
        }
        assert!(seen > 0, "no link was ever paused: this test has seen nothing");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l3_an_event_names_the_stages_beside_its_link() {
    within(LIMIT, async {
        let pipeline = pipeline! {
            iter(0..100) -> map(|n| n) as upper -> queue(4, low = 1) as middle -> map(|n| n) as lower -> then(async |n| n) -> count()
        };
        let signals = pipeline.control().signals();
        pipeline.run().await.unwrap();
        let events = ready_events(signals);
        let of_it: Vec<_> = events.iter().filter(|event| event.link == "middle").collect();
        assert!(of_it.len() > 2);
        assert!(of_it.iter().all(|event| event.from == "upper" && event.to == "lower"));
        assert!(of_it.is_sorted_by_key(|event| event.at));
    })
    .await;
}

// L4: order.

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l4_items_leave_in_the_order_in_which_they_entered() {
    within(LIMIT, async {
        let mut dice = Dice(4);
        for _ in 0..30 {
            let [a, b, c] = [(); 3].map(|()| 1 + dice.below(40) as usize);
            let [low_a, low_b, low_c] = [a, b, c].map(|capacity| dice.below(capacity as u64) as usize);
            let all = pipeline! {
                iter(0..5000u64) -> queue(a, low = low_a) -> map(|n| n) -> queue(b, low = low_b) -> then(async |n| n)
                -> queue(c, low = low_c) -> collect::<Vec<_>>()
            }
            .run()
            .await
            .unwrap();
            assert!(all.iter().copied().eq(0..5000), "capacities {a} {b} {c}, low {low_a} {low_b} {low_c}");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l4_order_survives_every_wrap_of_the_ring() {
    within(LIMIT, async {
        for capacity in 1..20 {
            let low = capacity / 3;
            let all = pipeline! {
                iter(0..500u64) -> queue(capacity, low = low) -> then(async |n| { turns(n as usize % 2).await; n })
                -> queue(capacity) -> collect::<Vec<_>>()
            };
            assert!(all.run().await.unwrap().into_iter().eq(0..500));
        }
    })
    .await;
}

// L5: reserve, then take.

#[tokio::test(start_paused = true)]
async fn l5_an_item_is_taken_only_when_there_is_room_for_what_comes_of_it() {
    within(LIMIT, async {
        let (operated, gate) = (Arc::new(AtomicUsize::new(0)), Gate::new());
        let (counter, held) = (Arc::clone(&operated), gate.clone());
        let running = pipeline! {
            iter(0..100) -> queue(16, low = 15) as above -> map(move |n| { counter.fetch_add(1, Ordering::Relaxed); n })
            -> queue(3, low = 1) as below -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        let control = running.control();
        at_rest().await;
        assert_eq!(operated.load(Ordering::Relaxed), 3, "the sink has one of the three that fitted");
        assert_eq!(
            (link(&control, "above").len, link(&control, "below").len),
            (16, 2),
            "two in the link below: it is still paused"
        );
        gate.allow(1);
        at_rest().await;
        assert_eq!(operated.load(Ordering::Relaxed), 5, "it has drained, and there was room for two");
        gate.open();
        running.await.unwrap();
        assert_eq!(operated.load(Ordering::Relaxed), 100);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l5_a_remainder_is_parked_and_no_more_is_taken() {
    within(LIMIT, async {
        let gate = Gate::new();
        let held = gate.clone();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let running = pipeline! {
            iter((0..40u64).map(|n| vec![n * 5, n * 5 + 1, n * 5 + 2, n * 5 + 3, n * 5 + 4]))
            -> queue(8, low = 7) as above -> flatten() -> queue(2, low = 1) as below
            -> for_each_async(1, async move |n| { held.pass().await; noted.lock().unwrap().push(n) })
        }
        .spawn();
        let control = running.control();
        at_rest().await;
        assert_eq!(control.snapshot().stage("flatten").unwrap().items_in, 1, "two of five are parked");
        assert_eq!((link(&control, "above").len, link(&control, "below").len), (8, 2));
        gate.open();
        running.await.unwrap();
        assert!(seen.lock().unwrap().iter().copied().eq(0..200));
    })
    .await;
}

/// A source whose `next` waits, and counts what it has given for certain.
struct Patient {
    gate: Gate,
    given: Arc<AtomicUsize>,
    tracker: Tracker,
}

impl Source for Patient {
    type Item = Tracked;

    async fn next(&mut self) -> Result<Option<Tracked>, BoxError> {
        self.gate.pass().await;
        let number = self.given.fetch_add(1, Ordering::Relaxed);
        Ok(Some(self.tracker.item(number as u64)))
    }
}

#[tokio::test(start_paused = true)]
async fn l5_a_cancelled_wait_loses_and_doubles_nothing() {
    within(LIMIT, async {
        for let_in in [0, 1, 3, 4, 5, 20] {
            let (tracker, inside, outside) = (Tracker::new(), Gate::new(), Gate::new());
            let given = Arc::new(AtomicUsize::new(0));
            let source = Patient { gate: inside.clone(), given: Arc::clone(&given), tracker: tracker.clone() };
            let held = outside.clone();
            let seen = Arc::new(Mutex::new(Vec::new()));
            let noted = Arc::clone(&seen);
            let running = pipeline! {
                from(source) -> queue(2) -> then(async |item| item)
                -> for_each_async(1, async move |item: Tracked| {
                    held.pass().await;
                    noted.lock().unwrap().push(item.number());
                })
            }
            .spawn();
            inside.allow(let_in);
            at_rest().await;
            // The source's wait is cancelled here; everything else waits for room.
            running.control().finish();
            at_rest().await;
            outside.open();
            running.await.unwrap();
            let given = given.load(Ordering::Relaxed) as u64;
            assert_eq!(given, let_in as u64);
            assert!(seen.lock().unwrap().iter().copied().eq(0..given));
            assert_eq!(tracker.live(), 0);
        }
    })
    .await;
}

// L6: upstream.

#[tokio::test(start_paused = true)]
async fn l6_every_link_fills_and_pauses_up_to_the_source() {
    within(LIMIT, async {
        let (source, log) = logged(100);
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            from(source) -> map(|n| n) -> queue(2, low = 1) as a -> then(async |n| n) -> queue(3, low = 2) as b -> map_async(2, async |n| n)
            -> filter(|_| true) -> queue(4, low = 3) as c -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        let control = running.control();
        at_rest().await;
        for (name, capacity) in [("a", 2), ("b", 3), ("c", 4)] {
            let link = link(&control, name);
            assert_eq!((link.len, link.paused), (capacity, true), "{name}");
        }
        assert_eq!(log.signals().last(), Some(&Signal::Pause));
        // The links, one in the hand of `then`, two of `map_async`, one of the sink.
        assert_eq!(log.nexts(), 2 + 3 + 4 + 1 + 2 + 1);
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 100);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l6_the_source_hears_pause_and_drain() {
    within(LIMIT, async {
        for (capacity, low) in [(4, 1), (1, 0), (4, 3), (4, 0)] {
            let (source, log) = logged(100);
            let gate = Gate::new();
            let held = gate.clone();
            let running = pipeline! {
                from(source) -> queue(capacity, low = low) -> for_each_async(1, async move |_| held.pass().await)
            }
            .spawn();
            at_rest().await;
            let mut expected = vec![Signal::Pause];
            // The sink has one in its hand, and takes one more each time.
            for taken in 1..=3 * (capacity - low) {
                if taken % (capacity - low) == 0 {
                    expected.extend([Signal::Drain, Signal::Pause]);
                }
                assert_eq!(log.signals(), expected, "capacity {capacity}, low {low}, {taken} taken");
                gate.allow(1);
                at_rest().await;
            }
            assert_eq!(expected.len(), 7);
            gate.open();
            running.await.unwrap();
        }
    })
    .await;
}

#[track_caller]
fn assert_asked_only_in_turn(watch: &SourceWatch) {
    assert!(!watch.signals().is_empty(), "the source has never heard a pause: this test has seen nothing");
    watch.assert_not_asked_while_paused();
    watch.assert_closed_once();
    assert_eq!(watch.calls().last(), Some(&SourceCall::Close));
}

#[tokio::test(start_paused = true)]
async fn l6_a_source_is_not_asked_while_the_link_below_is_paused() {
    within(LIMIT, async {
        for (capacity, low) in [(1, 0), (2, 1), (5, 2), (16, 0), (16, 15)] {
            let (source, log) = logged(300);
            pipeline! {
                from(source) -> filter(|n| n % 2 == 0) -> queue(capacity, low = low)
                -> for_each_async(2, async |n| turns(n as usize % 4).await)
            }
            .run()
            .await
            .unwrap();
            assert_eq!(log.nexts(), 301, "each item once, and the end once");
            assert_asked_only_in_turn(&log);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l6_a_source_is_not_asked_while_the_link_below_is_paused_between_threads() {
    within(LIMIT, async {
        for (capacity, low) in [(1, 0), (2, 1), (5, 2), (16, 0), (16, 15)] {
            let (source, log) = logged(5_000);
            pipeline! {
                from(source) -> queue(capacity, low = low) -> for_each_async(1, async |n| turns(usize::from(n % 50 == 0)).await)
            }
            .run()
            .await
            .unwrap();
            assert_eq!(log.nexts(), 5_001);
            assert_asked_only_in_turn(&log);
        }
    })
    .await;
}

// L7: level, not edge.

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l7_no_wake_up_is_lost() {
    within(LIMIT, async {
        let mut dice = Dice(7);
        for round in 0..150 {
            let [a, b, c] = [(); 3].map(|()| 1 + dice.below(3) as usize);
            let [low_a, low_b, low_c] = [a, b, c].map(|capacity| dice.below(capacity as u64) as usize);
            let (slow, n) = (1 + dice.below(20), 1 + dice.below(3) as usize);
            let sum = pipeline! {
                iter(0..400u64) -> queue(a, low = low_a)
                -> then(async move |n| { turns(usize::from(n % slow == 0)).await; n })
                -> queue(b, low = low_b) -> map_async(n, async |n| { turns(usize::from(n % 3 == 0)).await; n })
                -> queue(c, low = low_c) -> fold(0, |a, b| a + b)
            }
            .run()
            .await
            .unwrap();
            assert_eq!(sum, 400 * 399 / 2, "round {round}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l7_no_wake_up_is_lost_by_pause_and_resume() {
    within(LIMIT, async {
        for capacity in [1, 2, 16] {
            let (source, log) = logged(3_000);
            let running = pipeline! {
                from(source) -> queue(capacity) -> map(|n| n) -> queue(capacity) -> fold(0, |a, b| a + b)
            }
            .spawn();
            let control = running.control();
            for _ in 0..200 {
                control.pause();
                turns(1).await;
                control.resume();
                turns(1).await;
            }
            assert_eq!(running.await.unwrap(), 3_000 * 2_999 / 2);
            assert_eq!(log.nexts(), 3_001);
        }
    })
    .await;
}

#[test]
fn l7_no_wake_up_is_lost_in_the_calling_task() {
    let watched = within(LIMIT, async {
        for capacity in [1, 2, 3, 64] {
            let sum = pipeline! {
                iter(0..2_000u64) -> queue(capacity) -> then(async |n| { turns(usize::from(n % 5 == 0)).await; n })
                -> queue(capacity) -> map(|n| n) -> queue(capacity) -> fold(0, |a, b| a + b)
            }
            .run_local()
            .await
            .unwrap();
            assert_eq!(sum, 2_000 * 1_999 / 2);
        }
    });
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(watched);
}

// L8: end, failure and cancellation need no room.

#[tokio::test(start_paused = true)]
async fn l8_the_end_passes_a_full_link() {
    within(LIMIT, async {
        let (source, log) = logged(1_000);
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            from(source) -> queue(4, low = 3) as middle -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        let control = running.control();
        at_rest().await;
        control.finish();
        at_rest().await;
        assert_eq!(log.closes(), 1, "the source's task has come to its end");
        assert_eq!(link(&control, "middle").len, 4, "though the link is full");
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 5);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l8_the_end_comes_out_behind_a_link_that_is_just_full() {
    within(LIMIT, async {
        for items in [3, 4, 5] {
            let gate = Gate::new();
            let held = gate.clone();
            let running =
                pipeline! { iter(0..items) -> queue(4) -> for_each_async(1, async move |_| held.pass().await) }.spawn();
            at_rest().await;
            gate.allow(items);
            running.await.unwrap();
            assert_eq!(gate.passed(), items);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l8_a_cancellation_passes_full_links() {
    within(LIMIT, async {
        let (tracker, gate) = (Tracker::new(), Gate::new());
        let (made, held) = (tracker.clone(), gate.clone());
        let running = pipeline! {
            iter((0..).map(move |n| made.item(n))) -> queue(4, low = 3) -> then(async |item| item) -> queue(4, low = 3)
            -> for_each_async(1, async move |item| { held.pass().await; drop(item) })
        }
        .spawn();
        at_rest().await;
        assert_eq!(tracker.live(), 4 + 1 + 4 + 1);
        running.control().abort();
        let error = failure(running).await;
        assert_eq!(error.kind(), ErrorKind::Aborted);
        assert_eq!(tracker.live(), 0, "what was inside was dropped");
        assert_eq!(gate.passed(), 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l8_a_failure_below_passes_full_links() {
    within(LIMIT, async {
        let (tracker, gate) = (Tracker::new(), Gate::new());
        let (made, held) = (tracker.clone(), gate.clone());
        let running = pipeline! {
            iter((0..).map(move |n| made.item(n))) -> queue(4, low = 3) -> then(async |item| item) -> queue(4, low = 3)
            -> for_each_async(1, async move |_| { held.pass().await; Err::<(), _>("broken") })? as broken
        }
        .spawn();
        at_rest().await;
        gate.allow(1);
        let error = failure(running).await;
        assert_eq!((error.kind(), error.stage()), (ErrorKind::Failed, "broken"));
        assert_eq!(tracker.live(), 0);
    })
    .await;
}

/// The failure of an item that has left nothing before it in its stage needs no room: it goes nowhere.
#[tokio::test(start_paused = true)]
async fn l8_a_failure_above_passes_a_full_link() {
    within(LIMIT, async {
        let gate = Gate::new();
        let (slow, held) = (gate.clone(), Gate::new());
        let running = pipeline! {
            iter(0..10u32)
            -> map_async(2, async move |n| {
                if n == 3 {
                    slow.pass().await;
                    return Err("three");
                }
                Ok(n)
            })? as third
            -> queue(2, low = 1) as middle
            -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        at_rest().await;
        assert!(link(&running.control(), "middle").paused, "0 is in the sink's hand, 1 and 2 fill the link");
        gate.open();
        let error = failure(running).await;
        assert_eq!((error.kind(), error.stage()), (ErrorKind::Failed, "third"));
    })
    .await;
}

// L9: cheap when idle.

/// A waker that counts how often it was woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Polls until nothing has woken it since its last poll: how many polls that took.
fn poll_until_quiet<F: Future>(mut future: std::pin::Pin<&mut F>) -> (usize, Poll<F::Output>) {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    for polls in 1..10_000 {
        woken.0.store(0, Ordering::Relaxed);
        let outcome = future.as_mut().poll(&mut Context::from_waker(&waker));
        if outcome.is_ready() || woken.0.load(Ordering::Relaxed) == 0 {
            return (polls, outcome);
        }
    }
    panic!("a stalled pipeline wakes itself again and again");
}

#[test]
fn l9_a_stalled_pipeline_wakes_nobody() {
    let gate = Gate::new();
    let (source, log) = logged(100);
    let mut stalled = std::pin::pin!(
        pipeline! {
            from(source) -> queue(2) -> map(|_| b"x") -> queue(bytes = 3) -> then(async |n| n) -> queue(2)
            -> map_async(2, async |n| { gate.pass().await; n }) -> queue(4) -> count()
        }
        .run_local()
    );
    let (polls, outcome) = poll_until_quiet(stalled.as_mut());
    assert!(outcome.is_pending());
    assert!(polls < 100, "{polls} polls to become quiet");
    let asked = log.nexts();
    // With nothing new, a poll finds no task to poll.
    let arrived = gate.arrived();
    assert!(poll_until_quiet(stalled.as_mut()).1.is_pending());
    assert_eq!((log.nexts(), gate.arrived()), (asked, arrived));
    gate.open();
    let (_, outcome) = poll_until_quiet(stalled.as_mut());
    assert!(matches!(outcome, Poll::Ready(Ok(100))), "{outcome:?}");
}

/// A source that never gives anything, and counts how often it is polled.
struct Silent(Arc<AtomicUsize>);

impl Source for Silent {
    type Item = u32;

    async fn next(&mut self) -> Result<Option<u32>, BoxError> {
        std::future::poll_fn(|_| {
            self.0.fetch_add(1, Ordering::Relaxed);
            Poll::Pending
        })
        .await
    }
}

#[tokio::test(start_paused = true)]
async fn l9_an_idle_pipeline_is_not_polled() {
    within(LIMIT, async {
        let polls = Arc::new(AtomicUsize::new(0));
        let source = Silent(Arc::clone(&polls));
        let running = pipeline! {
            from(source) -> queue(4) -> batch(10, 1s) -> throttle(1, 1s) -> map_async(2, async |n| n) -> flatten()
            -> queue(4, overflow = drop_oldest) -> for_each_async(1, async |_| {})
        }
        .spawn();
        let observer = running.control().signals();
        at_rest().await;
        let at_first = polls.load(Ordering::Relaxed);
        assert!((1..=2).contains(&at_first), "{at_first} polls at the start");
        // A task that kept itself busy would hold the paused clock for ever; one with a timer would be polled meanwhile.
        tokio::time::sleep(Duration::from_secs(24 * 3600)).await;
        assert_eq!(polls.load(Ordering::Relaxed), at_first);
        let snapshot = running.control().snapshot();
        assert!(snapshot.stage("map_async").unwrap().busy < Duration::from_secs(1));
        drop(observer);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l9_a_paused_pipeline_is_not_polled() {
    within(LIMIT, async {
        let (source, log) = logged(1_000);
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            from(source) -> queue(4) as middle -> batch(2, 1s) -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        let control = running.control();
        at_rest().await;
        let (asked, arrived) = (log.nexts(), gate.arrived());
        let before = tokio::time::Instant::now();
        tokio::time::sleep(Duration::from_secs(24 * 3600)).await;
        assert_eq!((log.nexts(), gate.arrived()), (asked, arrived));
        let link = link(&control, "middle");
        assert!(link.paused && link.paused_for >= before.elapsed());
        let source = control.snapshot().stage("from").unwrap().clone();
        assert!(source.blocked >= before.elapsed() && source.busy < Duration::from_secs(1), "{source:?}");
        gate.open();
        running.await.unwrap();
    })
    .await;
}

// L10: dropping.

/// What comes out of a link that gets the numbers 1 to 9 while its consumer holds 0, and how the link stood before.
macro_rules! overflowing {
    ($($queue:tt)*) => {{
        let gate = Gate::new();
        let held = gate.clone();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let tracker = Tracker::new();
        let (sender, receiver) = tokio::sync::mpsc::channel(100);
        let pipeline = pipeline! {
            recv(receiver) -> $($queue)* as middle
            -> for_each_async(1, async move |item: Tracked| { held.pass().await; noted.lock().unwrap().push(item.number()) })
        };
        let signals = pipeline.control().signals();
        let running = pipeline.spawn();
        let control = running.control();
        for n in 0..10 {
            sender.send(tracker.item(n)).await.unwrap();
            at_rest().await;
        }
        let full = link(&control, "middle");
        assert_eq!(tracker.live(), full.len + 1, "what the link dropped is gone");
        drop(sender);
        gate.open();
        running.await.unwrap();
        assert_eq!(tracker.live(), 0);
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        (seen, full, ready_events(signals))
    }};
}

#[tokio::test(start_paused = true)]
async fn l10_drop_oldest_keeps_the_newest() {
    within(LIMIT, async {
        let (seen, link, signals) = overflowing!(queue(4, overflow = drop_oldest));
        assert_eq!(seen, [0, 6, 7, 8, 9]);
        assert_eq!((link.len, link.max_len, link.dropped), (4, 4, 5));
        assert_eq!((link.paused, link.pauses, signals.len()), (false, 0, 0), "it never pauses");
        let (seen, link, _) = overflowing!(queue(1, overflow = drop_oldest));
        assert_eq!((seen, link.dropped), (vec![0, 9], 8));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l10_drop_newest_keeps_the_oldest() {
    within(LIMIT, async {
        let (seen, link, signals) = overflowing!(queue(4, overflow = drop_newest));
        assert_eq!(seen, [0, 1, 2, 3, 4]);
        assert_eq!((link.len, link.max_len, link.dropped), (4, 4, 5));
        assert_eq!((link.paused, link.pauses, signals.len()), (false, 0, 0), "it never pauses");
        let (seen, link, _) = overflowing!(queue(1, overflow = drop_newest));
        assert_eq!((seen, link.dropped), (vec![0, 1], 8));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l10_what_is_not_full_drops_nothing() {
    within(LIMIT, async {
        let (seen, link, _) = overflowing!(queue(9, overflow = drop_newest));
        assert_eq!((seen.len(), link.len, link.dropped), (10, 9, 0));
        let (seen, link, _) = overflowing!(queue(9, overflow = drop_oldest));
        assert_eq!((seen.len(), link.len, link.dropped), (10, 9, 0));
        let (seen, link, signals) = overflowing!(queue(9, overflow = fail));
        assert_eq!(
            (seen.len(), link.len, link.paused, signals.len()),
            (10, 9, false, 0),
            "a link that fails never pauses"
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l10_fail_fails_the_pipeline() {
    within(LIMIT, async {
        let gate = Gate::new();
        let (sender, receiver) = tokio::sync::mpsc::channel(100);
        let held = gate.clone();
        let tracker = Tracker::new();
        let running = pipeline! {
            recv(receiver) -> queue(4, overflow = fail) as middle
            -> for_each_async(1, async move |item: Tracked| { held.pass().await; drop(item) })
        }
        .spawn();
        let control = running.control();
        for n in 0..5 {
            sender.send(tracker.item(n)).await.unwrap();
            at_rest().await;
        }
        assert_eq!(link(&control, "middle").len, 4, "a full link is not an overflow");
        sender.send(tracker.item(5)).await.unwrap();
        let error = failure(running).await;
        assert_eq!((error.kind(), error.stage()), (ErrorKind::Overflow, "middle"));
        assert_eq!(link(&control, "middle").dropped, 1, "each dropped item is counted");
        assert_eq!(tracker.live(), 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l10_a_dropping_link_never_holds_its_source() {
    within(LIMIT, async {
        let (source, log) = logged(10_000);
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            from(source) -> queue(4, overflow = drop_newest) as middle -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        let control = running.control();
        at_rest().await;
        assert_eq!(log.closes(), 1);
        assert_eq!(log.signals(), []);
        let (dropped, held_back) = (link(&control, "middle").dropped, link(&control, "middle").len as u64);
        assert_eq!(dropped + held_back + gate.arrived() as u64, 10_000, "dropped, in the link, in the sink's hand");
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed() as u64, 10_000 - dropped);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l10_every_item_is_delivered_or_counted_as_dropped() {
    within(LIMIT, async {
        for capacity in [1, 2, 100] {
            let tracker = Tracker::new();
            let made = tracker.clone();
            let pipeline = pipeline! {
                iter((0..20_000).map(move |n| made.item(n))) -> queue(capacity, overflow = drop_oldest) as oldest
                -> map(|item| item) -> queue(capacity, overflow = drop_newest) as newest -> map(|item| item.number())
                -> collect::<Vec<_>>()
            };
            let control = pipeline.control();
            let all = pipeline.run().await.unwrap();
            let dropped = link(&control, "oldest").dropped + link(&control, "newest").dropped;
            assert_eq!(all.len() as u64 + dropped, 20_000);
            assert!(all.is_sorted_by(|a, b| a < b), "in order (L4), none twice");
            assert_eq!(tracker.live(), 0);
            assert!(link(&control, "oldest").max_len <= capacity && link(&control, "newest").max_len <= capacity);
        }
    })
    .await;
}

// L11: what len counts.

#[tokio::test(start_paused = true)]
async fn l11_an_item_in_a_stages_hand_is_not_in_the_link() {
    within(LIMIT, async {
        for n in [1, 3] {
            let gate = Gate::new();
            let held = gate.clone();
            let running = pipeline! {
                iter(0..10) -> queue(16) as middle -> map_async(n, async move |n| { held.pass().await; n }) -> count()
            }
            .spawn();
            at_rest().await;
            assert_eq!(link(&running.control(), "middle").len, 10 - n);
            gate.allow(2);
            at_rest().await;
            assert_eq!(link(&running.control(), "middle").len, 8 - n);
            gate.open();
            assert_eq!(running.await.unwrap(), 10);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l11_what_a_run_has_not_yet_operated_on_is_in_the_link() {
    within(LIMIT, async {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let control = Arc::new(std::sync::OnceLock::<Control>::new());
        let watched = Arc::clone(&control);
        let pipeline = pipeline! {
            iter(0..10usize) -> queue(16) as middle
            -> for_each(move |n| noted.lock().unwrap().push((n, link(watched.get().unwrap(), "middle").len)))
        };
        control.set(pipeline.control()).unwrap();
        pipeline.run().await.unwrap();
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        assert_eq!(seen.len(), 10);
        for (n, len) in seen {
            assert!((9 - n..=10).contains(&len), "{len} in the link while item {n} is in hand");
        }
    })
    .await;
}
