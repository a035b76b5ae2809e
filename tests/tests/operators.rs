//! Each operator of a chain by what it means.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracked, Tracker, expect_tasks};
use aqueduct::{BoxError, Emitter, ErrorKind, Sink, Source, Transform, inlet, pipeline};
use aqueduct_tests::ends::{After, Broken, assert_failed, recorded, within};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

// Sources.

#[tokio::test(start_paused = true)]
async fn iter_gives_what_the_iterator_gives() {
    within(async {
        assert_eq!(pipeline! { iter(vec!["a", "b"]) -> collect::<Vec<_>>() }.run().await.unwrap(), ["a", "b"]);
        assert_eq!(pipeline! { iter(Some(3)) -> collect::<Vec<_>>() }.run().await.unwrap(), [3]);
        assert_eq!(pipeline! { iter(0..100_000u64) -> count() }.run().await.unwrap(), 100_000);
        assert_eq!(pipeline! { iter(std::iter::empty::<u8>()) -> count() }.run().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn iter_may_borrow_and_hold_what_is_not_send_under_run_local() {
    within(async {
        let words = [String::from("a"), String::from("bc")];
        let lengths =
            pipeline! { iter(&words) -> queue(1) -> map(|word| word.len()) -> collect::<Vec<_>>() }.run_local().await;
        assert_eq!(lengths.unwrap(), [1, 2]);
        let shared = Rc::new(Cell::new(0));
        let run = pipeline! { iter([Rc::clone(&shared)]) -> queue(1) -> for_each(|cell| cell.set(5)) };
        run.run_local().await.unwrap();
        assert_eq!(shared.get(), 5);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn once_gives_one() {
    within(async {
        assert_eq!(pipeline! { once(Tracker::default().item(0)) -> count() }.run().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn repeat_with_gives_without_end() {
    within(async {
        let mut n = 1u64;
        let powers =
            pipeline! { repeat_with(move || { n *= 2; n }) -> take(5) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(powers, [2, 4, 8, 16, 32]);
        // It is called only for what is asked of it.
        let calls = Cell::new(0);
        pipeline! { repeat_with(|| calls.set(calls.get() + 1)) -> take(3) -> discard() }.run_local().await.unwrap();
        assert_eq!(calls.get(), 3);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn stream_may_be_not_send_and_may_borrow_under_run_local() {
    within(async {
        let log = RefCell::new(Vec::new());
        let not_send = futures_util::stream::iter([Rc::new(1), Rc::new(2)]).then(|n| async {
            sleep(ms(1)).await;
            log.borrow_mut().push(*n);
            n
        });
        let sum = pipeline! { stream(not_send) -> queue(1) -> fold(0, |sum, n| sum + *n) }.run_local().await.unwrap();
        assert_eq!((sum, log.into_inner()), (3, vec![1, 2]));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn stream_and_from_take_a_send_stream_on_tokio() {
    within(async {
        let numbers = || {
            futures_util::stream::iter(0..5u8).then(async |n| {
                sleep(ms(1)).await;
                n
            })
        };
        assert_eq!(pipeline! { stream(numbers()) -> collect::<Vec<_>>() }.run().await.unwrap(), [0, 1, 2, 3, 4]);
        assert_eq!(
            pipeline! { from(numbers()) -> queue(2) -> collect::<Vec<_>>() }.run().await.unwrap(),
            [0, 1, 2, 3, 4]
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn recv_gives_what_is_sent_until_the_last_sender_goes() {
    within(async {
        let (sender, receiver) = mpsc::channel(2);
        let running = pipeline! { recv(receiver) -> collect::<Vec<_>>() }.spawn();
        let other = sender.clone();
        sender.send(1u8).await.unwrap();
        drop(sender);
        other.send(2).await.unwrap();
        drop(other);
        assert_eq!(running.await.unwrap(), [1, 2]);
        let (sender, receiver) = mpsc::channel::<u8>(2);
        let running = pipeline! { recv(receiver) -> first() }.spawn();
        sender.send(1).await.unwrap();
        assert_eq!(running.await.unwrap(), Some(1));
        assert!(sender.is_closed(), "the sender learns that nobody reads");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn interval_ticks_at_once_and_then_once_a_period() {
    within(async {
        let start = Instant::now();
        let ticks = pipeline! { interval(20ms) -> take(4) -> collect::<Vec<_>>() }.run().await.unwrap();
        let at: Vec<_> = ticks.into_iter().map(|tick| (tick - start).as_millis()).collect();
        assert_eq!(at, [0, 20, 40, 60]);
        assert_eq!(start.elapsed(), ms(60));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn interval_skips_ticks_that_find_no_room() {
    within(async {
        let start = Instant::now();
        let (sender, mut receiver) = mpsc::channel(16);
        let running = pipeline! {
            interval(10ms) -> queue(1) -> for_each_async(1, async move |tick: Instant| {
                sender.send((tick - start).as_millis()).await.unwrap();
                sleep(ms(45)).await;
            })
        }
        .spawn();
        let mut ticks = Vec::new();
        for _ in 0..6 {
            ticks.push(receiver.recv().await.unwrap());
        }
        running.control().finish();
        running.await.unwrap();
        assert!(ticks.iter().all(|tick| tick % 10 == 0), "all on the beat: {ticks:?}");
        assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]), "none doubled: {ticks:?}");
        // Six items of a sink that takes 45 ms: had ticks been queued they would be 0, 10, 20, 30, 40, 50.
        assert!(*ticks.last().unwrap() >= 150, "{ticks:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn interval_skips_ticks_under_pause() {
    within(async {
        let start = Instant::now();
        let (sender, mut receiver) = mpsc::channel(16);
        let running = pipeline! { interval(10ms) -> send(sender) }.spawn();
        sleep(ms(15)).await;
        running.control().pause();
        sleep(ms(100)).await;
        running.control().resume();
        sleep(ms(20)).await;
        running.control().finish();
        running.await.unwrap();
        let mut ticks = Vec::new();
        while let Some(tick) = receiver.recv().await {
            ticks.push((tick - start).as_millis());
        }
        // At most the one that was being waited for when the pause came is late.
        assert!([&[0, 10, 120, 130][..], &[0, 10, 20, 120, 130]].contains(&&ticks[..]), "{ticks:?}");
    })
    .await;
}

// Fused stages.

#[tokio::test(start_paused = true)]
async fn the_fused_stages_mean_what_iterator_means() {
    within(async {
        let numbers = || 0..50u32;
        let out = pipeline! { iter(numbers()) -> map(|n| n * 3) -> filter(|n| n % 2 == 0) -> filter_map(|n| n.checked_sub(30)) -> take(9) -> collect::<Vec<_>>() };
        let expected: Vec<_> = numbers().map(|n| n * 3).filter(|n| n % 2 == 0).filter_map(|n| n.checked_sub(30)).take(9).collect();
        assert_eq!(out.run().await.unwrap(), expected);
        let mut seen = Vec::new();
        let out = pipeline! { iter(numbers()) -> inspect(|n| seen.push(*n)) -> take(3) -> queue(1) -> collect::<Vec<_>>() }.run_local().await;
        assert_eq!(out.unwrap(), [0, 1, 2]);
        assert_eq!(seen, [0, 1, 2], "nothing past the last that is wanted is taken from above");
        let out = pipeline! { iter(numbers()) -> take(100) -> count() }.run().await.unwrap();
        assert_eq!(out, 50);
        let out = pipeline! { iter(numbers()) -> chunks(20) -> map(|group| group.len()) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(out, [20, 20, 10]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn flatten_gives_what_is_inside_however_much_and_however_little() {
    within(async {
        let out = pipeline! { iter([vec![1, 2], vec![], vec![3]]) -> flatten() -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(out, [1, 2, 3]);
        let out = pipeline! { iter([Some(1), None, Some(3)]) -> queue(1) -> flatten() -> queue(1) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(out, [1, 3]);
        let out = pipeline! { iter([0..3000u32, 0..0, 0..5]) -> flatten() -> queue(7) -> chunks(100) -> flatten() -> count() }.run().await.unwrap();
        assert_eq!(out, 3005);
        let out = pipeline! { once(0..3u32) -> map(|range| range.map(|n| 0..n)) -> flatten() -> flatten() -> collect::<Vec<_>>() }.run().await;
        assert_eq!(out.unwrap(), [0, 0, 1]);
        let out = pipeline! { iter(vec![None::<u8>; 5000]) -> flatten() -> count() }.run().await.unwrap();
        assert_eq!(out, 0);
    })
    .await;
}

/// An item that holds without end is left when the pipeline is told to end.
#[tokio::test(start_paused = true)]
async fn flatten_of_an_endless_item_can_be_aborted() {
    within(async {
        let running = pipeline! { once(0u64..) -> flatten() -> discard() }.spawn();
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
        running.control().abort();
        assert_eq!(running.await.unwrap_err().kind(), ErrorKind::Aborted);
        let out = pipeline! { once(0u64..) -> flatten() -> queue(4) -> filter(|n| n % 2 == 1) -> take(3) -> collect::<Vec<_>>() }.run().await;
        assert_eq!(out.unwrap(), [1, 3, 5]);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn streams_that_a_let_names_flow_on() {
    within(async {
        let run = pipeline! {
            let numbers = iter(0..10u32) -> map(|n| n + 1);
            let even = numbers -> filter(|n| n % 2 == 0) -> queue(2);
            even -> collect::<Vec<_>>()
        };
        assert_eq!(run.run().await.unwrap(), [2, 4, 6, 8, 10]);
    })
    .await;
}

// Asynchronous stages, and what their closures may hold.

struct Table {
    rows: BTreeMap<u32, &'static str>,
    asked: AtomicUsize,
}

impl Table {
    fn new() -> Self {
        Self { rows: BTreeMap::from([(1, "one"), (2, "two")]), asked: AtomicUsize::new(0) }
    }

    async fn get(&self, key: u32) -> Result<&'static str, Broken> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        sleep(ms(1)).await;
        self.rows.get(&key).copied().ok_or(Broken("no such row"))
    }
}

#[tokio::test(start_paused = true)]
async fn an_async_closure_may_lend_what_it_owns_to_its_futures() {
    within(async {
        let table = Table::new();
        let rows = pipeline! { iter([1, 2, 1]) -> map_async(2, async move |key| table.get(key).await)? -> collect::<Vec<_>>() };
        assert_eq!(rows.run().await.unwrap(), ["one", "two", "one"]);
        let table = Table::new();
        let rows = pipeline! { iter([1, 2]) -> then(async move |key| table.get(key).await)? -> collect::<Vec<_>>() };
        assert_eq!(rows.run().await.unwrap(), ["one", "two"]);
        let table = Table::new();
        let run = pipeline! { iter([1, 9]) -> for_each_async(1, async move |key| table.get(key).await.map(drop))? };
        assert_failed(run.run().await, "for_each_async", ErrorKind::Failed, "no such row");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_async_closure_may_borrow_under_run_local() {
    within(async {
        let table = Table::new();
        let rows = pipeline! { iter([1, 2, 1]) -> map_async(3, async |key| table.get(key).await)? -> collect::<Vec<_>>() }.run_local().await;
        assert_eq!(rows.unwrap(), ["one", "two", "one"]);
        pipeline! { iter([1, 2]) -> then(async |key| table.get(key).await)? -> for_each_async(2, async |_| { table.asked.fetch_add(10, Ordering::SeqCst); }) }
            .run_local()
            .await
            .unwrap();
        assert_eq!(table.asked.into_inner(), 3 + 2 + 20);
        let log = RefCell::new(Vec::new());
        pipeline! { iter(0..3u8) -> queue(1) -> for_each_async(1, async |n| { sleep(ms(1)).await; log.borrow_mut().push(n) }) }.run_local().await.unwrap();
        assert_eq!(log.into_inner(), [0, 1, 2]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn then_may_change_what_it_holds() {
    within(async {
        let mut sum = 0;
        let sums = pipeline! { iter(1..=4u32) -> then(async move |n| { sum += n; sleep(ms(1)).await; sum }) -> collect::<Vec<_>>() };
        assert_eq!(sums.run().await.unwrap(), [1, 3, 6, 10]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn closures_that_return_futures_do_as_well() {
    within(async {
        let out = pipeline! { iter(0..4u32) -> map_async(2, |n| async move { n + 1 }) -> then(std::future::ready) -> collect::<Vec<_>>() };
        assert_eq!(out.run().await.unwrap(), [1, 2, 3, 4]);
        async fn double(n: u32) -> u32 {
            n * 2
        }
        assert_eq!(pipeline! { iter(0..4u32) -> map_async(2, double) -> collect::<Vec<_>>() }.run().await.unwrap(), [0, 2, 4, 6]);
    })
    .await;
}

// User types.

struct Countdown(u32);

impl Source for Countdown {
    type Item = u32;

    async fn next(&mut self) -> Result<Option<u32>, BoxError> {
        sleep(ms(1)).await;
        let Some(next) = self.0.checked_sub(1) else { return Ok(None) };
        self.0 = next;
        Ok(Some(next))
    }
}

/// Gives each pair of neighbours.
struct Pairs(Option<u32>);

impl Transform<u32> for Pairs {
    type Out = (u32, u32);

    async fn apply(&mut self, item: u32, out: &mut Emitter<'_, (u32, u32)>) -> Result<(), BoxError> {
        if let Some(before) = self.0.replace(item) {
            sleep(ms(1)).await;
            out.emit((before, item)).await;
        }
        Ok(())
    }
}

/// Keeps a set of what was written.
struct Distinct<'a> {
    seen: HashSet<(u32, u32)>,
    writes: &'a AtomicUsize,
}

impl Sink<(u32, u32)> for Distinct<'_> {
    type Output = usize;

    async fn write(&mut self, item: (u32, u32)) -> Result<(), BoxError> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        sleep(ms(3)).await;
        self.seen.insert(item);
        Ok(())
    }

    async fn finish(self) -> Result<usize, BoxError> {
        Ok(self.seen.len())
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_a_transform_and_a_sink_of_the_users_own() {
    within(async {
        static WRITES: AtomicUsize = AtomicUsize::new(0);
        let sink = || Distinct { seen: HashSet::new(), writes: &WRITES };
        assert_eq!(pipeline! { from(Countdown(6)) -> via(Pairs(None)) -> into(sink()) }.run().await.unwrap(), 5);
        assert_eq!(
            pipeline! { from(Countdown(6)) -> queue(1) -> via(Pairs(None)) -> queue(1) -> into(sink()) }
                .run_local()
                .await
                .unwrap(),
            5
        );
        assert_eq!(WRITES.load(Ordering::SeqCst), 10);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_sink_of_the_users_own_may_borrow_under_run_local() {
    within(async {
        let writes = AtomicUsize::new(0);
        let sink = Distinct { seen: HashSet::new(), writes: &writes };
        assert_eq!(pipeline! { from(Countdown(3)) -> via(Pairs(None)) -> into(sink) }.run_local().await.unwrap(), 2);
        assert_eq!(writes.into_inner(), 2);
    })
    .await;
}

/// Rules: L6
#[tokio::test(start_paused = true)]
async fn into_takes_a_futures_sink_with_its_own_pressure() {
    within(async {
        let collected = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&collected);
        let sink = futures_util::sink::unfold((), move |(), n: u32| {
            let kept = Arc::clone(&kept);
            async move {
                sleep(ms(2)).await;
                kept.lock().unwrap().push(n);
                Ok::<_, Broken>(())
            }
        });
        let start = Instant::now();
        pipeline! { iter(0..10u32) -> queue(2) -> into(sink) }.run().await.unwrap();
        assert_eq!(*collected.lock().unwrap(), (0..10).collect::<Vec<_>>());
        assert_eq!(start.elapsed(), ms(20));
        let failing = futures_util::sink::unfold(
            0,
            async |sum, n: u32| if n > 3 { Err(Broken("too much")) } else { Ok(sum + n) },
        );
        assert_failed(pipeline! { iter(0..10u32) -> into(failing) }.run().await, "into", ErrorKind::Failed, "too much");
        // With what it brings along.
        let (inlet, source) = inlet(3);
        let mapped = inlet.with(async |n: u32| Ok::<_, aqueduct::Closed<String>>(n.to_string()));
        let below = pipeline! { from(source) -> collect::<Vec<String>>() }.spawn();
        pipeline! { iter(0..5u32) -> into(Box::pin(mapped)) }.run().await.unwrap();
        assert_eq!(below.await.unwrap(), ["0", "1", "2", "3", "4"]);
    })
    .await;
}

// Time.

#[tokio::test(start_paused = true)]
async fn timeout_lets_items_pass_unchanged() {
    within(async {
        let tracker = Tracker::default();
        let run =
            pipeline! { iter(tracker.items(0..20)) -> timeout(1s) -> map(|item| item.number()) -> collect::<Vec<_>>() };
        assert_eq!(run.run().await.unwrap(), (0..20).collect::<Vec<_>>());
        tracker.assert_all_dropped_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn timeout_does_not_run_on_after_the_end() {
    within(async {
        let run = pipeline! { iter(0..2u8) -> timeout(10ms) -> queue(4) -> for_each_async(1, async |_| sleep(ms(500)).await) };
        run.run().await.unwrap();
    })
    .await;
}

// Sinks.

#[tokio::test]
async fn of_nothing_every_sink_has_an_output() {
    within(async {
        let nothing = std::iter::empty::<u32>;
        assert_eq!(pipeline! { iter(nothing()) -> collect::<Vec<_>>() }.run().await.unwrap(), [0_u32; 0]);
        assert_eq!(pipeline! { iter(nothing()) -> reduce(|a, b| a + b) }.run().await.unwrap(), None);
        assert_eq!(pipeline! { iter(nothing()) -> fold(7, |a, b| a + b) }.run().await.unwrap(), 7);
        assert_eq!(pipeline! { iter(nothing()) -> first() }.run().await.unwrap(), None);
        assert_eq!(pipeline! { iter(nothing()) -> last() }.run().await.unwrap(), None);
        assert_eq!(pipeline! { iter(nothing()) -> count() }.run().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_stream_shorter_than_a_window_gives_none() {
    within(async {
        assert_eq!(pipeline! { iter(0..2u8) -> windows(3) -> count() }.run().await.unwrap(), 0);
        assert_eq!(pipeline! { iter(0..3u8) -> windows(3) -> collect::<Vec<_>>() }.run().await.unwrap(), [[0, 1, 2]]);
    })
    .await;
}

/// As with an iterator: the items' type may be known by the collection alone.
#[tokio::test]
async fn collect_says_what_the_items_are_where_nothing_above_does() {
    within(async {
        let words = ["1", "2"];
        let parsed = pipeline! { iter(words) -> map(|word| word.parse().unwrap()) -> collect::<Vec<String>>() };
        assert_eq!(parsed.run().await.unwrap(), words);
        let boxed = pipeline! { iter(words) -> map(|word| word.into()) -> queue(4) -> collect::<Vec<Box<str>>>() };
        assert_eq!(boxed.run().await.unwrap()[1], "2".into());
        let wide = pipeline! { iter(0..3) -> collect::<Vec<u64>>() };
        assert_eq!(wide.run().await.unwrap(), [0, 1, 2]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_sinks_give_what_they_promise() {
    within(async {
        assert_eq!(pipeline! { iter(0..9u8) -> count() }.run().await.unwrap(), 9u64);
        assert_eq!(pipeline! { iter(0..9u8) -> first() }.run().await.unwrap(), Some(0));
        let () = pipeline! { iter(0..9u8) -> discard() }.run().await.unwrap();
        assert_eq!(pipeline! { iter(1..=5u64) -> fold(1, |a, b| a * b) }.run().await.unwrap(), 120);
        assert_eq!(
            pipeline! { iter(1..=5u8) -> fold(0u8, |a, b| a.checked_add(b).ok_or(Broken("too much")))? }
                .run()
                .await
                .unwrap(),
            15
        );
        let outcome = pipeline! { iter(100..=105u8) -> fold(0u8, |a, b| a.checked_add(b).ok_or(Broken("too much")))? }
            .run()
            .await;
        assert_failed(outcome, "fold", ErrorKind::Failed, "too much");
        assert_eq!(pipeline! { iter(["a", "b"]) -> collect::<String>() }.run().await.unwrap(), "ab");
        assert_eq!(pipeline! { iter([1, 2, 1]) -> collect::<HashSet<_>>() }.run().await.unwrap().len(), 2);
        assert_eq!(
            pipeline! { iter([(1, 'a'), (2, 'b')]) -> collect::<BTreeMap<_, _>>() }.run().await.unwrap()[&2],
            'b'
        );
        let mut seen = Vec::new();
        pipeline! { iter(0..3u8) -> for_each(|n| seen.push(n)) }.run_local().await.unwrap();
        assert_eq!(seen, [0, 1, 2]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn for_each_async_runs_n_at_once_and_never_more() {
    within(async {
        let (now, most, start) = (AtomicUsize::new(0), AtomicUsize::new(0), Instant::now());
        pipeline! {
            iter(0..20u8) -> for_each_async(4, async |_| {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                sleep(ms(10)).await;
                now.fetch_sub(1, Ordering::SeqCst);
            })
        }
        .run_local()
        .await
        .unwrap();
        assert_eq!((most.into_inner(), start.elapsed()), (4, ms(50)));
    })
    .await;
}

/// Rules: L5
#[tokio::test(start_paused = true)]
async fn for_each_async_takes_nothing_while_n_are_in_flight() {
    within(async {
        let (source, record) = recorded(50, After::End);
        let gate = Gate::default();
        let closed = gate.clone();
        let running =
            pipeline! { from(source) -> queue(4) -> for_each_async(3, async move |_| closed.pass().await) }.spawn();
        sleep(ms(5)).await;
        // Three in flight, four in the link, and never more.
        assert!((5..=7).contains(&record.nexts()), "{}", record.nexts());
        assert_eq!(gate.arrived(), 3);
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.arrived(), 50);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn send_delivers_in_order_and_tells_how_many() {
    within(async {
        let (sender, mut receiver) = mpsc::channel(2);
        let running = pipeline! { iter(0..20u8) -> send(sender) }.spawn();
        for n in 0..20 {
            assert_eq!(receiver.recv().await, Some(n));
        }
        assert_eq!(receiver.recv().await, None, "the sender is dropped at the end");
        assert_eq!(running.await.unwrap(), 20);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn items_need_be_nothing_but_send() {
    within(async {
        // No `Clone`, `Debug`, `Unpin` or `Sync`.
        struct Plain(Cell<u8>, std::marker::PhantomPinned);
        let run = pipeline! {
            iter(0..9u8) -> map(|n| Plain(Cell::new(n), std::marker::PhantomPinned)) -> queue(2) -> map_async(2, async |plain: Plain| plain)
            -> then(async |plain: Plain| plain) -> batch(4, 1s) -> flatten() -> throttle(1000, 1s) -> timeout(1s) -> chunks(2) -> flatten()
            -> filter(|plain: &Plain| plain.0.get() != 5) -> queue(1) -> fold(0u32, |sum, plain: Plain| sum + u32::from(plain.0.get()))
        };
        assert_eq!(run.run().await.unwrap(), 31);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn first_gives_the_item_itself() {
    within(async {
        let tracker = Tracker::default();
        let first: Tracked =
            pipeline! { iter(tracker.items(0..9)) -> queue(4) -> first() }.run().await.unwrap().unwrap();
        assert_eq!((first.number(), tracker.live()), (0, 1));
        drop(first);
        tracker.assert_all_dropped_once();
    })
    .await;
}
