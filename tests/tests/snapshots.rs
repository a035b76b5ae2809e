//! What a snapshot says of a run, on the paused clock: what each task has spent its time with, what is under way, where stages stand.

use std::cell::Cell;
use std::time::Duration;

use aqueduct::testkit::{Gate, ScriptedSource};
use aqueduct::{Snapshot, StageSnapshot, StageState, Transform, inlet, pipeline};
use aqueduct_tests::ends::within;
use aqueduct_tests::flow::turns;
use aqueduct_tests::pieces::never;
use aqueduct_tests::segments::{normalize, numbers};
use futures_util::stream;
use tokio::time::{advance, sleep};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn stage<'s>(snapshot: &'s Snapshot, name: &str) -> &'s StageSnapshot {
    snapshot.stage(name).unwrap_or_else(|| panic!("no stage `{name}`"))
}

fn times(stage: &StageSnapshot) -> [Duration; 4] {
    [stage.busy, stage.blocked, stage.idle, stage.waiting]
}

/// Busy takes no time on the paused clock, so the others are exact.
#[tokio::test(start_paused = true)]
async fn each_instant_is_one_of_busy_blocked_idle_and_waiting() {
    within(async {
        let ticks = stream::unfold((), async |()| {
            sleep(ms(10)).await;
            Some(((), ()))
        });
        let running = pipeline! {
            stream(ticks) as ticks
            -> queue(2) -> then(async |()| sleep(ms(40)).await) as slow
            -> queue(2) -> for_each_async(1, async |()| sleep(ms(5)).await) as sink
        }
        .spawn();
        let control = running.control();
        sleep(ms(1007)).await;
        let snapshot = control.snapshot();
        assert_eq!(snapshot.elapsed, ms(1007));
        for stage in &snapshot.stages {
            let [busy, blocked, idle, waiting] = times(stage);
            assert_eq!(busy + blocked + idle + waiting, ms(1007), "{}", stage.name);
            assert_eq!(busy, Duration::ZERO, "{}", stage.name);
        }
        // The first item comes after 10 ms; from then on there is always another.
        assert_eq!(times(stage(&snapshot, "slow"))[1..], [ms(0), ms(10), ms(997)]);
        // 24 items have come to it, at 50, 90, …, 970 ms; each takes it 5 ms.
        assert_eq!(times(stage(&snapshot, "sink"))[1..], [ms(0), ms(1007 - 24 * 5), ms(24 * 5)]);
        let source = stage(&snapshot, "ticks");
        assert_eq!(source.idle, ms(0));
        assert!(source.blocked > ms(600) && source.waiting > ms(200), "{source:?}");
        control.abort();
        running.await.unwrap_err();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_counts_before_it_is_over() {
    within(async {
        let gate = Gate::new();
        let open = gate.clone();
        let running = pipeline! {
            iter(0..100u32) -> queue(4) -> then(async |n| n) as passes -> queue(4)
            -> for_each_async(1, async move |_| open.pass().await) as stuck
        }
        .spawn();
        let control = running.control();
        sleep(ms(1)).await;
        for waited in [1, 3, 1000] {
            advance(ms(waited)).await;
            let snapshot = control.snapshot();
            assert_eq!(stage(&snapshot, "iter").blocked, snapshot.elapsed);
            assert_eq!(stage(&snapshot, "passes").blocked, snapshot.elapsed);
            assert_eq!(stage(&snapshot, "stuck").waiting, snapshot.elapsed);
            let states = snapshot.stages.iter().map(|stage| stage.state);
            assert!(states.eq([StageState::Blocked, StageState::Blocked, StageState::Waiting]), "{snapshot:?}");
        }
        control.abort();
        running.await.unwrap_err();
        let snapshot = control.snapshot();
        assert!(snapshot.ended && snapshot.stages.iter().all(|stage| stage.state == StageState::Ended));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_stage_that_has_given_way_to_others_is_busy_still() {
    // One that gives way because of what comes out, and one because of what goes in.
    for n in [1, 20_000] {
        let running =
            pipeline! { iter(0..20_000u32) -> queue(20_000) -> ready_chunks(n) as giving -> discard() }.spawn();
        let control = running.control();
        // A task beside the others gets a turn as often as they do.
        let watcher = tokio::spawn(async move {
            let mut states = Vec::new();
            while !control.snapshot().ended {
                turns(1).await;
                states.push(stage(&control.snapshot(), "giving").state);
            }
            states
        });
        let states = within(watcher).await.unwrap();
        assert!(states.contains(&StageState::Busy), "{states:?}");
        assert!(!states.contains(&StageState::Waiting), "{states:?}");
        within(running).await.unwrap();
    }
}

/// It waits for time while it has items that may not leave yet, and else for items.
#[tokio::test(start_paused = true)]
async fn a_delay_without_items_is_idle() {
    within(async {
        let (sender, receiver) = inlet(4);
        let running = pipeline! { from(receiver) -> delay(10ms) -> discard() }.spawn();
        let control = running.control();
        sleep(ms(5)).await;
        assert_eq!(stage(&control.snapshot(), "delay").state, StageState::Idle);
        sender.send(1).await.unwrap();
        sleep(ms(5)).await;
        assert_eq!(stage(&control.snapshot(), "delay").state, StageState::Waiting);
        sleep(ms(10)).await;
        assert_eq!(stage(&control.snapshot(), "delay").state, StageState::Idle);
        sender.close();
        running.await.unwrap();
        assert_eq!(times(stage(&control.snapshot(), "delay")), [ms(0), ms(0), ms(10), ms(10)]);
    })
    .await;
}

/// While one task of a segment sleeps, another is woken by what comes into the segment.
#[tokio::test(start_paused = true)]
async fn a_task_within_a_segment_is_not_busy_while_it_sleeps() {
    fn slow() -> impl Transform<u64, Out = u64> {
        let slowly = async |n| {
            sleep(ms(10)).await;
            n
        };
        pipeline! { _: u64 -> map_async(1, async |n| n) as quick -> map_async(1, slowly) as slow -> _ }
    }
    within(async {
        let source = ScriptedSource::new().item(0).wait(ms(5)).item(1).wait(ms(5)).item(2);
        let running = pipeline! { from(source) -> via(slow()) as segment -> count() };
        let control = running.control();
        running.run().await.unwrap();
        let snapshot = control.snapshot();
        assert_eq!(times(stage(&snapshot, "segment/slow")), [ms(0), ms(0), ms(0), ms(30)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_source_under_pause_is_idle() {
    within(async {
        let endless = stream::unfold((), async |()| {
            sleep(ms(1)).await;
            Some(((), ()))
        });
        let running = pipeline! { stream(endless) -> discard() }.spawn();
        let control = running.control();
        sleep(ms(10)).await;
        control.pause();
        sleep(ms(100)).await;
        let snapshot = control.snapshot();
        assert_eq!(times(stage(&snapshot, "stream"))[1..], [ms(0), ms(100), ms(10)]);
        control.finish();
        running.await.unwrap();
    })
    .await;
}

/// A task that has ended spends no more time, however long the others go on.
#[tokio::test(start_paused = true)]
async fn a_task_that_has_ended_stands_still() {
    within(async {
        let running = pipeline! {
            iter(0..2u32) -> queue(4) -> for_each_async(1, async |_| sleep(ms(50)).await)
        }
        .spawn();
        let control = running.control();
        sleep(ms(60)).await;
        let source = stage(&control.snapshot(), "iter").clone();
        assert_eq!((source.state, times(&source)), (StageState::Ended, [Duration::ZERO; 4]));
        running.await.unwrap();
        sleep(ms(60)).await;
        let snapshot = control.snapshot();
        assert_eq!((snapshot.ended, snapshot.elapsed), (true, ms(100)));
        assert_eq!(stage(&snapshot, "for_each_async").waiting, ms(100));
    })
    .await;
}

/// Time between building and running is nobody's.
#[tokio::test(start_paused = true)]
async fn time_counts_from_the_start_of_the_run() {
    within(async {
        let run = pipeline! { iter(0..3u32) -> then(async |_| sleep(ms(10)).await) -> count() };
        let control = run.control();
        advance(ms(500)).await;
        let before = control.snapshot();
        assert_eq!(before.elapsed, ms(0));
        assert!(before.stages.iter().all(|stage| times(stage) == [Duration::ZERO; 4]));
        run.run_local().await.unwrap();
        let after = control.snapshot();
        assert_eq!((after.elapsed, stage(&after, "then").waiting), (ms(30), ms(30)));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn futures_under_way_are_counted() {
    within(async {
        let running = pipeline! {
            iter(0..10u32)
            -> map_async(4, async |n| { sleep(ms(10)).await; n }) as ordered
            -> map_async_unordered(3, async |n| { sleep(ms(100)).await; n }) as unordered
            -> then(async |n| { sleep(ms(1)).await; n }) as one
            -> for_each_async(2, async |_| sleep(ms(1000)).await) as sink
        }
        .spawn();
        let control = running.control();
        let in_flight = |name: &str| stage(&control.snapshot(), name).in_flight;
        sleep(ms(5)).await;
        assert_eq!([in_flight("ordered"), in_flight("unordered"), in_flight("one"), in_flight("sink")], [4, 0, 0, 0]);
        sleep(ms(10)).await;
        assert_eq!([in_flight("ordered"), in_flight("unordered"), in_flight("one"), in_flight("sink")], [4, 3, 0, 0]);
        sleep(ms(300)).await;
        assert_eq!([in_flight("ordered"), in_flight("sink")], [0, 2]);
        assert_eq!(stage(&control.snapshot(), "ordered").in_flight, 0);
        running.await.unwrap();
        assert!(control.snapshot().stages.iter().all(|stage| stage.in_flight == 0));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_source_says_how_much_there_will_be_if_it_knows() {
    within(async {
        async fn expected(run: aqueduct::Pipeline<u64>) -> Option<u64> {
            let control = run.control();
            run.run().await.unwrap();
            stage(&control.snapshot(), "source").expected
        }
        assert_eq!(expected(pipeline! { iter(vec![1, 2, 3]) as source -> count() }.boxed()).await, Some(3));
        assert_eq!(expected(pipeline! { iter(0..0u8) as source -> count() }.boxed()).await, Some(0));
        assert_eq!(expected(pipeline! { iter(0u64..) as source -> take(2) -> count() }.boxed()).await, None);
        let odd = (0..9).filter(|n| n % 2 == 1);
        assert_eq!(expected(pipeline! { iter(odd) as source -> count() }.boxed()).await, None);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn since_tells_of_the_time_between() {
    within(async {
        let running = pipeline! {
            iter(0u32..) -> queue(2) as link -> for_each_async(1, async |_| sleep(ms(10)).await) as sink
        }
        .spawn();
        let control = running.control();
        sleep(ms(1005)).await;
        let before = control.snapshot();
        sleep(ms(500)).await;
        let now = control.snapshot();
        let since = now.since(&before);
        assert_eq!(since.elapsed, ms(500));
        let (source, sink, link) = (stage(&since, "iter"), stage(&since, "sink"), since.link("link").unwrap());
        assert_eq!((sink.items_in, sink.waiting, source.blocked), (50, ms(500), ms(500)));
        assert_eq!((link.pauses, link.len), (50, now.link("link").unwrap().len));
        assert!(link.paused_for <= ms(500) && now.link("link").unwrap().paused_for > ms(900));
        control.abort();
        running.await.unwrap_err();
    })
    .await;
}

/// Known from the pause on, and of what an earlier snapshot has seen.
#[tokio::test(start_paused = true)]
async fn the_oldest_item_has_been_inside_for_so_long() {
    within(async {
        let gate = Gate::new();
        let open = gate.clone();
        let running = pipeline! {
            iter(0..3u32) -> queue(2) as full
            -> then(async |n| n) -> queue(64) as roomy
            -> for_each_async(1, async move |_| open.pass().await)
        }
        .spawn();
        let control = running.control();
        let of = |snapshot: &Snapshot, name: &str| snapshot.link(name).unwrap().oldest;
        let oldest = |name: &str| of(&control.snapshot(), name);
        sleep(ms(10)).await;
        let first = control.snapshot();
        assert_eq!((of(&first, "full"), of(&first, "roomy")), (None, None), "empty, and never seen before");
        sleep(ms(30)).await;
        assert_eq!(oldest("roomy"), Some(ms(30)), "since the first look");
        gate.open();
        running.await.unwrap();
        assert_eq!(oldest("roomy"), None);

        let gate = Gate::new();
        let open = gate.clone();
        let running =
            pipeline! { iter(0..9u32) -> queue(2) as full -> for_each_async(1, async move |_| open.pass().await) }
                .spawn();
        let control = running.control();
        sleep(ms(70)).await;
        assert_eq!(control.snapshot().link("full").unwrap().oldest, Some(ms(70)), "since the pause");
        gate.open();
        running.await.unwrap();
    })
    .await;
}

/// In the arm of a `parallel` the copies are one stage: their times are added up.
#[tokio::test(start_paused = true)]
async fn copies_are_added_up() {
    within(async {
        let running = pipeline! {
            iter(0..6u32) -> parallel(3) { queue(1) -> map_async(1, async |n| { sleep(ms(10)).await; n }) as work } -> count()
        }
        .spawn();
        let control = running.control();
        sleep(ms(5)).await;
        let snapshot = control.snapshot();
        let work = stage(&snapshot, "work");
        assert_eq!((work.in_flight, work.waiting, work.state), (3, ms(15), StageState::Waiting));
        running.await.unwrap();
        assert_eq!(stage(&control.snapshot(), "work").waiting, ms(60));
    })
    .await;
}

/// So are those of a stage within a segment.
#[tokio::test(start_paused = true)]
async fn copies_within_segments_are_added_up() {
    fn slow() -> impl Transform<u32, Out = u32> {
        pipeline! { #![queue = 1] _: u32 -> map_async(1, async |n| { sleep(ms(10)).await; n }) as work -> _ }
    }
    within(async {
        let running =
            pipeline! { iter(0..6u32) -> parallel(3) { queue(1) -> via(slow()) as segment } -> count() }.spawn();
        let control = running.control();
        running.await.unwrap();
        let snapshot = control.snapshot();
        let work = stage(&snapshot, "segment/work");
        assert_eq!((work.items_in, work.items_out, work.waiting), (6, 6, ms(60)));
    })
    .await;
}

/// So are the copies of a link, in number and in time; it is paused if one of them is.
#[tokio::test(start_paused = true)]
async fn copies_of_a_link_are_added_up() {
    let stuck = pipeline! {
        iter(0..100u32) -> queue(1) -> parallel(2) { queue(4, low = 1) as inner -> for_each_async(1, never) as sink }
    }
    .spawn();
    sleep(ms(10)).await;
    let snapshot = stuck.control().snapshot();
    let inner = snapshot.link("inner").unwrap();
    assert_eq!((inner.len, inner.capacity, inner.low, inner.max_len), (8, 8, 2, 8));
    assert_eq!((inner.paused, inner.pauses, inner.paused_for), (true, 2, ms(20)));
    assert_eq!((&*inner.writer, &*inner.reader), ("parallel", "sink"));
    drop(stuck);

    let made = Cell::new(0);
    // The second of two copies is stuck.
    let work = || {
        made.set(made.get() + 1);
        let stuck = made.get() == 2;
        move |_| async move {
            if stuck {
                never(()).await;
            }
            sleep(ms(1)).await;
        }
    };
    let half = pipeline! {
        iter(0..20u32) -> queue(1) -> parallel(2) { queue(4, low = 1) as inner -> for_each_async(1, work()) }
    }
    .spawn();
    sleep(ms(100)).await;
    let snapshot = half.control().snapshot();
    let inner = snapshot.link("inner").unwrap();
    assert_eq!((inner.len, inner.paused, inner.oldest), (4, true, Some(ms(100))));
    drop(half);

    // Each copy is kept from taking all by what it does before the link that drops.
    let dropping = pipeline! {
        iter(0..100u32) -> queue(1) -> parallel(2) {
            queue(1) -> map_async(1, async |n| { sleep(ms(1)).await; n }) -> queue(2, overflow = drop_oldest) as inner
            -> for_each_async(1, never)
        }
    }
    .spawn();
    sleep(ms(200)).await;
    // Each has two in its link, and one in its sink.
    assert_eq!(dropping.control().snapshot().link("inner").unwrap().dropped, 100 - 2 * 3);
}

#[tokio::test]
async fn a_link_knows_the_stages_within_segments_at_its_ends() {
    let p = pipeline! { from(numbers(3)) as numbers -> via(normalize()) as normalize -> count() };
    let snapshot = p.control().snapshot();
    let link = snapshot.link("numbers->normalize").unwrap();
    assert_eq!((&*link.writer, &*link.reader), ("numbers/map", "normalize/map"));
    assert_eq!((&*link.from, &*link.to), ("numbers", "normalize"));
}

#[tokio::test]
async fn a_pipeline_that_is_dropped_unrun_has_ended() {
    let p = pipeline! { iter(0..3u32) -> count() };
    let control = p.control();
    assert!(control.snapshot().stages.iter().all(|stage| stage.state == StageState::Idle));
    drop(p);
    assert!(control.snapshot().stages.iter().all(|stage| stage.state == StageState::Ended));
}

#[test]
fn a_stage_shows_what_it_was_set_to() {
    let p = pipeline! { iter(0..3u32) -> map_async(3, async |n| n) as work -> parallel(2) { map(|n| n) } -> count() };
    let detail = |name: &str| p.graph().stages.iter().find(|stage| stage.name == *name).unwrap().detail.clone();
    assert_eq!([detail("work"), detail("parallel")], ["3 at once", "2 copies"]);
}

#[tokio::test(start_paused = true)]
async fn every_stage_knows_where_it_stands() {
    within(async {
        fn doubled() -> impl Transform<u32, Out = u32> {
            pipeline! { _: u32 -> map(|n| n * 2) as double -> _ }
        }
        let first = line!() + 2;
        let run = pipeline! {
            iter(0..3u32)
            -> via(doubled()) -> match {
                n if n > 2 => n
                    -> discard(),
                n => n,
            } as sorted
            -> count()
        };
        let graph = run.graph().clone();
        let control = run.control();
        run.run().await.unwrap();
        let at = |name: &str| {
            let (snapshot, graph) = (control.snapshot(), graph.clone());
            let shown = graph.stages.iter().find(|stage| stage.name == *name).map(|stage| stage.location);
            assert_eq!(shown, Some(stage(&snapshot, name).location));
            let place = stage(&snapshot, name).location;
            assert_eq!(place.file, file!());
            (place.line, place.column)
        };
        assert_eq!(at("iter"), (first, 13));
        assert_eq!(at("via"), (first + 1, 16));
        assert_eq!(at("sorted"), (first + 1, 34));
        assert_eq!(at("discard"), (first + 3, 24));
        assert_eq!(at("count"), (first + 6, 16));
        assert_eq!(at("via/double"), (first - 4, 35));
        assert!(graph.to_dot().contains(&format!("{}:{}:16", file!(), first + 6)), "{}", graph.to_dot());
    })
    .await;
}

#[tokio::test]
async fn a_zip_counts_what_it_takes_of_each_input_and_what_it_gives() {
    let zipped = pipeline! { zip(iter(0..20u32), iter(0..20u32), iter(0..20u32)) -> count() };
    let control = zipped.control();
    within(zipped.run()).await.unwrap();
    let snapshot = control.snapshot();
    let zip = stage(&snapshot, "zip");
    assert_eq!((zip.items_in, zip.items_out), (60, 20));
}
