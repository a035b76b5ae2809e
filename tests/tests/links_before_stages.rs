//! Each kind of link before each asynchronous and timed stage, and below each kind of source: at `finish`, with everything full, each
//! item comes out or was counted as dropped.

use std::future::pending;
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracked, expect_tasks};
use aqueduct::{BoxError, Emitter, Transform, pipeline};
use aqueduct_tests::ends::{assert_aborted, within};
use aqueduct_tests::flow::settle;
use aqueduct_tests::watched::{Came, Watched, ms};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, sleep};

/// Gives on what it gets.
struct Pass;

impl Transform<Tracked> for Pass {
    type Out = Tracked;

    async fn apply(&mut self, item: Tracked, out: &mut Emitter<'_, Tracked>) -> Result<(), BoxError> {
        out.emit(item).await;
        Ok(())
    }
}

async fn later(item: Tracked) -> Tracked {
    sleep(ms(10)).await;
    item
}

fn in_its_order(stage: &str, came: &Came) -> Vec<u64> {
    if stage.contains("unordered") || stage.contains("keyed") { came.sorted() } else { came.all() }
}

#[tokio::test(start_paused = true)]
async fn l10_e5_each_stage_takes_from_each_kind_of_link_what_is_in_it() {
    macro_rules! behind {
        ($name:literal, $link:literal, [$($queue:tt)*]; $($stage:tt)*) => {
            for open in [true, false] {
                let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
                if open {
                    gate.open();
                }
                let what = format!("{} behind {}, sink open: {open}", $name, $link);
                let (held, seen) = (gate.clone(), came.clone());
                let running = pipeline! {
                    from(watched.source(10_000, ms(1))) -> $($queue)* as before -> $($stage)* -> map(|value| value) -> queue(1)
                    -> for_each_async(1, async move |value| { held.pass().await; seen.note(&value); })
                }
                .spawn();
                let control = running.control();
                sleep(Duration::from_micros(60_500)).await;
                control.finish();
                settle().await;
                watched.assert_closed_once(&what);
                gate.open();
                running.await.unwrap();
                let link = control.snapshot().link("before").unwrap().clone();
                let all = in_its_order($name, &came);
                assert!(all.windows(2).all(|two| two[0] < two[1]), "{what}: {all:?}");
                assert_eq!(all.len() as u64 + link.dropped, watched.made(), "{what}: each came or was counted");
                let drops = $link.contains("drop");
                assert!(if open { drops || link.dropped == 0 } else { (link.dropped > 0) == drops }, "{what}: {}", link.dropped);
                assert!(link.max_len <= link.capacity, "{what}");
                watched.assert_all_gone($name).await;
                expect_tasks(0).await;
            }
        };
    }
    macro_rules! each_link {
        ($name:literal; $($stage:tt)*) => {
            behind!($name, "bytes", [queue(bytes = 3B)]; $($stage)*);
            behind!($name, "drop_oldest", [queue(3, overflow = drop_oldest)]; $($stage)*);
            behind!($name, "drop_newest", [queue(3, overflow = drop_newest)]; $($stage)*);
            behind!($name, "bytes drop_oldest", [queue(bytes = 3, overflow = drop_oldest)]; $($stage)*);
            behind!($name, "bytes drop_newest", [queue(bytes = 3, overflow = drop_newest)]; $($stage)*);
            behind!($name, "fail", [queue(1000, overflow = fail)]; $($stage)*);
            behind!($name, "low 0", [queue(3, low = 0)]; $($stage)*);
        };
    }
    within(async {
        each_link!("then"; then(later));
        each_link!("map_async"; map_async(2, later));
        each_link!("map_async_unordered"; map_async_unordered(2, later));
        each_link!("map_async_keyed"; map_async_keyed(2, |item: &Tracked| item.number() % 2, later));
        each_link!("take_until"; take_until(pending::<()>()));
        each_link!("via"; via(Pass));
        each_link!("batch"; batch(3, 5ms));
        each_link!("ready_chunks"; ready_chunks(2));
        each_link!("throttle"; throttle(1, 10ms));
        each_link!("timeout"; timeout(1s));
        each_link!("delay"; delay(10ms));
    })
    .await;
}

/// Each item leaves a whole `delay` after it came, also where others were dropped around it.
#[tokio::test(start_paused = true)]
async fn delay_counts_the_time_of_the_items_that_are_kept() {
    macro_rules! delays {
        ($($queue:tt)*) => {
            let start = Instant::now();
            let times = [0u64, 1, 2, 3, 40, 41, 42, 43, 80, 200];
            let items = stream::iter(times).then(move |time| async move {
                tokio::time::sleep_until(start + ms(time)).await;
                time
            });
            let run = pipeline! {
                stream(Box::pin(items)) -> $($queue)* -> delay(50ms)
                -> map(move |time| (start.elapsed().as_millis() as u64, time)) -> collect::<Vec<_>>()
            };
            let control = run.control();
            let left = run.run().await.unwrap();
            let dropped = control.snapshot().links[0].dropped;
            assert!(left.iter().all(|(at, time)| *at == time + 50), "{}: {left:?}", stringify!($($queue)*));
            assert!(left.len() as u64 + dropped == 10 && dropped > 0 && left.len() >= 2, "{left:?}");
        };
    }
    within(async {
        delays!(queue(2, overflow = drop_newest));
        delays!(queue(2, overflow = drop_oldest));
        delays!(queue(1, overflow = drop_newest));
        delays!(latest());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l5_an_item_outside_a_full_byte_link_comes_out_at_finish_whatever_its_source() {
    within(async {
        for finishes in [true, false] {
            macro_rules! ends {
                ($name:literal, $watched:ident; $($source:tt)*) => {
                    let ($watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
                    let (held, seen) = (gate.clone(), came.clone());
                    let running = pipeline! {
                        $($source)* -> map(|item: Tracked| item.weighing(3)) -> queue(bytes = 7)
                        -> for_each_async(1, async move |value| { held.pass().await; seen.note(&value); })
                    }
                    .spawn();
                    sleep(ms(100)).await;
                    // In the sink, two in the link, and one that does not fit.
                    let made = $watched.made();
                    assert!($watched.tracker.live() >= 4, "{}", $name);
                    if finishes { running.control().finish() } else { running.control().abort() }
                    settle().await;
                    gate.open();
                    if finishes {
                        running.await.unwrap();
                        let all = came.all();
                        assert!(all.len() >= 4 && all.iter().copied().eq(0..all.len() as u64), "{}: {all:?}", $name);
                        if $name != "recv" {
                            assert_eq!(all.len() as u64, made, "{}", $name);
                        }
                    } else {
                        assert_aborted(running.await);
                    }
                    while $watched.tracker.live() > 0 {
                        tokio::task::yield_now().await;
                    }
                    expect_tasks(0).await;
                };
            }
            ends!("from", watched; from(watched.source(100, ms(1))));
            ends!("iter", watched; iter({ let tracker = watched.tracker.clone(); (0..100).map(move |n| tracker.item(n)) }));
            ends!("stream", watched; stream({
                let tracker = watched.tracker.clone();
                stream::iter(0..100).map(move |n| tracker.item(n))
            }));
            ends!("repeat_with", watched; repeat_with({
                let (tracker, mut next) = (watched.tracker.clone(), 0);
                move || { next += 1; tracker.item(next - 1) }
            }));
            ends!("unfold", watched; unfold(0, {
                let tracker = watched.tracker.clone();
                move |n| { let item = tracker.item(n); async move { Some((item, n + 1)) } }
            }));
            ends!("iter_blocking", watched; iter_blocking({ let tracker = watched.tracker.clone(); (0..100).map(move |n| tracker.item(n)) }));
            ends!("recv", watched; recv({
                let (sender, receiver) = tokio::sync::mpsc::channel(8);
                for n in 0..8 {
                    sender.try_send(watched.tracker.item(n)).unwrap();
                }
                // It stays open.
                tokio::spawn(async move { sender.closed().await; });
                receiver
            }));
            ends!("flat_map", watched; from(watched.source(50, ms(1))) -> flat_map(|item| [item]));
        }
    })
    .await;
}
