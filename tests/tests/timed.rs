//! What the timed stages do with each item, on the paused clock: when it leaves, what is held, what is dropped and counted.

use std::time::Duration;

use aqueduct::testkit::{Gate, Tracked, Tracker};
use aqueduct::{ErrorKind, Transform, pipeline};
use aqueduct_tests::ends::{After, Broken, assert_failed, assert_panicked, recorded, within};
use aqueduct_tests::flow::{Dice, settle};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Numbers, each at its time in milliseconds, which rise; then the end.
fn at_times(times: Vec<u64>) -> impl futures_util::Stream<Item = u64> + Send + 'static {
    let start = Instant::now();
    futures_util::stream::unfold(times.into_iter(), move |mut times| async move {
        let time = times.next()?;
        sleep_until(start + ms(time)).await;
        Some((time, times))
    })
}

/// Random times, in steps of 1 to 30 ms, none a multiple of 10: the times of the stages are.
fn random_times(seed: u64) -> Vec<u64> {
    let mut dice = Dice(seed);
    let mut now = 0;
    let times = (0..60).map(|_| {
        now += 1 + dice.below(30);
        now += u64::from(now % 10 == 0);
        now
    });
    times.collect()
}

/// What the pipeline let out, with the time in milliseconds at which each left.
macro_rules! timed {
    ($times:expr => $($stage:tt)*) => {{
        let start = Instant::now();
        let run = pipeline! {
            stream(at_times($times)) -> $($stage)*
            -> map(move |item| (start.elapsed().as_millis() as u64, item)) -> collect::<Vec<_>>()
        };
        let control = run.control();
        let left = run.run().await.unwrap();
        let dropped: u64 = control.snapshot().links.iter().map(|link| link.dropped).sum();
        (left, dropped)
    }};
}

/// As `iter(items) -> STAGE -> queue(1) -> a sink that holds what it gets until the gate opens`.
macro_rules! stalled {
    ($gate:expr, $items:expr => $($stage:tt)*) => {{
        let gate = $gate.clone();
        pipeline! {
            #![queue = 2]
            iter($items) -> $($stage)* -> queue(1) as out
            -> for_each_async(1, async move |item| { let _held = item; gate.pass().await; })
        }
    }};
}

// debounce

#[tokio::test(start_paused = true)]
async fn debounce_emits_what_nothing_follows_for_its_time() {
    within(async {
        for seed in 0..20 {
            let times = random_times(seed);
            let mut expected = Vec::new();
            for (n, &time) in times.iter().enumerate() {
                match times.get(n + 1) {
                    Some(next) if next - time < 20 => {}
                    // At the same time the item wins: what is there is taken first.
                    Some(next) if next - time == 20 => {}
                    Some(_) => expected.push((time + 20, time)),
                    None => expected.push((time, time)),
                }
            }
            let (left, dropped) = timed!(times.clone() => debounce(20ms));
            assert_eq!(left, expected, "seed {seed}");
            assert_eq!(dropped as usize, times.len() - expected.len(), "L10");
        }
    })
    .await;
}

/// Rules: E5
#[tokio::test(start_paused = true)]
async fn debounce_gives_its_item_at_finish_at_once() {
    within(async {
        let (sender, receiver) = mpsc::channel(8);
        let start = Instant::now();
        let running = pipeline! { recv(receiver) -> debounce(1h) -> collect::<Vec<_>>() }.spawn();
        sender.send(1).await.unwrap();
        sender.send(2).await.unwrap();
        settle().await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), [2]);
        assert_eq!(start.elapsed(), Duration::ZERO);
    })
    .await;
}

/// Rules: L10
#[tokio::test(start_paused = true)]
async fn debounce_always_has_room() {
    within(async {
        let (gate, tracker) = (Gate::new(), Tracker::new());
        let (sender, receiver) = mpsc::channel(1);
        let held = gate.clone();
        let pipeline = pipeline! {
            #![queue = 2]
            recv(receiver) -> debounce(10ms) -> queue(1)
            -> for_each_async(1, async move |item: Tracked| { held.pass().await; drop(item); })
        };
        let bound = pipeline.bound().unwrap();
        assert_eq!(bound, 2 + 1 + 3 + 1 + 1, "G4: two links, three tasks, one held, one in the sink");
        let running = pipeline.spawn();
        let control = running.control();
        for n in 0..50 {
            sender.send(tracker.item(n)).await.unwrap();
            sleep(ms(15)).await;
        }
        // One in the sink, one in the link, one that is due and gave way to each newer one.
        assert_eq!(tracker.live(), 3);
        let snapshot = control.snapshot();
        assert_eq!(snapshot.links.iter().map(|link| link.dropped).sum::<u64>(), 47);
        assert_eq!(snapshot.links[0].pauses, 0, "it never pauses what is above it");
        drop(sender);
        gate.open();
        running.await.unwrap();
        assert!(tracker.peak() <= bound);
        assert_eq!(gate.passed(), 3);
    })
    .await;
}

// sample

#[tokio::test(start_paused = true)]
async fn sample_emits_the_latest_at_each_tick() {
    within(async {
        for seed in 0..20 {
            let times = random_times(seed);
            let end = *times.last().unwrap();
            let mut expected = Vec::new();
            for tick in (20..=end).step_by(20) {
                if let Some(&last) = times.iter().rfind(|time| (tick - 20..tick).contains(*time)) {
                    expected.push((tick, last));
                }
            }
            let (left, dropped) = timed!(times.clone() => sample(20ms));
            assert_eq!(left, expected, "seed {seed}");
            assert_eq!(dropped as usize, times.len() - expected.len(), "L10, with the rest at the end");
        }
    })
    .await;
}

/// Rules: E5
#[tokio::test(start_paused = true)]
async fn sample_drops_its_rest_at_finish() {
    within(async {
        let (sender, receiver) = mpsc::channel(8);
        let running = pipeline! { recv(receiver) -> sample(1h) -> collect::<Vec<u32>>() }.spawn();
        let control = running.control();
        sender.send(1).await.unwrap();
        settle().await;
        control.finish();
        assert!(running.await.unwrap().is_empty());
        assert_eq!(control.snapshot().links[0].dropped, 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn sample_leaves_out_ticks_while_its_output_is_paused() {
    within(async {
        let gate = Gate::new();
        let held = gate.clone();
        let (out, mut seen) = mpsc::unbounded_channel();
        let start = Instant::now();
        let pipeline = pipeline! {
            stream(at_times((1..100).collect())) -> sample(10ms) -> queue(1)
            -> for_each_async(1, async move |item| { held.pass().await; out.send((start.elapsed().as_millis(), item)).unwrap(); })
        };
        assert_eq!(pipeline.bound(), Some(256 + 1 + 3 + 1 + 1));
        let running = pipeline.spawn();
        sleep(ms(55)).await;
        gate.open();
        running.await.unwrap();
        let mut all = Vec::new();
        while let Ok(item) = seen.try_recv() {
            all.push(item);
        }
        // Two had left before all was full; the next tick after it opened is that at 60.
        let opened = [(55, 9), (55, 19)];
        assert_eq!(all[..2], opened);
        assert_eq!(all[2].0, 60);
        assert!(all[2].1 >= 59);
        assert_eq!(all.len(), 2 + 4, "60, 70, 80, 90; the rest is dropped");
    })
    .await;
}

// conflate

#[tokio::test(start_paused = true)]
async fn conflate_passes_items_while_there_is_room() {
    within(async {
        let times = random_times(1);
        let expected: Vec<_> = times.iter().map(|time| (*time, *time)).collect();
        let (left, dropped) = timed!(times => conflate(|a, b| a + b));
        assert_eq!((left, dropped), (expected, 0));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn conflate_folds_what_comes_while_its_output_is_paused() {
    within(async {
        let gate = Gate::new();
        let held = gate.clone();
        let (out, mut seen) = mpsc::unbounded_channel();
        let running = pipeline! {
            #![queue = 2]
            iter((0..1000u64).map(|n| vec![n])) -> conflate(|mut all, more| { all.extend(more); all }) -> queue(1)
            -> for_each_async(1, async move |item: Vec<u64>| { held.pass().await; out.send(item).unwrap(); })
        }
        .spawn();
        settle().await;
        while running.control().snapshot().stages[0].items_out < 1000 {
            settle().await;
        }
        settle().await;
        gate.open();
        running.await.unwrap();
        let mut all = Vec::new();
        while let Ok(item) = seen.try_recv() {
            all.push(item);
        }
        assert_eq!(all, [vec![0], vec![1], (2..1000).collect::<Vec<_>>()], "in order, none lost");
    })
    .await;
}

/// Rules: G4, L10
#[tokio::test(start_paused = true)]
async fn conflate_keeps_its_bound() {
    within(async {
        let (gate, tracker) = (Gate::new(), Tracker::new());
        let made = tracker.clone();
        let pipeline = stalled!(gate, (0..500).map(move |n| made.item(n)) => conflate(|_, newer| newer));
        let bound = pipeline.bound().unwrap();
        assert_eq!(bound, 2 + 1 + 3 + 1 + 1);
        let running = pipeline.spawn();
        while tracker.made() < 500 {
            settle().await;
        }
        settle().await;
        assert_eq!(tracker.live(), 3, "in the sink, in the link, folded");
        gate.open();
        running.await.unwrap();
        assert!(tracker.peak() <= bound, "{} of {bound}", tracker.peak());
        assert_eq!(gate.passed(), 3);
    })
    .await;
}

/// Rules: E2
#[tokio::test(start_paused = true)]
async fn a_panic_of_conflate_names_it() {
    within(async {
        let gate = Gate::new();
        let outcome = stalled!(gate, 0..100u64 => conflate(|_, _| -> u64 { panic!("no fold") }) as folds).run().await;
        assert_panicked(outcome, "folds", "no fold");
    })
    .await;
}

// latest

/// Rules: L10
#[tokio::test(start_paused = true)]
async fn latest_keeps_the_last_and_counts_what_it_drops() {
    within(async {
        let (gate, tracker) = (Gate::new(), Tracker::new());
        let (sender, receiver) = mpsc::channel(1);
        let held = gate.clone();
        let pipeline = pipeline! {
            recv(receiver) -> latest() as newest
            -> for_each_async(1, async move |item: Tracked| { held.pass().await; drop(item); })
        };
        assert_eq!(pipeline.bound(), Some(1 + 2 + 1));
        assert_eq!(pipeline.graph().links[0].overflow, "drop_oldest");
        let running = pipeline.spawn();
        for n in 0..100 {
            sender.send(tracker.item(n)).await.unwrap();
            settle().await;
        }
        let link = running.control().snapshot().link("newest").unwrap().clone();
        assert_eq!((link.len, link.capacity, link.pauses, link.dropped), (1, 1, 0, 98));
        assert_eq!(tracker.live(), 2, "in the sink, in the link");
        running.control().finish();
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 2, "at finish it comes out at once");
    })
    .await;
}

// delay

fn delayed() -> impl Transform<u64, Out = u64> {
    pipeline! { _: u64 -> delay(50ms) -> _ }
}

#[tokio::test(start_paused = true)]
async fn delay_lets_each_item_leave_its_time_after_it_came() {
    within(async {
        for seed in 0..20 {
            let times = random_times(seed);
            let expected: Vec<_> = times.iter().map(|time| (time + 50, *time)).collect();
            let (left, dropped) = timed!(times.clone() => delay(50ms));
            assert_eq!(
                (left, dropped),
                (expected.clone(), 0),
                "seed {seed}: in order, and after the end in its own time (E5)"
            );
            // At the head of a segment, which knows only when it runs what link it reads.
            assert_eq!(timed!(times.clone() => via(delayed())), (expected.clone(), 0));
            // A link that counts bytes, and one that drops.
            let (left, _) = timed!(times.clone() => map(|n| n.to_string()) -> queue(bytes = 1KiB) -> delay(50ms));
            assert_eq!(left.len(), expected.len());
            assert!(left.iter().zip(&expected).all(|(left, expected)| left.0 == expected.0));
            let (left, dropped) = timed!(times.clone() => queue(2, overflow = drop_oldest) -> delay(50ms));
            assert_eq!(left.len() as u64 + dropped, 60);
            assert!(left.iter().all(|(at, item)| *at == item + 50), "also when those before it were dropped");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn delay_holds_what_fits_into_its_link() {
    within(async {
        let (gate, tracker) = (Gate::new(), Tracker::new());
        let made = tracker.clone();
        let pipeline = stalled!(gate, (0..40).map(move |n| made.item(n)) => queue(5, low = 4) -> delay(10ms));
        assert_eq!(pipeline.bound(), Some(5 + 1 + 3 + 1));
        let running = pipeline.spawn();
        settle().await;
        assert_eq!(tracker.live(), 5, "all wait in the link");
        sleep(ms(100)).await;
        assert_eq!(tracker.live(), 5 + 1 + 1, "one in the link below, one in the sink");
        let start = Instant::now();
        gate.open();
        running.await.unwrap();
        // Seven have come down or waited long enough; the other 33 come through a link that takes five each 10 ms.
        assert_eq!(start.elapsed(), ms(70));
        assert!(tracker.peak() <= 5 + 1 + 3 + 1);
        assert_eq!(gate.passed(), 40);
    })
    .await;
}

/// Rules: E5, E6
#[tokio::test(start_paused = true)]
async fn delay_finishes_in_its_own_time_and_aborts_at_once() {
    within(async {
        for finishes in [true, false] {
            let (sender, receiver) = mpsc::channel(8);
            let start = Instant::now();
            let running = pipeline! { recv(receiver) -> delay(50ms) -> collect::<Vec<_>>() }.spawn();
            sender.send(1).await.unwrap();
            settle().await;
            sleep(ms(20)).await;
            if finishes {
                running.control().finish();
                assert_eq!(running.await.unwrap(), [1]);
                assert_eq!(start.elapsed(), ms(50));
            } else {
                running.control().abort();
                running.await.unwrap_err();
                assert_eq!(start.elapsed(), ms(20));
            }
        }
    })
    .await;
}

// ready_chunks

#[tokio::test(start_paused = true)]
async fn ready_chunks_never_waits_for_more() {
    within(async {
        let (left, _) = timed!(vec![1, 5, 6] => ready_chunks(4));
        assert_eq!(left, [(1, vec![1]), (5, vec![5]), (6, vec![6])]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn ready_chunks_takes_all_that_waits_up_to_n() {
    within(async {
        for n in [1, 3, 100, 256] {
            let (sender, receiver) = aqueduct::inlet(1000);
            for item in 0..1000u32 {
                sender.try_send(item).ok();
            }
            sender.close();
            let groups = pipeline! { from(receiver) -> queue(1000) -> ready_chunks(n) -> collect::<Vec<_>>() }
                .run_local()
                .await
                .unwrap();
            assert_eq!(groups.concat(), (0..1000).collect::<Vec<_>>());
            assert!(groups.iter().all(|group| (1..=n).contains(&group.len())));
        }
    })
    .await;
}

/// Also more than it takes in one of its turns (G5).
#[tokio::test(start_paused = true)]
async fn ready_chunks_takes_thousands_that_wait_as_one_group() {
    within(async {
        let segment = pipeline! { #![queue = 3_000] _: u32 -> ready_chunks(3_000) -> _ };
        let (inlet, outlet, running) = segment.spawn();
        (0..3_000).for_each(|item| inlet.try_send(item).unwrap());
        inlet.close();
        let groups: Vec<_> = outlet.collect().await;
        assert_eq!(groups, [(0..3_000).collect::<Vec<_>>()]);
        running.await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn ready_chunks_fills_up_to_n_while_its_output_is_paused() {
    within(async {
        let (gate, tracker) = (Gate::new(), Tracker::new());
        let made = tracker.clone();
        let pipeline = stalled!(gate, (0..500).map(move |n| made.item(n)) => queue(1) -> ready_chunks(5));
        assert_eq!(pipeline.bound(), Some(1 + 1 + 3 + 5 + 1));
        let running = pipeline.spawn();
        settle().await;
        // A link of one gives single items; then one in each link, a full group in the stage, and one in the sink.
        assert_eq!(tracker.live(), 1 + 5 + 1 + 1);
        gate.open();
        running.await.unwrap();
        assert_eq!(tracker.live(), 0);
    })
    .await;
}

// All

/// Rules: E3
#[tokio::test(start_paused = true)]
async fn a_failure_reaches_the_caller_through_each_timed_stage() {
    macro_rules! fails {
        ($($stage:tt)*) => {{
            // Below, with all held; and above.
            let outcome = pipeline! {
                iter(0..100u64) -> $($stage)* -> map(|_| Err::<(), _>(Broken("snap")))? as breaks -> discard()
            };
            assert_failed(outcome.run().await, "breaks", ErrorKind::Failed, "snap");
            let (source, record) = recorded(20, After::Fail);
            let gate = Gate::new();
            let outcome = pipeline! {
                from(source) -> $($stage)* -> queue(1) -> for_each_async(1, async move |_| gate.pass().await)
            };
            assert_failed(outcome.run().await, "from", ErrorKind::Failed, "dry");
            record.assert_closed_once();
        }};
    }
    within(async {
        fails!(delay(10ms));
        fails!(debounce(10ms));
        fails!(conflate(|_, b| b));
        fails!(ready_chunks(4));
        let outcome = pipeline! {
            interval(1ms) -> sample(10ms) -> map(|_| Err::<(), _>(Broken("snap")))? as breaks -> discard()
        };
        assert_failed(outcome.run().await, "breaks", ErrorKind::Failed, "snap");
    })
    .await;
}

/// Rules: E7
#[tokio::test(start_paused = true)]
async fn timed_stages_go_on_under_pause() {
    within(async {
        let (sender, receiver) = mpsc::channel(8);
        let (out, mut seen) = mpsc::channel(8);
        let running = pipeline! { recv(receiver) -> debounce(10ms) -> send(out) }.spawn();
        sender.send(1).await.unwrap();
        settle().await;
        running.control().pause();
        assert_eq!(seen.recv().await, Some(1), "what is inside flows on (E7)");
        running.control().finish();
        running.await.unwrap();
    })
    .await;
}

#[test]
fn zero_is_refused() {
    macro_rules! refused {
        ($message:expr; $($pipeline:tt)*) => {{
            let built = std::panic::catch_unwind(|| drop(pipeline! { $($pipeline)* }));
            let payload = built.expect_err("a zero");
            assert_eq!(payload.downcast_ref::<String>().map(String::as_str), Some($message));
        }};
    }
    let (zero, none) = (0, Duration::ZERO);
    refused!("stage `delay`: the time must be longer than zero"; iter(0..3) -> delay(none) -> count());
    refused!("stage `debounce`: the time must be longer than zero"; iter(0..3) -> debounce(none) -> count());
    refused!("stage `slow`: the period must be longer than zero"; iter(0..3) -> sample(none) as slow -> count());
    refused!("stage `ready_chunks`: `n` must be at least 1"; iter(0..3) -> ready_chunks(zero) -> count());
}
