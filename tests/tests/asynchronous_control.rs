//! What `finish`, `pause`, a failure and an abort do to each asynchronous stage and sink, as tables: a check is one macro, a row of it
//! one operator.
//!
//! Each stage is one that gives every item on, 10 ms later where it can wait. Two states are tried: items flow, or the sink holds what
//! it gets and everything is full.

use std::future::pending;
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracked, expect_tasks};
use aqueduct::{BoxError, Control, Emitter, ErrorKind, Transform, pipeline};
use aqueduct_tests::ends::{Broken, assert_aborted, assert_failed, assert_panicked, within};
use aqueduct_tests::flow::settle;
use aqueduct_tests::watched::{Came, Watched, ms};
use futures_util::stream;
use tokio::time::{Instant, sleep};

/// Keeps the last item in hand, and gives it at the end.
#[derive(Default)]
struct KeepsOne(Option<Tracked>);

impl Transform<Tracked> for KeepsOne {
    type Out = Tracked;

    async fn apply(&mut self, item: Tracked, out: &mut Emitter<'_, Tracked>) -> Result<(), BoxError> {
        sleep(ms(10)).await;
        if let Some(before) = self.0.replace(item) {
            out.emit(before).await;
        }
        Ok(())
    }

    async fn finish(&mut self, out: &mut Emitter<'_, Tracked>) -> Result<(), BoxError> {
        if let Some(last) = self.0.take() {
            out.emit(last).await;
        }
        Ok(())
    }
}

async fn later(item: Tracked) -> Tracked {
    sleep(ms(10)).await;
    item
}

/// A row of each asynchronous stage that takes items in and lets them out.
macro_rules! each_stage {
    ($check:ident) => {
        $check!("then"; then(later));
        $check!("map_async"; map_async(3, later));
        $check!("map_async_unordered"; map_async_unordered(3, later));
        $check!("map_async_keyed"; map_async_keyed(3, |item: &Tracked| item.number() % 2, later));
        $check!("filter_async"; filter_async(async |_: &Tracked| { sleep(ms(10)).await; true }));
        $check!("map_blocking"; map_blocking(3, |item: Tracked| item));
        $check!("take_until"; take_until(pending::<()>()));
        $check!("via"; via(KeepsOne::default()));
    };
}

/// A row more: a stream of one item each. Its inner streams are sources (E5), so it has its own rule at finish.
macro_rules! and_flatten_unordered {
    ($check:ident) => {
        $check!("flatten_unordered"; map(|item| Box::pin(stream::once(later(item)))) -> flatten_unordered(3));
    };
}

/// `from(source) -> STAGE -> queue(1) -> a sink that notes what comes when the gate lets it`, with links of two before the stage and one after it.
macro_rules! through {
    ($source:expr, $gate:expr, $came:expr; $($stage:tt)*) => {{
        let (gate, came) = ($gate.clone(), $came.clone());
        pipeline! {
            #![queue = 2]
            from($source) -> $($stage)* -> queue(1)
            -> for_each_async(1, async move |value| { gate.pass().await; came.note(&value); }) as sink
        }
    }};
}

/// What has come, in the order that the stage promises.
fn in_its_order(stage: &str, came: &Came) -> Vec<u64> {
    if stage.contains("unordered") || stage.contains("keyed") { came.sorted() } else { came.all() }
}

/// The states in which each check is made: the sink takes all at once, or holds its first item.
const OPEN: [bool; 2] = [true, false];

#[tokio::test(start_paused = true)]
async fn e5_at_finish_all_that_is_inside_comes_out_once_and_the_source_is_closed_at_once() {
    macro_rules! finishes {
        ($name:literal; $($stage:tt)*) => {
            for open in OPEN {
                let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
                if open {
                    gate.open();
                }
                let running = through!(watched.source(10_000, ms(1)), gate, came; $($stage)*).spawn();
                sleep(ms(104)).await;
                let made = watched.made();
                running.control().finish();
                settle().await;
                watched.assert_closed_once(&format!("{}, sink open: {open}", $name));
                gate.open();
                running.await.unwrap();
                assert!(made >= 4, "{}: it worked", $name);
                assert_eq!(watched.made(), made, "{}: nothing more was asked for", $name);
                assert_eq!(in_its_order($name, &came), (0..made).collect::<Vec<_>>(), "{}, sink open: {open}", $name);
                watched.assert_all_gone($name).await;
                expect_tasks(0).await;
            }
        };
    }
    within(async {
        each_stage!(finishes);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_at_finish_the_streams_in_flatten_unordered_stop_with_what_they_have_not_given() {
    within(async {
        for open in OPEN {
            let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
            if open {
                gate.open();
            }
            let streams = |item: Tracked| {
                Box::pin(stream::unfold(Some(item), async |item| {
                    sleep(ms(10)).await;
                    Some((item?, None))
                }))
            };
            let running =
                through!(watched.source(1000, ms(1)), gate, came; map(streams) -> flatten_unordered(3)).spawn();
            sleep(ms(104)).await;
            running.control().finish();
            settle().await;
            watched.assert_closed_once("flatten_unordered");
            // Those in the link before the stage, too: a stream that has not begun never does.
            let given = if open { came.all().len() } else { 2 };
            assert_eq!(watched.tracker.live(), if open { 0 } else { 2 }, "one in the sink, one in the link");
            gate.open();
            running.await.unwrap();
            assert_eq!(came.all().len(), given);
            watched.assert_all_gone("flatten_unordered").await;
            expect_tasks(0).await;
        }
    })
    .await;
}

/// Sleeps, under pause, until nothing moves any more.
async fn quiet(control: &Control) {
    control.pause();
    sleep(Duration::from_secs(60)).await;
}

#[tokio::test(start_paused = true)]
async fn e7_under_pause_what_is_inside_flows_on_and_nothing_enters_until_resume() {
    macro_rules! pauses {
        ($name:literal; $($stage:tt)*) => {
            for open in OPEN {
                let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
                if open {
                    gate.open();
                }
                let running = through!(watched.source(100_000, ms(1)), gate, came; $($stage)*).spawn();
                let control = running.control();
                sleep(ms(104)).await;
                let before = watched.made();
                // A stage of the user's own keeps what it keeps: it is not at its end.
                let kept = u64::from($name == "via");
                gate.open();
                quiet(&control).await;
                let made = watched.made();
                assert!((before..=before + 1).contains(&made), "{}: a call of `next` may end, no other begins", $name);
                assert_eq!(in_its_order($name, &came), (0..made - kept).collect::<Vec<_>>(), "{}", $name);
                assert_eq!(watched.tracker.live() as u64, kept, "{}: nothing else is inside", $name);
                sleep(Duration::from_secs(60)).await;
                assert_eq!(watched.made(), made, "{}: it stays so", $name);
                control.resume();
                sleep(ms(1000)).await;
                assert!(watched.made() >= made + 90, "{}: it goes on: {} after {made}", $name, watched.made());
                control.finish();
                running.await.unwrap();
                assert_eq!(in_its_order($name, &came), (0..watched.made()).collect::<Vec<_>>(), "{}", $name);
                watched.assert_all_gone($name).await;
            }
        };
    }
    within(async {
        each_stage!(pauses);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_a_failure_above_is_named_and_leaves_nothing_behind() {
    macro_rules! fails_above {
        ($name:literal; $($stage:tt)*) => {
            for open in OPEN {
                let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
                if open {
                    gate.open();
                }
                // Three find room wherever the sink holds the first: the failure comes while they are in flight.
                let outcome = through!(watched.failing(3), gate, came; $($stage)*).run().await;
                assert_failed(outcome, "from", ErrorKind::Failed, "dry");
                watched.assert_all_gone($name).await;
                assert_eq!(watched.made(), 3);
                expect_tasks(0).await;
            }
        };
    }
    within(async {
        each_stage!(fails_above);
        and_flatten_unordered!(fails_above);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_a_failure_below_is_named_and_leaves_nothing_behind() {
    macro_rules! fails_below {
        ($name:literal; $($stage:tt)*) => {
            let watched = Watched::new();
            let start = Instant::now();
            // The first item is held for so long that everything above is full when it fails.
            let run = pipeline! {
                #![queue = 2]
                from(watched.source(1000, ms(1))) -> $($stage)* -> queue(1)
                -> for_each_async(1, async |item: Tracked| {
                    sleep(ms(500)).await;
                    if item.number() < 1000 { Err(Broken("snap")) } else { Ok(()) }
                })? as sink
            };
            assert_failed(run.run().await, "sink", ErrorKind::Failed, "snap");
            assert!(start.elapsed() < ms(530), "{}: it waits for nobody", $name);
            watched.assert_all_gone($name).await;
            expect_tasks(0).await;
        };
    }
    within(async {
        each_stage!(fails_below);
        and_flatten_unordered!(fails_below);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e6_an_abort_leaves_nothing_behind_wherever_the_items_are() {
    macro_rules! aborts {
        ($name:literal; $($stage:tt)*) => {
            for open in OPEN {
                for at in [0, 7, 104] {
                    let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
                    if open {
                        gate.open();
                    }
                    let running = through!(watched.source(1000, ms(1)), gate, came; $($stage)*).spawn();
                    sleep(ms(at)).await;
                    let start = Instant::now();
                    running.control().abort();
                    assert_aborted(running.await);
                    assert_eq!(start.elapsed(), Duration::ZERO, "{}", $name);
                    if at > 0 {
                        watched.assert_all_gone($name).await;
                    }
                    watched.assert_closed_once($name);
                    expect_tasks(0).await;
                }
            }
        };
    }
    within(async {
        each_stage!(aborts);
        and_flatten_unordered!(aborts);
    })
    .await;
}

// A failure in the stage itself.

/// Polls well for three items, and panics at the fourth.
struct Fragile(Watched, u64);

impl futures_core::Stream for Fragile {
    type Item = Tracked;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Tracked>> {
        self.1 += 1;
        assert!(self.1 < 4, "inner");
        std::task::Poll::Ready(Some(self.0.tracker.item(100 + self.1)))
    }
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_of_an_inner_stream_is_that_of_flatten_unordered() {
    within(async {
        let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
        gate.open();
        let inner = watched.clone();
        let run = through!(watched.source(2, Duration::ZERO), gate, came; map(move |_| Fragile(inner.clone(), 0))
            -> flatten_unordered(2) as merged);
        assert_panicked(run.run().await, "merged", "inner");
        assert_eq!(watched.made(), 2 + 2 * 3, "both had given three");
        watched.assert_all_gone("merged").await;
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_a_stage_is_named_and_leaves_nothing_behind() {
    fn fifth(item: Tracked) -> Tracked {
        assert!(item.number() != 4, "fifth");
        item
    }
    async fn fifth_later(item: Tracked) -> Tracked {
        fifth(later(item).await)
    }
    struct Fifth;
    impl Transform<Tracked> for Fifth {
        type Out = Tracked;
        async fn apply(&mut self, item: Tracked, out: &mut Emitter<'_, Tracked>) -> Result<(), BoxError> {
            out.emit(fifth_later(item).await).await;
            Ok(())
        }
    }
    macro_rules! panics {
        ($name:literal; $($stage:tt)*) => {
            let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
            // Two have left, the third is in the sink, the fourth in the link: the fifth is in the stage, whose output is full.
            gate.allow(2);
            let run = through!(watched.source(100, Duration::ZERO), gate, came; $($stage)* as culprit);
            assert_panicked(run.run().await, "culprit", "fifth");
            watched.assert_all_gone($name).await;
            expect_tasks(0).await;
        };
    }
    within(async {
        panics!("then"; then(|item| { let item = fifth(item); async { item } }));
        panics!("then"; then(fifth_later));
        panics!("map_async"; map_async(4, |item| { let item = fifth(item); async { item } }));
        panics!("map_async"; map_async(4, fifth_later));
        panics!("map_async_unordered"; map_async_unordered(4, fifth_later));
        panics!("map_async_keyed"; map_async_keyed(4, |item: &Tracked| item.number() % 3, fifth_later));
        panics!("map_async_keyed"; map_async_keyed(4, |item: &Tracked| { assert!(item.number() != 4, "fifth"); 1 }, async |item| item));
        panics!("filter_async"; filter_async(async |item: &Tracked| { sleep(ms(1)).await; assert!(item.number() != 4, "fifth"); true }));
        panics!("map_blocking"; map_blocking(4, fifth));
        panics!("take_until"; take_until(async { sleep(ms(5)).await; panic!("fifth") }));
        panics!("via"; via(Fifth));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_a_result_that_fails_is_the_stages_and_leaves_nothing_behind() {
    fn fifth(item: Tracked) -> Result<Tracked, Broken> {
        if item.number() == 4 { Err(Broken("fifth")) } else { Ok(item) }
    }
    async fn fifth_later(item: Tracked) -> Result<Tracked, Broken> {
        fifth(later(item).await)
    }
    /// Gives on what it gets, one item behind.
    #[derive(Default)]
    struct Results(Option<Tracked>);
    impl Transform<Tracked> for Results {
        type Out = Result<Tracked, Broken>;
        async fn apply(&mut self, item: Tracked, out: &mut Emitter<'_, Self::Out>) -> Result<(), BoxError> {
            if let Some(before) = self.0.replace(item) {
                out.emit(fifth(before)).await;
            }
            Ok(())
        }
    }
    // With two let through, the third is in the sink and the fourth in the link: the fifth fails although it finds no room (L8). Stages
    // that do not take what they could not give (three are let through) do not see it before.
    macro_rules! fails {
        ($name:literal, $through:literal; $($stage:tt)*) => {
            let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
            gate.allow($through);
            let run = through!(watched.source(100, Duration::ZERO), gate, came; $($stage)*? as culprit);
            assert_failed(run.run().await, "culprit", ErrorKind::Failed, "fifth");
            watched.assert_all_gone($name).await;
            assert!(came.all().iter().all(|number| *number < 4), "{}: nothing past it has left", $name);
            expect_tasks(0).await;
        };
    }
    within(async {
        fails!("then", 2; then(fifth_later));
        fails!("map_async", 2; map_async(4, fifth_later));
        fails!("skip", 2; map_async(4, fifth_later) -> skip(0) -> skip_while(|_| false));
        fails!("map_async_unordered", 2; map_async_unordered(2, fifth_later));
        fails!("map_async_keyed", 2; map_async_keyed(2, |item: &Tracked| item.number() % 2, fifth_later));
        fails!("map_blocking", 2; map_blocking(4, fifth));
        fails!("filter_async", 2; map(fifth) -> filter_async(async |_| true));
        fails!("take_until", 3; map(fifth) -> take_until(pending::<()>()));
        fails!("flatten_unordered", 3; map(|item| stream::iter([fifth(item)])) -> flatten_unordered(1));
        fails!("via", 2; via(Results::default()));
    })
    .await;
}
