//! E1 and E3 to E6: how a run ends, and that nothing is lost, doubled or left behind by it.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracked, Tracker, expect_tasks};
use aqueduct::{
    BoxError, Closed, Control, Emitter, ErrorKind, Pipeline, Running, Sink, Source, Spawnable, Transform, TrySendError,
    inlet, pipeline,
};
use aqueduct_tests::ends::{
    After, Broken, assert_aborted, assert_failed, assert_panicked, block_on, in_time, recorded, within,
};
use aqueduct_tests::flow::settle;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, timeout};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

// E1

#[tokio::test(start_paused = true)]
async fn e1_the_first_failure_wins() {
    within(async {
        let run = pipeline! {
            iter(0..8u64)
            -> map_async(8, async |n| { sleep(ms(100 - 10 * n)).await; if n == 7 { Err(Broken("early")) } else { Ok(n) } })? as early
            -> queue(1)
            -> for_each_async(8, async |_| { sleep(ms(500)).await; Err(Broken("late")) })? as late
        };
        // The stage above fails at once when the eighth result's turn has come; the sink's first would fail only later.
        assert_failed(run.run().await, "early", ErrorKind::Failed, "early");

        let run = pipeline! {
            from(recorded(3, After::Wait).0) -> queue(4)
            -> for_each_async(3, async |n| { sleep(ms(30 - 10 * n)).await; Err(Broken(["slow", "middle", "fast"][n as usize])) })?
        };
        assert_failed(run.run().await, "for_each_async", ErrorKind::Failed, "fast");
    })
    .await;
}

/// Copies are made of a run of items at once: of a failure that ended it, and a panic at an item before, the failure came first.
#[tokio::test(start_paused = true)]
async fn e1_a_failure_is_told_although_a_copy_of_an_item_before_it_makes_an_arm_panic() {
    within(async {
        let run = pipeline! {
            iter([Ok(0), Ok(1), Err(Broken("first"))])? as tried -> broadcast {
                inspect(|n| assert!(*n < 1, "later")) -> queue(8) -> discard(),
                queue(8) -> discard(),
            }
        };
        assert_failed(run.run().await, "tried", ErrorKind::Failed, "first");
    })
    .await;
}

/// An item that panics when it is dropped. Number 2 is the one that a stage fails at, number 5 the one that panics.
#[derive(Debug)]
struct Touchy(u32);

impl Drop for Touchy {
    fn drop(&mut self) {
        assert!(self.0 != 5 || std::thread::panicking(), "dropped");
    }
}

fn touchy() -> impl Iterator<Item = Touchy> + Send {
    (0..9).map(Touchy)
}

fn refuse(item: Touchy) -> Result<Touchy, Broken> {
    if item.0 == 2 { Err(Broken("planned")) } else { Ok(item) }
}

fn refuse_and_keep(item: Touchy) -> Result<(), Broken> {
    refuse(item).map(drop)
}

/// A transform and a sink.
struct Refusing;

impl Transform<Touchy> for Refusing {
    type Out = Touchy;

    async fn apply(&mut self, item: Touchy, out: &mut Emitter<'_, Touchy>) -> Result<(), BoxError> {
        out.emit(refuse(item)?).await;
        Ok(())
    }
}

impl Sink<Touchy> for Refusing {
    type Output = ();

    async fn write(&mut self, item: Touchy) -> Result<(), BoxError> {
        Ok(refuse_and_keep(item)?)
    }

    async fn finish(self) -> Result<(), BoxError> {
        Ok(())
    }
}

/// What waits in a stage's input is dropped with the stage, and may panic then: that is no first failure.
///
/// Rules: E1
#[tokio::test(start_paused = true)]
async fn a_failure_is_told_before_the_rest_of_the_stages_input_is_dropped() {
    macro_rules! each {
        ($($stage:literal: { $($pipeline:tt)+ })+) => {
            within(async {
                $(let outcome = pipeline! { iter(touchy()) -> queue(64) -> $($pipeline)+ }.run().await;
                assert_failed(outcome, $stage, ErrorKind::Failed, "planned");)+
            })
            .await;
        };
    }
    each! {
        "via": { via(Refusing) -> discard() }
        "into": { into(Refusing) }
        "into": { into(futures_util::sink::unfold((), async |(), item| refuse_and_keep(item))) }
        "then": { then(async |item| refuse(item))? -> discard() }
        "map_async": { map_async(3, async |item| refuse(item))? -> discard() }
        "map_async": { map_async(3, async |item| { yield_now().await; refuse(item) })? -> discard() }
        "map_async_unordered": { map_async_unordered(3, async |item| refuse(item))? -> discard() }
        "map_async_keyed": { map_async_keyed(3, |item: &Touchy| item.0, async |item| refuse(item))? -> discard() }
        "map_blocking": { map_blocking(1, refuse)? -> discard() }
        "map": { map(refuse)? -> discard() }
        "map": { map_async(3, async |item| item) -> map(refuse)? -> collect::<Vec<_>>() }
        "for_each": { for_each(refuse_and_keep)? }
        "for_each_async": { for_each_async(1, async |item| refuse_and_keep(item))? }
        "for_each_async": { for_each_async(3, async |item| { yield_now().await; refuse_and_keep(item) })? }
        "for_each_blocking": { for_each_blocking(1, refuse_and_keep)? }
        "fold": { fold((), |(), item| refuse_and_keep(item))? }
    }
    within(async {
        let late = async |item: Touchy| {
            if item.0 == 2 {
                sleep(ms(2_000)).await;
            }
            item
        };
        let outcome = pipeline! { iter(touchy()) -> queue(64) -> then(late) -> queue(64) -> timeout(1s) -> discard() };
        let error = outcome.run().await.unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("timeout", ErrorKind::TimedOut));
    })
    .await;
}

/// Aborts its pipeline with its last item: the end of the input, seen in the same turn, is no end then.
struct AbortsAtTheLast {
    control: Arc<OnceLock<Control>>,
    finished: Arc<AtomicUsize>,
}

impl Sink<u32> for AbortsAtTheLast {
    type Output = ();

    async fn write(&mut self, item: u32) -> Result<(), BoxError> {
        if item == 2 {
            self.control.get().unwrap().abort();
        }
        Ok(())
    }

    async fn finish(self) -> Result<(), BoxError> {
        self.finished.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// Rules: S4, E6
#[tokio::test(start_paused = true)]
async fn a_sink_that_aborts_with_its_last_item_is_not_finished() {
    within(async {
        let (control, finished) = (Arc::new(OnceLock::new()), Arc::new(AtomicUsize::new(0)));
        let sink = AbortsAtTheLast { control: Arc::clone(&control), finished: Arc::clone(&finished) };
        let run = pipeline! { iter(0..3u32) -> queue(8) -> into(sink) };
        control.set(run.control()).unwrap();
        assert_aborted(run.run().await);
        assert_eq!(finished.load(Ordering::Relaxed), 0);
    })
    .await;
}

/// Fails late, while it is closed on account of another failure.
struct PanicsInClose(Gate);

impl Source for PanicsInClose {
    type Item = u64;

    async fn next(&mut self) -> Result<Option<u64>, BoxError> {
        Ok(Some(1))
    }

    async fn close(&mut self) {
        self.0.pass().await;
        panic!("while closing");
    }
}

#[tokio::test(start_paused = true)]
async fn e1_a_failure_while_the_rest_ends_does_not_replace_the_first() {
    within(async {
        let gate = Gate::default();
        gate.open();
        let run = pipeline! { from(PanicsInClose(gate)) -> queue(2) -> for_each(|_| Err(Broken("first")))? };
        assert_failed(run.run().await, "for_each", ErrorKind::Failed, "first");
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_a_panic_in_close_is_a_failure_where_there_is_none_yet() {
    within(async {
        let gate = Gate::default();
        gate.open();
        let run = pipeline! { from(PanicsInClose(gate.clone())) -> queue(2) -> first() };
        assert_panicked(run.run().await, "from", "while closing");
        let run = pipeline! { from(PanicsInClose(gate)) as spring -> first() };
        assert_panicked(run.run().await, "spring", "while closing");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_an_error_tells_its_stage_its_kind_and_its_cause() {
    within(async {
        let error =
            pipeline! { iter(["1", "x"]) -> map(|text| text.parse::<u32>())? as parse -> queue(2) -> discard() }
                .run()
                .await
                .unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("parse", ErrorKind::Failed));
        assert!(
            error.source().unwrap().downcast_ref::<std::num::ParseIntError>().is_some(),
            "the cause is the error itself"
        );
        let location = error.location().expect("a stage stands somewhere");
        assert_eq!(location.file, file!());
        assert_eq!(error.to_string(), format!("stage `parse` failed at {location}"));
        assert_eq!(format!("{error:?}"), format!("{error}\n  because: invalid digit found in string"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_every_operator_with_a_question_mark_names_itself() {
    within(async {
        fn odd(n: u64) -> Result<u64, Broken> {
            if n % 2 == 1 { Err(Broken("odd")) } else { Ok(n) }
        }
        let odds = || [0u64, 2, 3, 4].map(odd);
        let failed = |outcome: Result<(), _>, stage| assert_failed(outcome, stage, ErrorKind::Failed, "odd");

        failed(pipeline! { iter(odds())? -> discard() }.run().await, "iter");
        failed(pipeline! { stream(futures_util::stream::iter(odds()))? -> discard() }.run().await, "stream");
        failed(pipeline! { from(futures_util::stream::iter(odds()))? -> discard() }.run().await, "from");
        failed(pipeline! { once(odd(1))? -> discard() }.run().await, "once");
        failed(pipeline! { repeat_with(|| odd(1))? -> discard() }.run().await, "repeat_with");
        let (sender, receiver) = mpsc::channel(8);
        sender.send(odd(5)).await.unwrap();
        failed(pipeline! { recv(receiver)? -> discard() }.run().await, "recv");
        failed(pipeline! { iter(0..9u64) -> map(odd)? -> discard() }.run().await, "map");
        failed(pipeline! { iter(odds()) -> filter(|_| true)? -> discard() }.run().await, "filter");
        failed(pipeline! { iter(0..9u64) -> filter_map(|n| Some(odd(n)))? -> discard() }.run().await, "filter_map");
        failed(pipeline! { iter(odds()) -> inspect(|_| ())? -> discard() }.run().await, "inspect");
        failed(pipeline! { iter(odds()) -> take(3)? -> discard() }.run().await, "take");
        failed(pipeline! { iter([odds()]) -> flatten()? -> discard() }.run().await, "flatten");
        failed(pipeline! { iter(0..9u64) -> then(async |n| odd(n))? -> discard() }.run().await, "then");
        failed(pipeline! { iter(0..9u64) -> map_async(2, async |n| odd(n))? -> discard() }.run().await, "map_async");
        failed(pipeline! { iter(odds()) -> throttle(100, 1s)? -> discard() }.run().await, "throttle");
        failed(pipeline! { iter(odds()) -> timeout(1s)? -> discard() }.run().await, "timeout");
        failed(pipeline! { iter(0..9u64) -> for_each(|n| odd(n).map(drop))? }.run().await, "for_each");
        failed(
            pipeline! { iter(0..9u64) -> for_each_async(2, async |n| odd(n).map(drop))? }.run().await,
            "for_each_async",
        );
        let folded = pipeline! { iter(0..9u64) -> fold(0, |sum, n| odd(n).map(|n| sum + n))? }.run().await;
        failed(folded.map(drop), "fold");
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_what_is_above_a_failing_item_is_dropped_and_what_is_below_has_not_seen_it() {
    within(async {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let run = pipeline! {
            iter(0..100u64) -> map(|n| if n == 7 { Err(Broken("seven")) } else { Ok(n) })? -> for_each(move |n| noted.lock().unwrap().push(n))
        };
        assert_failed(run.run().await, "map", ErrorKind::Failed, "seven");
        assert_eq!(*seen.lock().unwrap(), [0, 1, 2, 3, 4, 5, 6], "fused: all that was before it, nothing after it");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_the_outcome_comes_when_every_task_has_ended() {
    within(async {
        let (source, record) = recorded(50, After::Wait);
        let (gate, tracker) = (Gate::default(), Tracker::default());
        let made = tracker.clone();
        let mut running = pipeline! {
            from(source.closing_at(&gate)) -> map(move |n| made.item(n)) -> queue(8)
            -> map_async(4, async |item| { sleep(ms(5)).await; item }) -> for_each(|item| if item.number() == 3 { Err(Broken("three")) } else { Ok(()) })?
        }
        .spawn();
        sleep(ms(50)).await;
        assert!((&mut running).now_or_never().is_none(), "`close` has not ended");
        assert_eq!(record.closes(), 1);
        assert_eq!(tracker.live(), 0, "items are not kept for it");
        gate.open();
        assert_failed(running.await, "for_each", ErrorKind::Failed, "three");
        record.assert_closed_once();
        tracker.assert_all_dropped_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_an_overflow_and_a_timeout_have_kinds_of_their_own() {
    within(async {
        let run = pipeline! {
            iter(0..10u32) -> queue(2, overflow = fail) as narrow -> for_each_async(1, async |_| sleep(ms(1)).await)
        };
        let error = run.run().await.unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("narrow", ErrorKind::Overflow));
        let start = Instant::now();
        let error = pipeline! { from(recorded(1, After::Wait).0) -> timeout(250ms) as patience -> discard() }
            .run()
            .await
            .unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("patience", ErrorKind::TimedOut));
        assert_eq!(start.elapsed(), ms(250));
        expect_tasks(0).await;
    })
    .await;
}

// Every item is dropped exactly once, however the run ends.

/// Passes on every item but each seventh, and keeps the last in hand.
struct Holding(Option<Tracked>);

impl Transform<Tracked> for Holding {
    type Out = Tracked;

    async fn apply(&mut self, item: Tracked, out: &mut Emitter<'_, Tracked>) -> Result<(), BoxError> {
        if let Some(held) = self.0.replace(item)
            && held.number() % 7 != 0
        {
            out.emit(held).await;
        }
        Ok(())
    }
}

/// A chain with every kind of stage in it, whose last but one calls `decide` with each item's number.
fn every_stage(
    tracker: &Tracker,
    pace: Duration,
    decide: impl FnMut(u64) -> Result<(), Broken> + Send + 'static,
) -> Pipeline<u64, impl Spawnable<u64>> {
    let mut decide = decide;
    pipeline! {
        iter(tracker.items(0..400))
        -> filter(|item| item.number() % 5 != 3) -> queue(6)
        -> map_async(3, async move |item: Tracked| { sleep(pace * u32::from(item.number().is_multiple_of(3))).await; item })
        -> batch(4, 3ms) -> queue(2) -> flatten() -> chunks(3)
        -> then(async |items| items) -> flatten()
        -> timeout(1h) -> throttle(1000, 1ms, burst = 100) -> via(Holding(None))
        -> map(move |item| decide(item.number()).map(|()| item))? as decide
        -> queue(3)
        -> fold(0, |sum, item: Tracked| sum + u64::from(item.number() > 0))
    }
}

#[tokio::test(start_paused = true)]
async fn e1_items_are_dropped_once_after_a_failure() {
    within(async {
        for at in [0, 1, 10, 101, 250] {
            let tracker = Tracker::default();
            let run = every_stage(&tracker, ms(2), move |n| if n >= at { Err(Broken("enough")) } else { Ok(()) });
            assert_failed(run.run().await, "decide", ErrorKind::Failed, "enough");
            tracker.assert_all_dropped_once();
            expect_tasks(0).await;
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e2_items_are_dropped_once_after_a_panic() {
    within(async {
        for at in [0, 1, 10, 101, 250] {
            let tracker = Tracker::default();
            let run = every_stage(&tracker, ms(2), move |n| if n >= at { panic!("enough") } else { Ok(()) });
            assert_panicked(run.run().await, "decide", "enough");
            tracker.assert_all_dropped_once();
            expect_tasks(0).await;
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e4_items_are_dropped_once_at_the_end() {
    within(async {
        let tracker = Tracker::default();
        assert!(every_stage(&tracker, ms(2), |_| Ok(())).run().await.unwrap() > 200);
        assert_eq!(tracker.made(), 400);
        tracker.assert_all_dropped_once();
        let tracker = Tracker::default();
        assert!(every_stage(&tracker, ms(2), |_| Ok(())).run_local().await.unwrap() > 200);
        tracker.assert_all_dropped_once();
        let tracker = Tracker::default();
        assert!(every_stage(&tracker, ms(2), |_| Ok(())).boxed().run().await.unwrap() > 200);
        tracker.assert_all_dropped_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_items_are_dropped_once_after_finish() {
    within(async {
        for at in [0, 1, 7, 30] {
            let tracker = Tracker::default();
            let running = every_stage(&tracker, ms(2), |_| Ok(())).spawn();
            let control = running.control();
            sleep(ms(at)).await;
            control.finish();
            running.await.unwrap();
            if tracker.made() > 0 {
                tracker.assert_all_dropped_once();
            }
            assert!(tracker.made() < 400, "it stopped before its end");
            expect_tasks(0).await;
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e6_items_are_dropped_once_after_abort_and_after_every_drop() {
    within(async {
        for at in [0, 1, 7, 30] {
            let tracker = Tracker::default();
            let running = every_stage(&tracker, ms(2), |_| Ok(())).spawn();
            sleep(ms(at)).await;
            running.control().abort();
            assert_aborted(running.await);
            assert!(tracker.made() < 400);
            assert_eq!(tracker.live(), 0);

            let tracker = Tracker::default();
            let running = every_stage(&tracker, ms(2), |_| Ok(())).spawn();
            sleep(ms(at)).await;
            drop(running);
            expect_tasks(0).await;
            assert!(tracker.made() < 400);
            assert_eq!(tracker.live(), 0);

            let tracker = Tracker::default();
            let run = timeout(ms(at), every_stage(&tracker, ms(2), |_| Ok(())).run()).await;
            assert!(run.is_err());
            expect_tasks(0).await;
            assert_eq!(tracker.live(), 0);

            let tracker = Tracker::default();
            let run = timeout(ms(at), every_stage(&tracker, ms(2), |_| Ok(())).run_local()).await;
            assert!(run.is_err());
            tracker.assert_all_dropped_once();
        }
    })
    .await;
}

#[test]
fn e6_items_are_dropped_once_on_several_threads() {
    in_time(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
        runtime.block_on(async {
            for round in 0..60 {
                let tracker = Tracker::default();
                let run =
                    every_stage(
                        &tracker,
                        Duration::ZERO,
                        move |n| if n == round * 5 { Err(Broken("enough")) } else { Ok(()) },
                    );
                let running = run.spawn();
                match round % 3 {
                    0 => drop(running.await),
                    1 => {
                        running.control().abort();
                        drop(running.await);
                    }
                    _ => {
                        running.control().finish();
                        drop(running.await);
                    }
                }
                assert_eq!(tracker.live(), 0, "round {round}");
                if tracker.made() > 0 {
                    tracker.assert_all_dropped_once();
                }
            }
        });
    });
}

// E3

#[tokio::test(start_paused = true)]
async fn e3_a_failure_passes_full_links_and_a_stalled_sink() {
    within(async {
        // The source fails at its fourth item; the sink never comes back, and the link above it is full.
        let (source, record) = recorded(3, After::Fail);
        let run = pipeline! {
            from(source) -> queue(1) -> map_async(1, async |n| n) -> queue(1)
            -> for_each_async(1, async |_| std::future::pending::<()>().await)
        };
        assert_failed(run.run().await, "from", ErrorKind::Failed, "dry");
        record.assert_closed_once();

        // A stage in the middle fails while its output is full.
        let tracker = Tracker::default();
        let run = pipeline! {
            iter(tracker.items(0..100)) -> queue(4) -> map_async(3, async |item| {
                if item.number() == 3 { sleep(ms(10)).await; panic!("three") }
                item
            }) -> queue(1) -> for_each_async(1, async |_| std::future::pending::<()>().await)
        };
        assert_panicked(run.run().await, "map_async", "three");
        tracker.assert_all_dropped_once();

        // The sink fails while all above it is full.
        let tracker = Tracker::default();
        let run = pipeline! {
            iter(tracker.items(0..100)) -> queue(4) -> then(async |item| item) -> queue(4) -> batch(2, 1s) -> queue(2)
            -> for_each_async(1, async |_| { sleep(ms(10)).await; Err(Broken("no")) })?
        };
        assert_failed(run.run().await, "for_each_async", ErrorKind::Failed, "no");
        tracker.assert_all_dropped_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e3_a_failure_reaches_a_caller_whose_source_waits_for_ever() {
    within(async {
        let (source, record) = recorded(1, After::Wait);
        let (pending, quiet) = recorded(0, After::Wait);
        let run = pipeline! {
            from(source) -> queue(4) -> timeout(1h) -> throttle(1, 1h) -> batch(9, 1h) -> queue(4)
            -> timeout(5ms) as first_to_tire -> discard()
        };
        assert_eq!(run.run().await.unwrap_err().stage(), "first_to_tire");
        record.assert_closed_once();
        let run = pipeline! { from(pending) -> timeout(5ms) -> discard() };
        assert_eq!(run.run_local().await.unwrap_err().kind(), ErrorKind::TimedOut);
        quiet.assert_closed_once();
    })
    .await;
}

// E4

/// Gives three items, notes calls after its end, and claims to be longer than it is.
struct Overstated {
    left: u32,
    claimed: usize,
    late: Arc<AtomicUsize>,
    over: bool,
}

impl Iterator for Overstated {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.over {
            self.late.fetch_add(1, Ordering::SeqCst);
        }
        self.over = self.left == 0;
        self.left = self.left.checked_sub(1)?;
        Some(self.left)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.claimed, None)
    }
}

#[tokio::test(start_paused = true)]
async fn e4_an_iterator_is_not_asked_after_its_end() {
    within(async {
        for claimed in [0, 3, 5, usize::MAX] {
            let late = Arc::new(AtomicUsize::new(0));
            let numbers = || Overstated { left: 3, claimed, late: Arc::clone(&late), over: false };
            assert_eq!(pipeline! { iter(numbers()) -> count() }.run().await.unwrap(), 3);
            assert_eq!(pipeline! { iter(numbers()) -> queue(2) -> count() }.run().await.unwrap(), 3);
            assert_eq!(pipeline! { iter(numbers()) -> chunks(2) -> collect::<Vec<_>>() }.run().await.unwrap().len(), 2);
            assert_eq!(pipeline! { iter(numbers()) -> map(|n| n) -> fold(0, |a, b| a + b) }.run().await.unwrap(), 3);
            assert_eq!(pipeline! { once(numbers()) -> flatten() -> take(9) -> count() }.run().await.unwrap(), 3);
            assert_eq!(late.load(Ordering::SeqCst), 0, "claimed {claimed}");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e4_a_stream_is_not_polled_after_its_end() {
    within(async {
        let late = Arc::new(AtomicUsize::new(0));
        let noted = Arc::clone(&late);
        let mut left = 3;
        let stream = futures_util::stream::poll_fn(move |_| {
            if left == -1 {
                noted.fetch_add(1, Ordering::SeqCst);
            }
            left = (left - 1).max(-1);
            std::task::Poll::Ready((left >= 0).then_some(left))
        });
        let slow = pipeline! { stream(stream) -> queue(1) -> for_each_async(1, async |_| sleep(ms(1)).await) };
        slow.run().await.unwrap();
        assert_eq!(late.load(Ordering::SeqCst), 0);
    })
    .await;
}

/// A futures sink that notes whatever is called after it was closed.
struct Strict {
    closed: bool,
    log: Arc<Mutex<Vec<&'static str>>>,
}

impl Strict {
    fn note(&self, call: &'static str) {
        assert!(!self.closed, "{call} after close");
        self.log.lock().unwrap().push(call);
    }
}

impl futures_sink::Sink<u32> for Strict {
    type Error = Broken;

    fn poll_ready(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Broken>> {
        self.note("ready");
        std::task::Poll::Ready(Ok(()))
    }

    fn start_send(self: std::pin::Pin<&mut Self>, item: u32) -> Result<(), Broken> {
        self.note("send");
        if item == 666 { Err(Broken("refused")) } else { Ok(()) }
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Broken>> {
        self.note("flush");
        std::task::Poll::Ready(Ok(()))
    }

    fn poll_close(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Broken>> {
        self.note("close");
        self.closed = true;
        std::task::Poll::Ready(Ok(()))
    }
}

#[tokio::test(start_paused = true)]
async fn e4_a_futures_sink_is_closed_once_and_not_used_after_it() {
    within(async {
        let log = Arc::new(Mutex::new(Vec::new()));
        pipeline! { iter(0..3u32) -> into(Strict { closed: false, log: Arc::clone(&log) }) }.run().await.unwrap();
        let calls = log.lock().unwrap().clone();
        assert_eq!(calls.iter().filter(|call| **call == "send").count(), 3);
        assert_eq!(calls.last(), Some(&"close"));

        let log = Arc::new(Mutex::new(Vec::new()));
        let run = pipeline! { iter([1u32, 666, 2]) -> into(Strict { closed: false, log: Arc::clone(&log) }) as strict };
        assert_failed(run.run().await, "strict", ErrorKind::Failed, "refused");
        let calls = log.lock().unwrap().clone();
        assert_eq!(calls.last(), Some(&"send"), "nothing after its error: {calls:?}");
    })
    .await;
}

// E5

#[tokio::test(start_paused = true)]
async fn e5_finish_stops_the_source_and_lets_out_everything_inside() {
    within(async {
        let (source, record) = recorded(1000, After::Wait);
        let gate = Gate::default();
        let closed = gate.clone();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let running = pipeline! {
            from(source) -> queue(4) -> map_async(2, async |n| n) -> queue(3)
            -> for_each_async(1, async move |n| { closed.pass().await; noted.lock().unwrap().push(n) })
        }
        .spawn();
        settle().await;
        running.control().finish();
        settle().await;
        assert!(seen.lock().unwrap().is_empty());
        let given = record.nexts() as u64;
        gate.open();
        running.await.unwrap();
        assert_eq!(record.nexts() as u64, given, "not asked after finish");
        assert_eq!(*seen.lock().unwrap(), (0..given).collect::<Vec<_>>(), "all that entered came out");
        record.assert_closed_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_drops_a_next_in_progress() {
    within(async {
        let (source, record) = recorded(2, After::Wait);
        let running = pipeline! { from(source) -> collect::<Vec<_>>() }.spawn();
        settle().await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), [0, 1]);
        assert_eq!(record.unanswered(), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_lets_batches_and_chunks_leave_at_once() {
    within(async {
        let (sender, receiver) = mpsc::channel(9);
        for n in 0..3u8 {
            sender.send(n).await.unwrap();
        }
        let start = Instant::now();
        let running = pipeline! { recv(receiver) -> batch(100, 1h) -> collect::<Vec<_>>() }.spawn();
        settle().await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), [[0, 1, 2]]);
        let running =
            pipeline! { from(recorded(5, After::Wait).0) -> chunks(3) -> queue(4) -> collect::<Vec<_>>() }.spawn();
        settle().await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), [vec![0, 1, 2], vec![3, 4]]);
        assert_eq!(start.elapsed(), Duration::ZERO);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_leaves_throttle_its_own_time() {
    within(async {
        let start = Instant::now();
        let running =
            pipeline! { from(recorded(5, After::Wait).0) -> queue(8) -> throttle(1, 1s) -> collect::<Vec<_>>() }
                .spawn();
        settle().await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), [0, 1, 2, 3, 4]);
        assert_eq!(start.elapsed(), Duration::from_secs(4));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_ends_every_kind_of_source() {
    within(async {
        async fn finished<O: Send + 'static>(run: Pipeline<O, impl Spawnable<O>>) -> O {
            let running = run.spawn();
            // The paused clock moves on only when nothing is busy: so the endless ones get turns instead of time.
            settle().await;
            running.control().finish();
            running.await.unwrap()
        }
        let (sender, receiver) = mpsc::channel(4);
        sender.send(1u8).await.unwrap();
        assert_eq!(finished(pipeline! { recv(receiver) -> count() }).await, 1);
        assert!(sender.is_closed());
        let () =
            finished(pipeline! { repeat_with(|| 1u8) -> queue(2) -> for_each_async(1, async |_| sleep(ms(1)).await) })
                .await;
        assert!(finished(pipeline! { iter(0u64..) -> count() }).await > 0);
        assert_eq!(finished(pipeline! { interval(1h) -> count() }).await, 1);
        assert_eq!(finished(pipeline! { stream(futures_util::stream::pending::<u8>()) -> count() }).await, 0);
        assert_eq!(
            finished(
                pipeline! { from(futures_util::stream::iter(0..3u8).chain(futures_util::stream::pending())) -> count() }
            )
            .await,
            3
        );
        let (_writer, reader) = tokio::io::duplex(64);
        assert_eq!(finished(pipeline! { lines(reader)? -> count() }).await, 0);
        let (_writer, reader) = tokio::io::duplex(64);
        assert_eq!(finished(pipeline! { bytes(reader)? -> queue(2) -> count() }).await, 0);
        let (inlet, source) = inlet(4);
        inlet.send(1u8).await.unwrap();
        assert_eq!(finished(pipeline! { from(source) -> count() }).await, 1);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_of_an_inlet_refuses_waiting_sends_and_lets_out_what_it_accepted() {
    within(async {
        let (inlet, source) = inlet(3);
        let gate = Gate::default();
        let closed = gate.clone();
        let running = pipeline! {
            from(source) -> then(async move |n: u32| { closed.pass().await; n }) -> collect::<Vec<_>>()
        }
        .spawn();
        let control = running.control();
        let mut sent = 0;
        // Fill all there is, first as it drains into the stage, then to the brim.
        for _ in 0..300 {
            settle().await;
            if inlet.try_send(sent).is_err() {
                break;
            }
            sent += 1;
        }
        let waiting: Vec<_> = (100..103)
            .map(|n| {
                let inlet = inlet.clone();
                tokio::spawn(async move { inlet.send(n).await })
            })
            .collect();
        settle().await;
        control.finish();
        settle().await;
        let mut refused = Vec::new();
        for send in waiting {
            refused.push(send.await.unwrap());
        }
        assert_eq!(refused, [Err(Closed(100)), Err(Closed(101)), Err(Closed(102))]);
        assert_eq!(inlet.try_send(7), Err(TrySendError::Closed(7)));
        assert_eq!(inlet.ready().await, Err(Closed(())));
        gate.open();
        assert_eq!(running.await.unwrap(), (0..sent).collect::<Vec<_>>(), "what was accepted comes out");
        assert_eq!(inlet.send(8).await, Err(Closed(8)));
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_within_a_time_that_suffices_is_ok() {
    within(async {
        let running = pipeline! { from(recorded(5, After::Wait).0) -> queue(8) -> throttle(1, 1s) -> count() }.spawn();
        settle().await;
        running.control().finish_within(Duration::from_secs(5));
        assert_eq!(running.await.unwrap(), 5);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_within_aborts_past_the_deadline() {
    within(async {
        let start = Instant::now();
        let tracker = Tracker::default();
        let running = pipeline! { iter(tracker.items(0..50)) -> queue(8) -> throttle(1, 1s) -> count() }.spawn();
        settle().await;
        running.control().finish_within(ms(2500));
        assert_aborted(running.await);
        assert_eq!(start.elapsed(), ms(2500));
        tracker.assert_all_dropped_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_within_holds_from_its_call_also_before_the_run() {
    within(async {
        let start = Instant::now();
        let (inlet, source) = inlet(8);
        for n in 0..8u8 {
            inlet.send(n).await.unwrap();
        }
        let run = pipeline! { from(source) -> throttle(1, 1s) -> count() };
        run.control().finish_within(ms(1500));
        sleep(ms(1000)).await;
        assert_aborted(run.run().await);
        assert_eq!(start.elapsed(), ms(1500));
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_of_several_deadlines_the_earliest_holds() {
    within(async {
        for (first, second) in [(500, 90_000), (90_000, 500)] {
            let start = Instant::now();
            let running = pipeline! { from(recorded(5, After::Wait).0) -> throttle(1, 1h) -> count() }.spawn();
            settle().await;
            running.control().finish_within(ms(first));
            running.control().finish_within(ms(second));
            running.control().finish();
            assert_aborted(running.await);
            assert_eq!(start.elapsed(), ms(500));
        }
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_within_works_under_run_local() {
    within(async {
        let start = Instant::now();
        let run = pipeline! { from(recorded(5, After::Wait).0) -> throttle(1, 1h) -> count() };
        let control = run.control();
        let (outcome, ()) = futures_util::future::join(run.run_local(), async {
            sleep(ms(100)).await;
            control.finish_within(ms(200));
        })
        .await;
        assert_aborted(outcome);
        assert_eq!(start.elapsed(), ms(300));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_within_covers_the_close_of_a_source() {
    within(async {
        let (source, record) = recorded(2, After::Wait);
        let never = Gate::default();
        let start = Instant::now();
        let running = pipeline! { from(source.closing_at(&never)) -> queue(4) -> count() }.spawn();
        settle().await;
        running.control().finish_within(ms(800));
        assert_aborted(running.await);
        assert_eq!(start.elapsed(), ms(800));
        assert_eq!((record.closes(), record.is_dropped()), (1, true));
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_within_covers_the_close_of_a_source_under_run_local() {
    within(async {
        let (source, record) = recorded(2, After::Wait);
        let never = Gate::default();
        let start = Instant::now();
        let run = pipeline! { from(source.closing_at(&never)) -> queue(4) -> count() };
        run.control().finish_within(ms(800));
        assert_aborted(run.run_local().await);
        assert_eq!(start.elapsed(), ms(800));
        assert_eq!((record.closes(), record.is_dropped()), (1, true));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_within_covers_close_after_a_failure() {
    within(async {
        let (source, _) = recorded(2, After::Fail);
        let never = Gate::default();
        let start = Instant::now();
        let running = pipeline! { from(source.closing_at(&never)) -> queue(4) -> count() }.spawn();
        settle().await;
        running.control().finish_within(ms(800));
        assert_failed(running.await, "from", ErrorKind::Failed, "dry");
        assert_eq!(start.elapsed(), ms(800));
        expect_tasks(0).await;
    })
    .await;
}

/// Never comes to its end.
struct NeverDone;

impl Sink<u64> for NeverDone {
    type Output = ();

    async fn write(&mut self, _: u64) -> Result<(), BoxError> {
        Ok(())
    }

    async fn finish(self) -> Result<(), BoxError> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn e5_finish_within_covers_the_finish_of_a_sink() {
    within(async {
        let start = Instant::now();
        let running = pipeline! { from(recorded(2, After::Wait).0) -> into(NeverDone) }.spawn();
        settle().await;
        running.control().finish_within(ms(800));
        assert_aborted(running.await);
        assert_eq!(start.elapsed(), ms(800));
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_within_of_no_time_aborts_what_does_not_end_by_itself() {
    within(async {
        let running = pipeline! { from(recorded(2, After::Wait).0) -> into(NeverDone) }.spawn();
        running.control().finish_within(Duration::ZERO);
        assert_aborted(running.await);
        let running = pipeline! { from(recorded(2, After::Wait).0) -> count() }.spawn();
        settle().await;
        running.control().finish_within(Duration::MAX);
        assert_eq!(running.await.unwrap(), 2);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_a_stage_can_finish_or_abort_its_own_pipeline() {
    within(async {
        let own = Arc::new(Mutex::new(None::<Control>));
        let inside = Arc::clone(&own);
        let run = pipeline! { iter(0u64..) -> inspect(move |n| if *n == 5000 { inside.lock().unwrap().as_ref().unwrap().finish() }) -> count() };
        *own.lock().unwrap() = Some(run.control());
        let counted = run.run().await.unwrap();
        assert!((5001..10_000).contains(&counted), "{counted}: it ends within a run or two");

        let own = Arc::new(Mutex::new(None::<Control>));
        let inside = Arc::clone(&own);
        let run = pipeline! { iter(0u64..) -> queue(4) -> for_each(move |n| if n == 5000 { inside.lock().unwrap().as_ref().unwrap().abort() }) };
        *own.lock().unwrap() = Some(run.control());
        assert_aborted(run.run_local().await);
    })
    .await;
}

// E6

#[tokio::test(start_paused = true)]
async fn e6_abort_ends_all_tasks_though_everything_waits() {
    within(async {
        let (source, record) = recorded(100, After::Wait);
        let running = pipeline! {
            from(source) -> queue(2) -> map_async(2, async |_| std::future::pending::<u8>().await)
            -> batch(4, 1h) -> throttle(1, 1h) -> timeout(1h) -> for_each_async(1, async |_| std::future::pending::<()>().await)
        }
        .spawn();
        settle().await;
        running.control().abort();
        assert_aborted(running.await);
        record.assert_closed_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e6_dropping_running_ends_all_tasks() {
    within(async {
        let (source, record) = recorded(100, After::Wait);
        let tracker = Tracker::default();
        let made = tracker.clone();
        let running = pipeline! { from(source) -> map(move |n| made.item(n)) -> queue(4) -> then(async |_| std::future::pending::<u8>().await) -> discard() }.spawn();
        settle().await;
        drop(running);
        settle().await;
        record.assert_closed_once();
        tracker.assert_all_dropped_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e6_dropping_the_future_of_run_ends_all_tasks() {
    within(async {
        let (source, record) = recorded(100, After::Wait);
        let tracker = Tracker::default();
        let made = tracker.clone();
        let run = pipeline! { from(source) -> map(move |n| made.item(n)) -> queue(4) -> then(async |_| std::future::pending::<u8>().await) -> discard() };
        let control = run.control();
        assert!(timeout(ms(10), run.run()).await.is_err());
        expect_tasks(0).await;
        record.assert_closed_once();
        tracker.assert_all_dropped_once();
        assert_eq!(control.signals().next().await.map(|event| event.len), None, "the pipeline has ended");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e6_dropping_the_future_of_run_local_drops_everything() {
    within(async {
        let (source, record) = recorded(100, After::Wait);
        let tracker = Tracker::default();
        let made = tracker.clone();
        let run = pipeline! { from(source) -> map(move |n| made.item(n)) -> queue(4) -> then(async |_| std::future::pending::<u8>().await) -> discard() };
        let control = run.control();
        assert!(timeout(ms(10), run.run_local()).await.is_err());
        tracker.assert_all_dropped_once();
        assert_eq!((record.closes(), record.is_dropped()), (0, true));
        assert!(control.signals().next().await.is_none(), "the pipeline has ended");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e6_a_detached_pipeline_runs_on() {
    within(async {
        let (sender, mut receiver) = mpsc::channel(1);
        let control = pipeline! { iter(0..5u32) -> throttle(1, 10ms) -> send(sender) }.spawn().detach();
        for n in 0..5 {
            assert_eq!(receiver.recv().await, Some(n));
        }
        assert_eq!(receiver.recv().await, None);
        settle().await;
        assert_eq!(control.snapshot().stage("send").unwrap().items_in, 5);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e6_a_detached_pipeline_can_be_aborted() {
    within(async {
        let (source, record) = recorded(5, After::Wait);
        let control = pipeline! { from(source) -> queue(2) -> count() }.spawn().detach();
        settle().await;
        control.abort();
        expect_tasks(0).await;
        record.assert_closed_once();
    })
    .await;
}

#[test]
fn e6_the_runtime_shuts_down_while_running_is_awaited_elsewhere() {
    in_time(|| {
        for in_background in [false, true] {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            let (source, record) = recorded(100, After::Wait);
            let tracker = Tracker::default();
            let made = tracker.clone();
            let running = {
                let _inside = runtime.enter();
                pipeline! {
                    from(source) -> map(move |n| made.item(n)) -> queue(4)
                    -> then(async |_| std::future::pending::<u8>().await) -> discard()
                }
                .spawn()
            };
            while tracker.made() < 4 {
                std::thread::yield_now();
            }
            let waiting = std::thread::spawn(move || block_on(running));
            if in_background {
                runtime.shutdown_background();
            } else {
                drop(runtime);
            }
            assert_aborted(waiting.join().unwrap());
            tracker.assert_all_dropped_once();
            assert!(record.is_dropped());
        }
    });
}

#[test]
fn e6_running_outlives_its_runtime() {
    in_time(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let tracker = Tracker::default();
        let running: Running<u64> = {
            let _inside = runtime.enter();
            pipeline! { iter(tracker.items(0..20)) -> queue(4) -> throttle(1, 1h) -> count() }.spawn()
        };
        runtime.block_on(settle());
        running.control().finish_within(ms(5));
        drop(runtime);
        assert_aborted(block_on(running));
        tracker.assert_all_dropped_once();
    });
}

#[tokio::test(start_paused = true)]
async fn e6_waiting_for_running_may_be_cancelled_and_begun_again_elsewhere() {
    within(async {
        let mut running = pipeline! { iter(0..5u32) -> throttle(1, 10ms) -> count() }.spawn();
        assert!(timeout(ms(5), &mut running).await.is_err());
        assert!((&mut running).now_or_never().is_none());
        assert_eq!(tokio::spawn(running).await.unwrap().unwrap(), 5);
        expect_tasks(0).await;
    })
    .await;
}

/// An item whose drop looks at the pipeline it was in.
struct Curious(u32, Arc<Mutex<Option<Control>>>);

impl Drop for Curious {
    fn drop(&mut self) {
        let control = self.1.lock().unwrap().clone();
        if let Some(control) = control {
            assert!(!control.snapshot().stages.is_empty());
            drop(control.signals());
            if self.0 == 700 {
                control.abort();
            }
        }
    }
}

impl aqueduct::Weigh for Curious {
    fn weight(&self) -> usize {
        1
    }
}

/// No lock is held where items are dropped: those that overflow, those inside at the end, those on their way.
#[tokio::test(start_paused = true)]
async fn e1_the_drop_of_an_item_may_use_the_pipelines_control() {
    within(async {
        macro_rules! curious {
            ($($link:tt)*) => {{
                let control = Arc::new(Mutex::new(None));
                let own = Arc::clone(&control);
                let run = pipeline! {
                    iter(0..) -> map(move |n| Curious(n, Arc::clone(&own))) -> $($link)* -> for_each_async(2, async |item: Curious| {
                        sleep(ms(1)).await;
                        drop(item)
                    })
                };
                *control.lock().unwrap() = Some(run.control());
                assert_aborted(run.run().await);
                *control.lock().unwrap() = None;
                expect_tasks(0).await;
            }};
        }
        curious!(queue(4));
        curious!(queue(4) -> map_async(2, async |item| item));
        curious!(queue(bytes = 16));
        curious!(queue(4, overflow = drop_oldest));
        curious!(queue(4, overflow = drop_newest));
        curious!(queue(bytes = 16, overflow = drop_oldest));
        curious!(queue(bytes = 16, overflow = drop_newest));
        curious!(batch(3, 1s) -> flatten());
    })
    .await;
}
