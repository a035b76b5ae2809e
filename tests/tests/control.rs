//! E7 and E8, and what else a `Control` can do: pause, resume, looking on, second and untimely calls.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracker, expect_tasks};
use aqueduct::{Closed, ErrorKind, Signal, inlet, pipeline};
use aqueduct_tests::ends::{After, Broken, assert_aborted, assert_failed, block_on, in_time, recorded, within};
use aqueduct_tests::flow::settle;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

// E7

#[tokio::test(start_paused = true)]
async fn e7_pause_holds_the_source_and_what_is_inside_flows_on() {
    within(async {
        let (source, record) = recorded(1000, After::End);
        let seen = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&seen);
        let running = pipeline! {
            from(source) -> queue(8) -> for_each_async(1, async move |_| {
                sleep(ms(10)).await;
                counted.fetch_add(1, Ordering::SeqCst);
            })
        }
        .spawn();
        let control = running.control();
        sleep(ms(55)).await;
        control.pause();
        settle().await;
        let given = record.nexts();
        sleep(ms(5000)).await;
        assert_eq!(record.nexts(), given, "not asked while it is held");
        assert_eq!(seen.load(Ordering::SeqCst), given, "what was inside has come out");
        assert!(control.snapshot().paused);
        control.resume();
        running.await.unwrap();
        assert_eq!(seen.load(Ordering::SeqCst), 1000);
        assert!(!control.snapshot().paused);
        record.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e7_pause_holds_every_kind_of_source() {
    within(async {
        let (sender, receiver) = mpsc::channel(4);
        let (inlet, source) = inlet(4);
        let (mut writer, reader) = tokio::io::duplex(64);
        let (out, mut outs) = mpsc::channel(100);
        let tap = |name: &'static str| {
            let out = out.clone();
            move || out.try_send(name).unwrap()
        };
        let (a, b, c, d, e) = (tap("recv"), tap("inlet"), tap("lines"), tap("iter"), tap("stream"));
        let runs = [
            pipeline! { recv(receiver) -> for_each(move |()| a()) }.boxed(),
            pipeline! { from(source) -> for_each(move |()| b()) }.boxed(),
            pipeline! { lines(reader) -> for_each(move |_| c()) }.boxed(),
            pipeline! { iter([()]) -> queue(1) -> for_each(move |()| d()) }.boxed(),
            pipeline! { stream(futures_util::stream::iter([()])) -> for_each(move |()| e()) }.boxed(),
        ];
        let controls: Vec<_> = runs.iter().map(|run| run.control()).collect();
        controls.iter().for_each(|control| control.pause());
        let running: Vec<_> = runs.into_iter().map(|run| run.spawn()).collect();
        sender.send(()).await.unwrap();
        inlet.send(()).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut writer, b"x\n").await.unwrap();
        sleep(ms(100)).await;
        assert!(outs.try_recv().is_err(), "all are held");
        controls.iter().for_each(|control| control.resume());
        settle().await;
        let mut came = Vec::new();
        while let Ok(name) = outs.try_recv() {
            came.push(name);
        }
        came.sort_unstable();
        assert_eq!(came, ["inlet", "iter", "lines", "recv", "stream"]);
        drop((sender, inlet, writer));
        for running in running {
            running.await.unwrap();
        }
    })
    .await;
}

/// A `next` that was waiting when the pause came may end under it; its item comes after `resume`, once.
#[tokio::test(start_paused = true)]
async fn e7_an_item_that_comes_under_pause_is_not_lost() {
    within(async {
        let (sender, receiver) = mpsc::channel(4);
        let (out, mut outs) = mpsc::channel(4);
        let running = pipeline! { recv(receiver) -> queue(2) -> send(out) }.spawn();
        settle().await;
        running.control().pause();
        sender.send(5u8).await.unwrap();
        sleep(ms(50)).await;
        assert!(outs.try_recv().is_err());
        running.control().resume();
        assert_eq!(outs.recv().await, Some(5));
        drop(sender);
        assert_eq!(running.await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e7_pause_and_resume_under_run_local() {
    within(async {
        let (source, record) = recorded(50, After::End);
        let run = pipeline! { from(source) -> queue(2) -> count() };
        let control = run.control();
        control.pause();
        let driver = async {
            sleep(ms(50)).await;
            assert_eq!(record.nexts(), 0);
            control.resume();
        };
        let (outcome, ()) = futures_util::future::join(run.run_local(), driver).await;
        assert_eq!(outcome.unwrap(), 50);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e7_a_paused_pipeline_can_fail_and_can_be_aborted() {
    within(async {
        let (source, record) = recorded(5, After::Wait);
        let running = pipeline! {
            from(source) -> queue(8) -> for_each_async(1, async |n| {
                sleep(ms(10)).await;
                if n == 4 { Err(Broken("four")) } else { Ok(()) }
            })?
        }
        .spawn();
        settle().await;
        running.control().pause();
        assert_failed(running.await, "for_each_async", ErrorKind::Failed, "four");
        record.assert_closed_once();
        let run = pipeline! { iter(0u64..) -> count() };
        run.control().pause();
        let running = run.spawn();
        settle().await;
        running.control().abort();
        assert_aborted(running.await);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e7_a_satisfied_sink_ends_a_paused_pipeline() {
    within(async {
        let (source, record) = recorded(100, After::Wait);
        let gate = Gate::default();
        let closed = gate.clone();
        let running = pipeline! {
            from(source) -> queue(2) -> then(async move |n| { closed.pass().await; n }) -> first()
        }
        .spawn();
        settle().await;
        running.control().pause();
        settle().await;
        gate.open();
        assert_eq!(running.await.unwrap(), Some(0), "nobody resumes it");
        record.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e7_timeout_does_not_count_time_under_pause() {
    within(async {
        let (sender, receiver) = mpsc::channel::<u8>(4);
        let running = pipeline! { recv(receiver) -> timeout(100ms) -> count() }.spawn();
        let control = running.control();
        // 60 ms count, then none for long, then 39, then an item; then the whole time anew, in three pieces.
        sleep(ms(60)).await;
        control.pause();
        sleep(ms(10_000)).await;
        control.resume();
        sleep(ms(39)).await;
        sender.send(1).await.unwrap();
        settle().await;
        let start = Instant::now();
        sleep(ms(30)).await;
        control.pause();
        sleep(ms(500)).await;
        control.resume();
        sleep(ms(30)).await;
        control.pause();
        sleep(ms(500)).await;
        control.resume();
        let error = running.await.unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("timeout", ErrorKind::TimedOut));
        assert_eq!(start.elapsed(), ms(1100));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e7_timeout_does_not_count_time_while_its_output_is_paused() {
    within(async {
        let run = pipeline! {
            iter(0..6u32) -> timeout(100ms) -> queue(1) -> for_each_async(1, async |_| sleep(ms(700)).await)
        };
        run.run().await.unwrap();
        // It does count once the output goes on and still nothing comes.
        let start = Instant::now();
        let run = pipeline! {
            from(recorded(3, After::Wait).0) -> timeout(100ms) -> queue(1) -> for_each_async(1, async |_| sleep(ms(700)).await)
        };
        assert_eq!(run.run().await.unwrap_err().kind(), ErrorKind::TimedOut);
        assert!((ms(700)..=ms(1600)).contains(&start.elapsed()), "{:?}", start.elapsed());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e7_timeout_counts_from_each_item() {
    within(async {
        let (sender, receiver) = mpsc::channel::<u8>(4);
        let running = pipeline! { recv(receiver) -> timeout(100ms) -> collect::<Vec<_>>() }.spawn();
        for n in 0..20 {
            sleep(ms(99)).await;
            sender.send(n).await.unwrap();
            settle().await;
        }
        drop(sender);
        assert_eq!(running.await.unwrap().len(), 20);
    })
    .await;
}

// E5 and E8

#[tokio::test(start_paused = true)]
async fn e5_finish_needs_no_resume() {
    within(async {
        let (source, record) = recorded(9, After::Wait);
        let running =
            pipeline! { from(source) -> queue(4) -> then(async |n| n) -> batch(99, 1h) -> flatten() -> count() }
                .spawn();
        settle().await;
        running.control().pause();
        settle().await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), 9);
        record.assert_closed_once();

        // An inlet that is held gives what it had accepted.
        let (inlet, source) = inlet(4);
        let run = pipeline! { from(source) -> collect::<Vec<_>>() };
        run.control().pause();
        let running = run.spawn();
        for n in 0..3u8 {
            inlet.send(n).await.unwrap();
        }
        settle().await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), [0, 1, 2]);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e8_second_calls_do_nothing() {
    within(async {
        let running =
            pipeline! { from(recorded(5, After::Wait).0) -> queue(8) -> throttle(1, 10ms) -> count() }.spawn();
        let control = running.control();
        settle().await;
        for _ in 0..3 {
            control.pause();
        }
        // Pauses are not counted: one resume goes on.
        control.resume();
        control.resume();
        settle().await;
        for _ in 0..3 {
            control.finish();
        }
        control.pause();
        control.resume();
        assert_eq!(running.await.unwrap(), 5);
        // After the end nothing is held any more.
        control.pause();
        assert!(!control.snapshot().paused);

        let running = pipeline! { from(recorded(5, After::Wait).0) -> count() }.spawn();
        for _ in 0..3 {
            running.control().abort();
        }
        running.control().finish();
        running.control().pause();
        assert_aborted(running.await);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e8_one_resume_undoes_many_pauses() {
    within(async {
        let run = pipeline! { iter(0..5u8) -> count() };
        let control = run.control();
        control.pause();
        control.pause();
        control.resume();
        assert_eq!(run.run().await.unwrap(), 5);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e8_an_abort_after_a_failure_does_not_replace_it() {
    within(async {
        let (source, _) = recorded(5, After::Fail);
        let gate = Gate::default();
        let running = pipeline! { from(source.closing_at(&gate)) -> discard() }.spawn();
        settle().await;
        running.control().abort();
        gate.open();
        assert_failed(running.await, "from", ErrorKind::Failed, "dry");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e8_calls_after_the_end_do_nothing() {
    within(async {
        let mut running = pipeline! { iter(0..5u8) -> queue(2) -> count() }.spawn();
        let control = running.control();
        settle().await;
        control.abort();
        control.finish();
        control.finish_within(ms(1));
        control.pause();
        control.resume();
        sleep(ms(10)).await;
        assert_eq!((&mut running).await.unwrap(), 5, "it had ended before");
        drop(running);
        control.abort();
        control.finish_within(ms(1));
        assert_eq!(control.snapshot().stage("count").unwrap().items_in, 5);
        assert_eq!(control.graph().stages.len(), 2);
        sleep(ms(10)).await;
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e8_calls_before_the_run_hold_for_it() {
    within(async {
        let run = pipeline! { iter(0..5u8) -> count() };
        run.control().abort();
        assert_aborted(run.run().await);
        let run = pipeline! { iter(0..5u8) -> count() };
        run.control().abort();
        assert_aborted(run.run_local().await);
        let run = pipeline! { iter(0..5u8) -> count() };
        run.control().finish();
        assert_eq!(run.run().await.unwrap(), 0);
        let run = pipeline! { iter(0..5u8) -> count() };
        run.control().pause();
        run.control().resume();
        assert_eq!(run.boxed().run().await.unwrap(), 5);
        let run = pipeline! { iter(0..5u8) -> count() };
        let control = run.control();
        control.pause();
        let mut running = run.spawn();
        settle().await;
        assert!((&mut running).now_or_never().is_none());
        control.resume();
        assert_eq!(running.await.unwrap(), 5);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e8_controls_are_equal_and_dropping_them_does_nothing() {
    within(async {
        let run = pipeline! { iter(0..5u8) -> queue(1) -> for_each_async(1, async |_| sleep(ms(5)).await) };
        let before = run.control();
        let running = run.spawn();
        let after = running.control();
        drop(after.clone());
        before.pause();
        assert!(after.snapshot().paused);
        let elsewhere = after.clone();
        std::thread::spawn(move || elsewhere.resume()).join().unwrap();
        assert!(!before.snapshot().paused);
        drop((before, after));
        running.await.unwrap();
    })
    .await;
}

// Signals, and looking on.

#[tokio::test(start_paused = true)]
async fn signals_end_with_the_pipeline_after_what_was_not_read_yet() {
    within(async {
        let run = pipeline! { iter(0..9u8) -> queue(4) as narrow -> for_each_async(1, async |_| sleep(ms(5)).await) };
        let (early, control) = (run.control().signals(), run.control());
        run.run().await.unwrap();
        let events: Vec<_> = early.collect().await;
        assert!(!events.is_empty());
        for (n, event) in events.iter().enumerate() {
            assert_eq!(event.signal, if n % 2 == 0 { Signal::Pause } else { Signal::Drain });
            assert_eq!((&*event.from, &*event.to, &*event.link), ("iter", "for_each_async", "narrow"));
            assert_eq!(event.missed, 0);
        }
        assert_eq!(control.signals().count().await, 0, "one made after the end");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn signals_end_however_the_pipeline_ends() {
    within(async {
        let run = pipeline! { iter(0u64..) -> queue(4) -> count() };
        let signals = run.control().signals();
        drop(run);
        signals.count().await;

        let running = pipeline! { from(recorded(9, After::Wait).0) -> queue(4) -> count() }.spawn();
        let signals = running.control().signals();
        let waiting = tokio::spawn(signals.count());
        settle().await;
        assert!(!waiting.is_finished(), "it lasts as long as the pipeline");
        drop(running);
        waiting.await.unwrap();

        let run = pipeline! { from(recorded(9, After::Wait).0) -> queue(4) -> count() };
        let signals = run.control().signals();
        assert!(tokio::time::timeout(ms(5), run.run_local()).await.is_err());
        signals.count().await;

        let run = pipeline! { from(recorded(9, After::Panic).0) -> queue(4) -> count() };
        let signals = run.control().signals();
        run.run().await.unwrap_err();
        signals.count().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn signals_keep_the_last_1024_and_never_slow_the_pipeline() {
    within(async {
        let run = pipeline! { iter(0..5000u32) -> queue(2, low = 0) -> for_each_async(1, async |_| tokio::task::yield_now().await) };
        let signals = run.control().signals();
        run.run().await.unwrap();
        let events: Vec<_> = signals.collect().await;
        assert_eq!(events.len(), 1024);
        assert!(events[0].missed > 1000, "{}", events[0].missed);
        assert!(events[1..].iter().all(|event| event.missed == 0));
        assert!(events.windows(2).all(|pair| pair[0].signal != pair[1].signal && pair[0].at <= pair[1].at));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_tells_what_each_stage_has_done() {
    within(async {
        let run = pipeline! { iter(0..10u8) -> filter(|n| n % 2 == 0) -> queue(3) as link -> then(async |n| { sleep(ms(10)).await; n }) -> count() };
        let control = run.control();
        run.run().await.unwrap();
        let snapshot = control.snapshot();
        let did = |name: &str| snapshot.stage(name).map(|stage| (stage.items_in, stage.items_out)).unwrap();
        assert_eq!(did("iter"), (0, 10));
        assert_eq!(did("filter"), (10, 5));
        assert_eq!(did("then"), (5, 5));
        assert_eq!(did("count"), (5, 0));
        let link = snapshot.link("link").unwrap();
        assert_eq!((link.len, link.capacity, link.low, link.paused), (0, 3, 1, false));
        assert!(link.pauses >= 1 && link.max_len == 3 && link.dropped == 0);
        assert_eq!(snapshot.stage("then").unwrap().waiting, ms(50), "it waited for its futures");
        // The clock of what has ended stands still.
        sleep(ms(100)).await;
        assert_eq!(control.snapshot().stage("then").unwrap().waiting, ms(50));
    })
    .await;
}

// Runtimes.

#[test]
fn run_and_spawn_outside_tokio_panic_and_say_so() {
    in_time(|| {
        let run = || pipeline! { iter(0..3u8) -> count() };
        let spawned = std::panic::catch_unwind(|| drop(run().spawn())).unwrap_err();
        let ran = std::panic::catch_unwind(|| drop(block_on(run().run()))).unwrap_err();
        for payload in [spawned, ran] {
            let message = payload
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string));
            let message = message.unwrap();
            assert!(message.contains("tokio runtime") && message.contains("run_local"), "{message}");
        }
    });
}

/// The panic of `spawn` leaves nothing in a half state.
#[test]
fn e6_a_spawn_outside_tokio_drops_the_pipeline() {
    in_time(|| {
        let (inlet, source) = inlet::<u8>(2);
        let run = pipeline! { from(source) -> count() };
        let signals = run.control().signals();
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(run.spawn()))).is_err());
        assert_eq!(inlet.try_send(1), Err(aqueduct::TrySendError::Closed(1)));
        assert_eq!(block_on(signals.count()), 0);
    });
}

#[test]
fn run_local_works_outside_tokio() {
    in_time(|| {
        let tracker = Tracker::default();
        let out = block_on(
            pipeline! {
                iter(tracker.items(0..500)) -> queue(4) -> map_async(3, async |item| item) -> chunks(7) -> flatten() -> queue(2)
                -> via(Count(0)) -> fold(0, |a, b| a + b)
            }
            .run_local(),
        );
        assert_eq!(out.unwrap(), 500);
        tracker.assert_all_dropped_once();
        // An inlet fed from another thread wakes it.
        let (inlet, source) = inlet(2);
        let feeding = std::thread::spawn(move || {
            for n in 0..200u32 {
                block_on(inlet.send(n)).unwrap();
            }
        });
        assert_eq!(block_on(pipeline! { from(source) -> queue(3) -> count() }.run_local()).unwrap(), 200);
        feeding.join().unwrap();
        let run = pipeline! { iter(0..9u8) -> map(|n| if n == 4 { panic!("four") } else { n }) -> queue(1) -> count() };
        assert_eq!(block_on(run.run_local()).unwrap_err().kind(), ErrorKind::Panicked);
    });
}

/// Gives 1 for each item.
struct Count(u64);

impl aqueduct::Transform<aqueduct::testkit::Tracked> for Count {
    type Out = u64;

    async fn apply(
        &mut self,
        _: aqueduct::testkit::Tracked,
        out: &mut aqueduct::Emitter<'_, u64>,
    ) -> Result<(), aqueduct::BoxError> {
        self.0 += 1;
        out.emit(1).await;
        Ok(())
    }
}

/// Rules: S5
#[tokio::test(start_paused = true)]
async fn a_pipeline_dropped_unrun_lets_go_of_everything() {
    within(async {
        let (sender, receiver) = mpsc::channel::<u8>(1);
        let (inlet, source) = inlet(1);
        inlet.send(1u8).await.unwrap();
        let (out, mut outs) = mpsc::channel::<u8>(1);
        let first = pipeline! { recv(receiver) -> queue(2) -> send(out) };
        let second = pipeline! { from(source) -> count() };
        let waiting = tokio::spawn({
            let inlet = inlet.clone();
            async move { inlet.send(2).await }
        });
        settle().await;
        drop((first, second));
        assert!(sender.is_closed());
        assert_eq!(outs.recv().await, None);
        assert_eq!(waiting.await.unwrap(), Err(Closed(2)));
        expect_tasks(0).await;
    })
    .await;
}

/// The same pipeline in a loop: what a run holds is given back when it has ended.
#[tokio::test(start_paused = true)]
async fn e1_nothing_of_a_run_is_kept_when_all_its_handles_are_gone() {
    within(async {
        let kept = Arc::new(Mutex::new(()));
        for round in 0..20u32 {
            let held = Arc::clone(&kept);
            let run = pipeline! {
                iter(0..50u32) -> queue(2) -> map_async(2, async |n| n)
                -> map(move |n| { let _held = &held; if n == 30 && round % 2 == 0 { Err(Broken("thirty")) } else { Ok(n) } })? -> queue(1) -> count()
            };
            let control = run.control();
            drop(run.run().await);
            drop(control);
        }
        assert_eq!(Arc::strong_count(&kept), 1);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e8_pause_twice_is_pause_once_and_resume_after_the_end_is_nothing() {
    let (source, record) = recorded(1000, After::End);
    let running = pipeline! { from(source) -> count() }.spawn();
    let control = running.control();
    control.pause();
    control.pause();
    sleep(ms(10)).await;
    assert!(control.snapshot().paused);
    assert_eq!(record.nexts(), 0);
    control.abort();
    assert_aborted(within(running).await);
    control.resume();
    assert!(control.snapshot().paused, "as it was at the end");
}
