//! What `finish`, `pause`, failures and aborts do to `for_each_async` and `for_each_blocking`, and to calls on the blocking pool.

use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use aqueduct::testkit::{Tracked, Tracker, expect_tasks};
use aqueduct::{ErrorKind, pipeline};
use aqueduct_tests::ends::{Broken, assert_aborted, assert_failed, assert_panicked, in_time, within};
use aqueduct_tests::flow::settle;
use aqueduct_tests::watched::{Came, Watched, ms};
use tokio::time::{Instant, sleep};

/// `for_each_async` and `for_each_blocking`, three at once, noting each item when its call has ended.
macro_rules! each_sink {
    ($check:ident) => {
        $check!("for_each_async", 10, came; for_each_async(3, async move |item: Tracked| { sleep(ms(10)).await; came.note(&item); }));
        $check!("for_each_blocking", 0, came; for_each_blocking(3, move |item: Tracked| came.note(&item)));
    };
}

#[tokio::test(start_paused = true)]
async fn e5_at_finish_a_sink_ends_all_calls_and_no_later() {
    macro_rules! finishes {
        ($name:literal, $takes:literal, $came:ident; $($sink:tt)*) => {
            let (watched, seen) = (Watched::new(), Came::default());
            let $came = seen.clone();
            let running = pipeline! { #![queue = 2] from(watched.source(10_000, ms(1))) -> $($sink)* }.spawn();
            sleep(ms(102)).await;
            let made = watched.made();
            running.control().finish();
            settle().await;
            watched.assert_closed_once($name);
            let start = Instant::now();
            running.await.unwrap();
            assert!(start.elapsed() <= ms(2 * $takes), "{}: it waits for its own calls only", $name);
            assert!(watched.made() == made && made >= 3 * 102 / 10, "{}: {made}", $name);
            assert_eq!(seen.sorted(), (0..made).collect::<Vec<_>>(), "{}", $name);
            watched.assert_all_gone($name).await;
            expect_tasks(0).await;
        };
    }
    within(async {
        each_sink!(finishes);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e7_under_pause_a_sink_ends_what_it_has_and_resume_gives_it_more() {
    macro_rules! pauses {
        ($name:literal, $takes:literal, $came:ident; $($sink:tt)*) => {
            let (watched, seen) = (Watched::new(), Came::default());
            let $came = seen.clone();
            let running = pipeline! { #![queue = 2] from(watched.source(10_000, ms(1))) -> $($sink)* }.spawn();
            let control = running.control();
            sleep(ms(102)).await;
            control.pause();
            sleep(Duration::from_secs(60)).await;
            let made = watched.made();
            assert_eq!((seen.sorted(), watched.tracker.live()), ((0..made).collect(), 0), "{}", $name);
            control.resume();
            sleep(ms(102)).await;
            assert!(watched.made() > made + 20, "{}: it goes on", $name);
            control.pause();
            control.finish();
            running.await.unwrap();
            assert_eq!(seen.sorted(), (0..watched.made()).collect::<Vec<_>>(), "{}: finish needs no resume", $name);
            watched.assert_all_gone($name).await;
        };
    }
    within(async {
        each_sink!(pauses);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_a_failure_above_a_sink_drops_what_is_in_flight() {
    macro_rules! fails_above {
        ($name:literal, $takes:literal, $came:ident; $($sink:tt)*) => {
            let (watched, seen) = (Watched::new(), Came::default());
            let $came = seen.clone();
            let outcome = pipeline! { #![queue = 2] from(watched.failing(4)) -> $($sink)* }.run().await;
            assert_failed(outcome, "from", ErrorKind::Failed, "dry");
            watched.assert_all_gone($name).await;
            if $takes > 0 {
                assert!(seen.all().is_empty(), "{}: none had ended, none ends any more", $name);
            }
            expect_tasks(0).await;
        };
    }
    within(async {
        each_sink!(fails_above);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_e2_a_failure_in_a_sink_is_named_and_leaves_nothing_behind() {
    async fn held(item: Tracked) -> Tracked {
        if item.number() == 1 {
            // The others are in flight, and everything above is full.
            sleep(ms(50)).await;
        } else {
            std::future::pending::<()>().await;
        }
        item
    }
    macro_rules! ends {
        ($check:ident, $kind:expr; $($sink:tt)*) => {
            let watched = Watched::new();
            let outcome = pipeline! { #![queue = 2] from(watched.source(100, Duration::ZERO)) -> $($sink)* as disk }.run().await;
            assert_failed(outcome, "disk", $kind, "second");
            watched.assert_all_gone(stringify!($check)).await;
            expect_tasks(0).await;
        };
    }
    within(async {
        ends!(async_panic, ErrorKind::Panicked; for_each_async(3, async |item| { held(item).await; panic!("second") }));
        ends!(async_failure, ErrorKind::Failed; for_each_async(3, async |item| { held(item).await; Err(Broken("second")) })?);
        ends!(blocking_panic, ErrorKind::Panicked; for_each_blocking(3, |item: Tracked| assert!(item.number() != 1, "second")));
        ends!(blocking_failure, ErrorKind::Failed; for_each_blocking(3, |item: Tracked| {
            if item.number() == 1 { Err(Broken("second")) } else { Ok(()) }
        })?);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_the_first_of_two_failures_in_a_sink_is_told_whichever_item_came_first() {
    within(async {
        let outcome = pipeline! {
            iter([30u64, 10, 20]) -> for_each_async(3, async |time| {
                sleep(ms(time)).await;
                Err::<(), _>(Broken(if time == 10 { "first" } else { "later" }))
            })?
        };
        assert_failed(outcome.run().await, "for_each_async", ErrorKind::Failed, "first");
        let outcome = pipeline! {
            iter([30u64, 10, 20]) -> map_async(3, async |time| {
                sleep(ms(time)).await;
                assert!(time != 10, "first");
                panic!("later");
            }) -> discard()
        };
        assert_panicked(outcome.run().await, "map_async", "first");
    })
    .await;
}

/// Runs `test` on a runtime whose blocking pool has one thread: of several calls one runs, the others wait.
fn with_one_blocking_thread<F: Future>(test: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    in_time(|| {
        runtime.block_on(within(test));
    });
}

#[test]
fn e1_of_calls_on_the_blocking_pool_only_those_that_have_begun_run_on() {
    macro_rules! ends {
        ($begun:ident, $wait:ident, $call:ident; $($stage:tt)*) => {
            let (tracker, calls) = (Tracker::new(), Came::default());
            let ($begun, mut begins) = tokio::sync::mpsc::unbounded_channel::<()>();
            let (go, $wait) = channel::<()>();
            let $wait = Mutex::new($wait);
            let (made, seen) = (tracker.clone(), calls.clone());
            let $call = move |item: Tracked| {
                $begun.send(()).unwrap();
                $wait.lock().unwrap().recv().ok();
                seen.note(&item);
                item
            };
            let running = pipeline! { #![queue = 2] iter((0..9).map(move |n| made.item(n))) -> $($stage)* }.spawn();
            begins.recv().await.unwrap();
            settle().await;
            assert_eq!(tracker.live(), 2 + 3, "a link, and three calls of which one runs");
            running.control().abort();
            assert_aborted(running.await);
            // The call that runs is not waited for, those that wait for the thread are given up.
            drop(go);
            while tracker.live() > 0 {
                tokio::task::yield_now().await;
            }
            // The closure goes with the last call that has it: now no other can begin.
            assert_eq!(begins.recv().await, None);
            assert_eq!(calls.all(), [0]);
        };
    }
    with_one_blocking_thread(async {
        ends!(begun, wait, call; map_blocking(3, call) -> discard());
        ends!(begun, wait, call; for_each_blocking(3, move |item| drop(call(item))));
    });
}

#[test]
fn for_each_blocking_of_one_keeps_the_order_and_of_n_runs_n_at_once() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    in_time(|| {
        runtime.block_on(within(async {
            let came = Came::default();
            let (tracker, seen) = (Tracker::new(), came.clone());
            pipeline! {
                iter((0..200).map(move |n| tracker.item(n))) -> for_each_blocking(1, move |item| {
                    std::thread::yield_now();
                    seen.note(&item);
                })
            }
            .run()
            .await
            .unwrap();
            assert_eq!(came.all(), (0..200).collect::<Vec<_>>());
            // Each of three waits for the two others: they run at once; and never four do.
            let (inside, together) = (Mutex::new((0, 0)), std::sync::Barrier::new(3));
            let inside = std::sync::Arc::new(inside);
            let counted = std::sync::Arc::clone(&inside);
            pipeline! {
                iter(0..30) -> for_each_blocking(3, move |_| {
                    {
                        let mut inside = counted.lock().unwrap();
                        *inside = (inside.0 + 1, inside.1.max(inside.0 + 1));
                    }
                    together.wait();
                    counted.lock().unwrap().0 -= 1;
                })
            }
            .run()
            .await
            .unwrap();
            assert_eq!(*inside.lock().unwrap(), (0, 3));
        }));
    });
}
