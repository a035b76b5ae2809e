//! E2: a panic in the user's code, wherever it is called, is the failure of that stage: never a hang, never a silent end.

use std::fmt;
use std::future::pending;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use aqueduct::testkit::{Tracked, Tracker, expect_tasks};
use aqueduct::{BoxError, Emitter, ErrorKind, PipelineError, Signal, Sink, Source, Transform, Weigh, pipeline};
use aqueduct_tests::ends::{After, assert_panicked, recorded, within};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::sleep;

/// Runs a pipeline that panics with `oops`: fused as it stands, behind a link, on tokio and inside the task.
macro_rules! panics_at {
    ($stage:literal, $($pipeline:tt)*) => {
        assert_panicked(pipeline! { $($pipeline)* }.run().await.map(drop), $stage, "oops");
        assert_panicked(pipeline! { $($pipeline)* }.run_local().await.map(drop), $stage, "oops");
        assert_panicked(pipeline! { $($pipeline)* }.boxed().run().await.map(drop), $stage, "oops");
        expect_tasks(0).await;
    };
}

fn oops(n: u32) -> u32 {
    assert!(n != 3, "oops");
    n
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_the_closure_of_a_fused_stage() {
    within(async {
        panics_at!("map", iter(0..9u32) -> map(oops) -> discard());
        panics_at!("map", iter(0..9u32) -> queue(2) -> map(oops) -> queue(2) -> discard());
        panics_at!("filter", iter(0..9u32) -> filter(|n| oops(*n) < 100) -> discard());
        panics_at!("filter_map", iter(0..9u32) -> filter_map(|n| Some(oops(n))) -> discard());
        panics_at!("inspect", iter(0..9u32) -> inspect(|n| { oops(*n); }) -> discard());
        panics_at!("for_each", iter(0..9u32) -> for_each(|n| { oops(n); }));
        panics_at!("for_each", iter(0..9u32) -> queue(2) -> for_each(|n| { oops(n); Ok::<_, BoxError>(()) })?);
        panics_at!("fold", iter(0..9u32) -> fold(0, |a, b| a + oops(b)));
        panics_at!("fold", iter(0..9u32) -> fold(0, |a, b| Ok::<_, BoxError>(a + oops(b)))?);
        panics_at!("repeat_with", repeat_with({ let mut n = 0; move || { n += 1; oops(n) } }) -> discard());
    })
    .await;
}

/// Between stages that are fused with it above and below, the right one is named.
#[tokio::test(start_paused = true)]
async fn e2_the_stage_at_fault_is_named_among_those_it_is_fused_with() {
    within(async {
        panics_at!("b", iter(0..9u32) -> map(|n| n) as a -> map(oops) as b -> map(|n| n) as c -> collect::<Vec<_>>());
        panics_at!("c", iter(0..9u32) -> map(|n| n) as a -> inspect(|_| ()) as b -> filter(|n| oops(*n) < 9) as c -> take(8) -> collect::<Vec<_>>());
        panics_at!("a", iter(0..9u32) -> map(oops) as a -> chunks(2) -> flatten() -> map(|n| n) as b -> fold(0, |a, b| a + b));
        panics_at!("map_2", iter(0..9u32) -> map(|n| n) -> map(oops) -> discard());
        panics_at!("sum", iter(0..9u32) -> map(|n| n) -> take(9) -> fold(0, |a, b| a + oops(b)) as sum);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_an_asynchronous_stage() {
    within(async {
        // In the closure itself, at the first poll, and after a wait.
        panics_at!("then", iter(0..9u32) -> then(|n| { oops(n); async {} }) -> discard());
        panics_at!("then", iter(0..9u32) -> then(async |n| oops(n)) -> discard());
        panics_at!("then", iter(0..9u32) -> then(async |n| { sleep(Duration::from_millis(1)).await; oops(n) }) -> queue(1) -> discard());
        panics_at!("map_async", iter(0..9u32) -> map_async(2, |n| { oops(n); async {} }) -> discard());
        panics_at!("map_async", iter(0..9u32) -> map_async(2, async |n| oops(n)) -> discard());
        panics_at!("map_async", iter(0..9u32) -> map_async(4, async |n| { sleep(Duration::from_millis(1)).await; oops(n) }) -> discard());
        panics_at!("for_each_async", iter(0..9u32) -> for_each_async(2, |n| { oops(n); async {} }));
        panics_at!("for_each_async", iter(0..9u32) -> for_each_async(2, async |n| { oops(n); }));
        panics_at!("for_each_async", iter(0..9u32) -> for_each_async(4, async |n| { sleep(Duration::from_millis(1)).await; oops(n); }));
        panics_at!("for_each_async", iter(0..9u32) -> for_each_async(4, async |n| { oops(n); Ok::<_, BoxError>(()) })?);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_while_everything_else_waits() {
    within(async {
        let run = pipeline! {
            from(recorded(9, After::Wait).0) -> queue(1)
            -> map_async(2, async |n| { if n == 1 { sleep(Duration::from_millis(5)).await; panic!("oops") } pending::<u8>().await })
            -> queue(1) -> for_each_async(1, async |_| pending::<()>().await)
        };
        assert_panicked(run.run().await, "map_async", "oops");
        expect_tasks(0).await;
    })
    .await;
}

// The user's types.

/// Panics where it is told to.
struct Fragile(&'static str);

impl Fragile {
    fn at(&self, place: &str) {
        assert!(self.0 != place, "oops");
    }
}

impl Source for Fragile {
    type Item = u32;

    async fn next(&mut self) -> Result<Option<u32>, BoxError> {
        self.at("next");
        Ok(Some(1))
    }

    fn on_signal(&mut self, signal: Signal) {
        self.at(if signal == Signal::Pause { "pause" } else { "drain" });
    }

    async fn close(&mut self) {
        self.at("close");
    }
}

impl Transform<u32> for Fragile {
    type Out = u32;

    async fn apply(&mut self, item: u32, out: &mut Emitter<'_, u32>) -> Result<(), BoxError> {
        self.at("apply");
        out.emit(item).await;
        self.at("after emit");
        Ok(())
    }

    async fn finish(&mut self, out: &mut Emitter<'_, u32>) -> Result<(), BoxError> {
        out.emit(9).await;
        self.at("finish");
        Ok(())
    }
}

impl Sink<u32> for Fragile {
    type Output = ();

    async fn write(&mut self, _: u32) -> Result<(), BoxError> {
        self.at("write");
        Ok(())
    }

    async fn finish(self) -> Result<(), BoxError> {
        self.at("finish");
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_a_source() {
    within(async {
        panics_at!("from", from(Fragile("next")) -> discard());
        panics_at!("spring", from(Fragile("next")) as spring -> queue(2) -> discard());
        panics_at!("from", from(Fragile("close")) -> take(3) -> discard());
        panics_at!("from", from(Fragile("close")) -> queue(2) -> take(3) -> discard());
        panics_at!("from", from(Fragile("pause")) -> queue(2) -> for_each_async(1, async |_| sleep(Duration::from_millis(1)).await));
        panics_at!("from", from(Fragile("drain")) -> queue(2) -> for_each_async(1, async |_| sleep(Duration::from_millis(1)).await));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_a_transform() {
    within(async {
        panics_at!("via", iter(0..9u32) -> via(Fragile("apply")) -> discard());
        panics_at!("mine", iter(0..9u32) -> via(Fragile("after emit")) as mine -> queue(1) -> discard());
        panics_at!("via", iter(0..9u32) -> via(Fragile("finish")) -> discard());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_a_sink() {
    within(async {
        panics_at!("into", iter(0..9u32) -> into(Fragile("write")));
        panics_at!("mine", iter(0..9u32) -> into(Fragile("finish")) as mine);
        panics_at!("into", iter(0..9u32) -> into(FragileSink("ready")));
        panics_at!("into", iter(0..9u32) -> into(FragileSink("send")));
        panics_at!("into", iter(0..9u32) -> into(FragileSink("flush")));
        panics_at!("into", iter(0..9u32) -> into(FragileSink("close")));
    })
    .await;
}

/// A futures sink that panics where it is told to.
struct FragileSink(&'static str);

impl FragileSink {
    fn poll(&self, place: &str) -> Poll<Result<(), BoxError>> {
        assert!(self.0 != place, "oops");
        Poll::Ready(Ok(()))
    }
}

impl futures_sink::Sink<u32> for FragileSink {
    type Error = BoxError;

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.poll("ready")
    }

    fn start_send(self: Pin<&mut Self>, _: u32) -> Result<(), BoxError> {
        assert!(self.0 != "send", "oops");
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.poll("flush")
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.poll("close")
    }
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_a_stream_or_an_iterator() {
    within(async {
        panics_at!("iter", iter((0..9u32).map(oops)) -> discard());
        panics_at!("iter", iter((0..9u32).map(oops)) -> map(|n| n) -> queue(2) -> discard());
        panics_at!("iter", iter((0..9u32).filter(|n| oops(*n) < 9)) -> map(|n| n) -> collect::<Vec<_>>());
        panics_at!("iter", iter((0..9u32).map(oops)) -> chunks(2) -> count());
        panics_at!("iter", iter((0..9u32).map(oops)) -> take(8) -> for_each(|_| ()));
        panics_at!("stream", stream(futures_util::stream::iter((0..9u32).map(oops))) -> discard());
        panics_at!("from", from(futures_util::stream::iter((0..9u32).map(oops))) -> queue(1) -> discard());
        panics_at!("flatten", iter([0..2u32, 3..5]) -> map(|r| r.map(oops)) -> flatten() -> discard());
        panics_at!("flatten", iter([0..2u32, 3..5]) -> map(|r| r.map(oops)) -> queue(1) -> flatten() -> queue(1) -> discard());
        panics_at!("flatten", iter([IntoOops, IntoOops]) -> flatten() -> discard());
    })
    .await;
}

/// Panics when it is made an iterator.
#[derive(Clone, Copy)]
struct IntoOops;

impl IntoIterator for IntoOops {
    type Item = u8;
    type IntoIter = std::iter::Empty<u8>;

    fn into_iter(self) -> Self::IntoIter {
        panic!("oops")
    }
}

/// A collection that panics when it grows.
#[derive(Default)]
struct Tight;

impl Extend<u32> for Tight {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, items: I) {
        for item in items {
            oops(item);
        }
    }
}

/// An item that panics when it is shown, read or weighed.
#[derive(Clone)]
struct Shy(u32);

impl fmt::Display for Shy {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        oops(self.0);
        Ok(())
    }
}

impl AsRef<[u8]> for Shy {
    fn as_ref(&self) -> &[u8] {
        oops(self.0);
        b"x"
    }
}

impl Weigh for Shy {
    fn weight(&self) -> usize {
        oops(self.0);
        1
    }
}

/// An error that panics when it becomes a `BoxError`.
struct Volatile;

impl From<Volatile> for BoxError {
    fn from(_: Volatile) -> Self {
        panic!("oops")
    }
}

/// A reader and writer that panics.
struct Cursed;

impl AsyncRead for Cursed {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        panic!("oops")
    }
}

impl AsyncWrite for Cursed {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        panic!("oops")
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_what_stages_call_of_the_users_types() {
    within(async {
        panics_at!("collect", iter(0..9u32) -> collect::<Tight>());
        panics_at!("collect", iter(0..9u32) -> queue(1) -> collect::<Tight>());
        panics_at!("write_lines", iter(0..9u32) -> map(Shy) -> write_lines(tokio::io::sink()));
        panics_at!("write", iter(0..9u32) -> map(Shy) -> write(tokio::io::sink()));
        panics_at!("write", iter(0..9u32) -> map(|_| "x") -> write(Cursed));
        panics_at!("write_lines", iter(0..9u32) -> write_lines(Cursed));
        panics_at!("lines", lines(Cursed)? -> discard());
        panics_at!("bytes", bytes(Cursed)? -> discard());
        panics_at!("map", iter(0..9u32) -> map(|n| if n == 3 { Err(Volatile) } else { Ok(n) })? -> discard());
        panics_at!("for_each", iter(0..9u32) -> for_each(|_| Err(Volatile))?);
        panics_at!("for_each_async", iter(0..9u32) -> for_each_async(1, async |_| Err(Volatile))?);
        panics_at!("fold", iter(0..9u32) -> fold(0u8, |_, _| Err(Volatile))?);
        panics_at!("batch", iter(0..9u32) -> map(Shy) -> batch(9, 1s, bytes = 1KiB) -> discard());
    })
    .await;
}

/// The link's weigher is called by the stage above it, or belongs to the link; to blame `pipeline` would help nobody.
#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_weigh_names_a_stage_or_the_link() {
    within(async {
        for run_local in [false, true] {
            let run = pipeline! { iter(0..9u32) -> map(Shy) as shy -> queue(bytes = 1KiB) as heavy -> discard() };
            let outcome = if run_local { run.run_local().await } else { run.run().await };
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Panicked);
            assert!(["shy", "heavy"].contains(&error.stage()), "{}", error.stage());
        }
    })
    .await;
}

// Drop.

/// Panics when the third is dropped.
struct Bomb(u32);

impl Bomb {
    fn add(&self, n: u32) -> u32 {
        self.0 + n
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 == 3 && !std::thread::panicking() {
            panic!("oops");
        }
    }
}

#[track_caller]
fn assert_bombed<O: fmt::Debug>(outcome: Result<O, PipelineError>, stages: &[&str]) {
    let error = outcome.expect_err("the run should have failed");
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert!(stages.contains(&error.stage()), "`{}` is blamed", error.stage());
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "oops");
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_the_drop_of_an_item() {
    within(async {
        // Whoever drops the item is the stage at fault.
        assert_bombed(pipeline! { iter(0..9u32) -> map(Bomb) -> discard() }.run().await, &["discard"]);
        assert_bombed(pipeline! { iter(0..9u32) -> map(Bomb) -> queue(2) -> discard() }.run().await, &["discard"]);
        assert_bombed(pipeline! { iter(0..9u32) -> map(Bomb) -> queue(2) -> count() }.run().await, &["count"]);
        assert_bombed(
            pipeline! { iter(0..9u32) -> map(Bomb) -> queue(2) -> filter(|_| false) -> discard() }.run().await,
            &["filter"],
        );
        assert_bombed(pipeline! { iter(0..9u32) -> map(Bomb) -> for_each(drop) }.run().await, &["for_each"]);
        assert_bombed(
            pipeline! { iter(0..9u32) -> map(Bomb) -> then(async |_| ()) -> discard() }.run().await,
            &["then"],
        );
        assert_bombed(
            pipeline! { iter(0..9u32) -> map(Bomb) -> for_each_async(2, async |_| ()) }.run().await,
            &["for_each_async"],
        );
        assert_bombed(
            pipeline! { iter(0..9u32) -> map(Bomb) -> batch(2, 1s) -> discard() }.run_local().await,
            &["discard"],
        );
        expect_tasks(0).await;
    })
    .await;
}

/// The outcome of an abort does not depend on what the items do when they are dropped; nothing hangs.
#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_the_drop_of_an_item_while_the_pipeline_ends() {
    within(async {
        let running = pipeline! { iter(0..9u32) -> map(Bomb) -> queue(8) -> then(async |_| pending::<()>().await) -> discard() }.spawn();
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
        running.control().abort();
        assert_eq!(running.await.unwrap_err().kind(), ErrorKind::Aborted);
        expect_tasks(0).await;
        let run = pipeline! { iter(0..9u32) -> map(Bomb) -> queue(8) -> map(|bomb| if bomb.0 == 1 { panic!("first") } else { bomb }) as thrower
        -> discard() };
        assert_panicked(run.run().await, "thrower", "first");
        expect_tasks(0).await;
    })
    .await;
}

/// What a closure holds is dropped with its stage.
#[tokio::test(start_paused = true)]
async fn e2_a_panic_in_the_drop_of_a_closure() {
    within(async {
        let bomb = Bomb(3);
        let outcome = pipeline! { iter(0..9u32) -> map(move |n| bomb.add(n)) -> discard() }.run().await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Panicked);
        let bomb = Bomb(3);
        let outcome = pipeline! { iter(0..9u32) -> for_each_async(1, async move |n| { bomb.add(n); }) }.run().await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Panicked);
        expect_tasks(0).await;
    })
    .await;
}

// The message, and what a panic leaves behind.

#[tokio::test(start_paused = true)]
async fn e2_every_kind_of_message_is_told() {
    within(async {
        assert_panicked(
            pipeline! { once(1) -> map(|_: u8| -> u8 { panic!("plain") }) -> discard() }.run().await,
            "map",
            "plain",
        );
        assert_panicked(
            pipeline! { once(7) -> map(|n: u8| -> u8 { panic!("number {n}") }) -> discard() }.run().await,
            "map",
            "number 7",
        );
        let outcome =
            pipeline! { once(1) -> map(|_: u8| -> u8 { std::panic::panic_any(5u64) }) -> discard() }.run().await;
        let error = outcome.unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("map", ErrorKind::Panicked));
        assert!(std::error::Error::source(&error).is_some());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e2_a_panic_that_the_user_catches_is_nobodys_failure() {
    within(async {
        let caught = |n: u32| std::panic::catch_unwind(|| oops(n)).unwrap_or(100);
        let out = pipeline! { iter(0..5u32) -> map(caught) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(out, [0, 1, 2, 100, 4]);
        // Nor is a stage blamed for it later on.
        let outcome = pipeline! { iter(0..5u32) -> map(caught) as catcher -> filter(|n| oops(n % 97) < 9) as at_fault -> discard() }.run().await;
        assert_panicked(outcome, "at_fault", "oops");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e2_a_pipeline_inside_a_closure_is_blamed_for_its_own_panics_only() {
    within(async {
        let inner = |n: u32| {
            let run = pipeline! { iter(n..9) -> map(oops) as inner -> count() };
            aqueduct_tests::ends::block_on(run.run_local()).unwrap_or(0)
        };
        let out = pipeline! { iter(2..6u32) -> map(inner) as outer -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(out, [0, 0, 5, 4]);
        let outcome = pipeline! { iter(2..6u32) -> map(inner) as outer -> map(|n| { assert_eq!(n, 9, "oops"); n }) as later -> discard() }.run().await;
        assert_eq!(outcome.unwrap_err().stage(), "later");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e2_items_are_dropped_once_and_sources_closed_after_a_panic_of_each_kind_of_stage() {
    within(async {
        let (source, record) = recorded(50, After::Wait);
        let tracker = Tracker::default();
        let made = tracker.clone();
        let run = pipeline! {
            from(source) -> map(move |n| made.item(n)) -> queue(4)
            -> for_each_async(3, async |item| { sleep(Duration::from_millis(1)).await; assert!(item.number() != 5, "oops") })
        };
        assert_panicked(run.run().await, "for_each_async", "oops");
        tracker.assert_all_dropped_once();
        record.assert_closed_once();

        let (source, record) = recorded(50, After::Wait);
        let tracker = Tracker::default();
        let made = tracker.clone();
        let run = pipeline! {
            from(source) -> map(move |n| made.item(n)) -> queue(4) -> chunks(3) -> map(|items| assert!(items[0].number() < 9, "oops"))
            -> queue(2) -> count()
        };
        assert_panicked(run.run().await, "map_2", "oops");
        tracker.assert_all_dropped_once();
        record.assert_closed_once();
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e2_nothing_of_a_stage_that_panicked_is_called_again() {
    within(async {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let run = pipeline! { iter(0..9u32) -> queue(9) -> map(move |_| -> u8 { counted.fetch_add(1, Ordering::SeqCst); panic!("oops") }) -> discard() };
        assert_panicked(run.run().await, "map", "oops");
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn e2_panics_on_several_threads_are_told_apart() {
    within(async {
        let runs: Vec<_> = (0..40u32)
            .map(|round| {
                tokio::spawn(async move {
                    let run = pipeline! {
                        iter(0..500u32) -> map(move |n| { assert!(n != round * 7 || round % 2 == 0, "above"); n }) as above -> queue(3)
                        -> map(move |n| { assert!(n != round * 7 || round % 2 == 1, "below"); n }) as below -> count()
                    };
                    (round, run.run().await)
                })
            })
            .collect();
        for run in runs {
            let (round, outcome) = run.await.unwrap();
            let stage = if round % 2 == 0 { "below" } else { "above" };
            assert_panicked(outcome, stage, stage);
        }
    })
    .await;
}

/// The call outlives its pipeline, and is the last that has the closure: rustc forgets what is returned past a drop that panics (rust-lang/rust#47949).
#[tokio::test]
async fn the_result_of_a_blocking_call_is_dropped_also_when_its_closure_panics_after_it() {
    struct Held;
    impl Drop for Held {
        fn drop(&mut self) {
            panic!("planned");
        }
    }
    let tracker = Tracker::new();
    let (begun, has_begun) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let may_go_on = Mutex::new(may_go_on);
    let held = Held;
    let running = pipeline! {
        iter(tracker.items(0..1)) -> map_blocking(1, move |item: Tracked| {
            let _held = &held;
            begun.send(()).unwrap();
            let _ = may_go_on.lock().unwrap().recv();
            item
        }) -> discard()
    }
    .spawn();
    tokio::task::yield_now().await;
    tokio::task::spawn_blocking(move || has_begun.recv().unwrap()).await.unwrap();
    running.control().abort();
    running.await.unwrap_err();
    go_on.send(()).unwrap();
    let gone = async {
        while tracker.live() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), gone).await.expect("the result is dropped");
}
