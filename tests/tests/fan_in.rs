//! `merge`, `prefer`, `interleave`, `zip`, `concat` (F3, F4), and what the other rules say of them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::{Gate, SourceWatch, Tracker};
use aqueduct::{BoxError, Control, ErrorKind, PipelineError, Source, pipeline};
use aqueduct_tests::ends::{After, assert_failed, assert_panicked, recorded, within};
use aqueduct_tests::flow::logged;
use aqueduct_tests::pieces::{an_hour, links, never, stages};
use tokio::runtime::{Builder, Runtime};

#[tokio::test]
async fn f3_merge_keeps_each_inputs_order_and_ends_with_the_last() {
    let p = pipeline! {
        let a = iter(0..1000u64);
        merge(a, iter(1000..2000u64) -> map(|n| n), iter(5000..5010u64) -> queue(2)) -> collect::<Vec<_>>()
    };
    assert_eq!(stages(p.graph()), "iter_1:0 merge:3 iter_2:1 map:1 iter_3:2 collect:3");
    assert_eq!(links(p.graph()), "iter_1->merge:256 map->merge:256 queue:2");
    assert_eq!(p.bound(), Some(4 + 256 + 256 + 2));
    let all = within(p.run()).await.unwrap();
    for range in [0..1000, 1000..2000, 5000..5010] {
        assert_eq!(all.iter().copied().filter(|n| range.contains(n)).collect::<Vec<_>>(), range.collect::<Vec<_>>());
    }
}

#[tokio::test(start_paused = true)]
async fn f3_a_ready_input_is_served_after_64_of_each_other() {
    // All links are full before the fan-in has its first turn: in `run_local` the tasks are polled in the order of the text.
    for below in [1, 7, 64, 5_000] {
        let capacity = 2_048;
        let p = pipeline! {
            merge(
                iter(std::iter::repeat_n(0, 2_000)) -> queue(capacity),
                iter(std::iter::repeat_n(1, 2_000)) -> queue(capacity),
                iter(std::iter::repeat_n(2, 2_000)) -> queue(capacity),
            ) -> queue(below) -> collect::<Vec<_>>()
        };
        let all = within(p.run_local()).await.unwrap();
        let mut since = [0; 3];
        let mut left = [2_000; 3];
        for (at, n) in all.into_iter().enumerate() {
            for other in (0..3).filter(|other| *other != n) {
                since[other] += 1;
                assert!(left[other] == 0 || since[other] <= 2 * 64, "{other} at {at} of {below}");
            }
            since[n] = 0;
            left[n] -= 1;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f3_prefer() {
    let p =
        pipeline! { prefer(iter(0..500u32) -> queue(512), iter(1_000..1_003u32) -> queue(8)) -> collect::<Vec<_>>() };
    let all = within(p.run_local()).await.unwrap();
    // One of the second at most every 64 of the first.
    let places: Vec<_> = all.iter().enumerate().filter(|(_, n)| **n >= 1_000).map(|(at, _)| at).collect();
    assert_eq!(all.len(), 503);
    assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 65), "{places:?}");
    assert!(places[2] <= 3 * 65, "{places:?}");
    // The second has its turn when the first has nothing; it ends with both.
    let p = pipeline! {
        prefer(interval(1s) -> take(3) -> map(|_| "tick"), iter(["a", "b"])) -> collect::<Vec<_>>()
    };
    let all = within(p.run()).await.unwrap();
    assert_eq!((all.len(), all.iter().filter(|n| **n == "tick").count()), (5, 3));
}

#[tokio::test(start_paused = true)]
async fn f3_interleave_takes_one_of_each_in_turn() {
    let p = pipeline! { interleave(iter(0..3u32), iter(10..12u32), iter(20..26u32)) -> collect::<Vec<_>>() };
    assert_eq!(within(p.run()).await.unwrap(), [0, 10, 20, 1, 11, 21, 2, 22, 23, 24, 25]);
    // It waits for the one whose turn it is, and leaves out who has ended.
    let (source, log) = logged(1_000);
    let p = pipeline! {
        interleave(from(source) -> queue(4), interval(1s) -> take(3) -> map(|_| 7_000), iter([9_000])) -> collect::<Vec<_>>()
    };
    let running = p.spawn();
    within(async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert!(log.nexts() <= 3 + 4 + 4, "{}", log.nexts());
        let all = running.await.unwrap();
        assert_eq!(all[..8], [0, 7_000, 9_000, 1, 7_000, 2, 7_000, 3]);
        assert_eq!(all.len(), 1_004);
    })
    .await;
    log.assert_not_asked_while_paused();
    // More than fits into one run, in several capacities.
    for capacity in [1, 2, 7, 300] {
        let p = pipeline! { interleave(iter(0..999u64) -> queue(capacity), iter(0..999u64) -> map(|n| n + 10_000)) -> collect::<Vec<_>>() };
        let all = within(p.run()).await.unwrap();
        assert_eq!(all, (0..999).flat_map(|n| [n, n + 10_000]).collect::<Vec<_>>(), "{capacity}");
    }
}

#[tokio::test(start_paused = true)]
async fn f4_zip_ends_with_the_first_that_has_no_partner_and_cancels_the_others() {
    for (items, after) in [(5, After::Wait), (500, After::Wait), (500, After::End), (3, After::Wait)] {
        let (source, record) = recorded(items, after);
        let p = pipeline! { zip(iter(["a", "b", "c"]), from(source) -> queue(2), iter(0..)) -> collect::<Vec<_>>() };
        assert_eq!(within(p.run()).await.unwrap(), [("a", 0, 0), ("b", 1, 1), ("c", 2, 2)]);
        record.assert_closed_once();
    }
    // An empty input ends it before the others have anything.
    let (source, record) = recorded(0, After::Wait);
    let p = pipeline! { zip(from(source), iter([0; 0])) -> count() };
    assert_eq!(within(p.run_local()).await.unwrap(), 0);
    record.assert_closed_once();
    for capacity in [1, 2, 7, 300] {
        let p = pipeline! { zip(iter(0..999u64) -> queue(capacity), iter(0..1_000u64) -> map_async(3, async |n| n)) -> filter(|(a, b)| a == b) -> count() };
        assert_eq!(within(p.run()).await.unwrap(), 999, "{capacity}");
    }
}

#[tokio::test]
async fn f4_concat_and_zip_nest() {
    let p = pipeline! {
        concat(iter(0..3u64), iter(10..13u64), zip(iter(0..3u64), iter(5..8u64), iter(1..9u64)) -> map(|(a, b, c)| a + b + c)) -> collect::<Vec<_>>()
    };
    assert_eq!(within(p.run()).await.unwrap(), [0, 1, 2, 10, 11, 12, 6, 9, 12]);
}

/// What happened, in order: `a next`, `a end`, `a close`.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }

    fn count(&self, what: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|noted| *noted == what).count()
    }

    /// Neither asked nor forgotten: only closed.
    #[track_caller]
    fn expect_unbegun(&self, name: &str) {
        let counts = (self.count(&format!("{name} next")), self.count(&format!("{name} close")));
        assert_eq!(counts, (0, 1), "{name}: {:?}", self.0.lock().unwrap());
    }

    #[track_caller]
    fn expect_order(&self, first: &str, second: &str) {
        let all = self.0.lock().unwrap();
        let place = |what: &str| all.iter().position(|noted| noted == what);
        assert!(place(first).expect(first) < place(second).expect(second), "{all:?}");
    }

    fn source(&self, name: &'static str, then: Then) -> Script {
        Script { name, log: self.clone(), items: 5, then }
    }
}

/// Gives `items` numbers, then ends or does as `then` says.
struct Script {
    name: &'static str,
    log: Log,
    items: u32,
    then: Then,
}

#[derive(Clone, Copy)]
enum Then {
    End,
    Fail,
    Wait,
}

impl Source for Script {
    type Item = u32;

    async fn next(&mut self) -> Result<Option<u32>, BoxError> {
        self.log.note(format!("{} next", self.name));
        tokio::task::yield_now().await;
        if self.items > 0 {
            self.items -= 1;
            return Ok(Some(self.items));
        }
        self.log.note(format!("{} end", self.name));
        match self.then {
            Then::End => Ok(None),
            Then::Fail => Err("planned".into()),
            Then::Wait => std::future::pending().await,
        }
    }

    async fn close(&mut self) {
        self.log.note(format!("{} close", self.name));
    }
}

fn runtimes() -> [Runtime; 2] {
    [
        Builder::new_current_thread().enable_all().build().unwrap(),
        Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap(),
    ]
}

/// The chain of the tests below, on each kind of runtime and inside the calling task.
fn everywhere(a: Then, most: usize, check: fn(Result<Vec<u32>, PipelineError>, &Log)) {
    let chain = |log: &Log| {
        pipeline! {
            #![queue = 2]
            concat(from(log.source("a", a)) as a, from(log.source("b", Then::End)) -> map_async(1, async |n| n + 100), from(log.source("c", Then::End)))
                -> take(most) -> collect::<Vec<_>>()
        }
    };
    for runtime in runtimes() {
        let log = Log::default();
        check(runtime.block_on(within(chain(&log).run())), &log);
        let log = Log::default();
        check(runtime.block_on(within(chain(&log).run_local())), &log);
    }
}

#[test]
fn f4_a_source_of_a_later_input_is_not_asked_before_its_turn() {
    everywhere(Then::End, usize::MAX, |outcome, log| {
        let down = |from: u32| (from..from + 5).rev();
        assert_eq!(outcome.expect("it ends"), down(0).chain(down(100)).chain(down(0)).collect::<Vec<_>>());
        log.expect_order("a end", "b next");
        log.expect_order("b end", "c next");
        ["a close", "b close", "c close"].into_iter().for_each(|close| assert_eq!(log.count(close), 1));
    });
}

#[test]
fn s3_a_satisfied_sink_closes_later_inputs_unbegun() {
    everywhere(Then::Wait, 3, |outcome, log| {
        assert_eq!(outcome.expect("it ends"), [4, 3, 2]);
        assert_eq!(log.count("a close"), 1);
        log.expect_unbegun("b");
        log.expect_unbegun("c");
    });
    everywhere(Then::End, 7, |outcome, log| {
        assert_eq!(outcome.expect("it ends"), [4, 3, 2, 1, 0, 104, 103]);
        assert_eq!(log.count("b close"), 1);
        log.expect_unbegun("c");
    });
    everywhere(Then::End, 0, |outcome, log| {
        assert_eq!(outcome.expect("it ends"), Vec::<u32>::new());
        log.expect_unbegun("b");
        log.expect_unbegun("c");
    });
}

#[test]
fn e1_a_failure_closes_later_inputs_unbegun() {
    everywhere(Then::Fail, usize::MAX, |outcome, log| {
        assert_failed(outcome, "a", ErrorKind::Failed, "planned");
        assert_eq!(log.count("a close"), 1);
        log.expect_unbegun("b");
        log.expect_unbegun("c");
    });
}

/// Ends a chain whose first input waits for ever.
fn ended_by(end: fn(&Control), aborts: bool) {
    for runtime in runtimes() {
        let log = Log::default();
        let outcome = runtime.block_on(within(async {
            let running = pipeline! {
                #![queue = 2]
                concat(from(log.source("a", Then::Wait)), from(log.source("b", Then::End)) -> map_async(1, async |n| n), from(log.source("c", Then::End)))
                    -> collect::<Vec<_>>()
            }
            .spawn();
            while log.count("a end") == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            end(&running.control());
            running.await
        }));
        match outcome {
            Ok(all) => assert_eq!((all, aborts), (vec![4, 3, 2, 1, 0], false)),
            Err(error) => assert_eq!((error.kind(), aborts), (ErrorKind::Aborted, true)),
        }
        assert_eq!(log.count("a close"), 1);
        log.expect_unbegun("b");
        log.expect_unbegun("c");
    }
}

#[test]
fn e5_finish_closes_later_inputs_unbegun() {
    ended_by(Control::finish, false);
    ended_by(
        |control| {
            control.pause();
            control.resume();
            control.finish();
        },
        false,
    );
    ended_by(
        |control| {
            control.pause();
            control.finish();
        },
        false,
    );
}

#[test]
fn e6_abort_closes_later_inputs_unbegun() {
    ended_by(Control::abort, true);
}

#[test]
fn e5_finish_before_the_run_closes_all_inputs_unbegun() {
    for runtime in runtimes() {
        let log = Log::default();
        let p = pipeline! { concat(from(log.source("a", Then::End)), from(log.source("b", Then::End)), from(log.source("c", Then::End))) -> count() };
        p.control().finish();
        assert_eq!(runtime.block_on(within(p.run())).expect("it ends"), 0);
        ["a", "b", "c"].into_iter().for_each(|name| log.expect_unbegun(name));
    }
}

#[test]
fn f4_a_task_that_is_held_twice_is_let_go_twice() {
    for runtime in runtimes() {
        for most in [usize::MAX, 2] {
            let log = Log::default();
            let source = |name| log.source(name, Then::End);
            let p = pipeline! { #![queue = 2] concat(from(source("a")), concat(from(source("b")), from(source("c")))) -> take(most) -> collect::<Vec<_>>() };
            let all = runtime.block_on(within(p.run())).expect("it ends");
            if most > 2 {
                assert_eq!(all.len(), 15);
                log.expect_order("a end", "b next");
                log.expect_order("b end", "c next");
            } else {
                assert_eq!(all, [4, 3]);
                log.expect_unbegun("b");
                log.expect_unbegun("c");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f4_the_tasks_of_segments_copies_and_fan_ins_are_held() {
    fn segment(source: Script) -> impl Source<Item = u32> {
        pipeline! { from(source) -> queue(3) -> map(|n| n) -> _ }
    }
    let log = Log::default();
    let source = |name| log.source(name, Then::End);
    let p = pipeline! {
        concat(
            from(source("a")),
            from(segment(source("b"))) -> parallel(3) { map_async(1, async |n| n) },
            merge(from(source("c")), zip(from(source("d")), from(source("e"))) -> map(|(a, b)| a + b)),
            from(source("f")) -> match { n if n % 2 == 0 => n -> queue(1), n => n -> queue(1) },
        ) -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), 5 + 5 + 10 + 5);
    for (before, after) in [("a", "b"), ("b", "c"), ("b", "d"), ("b", "e"), ("c", "f"), ("d", "f"), ("e", "f")] {
        log.expect_order(&format!("{before} end"), &format!("{after} next"));
    }
    // A source that feeds something else as well is not held.
    let log = Log::default();
    let source = |name| log.source(name, Then::End);
    let running = pipeline! {
        let (b, other) = from(log.source("b", Then::End)) -> broadcast;
        other -> count();
        concat(from(Script { items: 0, ..log.source("a", Then::Wait) }), b, from(source("c"))) -> count()
    }
    .spawn();
    within(an_hour()).await;
    assert_eq!((log.count("b end"), log.count("c next")), (1, 0));
    running.control().finish();
    assert_eq!(within(running).await.unwrap(), (5, 5));
    log.expect_unbegun("c");
}

#[tokio::test(start_paused = true)]
async fn f4_timers_of_a_later_input_begin_with_its_turn() {
    let gate = Gate::new();
    let opened = gate.clone();
    let start = tokio::time::Instant::now();
    let running = pipeline! {
        concat(
            stream(futures_util::stream::once(async move { opened.pass().await; start })),
            interval(1s) -> take(3),
            stream(futures_util::stream::pending()) -> timeout(5s) as impatient,
        ) -> map(move |at| at - start) -> for_each(|at| assert!(at.is_zero() || at >= Duration::from_secs(3600), "{at:?}"))
    }
    .spawn();
    within(an_hour()).await;
    gate.open();
    assert_eq!(within(running).await.unwrap_err().stage(), "impatient");
    assert!(start.elapsed() >= Duration::from_secs(3600 + 2 + 5));
}

#[tokio::test(start_paused = true)]
async fn g4_l9_stalled_fan_ins_are_idle_and_within_their_bound() {
    macro_rules! stalled {
        ($tracker:ident, $bound:expr, $made:pat, $($text:tt)*) => {{
            let $tracker = Tracker::default();
            let p = pipeline! { #![queue = 3] $($text)* -> queue(2) -> for_each_async(1, never) };
            let bound = p.bound().unwrap();
            assert_eq!(bound, $bound + 2 + 1 + 1, "{}", stringify!($($text)*));
            let running = p.spawn();
            within(an_hour()).await;
            assert!($tracker.peak() <= bound, "{} of {bound}", $tracker.peak());
            let made = $tracker.made();
            assert!(matches!(made, $made), "{made}");
            running.control().finish();
            within(an_hour()).await;
            running.control().abort();
            within(running).await.unwrap_err();
            assert_eq!($tracker.live(), 0);
        }};
    }
    // The sink's one, two in its link; of each input what its link holds, which is between its mark and its capacity.
    stalled!(tracker, 3 + 3 + 3, 7..=12, merge(iter(tracker.items(0..99)), iter(tracker.items(0..99))));
    stalled!(tracker, 3 + 3 + 3, 7..=12, prefer(iter(tracker.items(0..99)), iter(tracker.items(0..99))));
    stalled!(tracker, 3 + 3 + 3, 7..=12, interleave(iter(tracker.items(0..99)), iter(tracker.items(0..99))));
    stalled!(tracker, 3 + 3 + 3, 5..=7, concat(iter(tracker.items(0..99)), iter(tracker.items(0..99))));
}

#[tokio::test(start_paused = true)]
async fn g4_zip_has_one_of_each_input_in_hand() {
    let p = pipeline! { zip(iter(0..9), iter(0..9) -> queue(2), iter(0..9)) -> queue(4) -> count() };
    assert_eq!(p.bound(), Some(256 + 2 + 256 + 4 + (1 + 1 + 1) + 3 + 1));
    drop(p);
    let (source, log) = logged(99);
    let (other, other_log) = logged(2);
    let p = pipeline! { #![queue = 4] zip(from(source), concat(from(other), stream(futures_util::stream::pending()))) -> count() };
    let running = p.spawn();
    within(an_hour()).await;
    // Two have had partners; the rest fills the link, which drains at 2.
    assert_eq!((log.nexts(), other_log.nexts()), (4 + 2, 3));
    running.control().finish();
    assert_eq!(within(running).await.unwrap(), 2);
    assert_eq!((log.closes(), other_log.closes()), (1, 1));
}

#[tokio::test]
async fn e2_panics_and_failures_in_inputs() {
    let p = pipeline! { merge(iter(0..), iter(0..) -> map(|n| { assert!(n < 99, "much"); n }) as second) -> discard() };
    assert_panicked(within(p.run()).await, "second", "much");
    let (source, record) = recorded(9, After::Wait);
    let p = pipeline! { zip(from(source), iter(0..) -> map(|n| if n > 3 { Err("many") } else { Ok(n) })? as second) -> discard() };
    assert_failed(within(p.run_local()).await, "second", ErrorKind::Failed, "many");
    record.assert_closed_once();
    let p = pipeline! { interleave(iter(["1", "x"]), iter(["2"])) -> map(|word| word.parse::<u32>())? as parsed -> discard() };
    assert_eq!(within(p.run()).await.unwrap_err().stage(), "parsed");
}

#[tokio::test(start_paused = true)]
async fn s3_all_inputs_are_cancelled_when_downstream_is_satisfied() {
    let mut watches = Vec::new();
    let mut source = || {
        let (source, watch) = recorded(9, After::Wait);
        watches.push(watch);
        source
    };
    let p = pipeline! {
        let a = merge(from(source()), from(source()) -> queue(1));
        let b = prefer(from(source()), from(source()));
        let c = interleave(from(source()), from(source()));
        let d = zip(from(source()), from(source())) -> map(|(a, b)| a + b);
        merge(a -> take(2), b -> take(3), c -> take(4), d -> take(5)) -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), 14);
    watches.iter().for_each(SourceWatch::assert_closed_once);
}

/// The run is told to finish, and the later input is not wanted any more, before its task has had a turn.
#[tokio::test(start_paused = true)]
async fn f4_an_input_that_is_dismissed_while_the_run_finishes_ends() {
    let (source, log) = logged(9);
    let told = Arc::new(Mutex::new(None::<Control>));
    let tell = Arc::clone(&told);
    let running = pipeline! {
        concat(iter(0..9u64), from(source)) -> inspect(move |_| tell.lock().unwrap().as_ref().unwrap().finish()) -> first()
    }
    .spawn();
    *told.lock().unwrap() = Some(running.control());
    assert_eq!(within(running).await.unwrap(), Some(0));
    assert_eq!((log.nexts(), log.closes()), (0, 1));
}
