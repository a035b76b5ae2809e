//! `tap`: a side branch that never holds the main flow (F7, L10).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::Tracker;
use aqueduct::{ErrorKind, Source, Transform, pipeline};
use aqueduct_tests::ends::{After, assert_failed, assert_panicked, recorded, within};
use aqueduct_tests::flow::logged;
use aqueduct_tests::pieces::{an_hour, links, never, stages};

// On a clock that stands still no task's turn is too long, however busy the machine (G5).
#[tokio::test(start_paused = true)]
async fn f7_the_arm_gets_what_it_has_room_for() {
    let p = pipeline! {
        iter(0..10u64) -> tap { queue(4) -> collect::<Vec<_>>() } -> tap { count() } -> fold(0, |a, b| a + b)
    };
    assert_eq!(stages(p.graph()), "iter:0 tap_1:0 collect:1 tap_2:0 count:2 fold:0");
    assert_eq!(links(p.graph()), "queue:4 tap_2->count:256");
    assert!(p.graph().links.iter().all(|link| link.overflow == "drop_newest"));
    assert_eq!(p.bound(), Some(3 + 4 + 256));
    let control = p.control();
    // In one task, so that the arm has no turn before the source has ended.
    assert_eq!(within(p.run_local()).await.unwrap(), (vec![0, 1, 2, 3], 10, 45));
    let snapshot = control.snapshot();
    assert_eq!(snapshot.link("queue").map(|link| (link.dropped, link.pauses, link.max_len)), Some((6, 0, 4)));
    assert_eq!(snapshot.stage("tap_1").map(|stage| (stage.items_in, stage.items_out)), Some((10, 10)));
}

#[tokio::test(start_paused = true)]
async fn f7_it_never_holds_the_main_flow() {
    let (source, log) = logged(1_000);
    let running = pipeline! {
        from(source)
            -> tap { for_each_async(1, never) }
            -> tap { queue(1, overflow = drop_oldest) as last -> for_each_async(1, never) }
            -> tap { latest() as newest -> for_each_async(1, never) }
            -> queue(2) -> count() as main
    }
    .spawn();
    within(an_hour()).await;
    assert_eq!((log.nexts(), log.closes()), (1_001, 1));
    let snapshot = running.control().snapshot();
    assert_eq!(snapshot.stage("main").unwrap().items_in, 1_000);
    assert!(snapshot.links[..3].iter().all(|link| link.pauses == 0), "{:?}", snapshot.links);
    assert!(snapshot.link("newest").unwrap().dropped >= 990);
    // At the end it is waited for.
    running.control().abort();
    assert_eq!(within(running).await.unwrap_err().kind(), ErrorKind::Aborted);
}

// As above.
#[tokio::test(start_paused = true)]
async fn f7_an_item_is_cloned_only_if_there_is_room() {
    let tracker = Tracker::default();
    let p = pipeline! { iter(tracker.items(0..100)) -> tap { queue(7) -> count() } -> count() };
    assert_eq!(within(p.run_local()).await.unwrap(), (7, 100));
    assert_eq!((tracker.clones(), tracker.live()), (7, 0));
    // With `drop_oldest` each finds room.
    let tracker = Tracker::default();
    let p = pipeline! { iter(tracker.items(0..100)) -> tap { queue(7, overflow = drop_oldest) -> map(|n| n.number()) -> collect::<Vec<_>>() } -> count() };
    assert_eq!(within(p.run_local()).await.unwrap(), ((93..100).collect(), 100));
    assert_eq!(tracker.clones(), 100);
    // None for an arm that has left.
    let tracker = Tracker::default();
    let p = pipeline! { iter(tracker.items(0..5_000)) -> tap { queue(9) -> first() } -> queue(2) -> count() };
    let (first, n) = within(p.run()).await.unwrap();
    assert_eq!((first.map(|first| first.number()), n), (Some(0), 5_000));
    assert!(tracker.clones() <= 9 + 2, "{}", tracker.clones());
    // Nor of what the main flow does not take.
    let tracker = Tracker::default();
    let p = pipeline! { iter(tracker.items(0..100)) -> tap { count() } -> take(3) -> count() };
    assert_eq!(within(p.run()).await.unwrap(), (3, 3));
    assert_eq!((tracker.made(), tracker.clones()), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn f7_at_the_end_it_is_waited_for() {
    let p = pipeline! {
        iter(0..9u64) -> tap { queue(4) -> then(async |n| { tokio::time::sleep(Duration::from_secs(1)).await; n }) -> collect::<Vec<_>>() } -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), (vec![0, 1, 2, 3], 9));
    // What it holds comes out at `finish`, too.
    let (source, record) = recorded(9, After::Wait);
    let running =
        pipeline! { from(source) -> tap { batch(100, 1h) -> map(|all| all.len()) -> last() } -> count() }.spawn();
    within(async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), (Some(9), 9));
    })
    .await;
    record.assert_closed_once();
}

#[tokio::test(start_paused = true)]
async fn f7_finishing_early_it_drops_out() {
    let (source, record) = recorded(9, After::End);
    let p = pipeline! { from(source) -> tap { take(2) -> count() } -> tap { first() } -> count() };
    assert_eq!(within(p.run()).await.unwrap(), (2, Some(0), 9));
    record.assert_closed_once();
    // The main flow ends: the tap alone does not keep the source.
    let (source, record) = recorded(9, After::Wait);
    let p = pipeline! { from(source) -> tap { count() } -> take(4) -> count() };
    assert_eq!(within(p.run()).await.unwrap(), (4, 4));
    record.assert_closed_once();
}

#[tokio::test]
async fn f7_a_failure_in_it_is_a_failure() {
    let (source, record) = recorded(9, After::Wait);
    let p = pipeline! { from(source) -> tap { map(|n| if n == 5 { Err("five") } else { Ok(n) })? as check -> discard() } -> count() };
    assert_failed(within(p.run()).await, "check", ErrorKind::Failed, "five");
    record.assert_closed_once();
    let p = pipeline! { iter(0..9) -> tap { for_each(|n| assert!(n != 5, "five")) as side } -> count() };
    assert_panicked(within(p.run()).await, "side", "five");
    #[derive(Debug)]
    struct Delicate(u32);
    impl Clone for Delicate {
        fn clone(&self) -> Self {
            assert!(self.0 < 5, "too delicate");
            Self(self.0)
        }
    }
    let p = pipeline! { iter((0..9).map(Delicate)) -> tap { discard() } as look -> count() };
    assert_panicked(within(p.run()).await, "look", "too delicate");
}

#[tokio::test(start_paused = true)]
async fn f7_taps_anywhere() {
    fn tapped(seen: Arc<AtomicUsize>) -> impl Source<Item = u64> {
        pipeline! { iter(0..9u64) -> tap { queue(100) -> for_each(move |_| { seen.fetch_add(1, Ordering::SeqCst); }) } -> _ }
    }
    fn through(seen: Arc<AtomicUsize>) -> impl Transform<u64, Out = u64> {
        pipeline! { _: u64 -> tap { queue(100) -> for_each(move |_| { seen.fetch_add(1, Ordering::SeqCst); }) } -> map(|n| n) -> _ }
    }
    let (a, b) = (Arc::default(), Arc::default());
    let noted = Arc::new(Mutex::new(Vec::new()));
    let p = pipeline! {
        from(tapped(Arc::clone(&a))) -> via(through(Arc::clone(&b))) -> broadcast {
            tap { queue(100) -> tap { queue(100) -> count() } -> count() } -> take(3),
            match { n if n % 2 == 0 => n -> tap { queue(100) -> for_each({ let noted = Arc::clone(&noted); move |n| noted.lock().unwrap().push(n) }) } -> count(), n => n },
        } -> parallel(2) { tap { queue(100) -> count() } -> map(|n| n) } -> count()
    };
    let (inner, outer, (), even, copies, all) = within(p.run()).await.unwrap();
    assert_eq!((inner, outer, even, all), (3, 3, 5, 3 + 4));
    assert_eq!(copies.iter().sum::<u64>(), 7);
    assert_eq!(*noted.lock().unwrap(), [0, 2, 4, 6, 8]);
    assert_eq!((a.load(Ordering::SeqCst), b.load(Ordering::SeqCst)), (9, 9));
}

#[tokio::test(start_paused = true)]
async fn g4_the_bound_holds_with_a_tap_that_is_stalled() {
    let tracker = Tracker::default();
    let p = pipeline! { iter(tracker.items(0..100)) -> tap { queue(5) -> for_each_async(2, never) } -> queue(3) -> for_each_async(1, never) };
    assert_eq!(p.bound(), Some(3 + 5 + 2 + 3 + 1));
    let running = p.spawn();
    within(an_hour()).await;
    assert!(tracker.peak() <= 14, "{}", tracker.peak());
    drop(running);
}
