//! What the asynchronous stages do with each item: in which order, how many at once, what is held, and how they end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracked, Tracker, expect_tasks};
use aqueduct::{ErrorKind, pipeline};
use aqueduct_tests::ends::{After, Broken, assert_failed, assert_panicked, recorded, within};
use aqueduct_tests::flow::{Dice, settle};
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// A pipeline `iter -> STAGE -> queue(1) -> a sink that holds what it gets`, with two links of 2 and 1.
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

/// Two links, three tasks, one in the sink.
const AROUND: usize = 2 + 1 + 3 + 1;

// map_async_unordered

#[tokio::test(start_paused = true)]
async fn map_async_unordered_emits_as_they_finish() {
    within(async {
        for n in [1, 2, 3, 7, 100] {
            let mut dice = Dice(n as u64);
            // No two end at the same time.
            let times: Vec<u64> = (0..40u64).map(|item| dice.below(50) * 100 + item).collect();
            // The model: whoever is free first takes the next item.
            let mut free = vec![0; n];
            let mut expected = Vec::new();
            for &time in &times {
                let first = free.iter_mut().min().unwrap();
                *first += time;
                expected.push((*first, time));
            }
            expected.sort_by_key(|(end, _)| *end);
            let start = Instant::now();
            let left = pipeline! {
                iter(times) -> map_async_unordered(n, async |time| { sleep(ms(time)).await; time })
                -> map(move |time| (start.elapsed().as_millis() as u64, time)) -> collect::<Vec<_>>()
            }
            .run()
            .await
            .unwrap();
            let mut left = left;
            left.sort_unstable();
            expected.sort_unstable();
            assert_eq!(left, expected, "{n} at once");
        }
    })
    .await;
}

/// Rules: G4
#[tokio::test(start_paused = true)]
async fn map_async_unordered_reaches_its_bound_and_keeps_it() {
    within(async {
        let (gate, tracker) = (Gate::new(), Tracker::new());
        let made = tracker.clone();
        let pipeline =
            stalled!(gate, (0..100).map(move |n| made.item(n)) => map_async_unordered(3, async |item: Tracked| item));
        assert_eq!(pipeline.bound(), Some(AROUND + 3));
        let running = pipeline.spawn();
        settle().await;
        assert_eq!(tracker.live(), 2 + 3 + 1 + 1);
        gate.open();
        running.await.unwrap();
        assert!(tracker.peak() <= AROUND + 3);
        assert_eq!(gate.passed(), 100);
    })
    .await;
}

/// Rules: G3
#[tokio::test(start_paused = true)]
async fn map_async_unordered_works_on_while_its_output_is_paused() {
    within(async {
        let (gate, done) = (Gate::new(), Arc::new(AtomicUsize::new(0)));
        let ended = Arc::clone(&done);
        let running = stalled!(gate, 0..100u64 => map_async_unordered(4, async move |n| {
            sleep(ms(10)).await;
            ended.fetch_add(1, Ordering::SeqCst);
            n
        }))
        .spawn();
        sleep(ms(1000)).await;
        assert_eq!(done.load(Ordering::SeqCst), 1 + 1 + 4, "G3");
        running.control().abort();
        running.await.unwrap_err();
        expect_tasks(0).await;
    })
    .await;
}

// map_async_keyed

#[tokio::test(start_paused = true)]
async fn map_async_keyed_runs_one_of_a_key_and_keeps_its_order() {
    within(async {
        for seed in 0..10 {
            let mut dice = Dice(seed);
            let items: Vec<(u64, u64, u64)> = (0..200).map(|n| (dice.below(5), n, dice.below(20))).collect();
            let expected = items.clone();
            let running = Arc::new(Mutex::new(HashMap::<u64, usize>::new()));
            let most = Arc::new(AtomicUsize::new(0));
            let (now, seen) = (Arc::clone(&running), Arc::clone(&most));
            let left = pipeline! {
                iter(items)
                -> map_async_keyed(8, |(key, _, _)| *key, async move |(key, n, time)| {
                    {
                        let mut now = now.lock().unwrap();
                        *now.entry(key).or_default() += 1;
                        assert_eq!(now[&key], 1, "one at a time for a key");
                        seen.fetch_max(now.values().sum(), Ordering::SeqCst);
                    }
                    sleep(ms(time)).await;
                    *now.lock().unwrap().get_mut(&key).unwrap() -= 1;
                    (key, n, time)
                })
                -> collect::<Vec<_>>()
            }
            .run()
            .await
            .unwrap();
            for key in 0..5 {
                let of_key =
                    |all: &[(u64, u64, u64)]| all.iter().filter(|item| item.0 == key).copied().collect::<Vec<_>>();
                assert_eq!(of_key(&left), of_key(&expected), "seed {seed}, key {key}");
            }
            assert!((2..=5).contains(&most.load(Ordering::SeqCst)));
        }
    })
    .await;
}

/// Rules: G4
#[tokio::test(start_paused = true)]
async fn map_async_keyed_counts_those_that_wait_behind_their_key() {
    within(async {
        let (gate, tracker, begun) = (Gate::new(), Tracker::new(), Arc::new(AtomicUsize::new(0)));
        let (held, made, counted) = (gate.clone(), tracker.clone(), Arc::clone(&begun));
        let pipeline = pipeline! {
            #![queue = 2]
            iter((0..20).map(move |n| made.item(n)))
            -> map_async_keyed(4, |_: &Tracked| 1, move |item: Tracked| {
                counted.fetch_add(1, Ordering::SeqCst);
                let held = held.clone();
                async move { held.pass().await; item }
            })
            -> discard()
        };
        assert_eq!(pipeline.bound(), Some(2 + 2 + 4));
        let running = pipeline.spawn();
        settle().await;
        assert_eq!((begun.load(Ordering::SeqCst), tracker.live()), (1, 2 + 4));
        gate.open();
        running.await.unwrap();
        assert_eq!(begun.load(Ordering::SeqCst), 20);
        assert!(tracker.peak() <= 2 + 2 + 4);
    })
    .await;
}

/// Rules: G4
#[tokio::test(start_paused = true)]
async fn map_async_keyed_of_ready_futures_keeps_its_bound() {
    within(async {
        let (gate, tracker) = (Gate::new(), Tracker::new());
        let made = tracker.clone();
        let pipeline = stalled!(gate, (0..100).map(move |n| made.item(n))
            => map_async_keyed(3, |item: &Tracked| item.number() % 2, async |item| item));
        assert_eq!(pipeline.bound(), Some(AROUND + 3));
        let running = pipeline.spawn();
        settle().await;
        assert_eq!(tracker.live(), 2 + 3 + 1 + 1);
        gate.open();
        running.await.unwrap();
        assert!(tracker.peak() <= AROUND + 3);
        assert_eq!(gate.passed(), 100);
    })
    .await;
}

// filter_async

#[tokio::test(start_paused = true)]
async fn filter_async_keeps_what_it_says_yes_to_in_order() {
    within(async {
        let words = ["a", "bb", "ccc", "dd"].map(String::from);
        let asked = words.clone();
        // An async closure borrows the item across its waits.
        let kept = pipeline! {
            iter(words) -> filter_async(async |word| { sleep(ms(5)).await; word.len() == 2 }) -> collect::<Vec<_>>()
        };
        assert_eq!(kept.run().await.unwrap(), ["bb", "dd"]);
        let start = Instant::now();
        let kept = pipeline! {
            iter(asked)
            -> filter_async(|word: &String| { let long = word.len() > 1; async move { sleep(ms(5)).await; long } })
            -> collect::<Vec<_>>()
        };
        assert_eq!(kept.run().await.unwrap(), ["bb", "ccc", "dd"]);
        assert_eq!(start.elapsed(), ms(20), "one after the other");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn filter_async_holds_one() {
    within(async {
        let (gate, tracker) = (Gate::new(), Tracker::new());
        let made = tracker.clone();
        let pipeline =
            stalled!(gate, (0..40).map(move |n| made.item(n)) => filter_async(async |item| item.number() % 2 == 0));
        assert_eq!(pipeline.bound(), Some(AROUND));
        let running = pipeline.spawn();
        settle().await;
        assert_eq!(tracker.live(), 2 + 1 + 1 + 1);
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 20);
    })
    .await;
}

// take_until

#[tokio::test(start_paused = true)]
async fn take_until_ends_when_its_future_is_ready() {
    within(async {
        let (source, record) = recorded(3, After::Wait);
        let start = Instant::now();
        // Without waiting for an item.
        let run = pipeline! { from(source) -> take_until(sleep(ms(50))) -> collect::<Vec<_>>() };
        assert_eq!(run.run().await.unwrap(), [0, 1, 2]);
        assert_eq!(start.elapsed(), ms(50));
        record.assert_closed_once();
        // While its output is paused: what is above is cancelled at once, what is below comes out.
        let (source, record) = recorded(100, After::Wait);
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            from(source) -> queue(2) -> take_until(sleep(ms(50))) -> queue(1)
            -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        sleep(ms(60)).await;
        assert_eq!(record.closes(), 1);
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 2);
        record.assert_closed_once();
        // With its input, if that ends first; at once, if it is ready from the beginning.
        assert_eq!(
            pipeline! { iter(0..5) -> take_until(std::future::pending::<()>()) -> count() }.run().await.unwrap(),
            5
        );
        assert_eq!(pipeline! { iter(0..) -> take_until(async {}) -> count() }.run().await.unwrap(), 0);
    })
    .await;
}

// map_blocking

#[tokio::test]
async fn map_blocking_keeps_the_order_and_runs_n_at_once() {
    within(async {
        let caller = std::thread::current().id();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (running, seen) = (Arc::clone(&now), Arc::clone(&most));
        // Each waits for the one after it, so two must run at once, and the later one ends first.
        let (sender, receiver) = std::sync::mpsc::channel();
        let (sender, receiver) = (Mutex::new(sender), Mutex::new(receiver));
        let run = pipeline! {
            iter(0..40u32)
            -> map_blocking(2, move |n| {
                seen.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                assert_ne!(std::thread::current().id(), caller);
                if n % 2 == 0 { receiver.lock().unwrap().recv().unwrap() } else { sender.lock().unwrap().send(()).unwrap() }
                running.fetch_sub(1, Ordering::SeqCst);
                n
            })
            -> collect::<Vec<_>>()
        };
        assert_eq!(run.bound(), Some(256 + 2 + 2));
        assert_eq!(run.run().await.unwrap(), (0..40).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), 2);
    })
    .await;
}

/// Rules: E2
#[tokio::test]
async fn a_panic_on_the_blocking_pool_is_the_stages() {
    within(async {
        let outcome =
            pipeline! { iter(0..9u32) -> map_blocking(3, |n| { assert!(n < 4, "too big"); n }) as heavy -> count() };
        assert_panicked(outcome.run().await, "heavy", "too big");
        let outcome = pipeline! { iter(0..9u32) -> for_each_blocking(3, |n| assert!(n < 4, "too big")) as heavy };
        assert_panicked(outcome.run().await, "heavy", "too big");
    })
    .await;
}

/// Rules: E1
#[tokio::test]
async fn a_blocking_call_runs_on_after_the_end_and_its_result_is_dropped() {
    within(async {
        let tracker = Tracker::new();
        let (begun, mut begins) = mpsc::unbounded_channel();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let (made, wait) = (tracker.clone(), Mutex::new(wait));
        let running = pipeline! {
            iter((0..9).map(move |n| made.item(n)))
            -> map_blocking(1, move |item: Tracked| { begun.send(()).unwrap(); wait.lock().unwrap().recv().ok(); item })
            -> discard()
        }
        .spawn();
        begins.recv().await.unwrap();
        running.control().abort();
        // The outcome does not wait for the call.
        running.await.unwrap_err();
        assert_eq!(tracker.live(), 1, "the one in the call");
        go.send(()).unwrap();
        // The closure, and with it the other end, goes when the call has ended.
        assert_eq!(begins.recv().await, None);
        while tracker.live() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

// for_each_blocking

#[tokio::test]
async fn for_each_blocking_calls_with_each_item() {
    within(async {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let run = pipeline! { iter(0..100u32) -> for_each_blocking(1, move |n| noted.lock().unwrap().push(n)) };
        assert_eq!(run.bound(), Some(256 + 2 + 1));
        run.run().await.unwrap();
        assert_eq!(*seen.lock().unwrap(), (0..100).collect::<Vec<_>>());
        let outcome = pipeline! {
            iter(0..100u32) -> for_each_blocking(2, |n| if n < 5 { Ok(()) } else { Err(Broken("full")) })? as disk
        };
        assert_failed(outcome.run().await, "disk", ErrorKind::Failed, "full");
    })
    .await;
}

// flatten_unordered

#[tokio::test(start_paused = true)]
async fn flatten_unordered_runs_n_streams_at_once() {
    within(async {
        let start = Instant::now();
        // Four streams of three items, one each 10 ms: two at a time.
        let left = pipeline! {
            iter(0..4u64)
            -> map(|n| Box::pin(stream::iter(0..3u64).then(move |k| async move { sleep(ms(10)).await; (n, k) })))
            -> flatten_unordered(2) -> collect::<Vec<_>>()
        }
        .run()
        .await
        .unwrap();
        assert_eq!(start.elapsed(), ms(60));
        for n in 0..4 {
            let own: Vec<u64> = left.iter().filter(|item| item.0 == n).map(|item| item.1).collect();
            assert_eq!(own, [0, 1, 2]);
        }
        assert!(left[..6].iter().all(|item| item.0 < 2));
        // Streams that are empty cost no turn of their own.
        let none = pipeline! { iter(0..5000) -> map(|_| stream::empty::<u8>()) -> flatten_unordered(3) -> count() };
        assert_eq!(none.run().await.unwrap(), 0);
    })
    .await;
}

/// Rules: L5
#[tokio::test(start_paused = true)]
async fn flatten_unordered_asks_only_while_there_is_room() {
    within(async {
        let (gate, asked) = (Gate::new(), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&asked);
        let pipeline = stalled!(gate, 0..9u64 => map(move |_| {
            let counted = Arc::clone(&counted);
            stream::iter(0..100u64).inspect(move |_| { counted.fetch_add(1, Ordering::SeqCst); })
        }) -> flatten_unordered(3));
        assert_eq!(pipeline.bound(), Some(AROUND + 3));
        let running = pipeline.spawn();
        settle().await;
        assert_eq!(asked.load(Ordering::SeqCst), 2, "one in the sink, one in the link");
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 900);
    })
    .await;
}

/// Rules: E5, E7
#[tokio::test(start_paused = true)]
async fn flatten_unordered_stops_its_streams_at_finish_and_holds_them_under_pause() {
    within(async {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let ticks = move |_| {
            let counted = Arc::clone(&counted);
            Box::pin(stream::unfold((), move |()| {
                let counted = Arc::clone(&counted);
                async move {
                    sleep(ms(10)).await;
                    Some((counted.fetch_add(1, Ordering::SeqCst), ()))
                }
            }))
        };
        let running = pipeline! { iter(0..3) -> map(ticks) -> flatten_unordered(2) -> count() }.spawn();
        let control = running.control();
        sleep(ms(105)).await;
        assert_eq!(asked.load(Ordering::SeqCst), 20);
        control.pause();
        sleep(ms(500)).await;
        assert_eq!(asked.load(Ordering::SeqCst), 20, "E7");
        control.resume();
        sleep(ms(95)).await;
        let given = asked.load(Ordering::SeqCst);
        assert!(given > 20);
        control.finish();
        assert_eq!(running.await.unwrap(), given as u64, "E5");
        expect_tasks(0).await;
    })
    .await;
}

// All

/// Rules: E1, E2
#[tokio::test(start_paused = true)]
async fn panics_and_failures_name_the_stage() {
    within(async {
        macro_rules! panics {
            ($($stage:tt)*) => {
                assert_panicked(pipeline! { iter(0..9u64) -> $($stage)* as culprit -> discard() }.run().await, "culprit", "oh");
            };
        }
        panics!(map_async_unordered(2, async |n| { assert!(n != 5, "oh") }));
        panics!(map_async_unordered(2, |n| { if n == 5 { panic!("oh") } async {} }));
        panics!(map_async_keyed(2, |n| { if *n == 5 { panic!("oh") } *n }, async |n| n));
        panics!(map_async_keyed(2, |n| *n, async |n| if n == 5 { panic!("oh") }));
        panics!(filter_async(async |n| if *n == 5 { panic!("oh") } else { true }));
        panics!(take_until(async { panic!("oh") }));
        macro_rules! fails {
            ($($stage:tt)*) => {
                let (source, record) = recorded(50, After::Wait);
                let outcome = pipeline! { from(source) -> $($stage)*? as culprit -> discard() };
                assert_failed(outcome.run().await, "culprit", ErrorKind::Failed, "snap");
                record.assert_closed_once();
            };
        }
        fails!(map_async_unordered(2, async |n| if n == 5 { Err(Broken("snap")) } else { Ok(n) }));
        fails!(map_async_keyed(2, |n| *n % 3, async |n| if n == 5 { Err(Broken("snap")) } else { Ok(n) }));
        fails!(map_blocking(2, |n| if n == 5 { Err(Broken("snap")) } else { Ok(n) }));
    })
    .await;
}

/// Rules: E5
#[tokio::test(start_paused = true)]
async fn finish_lets_all_in_flight_come_out() {
    within(async {
        macro_rules! finishes {
            ($($stage:tt)*) => {
                let (sender, receiver) = mpsc::channel(16);
                let running = pipeline! { recv(receiver) -> $($stage)* -> collect::<Vec<u64>>() }.spawn();
                for n in 0..4 {
                    sender.send(n).await.unwrap();
                }
                settle().await;
                running.control().finish();
                let mut all = running.await.unwrap();
                all.sort_unstable();
                assert_eq!(all, [0, 1, 2, 3]);
            };
        }
        finishes!(map_async_unordered(2, async |n| {
            sleep(ms(10)).await;
            n
        }));
        finishes!(map_async_keyed(
            4,
            |n| *n % 2,
            async |n| {
                sleep(ms(10)).await;
                n
            }
        ));
        finishes!(filter_async(async |_| {
            sleep(ms(10)).await;
            true
        }));
        finishes!(take_until(sleep(ms(1000))));
        finishes!(map_blocking(2, |n| n));
    })
    .await;
}

#[tokio::test]
async fn they_run_locally_and_may_borrow() {
    within(async {
        let offset = 10;
        let offset = &offset;
        let sum = pipeline! {
            iter(0..10u64)
            -> map_async_unordered(3, async |n| n + offset)
            -> map_async_keyed(3, |n| *n % 2, |n| async move { n + offset })
            -> filter_async(async |n| *n > *offset)
            -> take_until(std::future::pending::<()>())
            -> fold(0, |sum, n| sum + n)
        };
        assert_eq!(sum.run_local().await.unwrap(), 245);
    })
    .await;
}

#[test]
fn zero_is_refused() {
    macro_rules! refused {
        ($name:literal; $($pipeline:tt)*) => {{
            let built = std::panic::catch_unwind(|| drop(pipeline! { $($pipeline)* }));
            let payload = built.expect_err("a zero");
            let expected = format!("stage `{}`: `n` must be at least 1", $name);
            assert_eq!(payload.downcast_ref::<String>(), Some(&expected));
        }};
    }
    let zero = 0;
    refused!("map_async_unordered"; iter(0..3) -> map_async_unordered(zero, async |n| n) -> count());
    refused!("map_async_keyed"; iter(0..3) -> map_async_keyed(zero, |n| *n, async |n| n) -> count());
    refused!("map_blocking"; iter(0..3) -> map_blocking(zero, |n| n) -> count());
    refused!("for_each_blocking"; iter(0..3) -> for_each_blocking(zero, |_| {}));
    refused!("flatten_unordered"; iter(0..3) -> map(|_| stream::empty::<u8>()) -> flatten_unordered(zero) -> count());
}
