//! Segments with blocks, fan-ins and `let`s inside (DESIGN 1.3).

use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::{Gate, ScriptedSource, Tracker};
use aqueduct::{ErrorKind, Sink, Source, Transform, TrySendError, pipeline};
use aqueduct_tests::ends::{After, assert_aborted, assert_failed, assert_panicked, recorded, within};
use aqueduct_tests::flow::{at_rest, logged};
use aqueduct_tests::pieces::{an_hour, links, never, stages};
use futures_util::{FutureExt, StreamExt};

/// Every second goes to a sink of the segment's own; the block is the last before `_`.
fn odd_ones(even: Arc<AtomicU64>) -> impl Source<Item = u32> {
    pipeline! {
        iter(0..100u32) -> match {
            n if n % 2 == 0 => n -> queue(2) -> for_each(move |_| { even.fetch_add(1, Ordering::SeqCst); }),
            n => n,
        } -> _
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_may_stand_at_the_end() {
    let even = Arc::default();
    let p = pipeline! { from(odd_ones(Arc::clone(&even))) as odd -> count() };
    // What comes out of a block goes on in a task of its own.
    assert_eq!(stages(p.graph()), "odd:0 odd/iter:1 odd/match:1 odd/for_each:2 count:0");
    assert_eq!(within(p.run()).await.unwrap(), 50);
    assert_eq!(even.swap(0, Ordering::SeqCst), 50);
    // Satisfied below, the closed arm goes on.
    assert_eq!(
        within(pipeline! { from(odd_ones(Arc::clone(&even))) -> take(3) -> count() }.run_local()).await.unwrap(),
        3
    );
    assert_eq!(even.swap(0, Ordering::SeqCst), 50);
    let (mut outlet, running) = odd_ones(Arc::clone(&even)).spawn();
    assert_eq!(within(outlet.next()).await, Some(1));
    drop(outlet);
    within(running).await.unwrap();
    assert_eq!(even.load(Ordering::SeqCst), 50);
}

#[tokio::test(start_paused = true)]
async fn blocks_and_fan_ins_stand_anywhere() {
    fn mixed<T: Clone + Send + 'static>(first: Vec<T>, second: Vec<T>) -> impl Source<Item = T> {
        pipeline! {
            let (a, b) = iter(first) -> broadcast;
            let c = concat(iter(second.clone()), iter(second) -> queue(1));
            merge(a, b -> take(1), c) -> broadcast { map(|n| n), parallel(2) { map(|n| n) } } -> _
        }
    }
    fn labelled<T: Display + Send + 'static>(label: &'static str) -> impl Transform<T, Out = String> {
        pipeline! { _: T -> match { n => n -> map(move |n| format!("{label}{n}")) } -> tap { count() } -> _ }
    }
    fn sorted() -> impl Sink<String, Output = (u64, Vec<String>, Option<String>)> {
        pipeline! {
            _: String -> broadcast {
                count(),
                queue(1) -> then(async |word| { tokio::time::sleep(Duration::from_millis(1)).await; word }) -> collect::<Vec<_>>(),
                reduce(|a, b| a.max(b)),
            }
        }
    }
    for _ in 0..2 {
        // Reused, with other types too.
        let p = pipeline! { from(mixed(vec![1, 2], vec![3])) -> via(labelled("n")) -> into(sorted()) };
        let (count, mut all, most) = within(p.run()).await.unwrap();
        all.sort();
        assert_eq!((count, all.join(" "), most), (10, "n1 n1 n1 n1 n2 n2 n3 n3 n3 n3".into(), Some("n3".into())));
        let p = pipeline! { from(mixed(vec!["a"], vec!["b"])) -> via(labelled("")) -> via(labelled("<")) -> into(sorted()) };
        let (count, _, most) = within(p.run()).await.unwrap();
        assert_eq!((count, most), (8, Some("<b".into())));
    }
}

/// Rules: G4
#[tokio::test]
async fn the_bound_of_segments_adds_up() {
    fn open() -> impl Source<Item = u64> {
        pipeline! { iter(0..9u64) -> map(|n| n) -> _ }
    }
    let p = pipeline! { from(open()) -> count() };
    assert_eq!((p.bound(), links(p.graph())), (Some(1), String::new()));
    fn wide() -> impl Transform<u64, Out = u64> {
        pipeline! { #![queue = 5] _: u64 -> match { n if n > 4 => n -> queue(2), n => n -> map_async(3, async |n| n) } -> _ }
    }
    let p = pipeline! { #![queue = 7] from(open()) -> via(wide()) as wide -> via(wide()) as again -> count() };
    assert_eq!(
        links(p.graph()),
        "from->wide:7 wide/queue:2 wide/match->wide/map_async:5 wide/map_async->wide/match/merge:5 \
         wide->again:7 again/queue:2 again/match->again/map_async:5 again/map_async->again/match/merge:5"
    );
    assert_eq!(p.bound(), Some(1 + 2 * (7 + 2 + 5 + 5 + 3 + 3)));
    assert_eq!(within(p.run()).await.unwrap(), 9);
}

/// Rules: E1, E2
#[tokio::test]
async fn failures_and_panics_name_the_inner_stage() {
    fn check() -> impl Transform<u64, Out = u64> {
        pipeline! {
            _: u64 -> match {
                n if { assert!(n != 50, "guard"); n % 2 == 0 } => n -> map(|n| if n == 8 { Err("eight") } else { Ok(n) })? as even,
                n => n -> queue(1),
            } as router -> _
        }
    }
    let (source, record) = recorded(100, After::Wait);
    let p = pipeline! { from(source) -> via(check()) as outer -> discard() };
    assert_failed(within(p.run()).await, "outer/even", ErrorKind::Failed, "eight");
    record.assert_closed_once();
    let p = pipeline! { iter(49..99u64) -> parallel(2) { via(check()) as outer -> discard() } };
    assert_panicked(within(p.run_local()).await, "outer/router", "guard");
}

/// Rules: L2
#[tokio::test(start_paused = true)]
async fn a_spawned_segment_pauses_at_its_capacity() {
    fn stuck() -> impl Sink<u64, Output = ((), u64)> {
        pipeline! { #![queue = 3] _: u64 -> broadcast { queue(2) -> for_each_async(1, never), count() } }
    }
    let (inlet, running) = stuck().spawn();
    let accepted = within(async {
        let mut accepted = 0;
        loop {
            match inlet.try_send(accepted) {
                Ok(()) => accepted += 1,
                Err(TrySendError::Full(_)) => {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    if inlet.is_paused() {
                        break accepted;
                    }
                }
                Err(closed) => panic!("{closed:?}"),
            }
        }
    })
    .await;
    let bound = running.control().graph().bound.unwrap() as u64;
    assert_eq!(bound, 3 + 2 + 1 + 1 + 1);
    // One in flight, two in its link, and between mark and capacity in the inlet's.
    assert!((1 + 2 + 2..=bound).contains(&accepted), "{accepted}");
    within(an_hour()).await;
    running.control().abort();
    assert_eq!(within(running).await.unwrap_err().kind(), ErrorKind::Aborted);
    assert!(within(inlet.send(1)).await.is_err());

    // An outlet that is not read.
    let tracker = Tracker::default();
    fn given(tracker: &Tracker) -> impl Source<Item = aqueduct::testkit::Tracked> + use<> {
        pipeline! { #![queue = 4] iter(tracker.items(0..99)) -> broadcast { map(|n| n), queue(2) } -> _ }
    }
    let (outlet, running) = given(&tracker).spawn();
    within(an_hour()).await;
    let bound = running.control().graph().bound.unwrap();
    assert!(tracker.peak() <= bound, "{} of {bound}", tracker.peak());
    running.control().finish();
    let rest = within(outlet.collect::<Vec<_>>()).await.len();
    within(running).await.unwrap();
    assert_eq!((rest, tracker.live()), (tracker.made() * 2, 0));
}

#[tokio::test(start_paused = true)]
async fn e5_finish_lets_out_what_a_spawned_graph_holds() {
    fn sums() -> impl Transform<u64, Out = u64> {
        pipeline! {
            _: u64 -> match {
                n if n % 2 == 0 => n -> batch(100, 1h) -> map(|all| all.iter().sum()),
                n => n -> parallel(2) { chunks(100) -> map(|all| all.iter().sum()) },
            } -> _
        }
    }
    for close in [true, false] {
        let (inlet, outlet, running) = sums().spawn();
        within(async {
            for n in 0..10 {
                inlet.send(n).await.unwrap();
            }
            if close {
                inlet.close()
            } else {
                running.control().finish()
            }
            let all: Vec<u64> = outlet.collect().await;
            assert_eq!(all.iter().sum::<u64>(), 45);
            assert!(all.contains(&20) && (2..=3).contains(&all.len()), "{all:?}");
            running.await.unwrap();
        })
        .await;
    }
}

/// Rules: F4
#[tokio::test(start_paused = true)]
async fn a_held_segment_waits_for_its_turn() {
    fn later(seen: Arc<Mutex<Vec<u32>>>) -> impl Source<Item = u32> {
        pipeline! { iter(0..4u32) -> inspect(move |n| seen.lock().unwrap().push(*n)) -> broadcast { map(|n| n), queue(1) } -> _ }
    }
    let seen = Arc::default();
    let running = pipeline! {
        concat(interval(1s) -> take(5) -> map(|_| 9), from(later(Arc::clone(&seen)))) -> collect::<Vec<_>>()
    }
    .spawn();
    within(tokio::time::sleep(Duration::from_millis(3_500))).await;
    assert!(seen.lock().unwrap().is_empty());
    assert_eq!(within(running).await.unwrap().len(), 5 + 8);
}

/// A sink beside the one that takes the segment's items, with a source of its own.
fn count_beside<T: Send + 'static>(
    source: impl Source<Item = T> + Send + 'static,
) -> impl Sink<u64, Output = (u64, Vec<T>)> {
    pipeline! { _: u64 -> count(); from(source) -> collect::<Vec<_>>() }
}

#[tokio::test(start_paused = true)]
async fn s5_a_run_waits_for_the_sources_of_a_segment_with_several_sinks() {
    within(async {
        let gate = Gate::new();
        let (source, log) = logged(4);
        let mut running = pipeline! { iter(0..9u64) -> into(count_beside(source.closing_at(&gate))) }.spawn();
        at_rest().await;
        assert!((&mut running).now_or_never().is_none(), "`close` has not ended");
        gate.open();
        assert_eq!(running.await.unwrap(), (9, vec![0, 1, 2, 3]));
        log.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e6_an_abort_drops_what_the_sinks_of_a_segment_hold_before_its_sources_are_closed() {
    within(async {
        let (gate, tracker) = (Gate::new(), Tracker::default());
        let source = ScriptedSource::new().items(tracker.items(0..4)).pending().closing_at(&gate);
        let log = source.watch();
        let mut running = pipeline! { iter(0..9u64) -> into(count_beside(source)) }.spawn();
        at_rest().await;
        assert_eq!(tracker.live(), 4, "they are collected");
        running.control().abort();
        at_rest().await;
        assert!((&mut running).now_or_never().is_none(), "`close` has not ended");
        assert_eq!(tracker.live(), 0);
        gate.open();
        assert_aborted(running.await);
        log.assert_closed_once();
    })
    .await;
}
