//! The synchronous stages against their namesakes in `Iterator`, in slices and in `Vec`, on random inputs; and what the contract adds: ends,
//! panics, counters, what is held.
//!
//! A failure says its seed; `SEED=…` runs the tests with it again.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aqueduct::testkit::{Gate, Tracker};
use aqueduct::{ErrorKind, pipeline};
use aqueduct_tests::ends::{After, Broken, assert_failed, assert_panicked, recorded, within};
use aqueduct_tests::flow::{Dice, turns};

/// Random inputs for a test.
struct Cases {
    dice: Dice,
    left: usize,
}

/// One of them.
struct Case {
    seed: u64,
    items: Vec<u64>,
    n: usize,
    above: usize,
    below: usize,
}

impl Cases {
    fn new() -> Self {
        let clock = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros() as u64;
        let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
        Self { dice: Dice(seed.unwrap_or_else(clock)), left: 24 }
    }
}

impl Iterator for Cases {
    type Item = Case;

    fn next(&mut self) -> Option<Case> {
        self.left = self.left.checked_sub(1)?;
        let dice = &mut self.dice;
        let seed = dice.0;
        // Mostly short; some long enough for many runs.
        let len = if dice.below(6) == 0 { dice.below(5_000) } else { dice.below(40) };
        let variety = dice.below(8) + 1;
        let items = (0..len).map(|_| dice.below(variety)).collect();
        let n = dice.below(9) as usize + 1;
        let (above, below) = (dice.below(20) as usize + 1, dice.below(20) as usize + 1);
        Some(Case { seed, items, n, above, below })
    }
}

/// The stage gives what its namesake gives: fused, and between links; as tasks, and in the calling task.
macro_rules! namesake {
    ($test:ident, |$items:ident, $n:ident| $expected:expr, $($stage:tt)+) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            within(async {
                for Case { seed, items: $items, n: $n, above, below } in Cases::new() {
                    let expected: Vec<_> = $expected;
                    let fused = || pipeline! { iter($items.clone()) -> $($stage)+ -> collect::<Vec<_>>() };
                    let linked = || pipeline! {
                        iter($items.clone()) -> queue(above) -> $($stage)+ -> queue(below) -> collect::<Vec<_>>()
                    };
                    assert_eq!(fused().run().await.unwrap(), expected, "fused, SEED={seed}");
                    assert_eq!(fused().run_local().await.unwrap(), expected, "fused, local, SEED={seed}");
                    assert_eq!(linked().run().await.unwrap(), expected, "links of {above} and {below}, SEED={seed}");
                    assert_eq!(linked().run_local().await.unwrap(), expected, "links, local, SEED={seed}");
                }
            })
            .await;
        }
    };
}

namesake!(map, |items, n| items.iter().map(|x| x * n as u64).collect(), map(move |x| x * n as u64));
namesake!(filter, |items, n| items.iter().copied().filter(|x| *x < n as u64).collect(), filter(move |x| *x < n as u64));
namesake!(
    filter_map,
    |items, n| items.iter().filter_map(|x| x.checked_sub(n as u64)).collect(),
    filter_map(move |x| x.checked_sub(n as u64))
);
namesake!(
    flatten,
    |items, n| {
        let inner: Vec<_> = items.iter().map(|x| vec![*x; (*x as usize * n) % 7]).collect();
        inner.into_iter().flatten().collect()
    },
    map(move |x| vec![x; (x as usize * n) % 7]) -> flatten()
);
namesake!(
    flat_map,
    |items, n| items.iter().flat_map(|x| (0..*x).map(move |y| y * n as u64)).collect(),
    flat_map(move |x| (0..x).map(move |y| y * n as u64))
);
namesake!(
    scan,
    |items, n| items
        .iter()
        .scan(0, |sum, x| {
            *sum += x;
            (*sum < 30 * n as u64).then_some(*sum)
        })
        .collect(),
    scan(0, move |sum, x| {
        *sum += x;
        (*sum < 30 * n as u64).then_some(*sum)
    })
);
namesake!(enumerate, |items, _n| items.iter().copied().enumerate().collect(), enumerate());
namesake!(take, |items, n| items.iter().copied().take(n).collect(), take(n));
namesake!(skip, |items, n| items.iter().copied().skip(n * 3).collect(), skip(n * 3));
namesake!(
    take_while,
    |items, n| items.iter().copied().take_while(|x| *x < n as u64).collect(),
    take_while(move |x| *x < n as u64)
);
namesake!(
    skip_while,
    |items, n| items.iter().copied().skip_while(|x| *x < n as u64).collect(),
    skip_while(move |x| *x < n as u64)
);
namesake!(
    map_while,
    |items, n| items.iter().map_while(|x| (n as u64).checked_sub(*x)).collect(),
    map_while(move |x| (n as u64).checked_sub(x))
);
namesake!(step_by, |items, n| items.iter().copied().step_by(n).collect(), step_by(n));
namesake!(
    dedup,
    |items, _n| {
        let mut items = items.clone();
        items.dedup();
        items
    },
    dedup()
);
namesake!(
    dedup_by_key,
    |items, n| {
        let mut items = items.clone();
        items.dedup_by_key(|x| *x / n as u64);
        items
    },
    dedup_by_key(move |x| x / n as u64)
);
namesake!(chunks, |items, n| items.chunks(n).map(<[u64]>::to_vec).collect(), chunks(n));
namesake!(windows, |items, n| items.windows(n).map(<[u64]>::to_vec).collect(), windows(n));
// Rests, parked items and early ends, one above the other.
namesake!(
    mixed,
    |items, n| {
        let chunks = items.chunks(n).map(<[u64]>::to_vec).collect::<Vec<_>>();
        let flat = chunks.into_iter().skip(1).flatten().map_while(|x| x.checked_sub(0)).enumerate();
        let flat = flat.take_while(|(at, x)| *at < 50 * n || *x != 0).map(|(_, x)| x).collect::<Vec<_>>();
        flat.windows(2).step_by(n).map(<[u64]>::to_vec).collect()
    },
    chunks(n) -> skip(1) -> flatten() -> map_while(|x: u64| x.checked_sub(0)) -> enumerate()
        -> take_while(move |(at, x)| *at < 50 * n || *x != 0) -> map(|(_, x)| x) -> windows(2) -> step_by(n)
);

/// Fused and behind a link.
macro_rules! sink_namesake {
    ($test:ident, |$items:ident, $n:ident| $expected:expr, $($sink:tt)+) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            within(async {
                for Case { seed, items: $items, n: $n, above, .. } in Cases::new() {
                    let expected = $expected;
                    let fused = || pipeline! { iter($items.clone()) -> $($sink)+ };
                    let linked = || pipeline! { iter($items.clone()) -> queue(above) -> $($sink)+ };
                    assert_eq!(fused().run().await.unwrap(), expected, "fused, SEED={seed}");
                    assert_eq!(fused().run_local().await.unwrap(), expected, "fused, local, SEED={seed}");
                    assert_eq!(linked().run().await.unwrap(), expected, "link of {above}, SEED={seed}");
                    assert_eq!(linked().run_local().await.unwrap(), expected, "link, local, SEED={seed}");
                }
            })
            .await;
        }
    };
}

sink_namesake!(
    reduce,
    |items, n| items.iter().copied().reduce(|a, b| (a * 31 + b) % (n as u64 + 97)),
    reduce(move |a, b| (a * 31 + b) % (n as u64 + 97))
);
sink_namesake!(last, |items, _n| items.last().copied(), last());
sink_namesake!(
    fold,
    |items, n| items.iter().fold(n as u64, |a, b| (a * 31 + b) % 97),
    fold(n as u64, |a, b| (a * 31 + b) % 97)
);
sink_namesake!(first, |items, _n| items.first().copied(), first());
sink_namesake!(count, |items, _n| items.len() as u64, count());

// G4

#[tokio::test]
async fn g4_bounds_of_synchronous_stages() {
    let one = || iter_of(3);
    assert_eq!(pipeline! { iter(one()) -> flat_map(|x| [x, x]) -> count() }.bound(), Some(1 + 1));
    assert_eq!(pipeline! { iter(one()) -> windows(7) -> count() }.bound(), Some(1 + 7));
    assert_eq!(pipeline! { iter(one()) -> scan(0, |_, x| Some(x)) -> enumerate() -> count() }.bound(), Some(1));
    assert_eq!(pipeline! { iter(one()) -> skip(9) -> step_by(9) -> dedup() -> last() }.bound(), Some(1));
    let whiles = pipeline! {
        iter(one()) -> skip_while(|_| false) -> take_while(|_| true) -> map_while(Some) -> dedup_by_key(|x| *x)
            -> reduce(|a, _| a)
    };
    assert_eq!(whiles.bound(), Some(1));
    assert_eq!(pipeline! { unfold(0, async |n| Some((n, n + 1))) -> queue(5) -> last() }.bound(), Some(2 + 5));
}

fn iter_of(n: u64) -> impl Iterator<Item = u64> + Send + 'static {
    0..n
}

#[tokio::test(start_paused = true)]
async fn g4_a_parked_flat_map_takes_nothing_more() {
    within(async {
        let gate = Gate::default();
        let passing = gate.clone();
        let tracker = Tracker::default();
        let run = pipeline! {
            iter(tracker.items(0..9))
            -> flat_map(|item| { let number = item.number(); [number; 5] }) as spread
            -> queue(2)
            -> for_each_async(1, async move |_| passing.pass().await)
        };
        let control = run.control();
        let running = run.spawn();
        turns(64).await;
        // One in the sink, two in the link, two parked.
        assert_eq!(tracker.made(), 1);
        let spread = control.snapshot().stage("spread").unwrap().clone();
        assert_eq!((spread.items_in, spread.items_out), (1, 3));
        gate.open();
        running.await.unwrap();
        let spread = control.snapshot().stage("spread").unwrap().clone();
        assert_eq!((spread.items_in, spread.items_out), (9, 45));
    })
    .await;
}

/// An item whose clones are counted too.
#[derive(Debug)]
struct Cloned(
    Tracker,
    #[expect(dead_code, reason = "counts this clone until it is dropped")] aqueduct::testkit::Tracked,
);

impl Clone for Cloned {
    fn clone(&self) -> Self {
        Self(self.0.clone(), self.0.item(0))
    }
}

#[tokio::test(start_paused = true)]
async fn g4_windows_keeps_fewer_than_n_and_dedup_one() {
    within(async {
        for n in 1..6 {
            let tracker = Tracker::new();
            let made = tracker.clone();
            let most = Rc::new(RefCell::new(0));
            let seen = Rc::clone(&most);
            let watched = tracker.clone();
            let run = pipeline! {
                iter(0..20u64) -> map(move |x| Cloned(made.clone(), made.item(x))) -> windows(n)
                    -> for_each(move |window: Vec<Cloned>| { drop(window); seen.replace(watched.live()); })
            };
            run.run_local().await.unwrap();
            assert_eq!((*most.borrow(), tracker.live()), (n - 1, 0));
            // Nothing is cloned that need not be.
            assert_eq!(tracker.made(), 20 + (21 - n) * (n - 1));
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn dedup_holds_no_item_back() {
    within(async {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(4);
        let running = pipeline! {
            from(recorded(1, After::Wait).0) -> dedup() -> dedup_by_key(|n| *n) -> enumerate() -> skip(0) -> step_by(3)
                -> skip_while(|_| false) -> send(sender)
        }
        .spawn();
        assert_eq!(receiver.recv().await, Some((0, 0)));
        running.control().finish();
        assert_eq!(running.await.unwrap(), 1);
    })
    .await;
}

// S3

#[tokio::test(start_paused = true)]
async fn s3_take_while_map_while_and_scan_end_as_soon_as_they_fail() {
    within(async {
        // The source never ends, and gives nothing after the item that fails.
        let (source, record) = recorded(3, After::Wait);
        let taken = pipeline! { from(source) -> take_while(|n| *n < 2) -> collect::<Vec<_>>() };
        assert_eq!(taken.run().await.unwrap(), [0, 1]);
        record.assert_closed_once();
        assert_eq!(record.nexts(), 3);

        let (source, record) = recorded(3, After::Wait);
        let mapped = pipeline! {
            from(source) -> queue(8) -> map_while(|n| (n < 2).then_some(n + 10)) -> queue(8)
                -> collect::<Vec<_>>()
        };
        assert_eq!(mapped.run().await.unwrap(), [10, 11]);
        record.assert_closed_once();

        let (source, record) = recorded(3, After::Wait);
        let scanned = pipeline! {
            from(source) -> scan(2, |left, n| { *left -= 1; (*left >= 0).then_some(n) }) -> last()
        };
        assert_eq!(scanned.run().await.unwrap(), Some(1));
        record.assert_closed_once();
        assert_eq!(record.nexts(), 3);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_a_function_that_has_ended_the_stream_is_not_called_again() {
    within(async {
        // Above it items are parked, below it a rest waits: both ask for more after the end.
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let run = pipeline! {
            iter([vec![1, 2, 3, 4, 5, 6], vec![7]]) -> chunks(2) -> flatten() -> flatten()
                -> take_while(move |n| { counted.fetch_add(1, Ordering::SeqCst); *n < 4 })
                -> chunks(2) -> collect::<Vec<_>>()
        };
        let control = run.control();
        assert_eq!(run.run().await.unwrap(), [vec![1, 2], vec![3]]);
        assert_eq!(calls.load(Ordering::SeqCst), 4);
        let stage = control.snapshot().stage("take_while").unwrap().clone();
        assert_eq!((stage.items_in, stage.items_out), (4, 3));
    })
    .await;
}

// Counters.

#[tokio::test(start_paused = true)]
async fn counters_of_synchronous_stages() {
    within(async {
        let run = pipeline! {
            iter([1u64, 1, 2, 3, 3, 9, 4, 5, 6, 7, 0, 5])
                -> dedup() -> skip(1) -> skip_while(|n| *n < 9) -> dedup_by_key(|n| n / 6) -> enumerate() -> step_by(2)
                -> map_while(|(_, n)| (n > 0).then_some(n)) -> windows(2) -> reduce(|a, _| a)
        };
        let control = run.control();
        assert_eq!(run.run().await.unwrap(), Some(vec![9, 6]));
        let snapshot = control.snapshot();
        let counts = |name: &str| {
            let stage = snapshot.stage(name).unwrap();
            (stage.items_in, stage.items_out)
        };
        assert_eq!(counts("dedup"), (12, 10));
        assert_eq!(counts("skip"), (10, 9));
        assert_eq!(counts("skip_while"), (9, 7));
        assert_eq!(counts("dedup_by_key"), (7, 4));
        assert_eq!(counts("enumerate"), (4, 4));
        assert_eq!(counts("step_by"), (4, 2));
        assert_eq!(counts("map_while"), (2, 2));
        assert_eq!(counts("windows"), (2, 1));
        assert_eq!(counts("reduce"), (1, 0));
    })
    .await;
}

// Zero.

#[test]
#[should_panic(expected = "stage `windows`: `n` must be at least 1")]
fn zero_windows_are_refused_when_the_pipeline_is_built() {
    let n = 0;
    let _ = pipeline! { iter(0..3u64) -> windows(n) -> count() };
}

#[test]
#[should_panic(expected = "stage `some`: `n` must be at least 1")]
fn zero_step_by_is_refused_when_the_pipeline_is_built() {
    let n = 0;
    let _ = pipeline! { iter(0..3u64) -> step_by(n) as some -> count() };
}

#[tokio::test]
async fn skip_of_nothing_skips_nothing() {
    assert_eq!(pipeline! { iter(0..3u64) -> skip(0) -> count() }.run().await.unwrap(), 3);
    assert_eq!(pipeline! { iter(0..3u64) -> skip(usize::MAX) -> count() }.run().await.unwrap(), 0);
}

// E1

#[tokio::test(start_paused = true)]
async fn e1_tried_stages_fail_with_their_names() {
    within(async {
        let item = |n: u64| if n == 5 { Err(Broken("five")) } else { Ok(n) };
        let run = pipeline! { iter(0..9u64) -> flat_map(move |n| [item(n)])? -> count() };
        assert_failed(run.run().await, "flat_map", ErrorKind::Failed, "five");
        let run = pipeline! { iter(0..9u64) -> scan((), move |(), n| Some(item(n)))? -> count() };
        assert_failed(run.run().await, "scan", ErrorKind::Failed, "five");
        let run = pipeline! { iter(0..9u64) -> map(item) -> queue(2) -> skip(1)? -> count() };
        assert_failed(run.run().await, "skip", ErrorKind::Failed, "five");
        let run = pipeline! { iter(0..9u64) -> map_while(move |n| Some(item(n)))? -> count() };
        assert_failed(run.run().await, "map_while", ErrorKind::Failed, "five");
        let run = pipeline! { unfold(0, move |n| async move { Some((item(n), n + 1)) })? -> count() };
        assert_failed(run.run().await, "unfold", ErrorKind::Failed, "five");
        let run = pipeline! { iter(1..9u64) -> reduce(|a, b| if b < 4 { Ok(a + b) } else { Err(Broken("four")) })? };
        assert_failed(run.run().await, "reduce", ErrorKind::Failed, "four");
        let run = pipeline! { iter(1..9u64) -> reduce(|a, b| Ok::<_, Broken>(a + b))? };
        assert_eq!(run.run().await.unwrap(), Some(36));
        let run = pipeline! { iter_blocking((0..9u64).map(item))? -> count() };
        assert_failed(run.run().await, "iter_blocking", ErrorKind::Failed, "five");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l8_a_failure_behind_a_skip_needs_no_room() {
    within(async {
        // One is skipped, one is in the sink, one in the link; the failure is next in line.
        let run = pipeline! {
            iter([Ok(1), Ok(2), Ok(3), Err(Broken("late"))]) -> then(async |item| item) -> skip(1) -> skip_while(|_| false)?
                -> queue(1) -> for_each_async(1, async |_: i32| std::future::pending::<()>().await)
        };
        assert_failed(run.run().await, "skip_while", ErrorKind::Failed, "late");
    })
    .await;
}

// E2

/// Panics when it is compared or cloned.
#[derive(Debug)]
struct Touchy;

impl PartialEq for Touchy {
    fn eq(&self, _: &Self) -> bool {
        panic!("compared")
    }
}

impl Clone for Touchy {
    fn clone(&self) -> Self {
        panic!("cloned")
    }
}

#[derive(Debug, Clone)]
struct Incomparable;

impl PartialEq for Incomparable {
    fn eq(&self, _: &Self) -> bool {
        panic!("compared")
    }
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_is_that_stages_failure() {
    fn burst<T>(_: u64) -> T {
        panic!("burst")
    }
    within(async {
        let numbers = || 0..3u64;
        let run = pipeline! { iter(numbers()) -> map(|n| n) -> flat_map(burst::<Vec<u64>>) -> count() };
        assert_panicked(run.run().await, "flat_map", "burst");
        let run =
            pipeline! { iter(numbers()) -> flat_map(|n| (0..3).map(move |_| burst::<u64>(n))) as inner -> count() };
        assert_panicked(run.run().await, "inner", "burst");
        let run = pipeline! { iter(numbers()) -> scan(0, |_, n| burst::<Option<u64>>(n)) -> count() };
        assert_panicked(run.run().await, "scan", "burst");
        let run = pipeline! { iter(numbers()) -> take_while(|n| burst(*n)) -> count() };
        assert_panicked(run.run().await, "take_while", "burst");
        let run = pipeline! { iter(numbers()) -> skip_while(|n| burst(*n)) -> count() };
        assert_panicked(run.run().await, "skip_while", "burst");
        let run = pipeline! { iter(numbers()) -> map_while(burst::<Option<u64>>) -> count() };
        assert_panicked(run.run().await, "map_while", "burst");
        let run = pipeline! { iter(numbers()) -> dedup_by_key(|n| burst::<u64>(*n)) -> count() };
        assert_panicked(run.run().await, "dedup_by_key", "burst");
        let run = pipeline! { iter([Incomparable, Incomparable]) -> dedup() -> count() };
        assert_panicked(run.run().await, "dedup", "compared");
        let run = pipeline! { iter([Touchy, Touchy]) -> dedup() -> count() };
        assert_panicked(run.run().await, "dedup", "cloned");
        let run = pipeline! { iter([Touchy, Touchy]) -> windows(2) -> count() };
        assert_panicked(run.run().await, "windows", "cloned");
        let run = pipeline! { iter(numbers()) -> reduce(|a, _| burst(a)) };
        assert_panicked(run.run().await, "reduce", "burst");
        let run = pipeline! { unfold(0, async |n| burst::<Option<(u64, u64)>>(n)) -> count() };
        assert_panicked(run.run().await, "unfold", "burst");
        let run = pipeline! { unfold(0, |n| std::future::ready(burst::<Option<(u64, u64)>>(n))) -> count() };
        assert_panicked(run.run().await, "unfold", "burst");
    })
    .await;
}

// unfold

#[tokio::test(start_paused = true)]
async fn unfold_gives_what_it_gives_in_futures() {
    within(async {
        let step = async |n: u64| (n < 2000).then_some((n * 2, n + 1));
        let expected: Vec<_> = (0..2000).map(|n| n * 2).collect();
        let run = pipeline! { unfold(0, step) -> queue(7) -> collect::<Vec<_>>() };
        assert_eq!(run.run().await.unwrap(), expected);
        // An async closure may lend what it owns.
        let mut words = vec![String::from("b"), String::from("a")];
        let run = pipeline! {
            unfold((), async move |()| { let word = words.pop()?; tokio::task::yield_now().await; Some((word, ())) })
                -> collect::<Vec<_>>()
        };
        assert_eq!(run.run().await.unwrap(), ["a", "b"]);
        // Under `run_local` it may borrow and hold what is not `Send`.
        let shared = Rc::new(RefCell::new(3));
        let run = pipeline! {
            unfold(&shared, async |left| { *left.borrow_mut() -= 1; (*left.borrow() > 0).then_some((Rc::clone(left), left)) })
                -> queue(1) -> count()
        };
        assert_eq!(run.run_local().await.unwrap(), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn unfold_is_not_called_while_the_link_is_paused_and_stops_at_finish() {
    within(async {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let gate = Gate::default();
        let passing = gate.clone();
        let run = pipeline! {
            unfold(0u64, async move |n| { counted.fetch_add(1, Ordering::SeqCst); Some((n, n + 1)) })
                -> queue(4, low = 3) -> for_each_async(1, async move |_| passing.pass().await)
        };
        let control = run.control();
        let running = run.spawn();
        turns(64).await;
        let called = calls.load(Ordering::SeqCst);
        assert_eq!(called, 5, "one in the sink, four in the link");
        control.finish();
        gate.open();
        running.await.unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), called);
        // A future that never ends is dropped.
        let run = pipeline! { unfold((), async |()| std::future::pending::<Option<(u64, ())>>().await) -> last() };
        let control = run.control();
        let running = run.spawn();
        turns(8).await;
        control.finish();
        assert_eq!(running.await.unwrap(), None);
    })
    .await;
}
