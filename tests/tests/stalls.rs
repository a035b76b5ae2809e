//! `#![stall = …]`: a run in which nothing moves although items are inside is told of, once, with the snapshot in it.

#![cfg(not(loom))]

use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::time::Duration;

use aqueduct::testkit::{Gate, expect_tasks};
use aqueduct::{Control, StageState, Stall, inlet, pipeline};
use aqueduct_tests::ends::within;
use aqueduct_tests::flow::settle;
use aqueduct_tests::watched::ms;
use futures_util::{FutureExt, StreamExt, future};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

const HOUR: Duration = Duration::from_secs(3_600);

/// The stalls told in an hour.
async fn in_an_hour(control: &Control) -> Vec<Stall> {
    let mut stalls = control.stalls();
    sleep(HOUR).await;
    let mut told = Vec::new();
    while let Some(Some(stall)) = stalls.next().now_or_never() {
        told.push(stall);
    }
    told
}

/// A chain that takes one item a gate lets through, behind a link that fills.
macro_rules! held {
    ($gate:expr) => {{
        let gate = $gate.clone();
        pipeline! {
            #![stall = 30s]
            iter(0..100) -> queue(8) as waiting -> for_each_async(1, async move |_| gate.pass().await) as store
        }
    }};
}

#[tokio::test(start_paused = true)]
async fn a_stall_is_told_once_with_the_snapshot_that_names_its_cause() {
    within(async {
        let running = held!(Gate::new()).spawn();
        let begun = Instant::now();
        let first = running.control().stalls().next().await.unwrap();
        assert!((30..=60).contains(&begun.elapsed().as_secs()), "told after {:?}", begun.elapsed());
        assert!(first.lasted >= Duration::from_secs(30), "{:?}", first.lasted);
        let waiting = first.snapshot.link("waiting").unwrap();
        assert_eq!((waiting.len, waiting.paused), (7, true));
        assert_eq!(first.snapshot.bottleneck().unwrap().stage, "store");
        assert!(in_an_hour(&running.control()).await.is_empty(), "told already");
        drop(running);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn it_is_another_stall_when_something_has_moved_since() {
    within(async {
        let gate = Gate::new();
        let running = held!(gate).spawn();
        let control = running.control();
        for passed in 0..3 {
            let told = in_an_hour(&control).await;
            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!(told[0].snapshot.stage("store").unwrap().items_in, passed + 1);
            gate.allow(1);
        }
        gate.open();
        running.await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_moves_now_and_then_does_not_stall() {
    within(async {
        let running = pipeline! {
            #![stall = 30s]
            interval(29s) -> queue(4) -> for_each_async(1, async |_| sleep(ms(28_000)).await)
        }
        .spawn();
        assert!(in_an_hour(&running.control()).await.is_empty());
        drop(running);
    })
    .await;
}

/// An item in one stage's hand, and none in any link.
#[tokio::test(start_paused = true)]
async fn an_item_that_a_stage_holds_is_inside() {
    macro_rules! holds {
        ($name:literal; $($stage:tt)*) => {
            let running = pipeline! { #![stall = 30s] once(1u32) -> $($stage)* -> discard() }.spawn();
            let told = in_an_hour(&running.control()).await;
            assert_eq!(told.len(), 1, "{}: {told:?}", $name);
            assert!(told[0].snapshot.links.iter().all(|link| link.len == 0), "{}: {told:?}", $name);
            drop(running);
        };
    }
    within(async {
        holds!("then"; then(async |_| pending::<u32>().await));
        holds!("filter_async"; filter_async(async |_| pending::<bool>().await));
        holds!("map_async"; map_async(2, async |_| pending::<u32>().await));
        holds!("map_async_unordered"; map_async_unordered(2, async |_| pending::<u32>().await));
        holds!("map_async_keyed"; map_async_keyed(2, |n| *n, async |_| pending::<u32>().await));
        holds!("via"; via(Stuck));
    })
    .await;
}

/// Takes an item and never comes back.
struct Stuck;

impl aqueduct::Transform<u32> for Stuck {
    type Out = u32;

    async fn apply(&mut self, _: u32, _: &mut aqueduct::Emitter<'_, u32>) -> Result<(), aqueduct::BoxError> {
        pending().await
    }
}

/// A source that gives nothing is no stall, whatever stands below it.
#[tokio::test(start_paused = true)]
async fn a_pipeline_with_nothing_inside_does_not_stall() {
    macro_rules! empty {
        ($name:literal; $($stage:tt)*) => {
            let (inlet, source) = inlet::<u32>(4);
            let running = pipeline! { #![stall = 30s] from(source) -> $($stage)* -> discard() }.spawn();
            // An item has come through: what a stage remembers of it is not inside.
            inlet.send(1).await.unwrap();
            sleep(HOUR).await;
            let told = in_an_hour(&running.control()).await;
            assert!(told.is_empty(), "{}: {told:?}", $name);
            drop(running);
        };
    }
    within(async {
        empty!("then"; then(async |n| n));
        empty!("map_async"; map_async(2, async |n| n));
        empty!("map_async_keyed"; map_async_keyed(2, |n| *n, async |n| n));
        empty!("map_blocking"; map_blocking(2, |n| n));
        empty!("batch"; batch(2, 1s));
        empty!("ready_chunks"; ready_chunks(2));
        empty!("throttle"; throttle(1, 1s));
        empty!("timeout"; timeout(10h));
        empty!("debounce"; debounce(1s));
        empty!("sample"; sample(1s));
        empty!("conflate"; conflate(|a, _| a));
        empty!("delay"; delay(1s));
        empty!("take_until"; take_until(pending::<()>()));
        empty!("flatten_unordered"; map(|n| futures_util::stream::iter([n])) -> flatten_unordered(2));
        empty!("parallel"; parallel(2) { then(async |n| n) });
        empty!("tap"; tap { discard() });
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_source_that_waits_has_nothing_inside() {
    within(async {
        let (sender, receiver) = mpsc::channel::<u32>(1);
        let (_writer, reader) = tokio::io::duplex(8);
        let runs = [
            pipeline! { #![stall = 30s] recv(receiver) -> map(drop) -> queue(4) -> discard() }.boxed(),
            pipeline! { #![stall = 30s] lines(reader)? -> map(drop) -> discard() }.boxed(),
            pipeline! { #![stall = 30s] stream(futures_util::stream::pending::<u32>()) -> then(async |_| ()) -> discard() }.boxed(),
            pipeline! { #![stall = 30s] merge(stream(futures_util::stream::pending::<u32>()), interval(9h) -> map(|_| 1)) -> discard() }
                .boxed(),
        ];
        let running: Vec<_> = runs.into_iter().map(|run| run.spawn()).collect();
        let told = future::join_all(running.iter().map(|running| async { in_an_hour(&running.control()).await })).await;
        assert!(told.iter().all(Vec::is_empty), "{told:?}");
        drop((running, sender));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_that_is_held_stalls_only_with_items_inside() {
    within(async {
        let running =
            pipeline! { #![stall = 30s] repeat_with(|| 1) -> queue(4) -> then(async |n| n) -> discard() }.spawn();
        let control = running.control();
        control.pause();
        assert!(in_an_hour(&control).await.is_empty(), "all that was inside has come out");
        drop(running);
        let running = held!(Gate::new()).spawn();
        let control = running.control();
        settle().await;
        control.pause();
        assert_eq!(in_an_hour(&control).await.len(), 1, "what is inside does not come out");
        drop(running);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn it_is_told_under_run_and_under_run_local() {
    within(async {
        let gate = Gate::new();
        let run = held!(gate);
        let control = run.control();
        let told = async {
            let stall = control.stalls().next().await.unwrap();
            gate.open();
            stall
        };
        let (outcome, stall) = future::join(run.run(), told).await;
        outcome.unwrap();
        assert_eq!(stall.snapshot.stage("store").unwrap().state, StageState::Waiting);

        let gate = Gate::new();
        let passes = gate.clone();
        let run = pipeline! { #![stall = 30s] iter(0..9) -> then(async |_| passes.pass().await) -> count() };
        let control = run.control();
        let told = async {
            let stall = control.stalls().next().await.unwrap();
            gate.open();
            stall
        };
        let (outcome, stall) = future::join(run.run_local(), told).await;
        assert_eq!(outcome.unwrap(), 9);
        assert_eq!(stall.snapshot.stage("then").unwrap().in_flight, 1);
    })
    .await;
}

/// Rules: L9
#[tokio::test(start_paused = true)]
async fn a_stalled_pipeline_is_looked_at_once_a_period_and_otherwise_left_alone() {
    within(async {
        let run = held!(Gate::new());
        let control = run.control();
        let polls = Cell::new(0u64);
        let mut run = pin!(run.run_local());
        let counted = poll_fn(|cx| {
            polls.set(polls.get() + 1);
            run.as_mut().poll(cx).map(drop)
        });
        let looked_at = async {
            settle().await;
            let before = polls.get();
            sleep(100 * Duration::from_secs(30)).await;
            let looks = polls.get() - before;
            assert!((99..=101).contains(&looks), "{looks} polls in a hundred periods");
            control.abort();
        };
        future::join(counted, looked_at).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn without_the_option_nobody_looks() {
    within(async {
        let running = pipeline! { iter(0..9) -> then(async |_| pending::<()>().await) -> discard() }.spawn();
        expect_tasks(2).await;
        assert!(in_an_hour(&running.control()).await.is_empty());
        drop(running);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_watchdog_and_its_stream_end_with_the_run() {
    within(async {
        let run = pipeline! { #![stall = 1h] iter(0..9) -> queue(2) -> count() };
        let control = run.control();
        let stalls = control.stalls();
        assert_eq!(run.run().await.unwrap(), 9);
        expect_tasks(0).await;
        assert_eq!(stalls.count().await, 0);
        assert_eq!(control.stalls().count().await, 0, "asked for after the end");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_observer_that_is_behind_is_told_how_many_it_has_lost() {
    within(async {
        let gate = Gate::new();
        let running = held!(gate).spawn();
        let mut stalls = running.control().stalls();
        for _ in 0..20 {
            sleep(HOUR).await;
            gate.allow(1);
        }
        let first = stalls.next().await.unwrap();
        assert_eq!((first.missed, first.snapshot.stage("store").unwrap().items_in), (4, 5));
        assert_eq!(stalls.next().await.unwrap().missed, 0);
        drop(running);
    })
    .await;
}
