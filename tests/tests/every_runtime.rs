//! Each asynchronous and timed stage on several threads and in the calling task: nothing is lost, doubled or left waiting, whoever
//! polls it. Links are of two and of one, so that every item waits for a wake-up somewhere (L7).

use std::future::pending;
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracked, expect_tasks};
use aqueduct::{BoxError, Emitter, ErrorKind, Transform, pipeline};
use aqueduct_tests::ends::{block_on, in_time, within};
use aqueduct_tests::flow::settle;
use aqueduct_tests::watched::{Came, Watched, ms};
use futures_util::stream;
use tokio::task::yield_now;
use tokio::time::sleep;

/// Gives on what it gets.
struct Pass;

impl Transform<Tracked> for Pass {
    type Out = Tracked;

    async fn apply(&mut self, item: Tracked, out: &mut Emitter<'_, Tracked>) -> Result<(), BoxError> {
        yield_now().await;
        out.emit(item).await;
        Ok(())
    }
}

/// Waits for others, now and then twice.
async fn passed_on(item: Tracked) -> Tracked {
    yield_now().await;
    if item.number().is_multiple_of(3) {
        yield_now().await;
    }
    item
}

/// A row of each stage that loses nothing.
macro_rules! each_stage {
    ($check:ident) => {
        $check!("then"; then(passed_on));
        $check!("map_async"; map_async(3, passed_on));
        $check!("map_async_unordered"; map_async_unordered(3, passed_on));
        $check!("map_async_keyed"; map_async_keyed(3, |item: &Tracked| item.number() % 5, passed_on));
        $check!("filter_async"; filter_async(async |_: &Tracked| { yield_now().await; true }));
        $check!("map_blocking"; map_blocking(3, |item: Tracked| item));
        $check!("flatten_unordered"; map(|item| Box::pin(stream::once(passed_on(item)))) -> flatten_unordered(3));
        $check!("take_until"; take_until(pending::<()>()));
        $check!("via"; via(Pass));
        $check!("batch"; batch(4, 1ms));
        $check!("batch by weight"; batch(100, 1ms, bytes = 3));
        $check!("ready_chunks"; ready_chunks(4));
        $check!("throttle"; throttle(1000, 1ms, burst = 5));
        $check!("timeout"; timeout(1h));
        $check!("delay"; delay(1us));
        $check!("conflate"; map(|item: Tracked| vec![item]) -> conflate(|mut all: Vec<_>, more| { all.extend(more); all }));
    };
}

fn in_its_order(stage: &str, came: &Came) -> Vec<u64> {
    if stage.contains("unordered") || stage.contains("keyed") { came.sorted() } else { came.all() }
}

/// Items of a run to its end.
const ITEMS: u64 = 300;

macro_rules! through {
    ($watched:ident, $came:ident; $($stage:tt)*) => {{
        let (tracker, came) = ($watched.tracker.clone(), $came.clone());
        pipeline! {
            #![queue = 2]
            iter((0..ITEMS).map(move |n| tracker.item(n))) -> $($stage)* -> map(|value| value) -> queue(1)
            -> for_each_async(2, async move |value| { came.note(&value); yield_now().await; })
        }
    }};
}

#[test]
fn l7_each_stage_runs_to_its_end_on_several_threads() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_all().build().unwrap();
    in_time(|| {
        runtime.block_on(within(async {
            macro_rules! runs {
                ($name:literal; $($stage:tt)*) => {
                    for round in 0..3 {
                        let (watched, came) = (Watched::new(), Came::default());
                        through!(watched, came; $($stage)*).run().await.unwrap();
                        // Two of the sink's calls run at once, but in its one task: they begin in order.
                        assert_eq!(in_its_order($name, &came), (0..ITEMS).collect::<Vec<_>>(), "{}, round {round}", $name);
                        assert_eq!((watched.made(), watched.tracker.live()), (ITEMS, 0), "{}", $name);
                    }
                };
            }
            each_stage!(runs);
        }));
    });
}

#[tokio::test(start_paused = true)]
async fn l7_each_stage_runs_to_its_end_in_the_calling_task() {
    within(async {
        macro_rules! runs {
            ($name:literal; $($stage:tt)*) => {
                let (watched, came) = (Watched::new(), Came::default());
                through!(watched, came; $($stage)*).run_local().await.unwrap();
                assert_eq!(in_its_order($name, &came), (0..ITEMS).collect::<Vec<_>>(), "{}", $name);
                assert_eq!((watched.made(), watched.tracker.live()), (ITEMS, 0), "{}", $name);
            };
        }
        each_stage!(runs);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_e7_each_stage_hears_pause_resume_and_finish_in_the_calling_task() {
    within(async {
        macro_rules! hears {
            ($name:literal; $($stage:tt)*) => {
                let (watched, came, gate) = (Watched::new(), Came::default(), Gate::new());
                let (seen, held) = (came.clone(), gate.clone());
                let run = pipeline! {
                    #![queue = 2]
                    from(watched.source(10_000, ms(1))) -> $($stage)* -> map(|value| value) -> queue(1)
                    -> for_each_async(1, async move |value| { held.pass().await; seen.note(&value); })
                };
                let control = run.control();
                let commands = async {
                    sleep(ms(50)).await;
                    // Everything is full; nothing may enter, and all comes out.
                    control.pause();
                    gate.open();
                    sleep(Duration::from_secs(10)).await;
                    let made = watched.made();
                    let inside = watched.tracker.live();
                    assert!(inside == 0 || $name == "flatten_unordered", "{}: {inside} still inside", $name);
                    control.resume();
                    sleep(ms(50)).await;
                    assert!(watched.made() > made + 20, "{}: it goes on", $name);
                    control.finish();
                    settle().await;
                    watched.assert_closed_once($name);
                };
                let (outcome, ()) = tokio::join!(run.run_local(), commands);
                outcome.unwrap();
                // Inner streams are sources: what they had not given at finish is dropped.
                let lost = if $name == "flatten_unordered" { 3 + 2 } else { 0 };
                let all = in_its_order($name, &came);
                assert!(all.len() as u64 + lost >= watched.made(), "{}: {} of {}", $name, all.len(), watched.made());
                assert!(all.windows(2).all(|two| two[0] < two[1]), "{}: each once", $name);
                watched.assert_all_gone($name).await;
            };
        }
        each_stage!(hears);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_a_satisfied_sink_below_each_stage_cancels_what_is_above_it() {
    within(async {
        macro_rules! cancels {
            ($name:literal; $($stage:tt)*) => {
                for local in [false, true] {
                    let (watched, came) = (Watched::new(), Came::default());
                    let seen = came.clone();
                    // The source waits for ever after its last item: nothing but the cancellation ends the run.
                    let run = pipeline! {
                        #![queue = 2]
                        from(watched.source(20, ms(1))) -> $($stage)* -> take(2) -> for_each(move |value| seen.note(&value))
                    };
                    let outcome = if local { run.run_local().await } else { run.run().await };
                    outcome.unwrap();
                    let came = in_its_order($name, &came);
                    assert!((2..=2 * 4).contains(&came.len()), "{}: two values: {came:?}", $name);
                    assert!(came.iter().copied().eq(0..came.len() as u64), "{}: the first two: {came:?}", $name);
                    assert!(watched.made() <= came.len() as u64 + 2 + 3 + 1, "{}: it stops soon: {}", $name, watched.made());
                    watched.assert_all_gone($name).await;
                    expect_tasks(0).await;
                }
            };
        }
        each_stage!(cancels);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_e6_each_stage_stands_an_empty_input_and_an_end_before_the_run() {
    within(async {
        macro_rules! stands {
            ($name:literal; $($stage:tt)*) => {
                for (finishes, aborts, local) in
                    [(true, false, false), (true, false, true), (false, true, false), (false, true, true), (true, true, false)]
                {
                    let (watched, came) = (Watched::new(), Came::default());
                    let seen = came.clone();
                    let run = pipeline! { from(watched.source(20, Duration::ZERO)) -> $($stage)* -> for_each(move |value| seen.note(&value)) };
                    let control = run.control();
                    if finishes {
                        control.finish();
                    }
                    if aborts {
                        control.abort();
                    }
                    let outcome = if local { run.run_local().await } else { run.run().await };
                    assert_eq!(outcome.is_ok(), !aborts, "{}", $name);
                    assert_eq!((watched.made(), came.all()), (0, vec![]), "{}: nothing was asked for", $name);
                    watched.assert_closed_once($name);
                }
                let came = Came::default();
                let seen = came.clone();
                let empty = pipeline! { iter(Vec::<Tracked>::new()) -> $($stage)* -> for_each(move |value| seen.note(&value)) };
                empty.run().await.unwrap();
                assert_eq!(came.all(), [0; 0], "{}: it makes nothing of nothing", $name);
                expect_tasks(0).await;
            };
        }
        each_stage!(stands);
    })
    .await;
}

#[test]
fn e2_a_stage_that_needs_a_runtime_fails_with_its_name_where_there_is_none() {
    macro_rules! fails {
        ($name:literal; $($pipeline:tt)*) => {
            let watched = Watched::new();
            let tracker = watched.tracker.clone();
            let items = (0..9).map(move |n| tracker.item(n));
            let outcome = block_on(fails!(@run items; $($pipeline)*));
            let error = outcome.expect_err($name);
            assert_eq!((error.stage(), error.kind()), ("needs", ErrorKind::Panicked), "{}: {error}", $name);
            assert_eq!(watched.tracker.live(), 0, "{}", $name);
        };
        (@run $items:ident; sink $($sink:tt)*) => {
            pipeline! { iter($items) -> $($sink)* as needs }.run_local()
        };
        (@run $items:ident; $($stage:tt)*) => {
            pipeline! { iter($items) -> $($stage)* as needs -> queue(1) -> discard() }.run_local()
        };
    }
    in_time(|| {
        fails!("batch"; batch(10, 1s));
        fails!("throttle"; throttle(1, 1s));
        fails!("timeout"; then(async |_| pending::<()>().await) -> timeout(1s));
        fails!("delay"; delay(1s));
        fails!("map_blocking"; map_blocking(2, |item: Tracked| item));
        fails!("for_each_blocking"; sink for_each_blocking(2, |item: Tracked| drop(item)));
    });
}
