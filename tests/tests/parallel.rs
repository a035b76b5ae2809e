//! `parallel(n)`: copies of an arm that compete for items (F5), and what the other rules say of it.

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracker};
use aqueduct::{ErrorKind, Graph, Transform, pipeline};
use aqueduct_tests::ends::{After, assert_failed, assert_panicked, recorded, within};
use aqueduct_tests::flow::logged;
use aqueduct_tests::pieces::{an_hour, links, never, stages};

#[tokio::test]
async fn f5_each_item_goes_to_one_copy() {
    let p = pipeline! { iter(0..1000u64) -> parallel(4) { map(|n| n * 2) } -> fold(0, |a, b| a + b) };
    assert_eq!(p.bound(), Some(256 * 5 + 6));
    assert_eq!(stages(p.graph()), "iter:0 parallel:1 map:1 parallel/merge:2 fold:2");
    assert_eq!(links(p.graph()), "iter->parallel:256 map->parallel/merge:256");
    assert_eq!(within(p.run()).await.unwrap(), 999 * 1000);
    let p = pipeline! { iter(0..1000u64) -> queue(8) -> parallel(3) { map_async(2, |n| async move { n }) -> count() } };
    assert_eq!(p.bound(), Some(8 + 1 + 3 * (1 + 256 + 1 + 2)));
    let counts = within(p.run()).await.unwrap();
    assert_eq!((counts.len(), counts.iter().sum::<u64>()), (3, 1000));
    // One copy is in order.
    let p = pipeline! { iter(0..100u64) -> parallel(1) { map(|n| n) } -> collect::<Vec<_>>() };
    assert_eq!(within(p.run_local()).await.unwrap(), (0..100).collect::<Vec<_>>());
    let copies = std::hint::black_box(0);
    let panic = std::panic::catch_unwind(|| drop(pipeline! { iter(0..1u64) -> parallel(copies) { count() } as both }))
        .unwrap_err();
    assert!(panic.downcast_ref::<String>().unwrap().contains("`both`"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn f5_no_item_is_lost_or_doubled_on_threads() {
    for round in 0..10 {
        let p = pipeline! {
            iter(0..5_000u64) -> queue(4) -> parallel(4) { filter(|n| n % 5 > 0) as most -> queue(3) -> map_async(2, async |n| n) -> map(|n| n) } -> collect::<Vec<_>>()
        };
        let control = p.control();
        let mut all = within(p.run()).await.unwrap();
        all.sort_unstable();
        assert_eq!(all, (0..5_000).filter(|n| n % 5 > 0).collect::<Vec<_>>(), "{round}");
        let most = control.snapshot().stage("most").cloned().unwrap();
        assert_eq!((most.items_in, most.items_out), (5_000, 4_000));
    }
}

#[tokio::test(start_paused = true)]
async fn f5_a_slow_copy_holds_none_but_its_own() {
    let gate = Gate::new();
    let number = AtomicUsize::new(0);
    let (source, log) = logged(1_000);
    let running = pipeline! {
        from(source) -> queue(16) -> parallel(4) {
            queue(1) -> for_each_async(1, {
                let slow = number.fetch_add(1, Ordering::SeqCst) == 2;
                let gate = gate.clone();
                move |_| { let gate = gate.clone(); async move { if slow { gate.pass().await } } }
            }) as each
        }
    }
    .spawn();
    within(async {
        an_hour().await;
        let done = running.control().snapshot().stage("each").unwrap().items_in;
        // One in flight, one in the link, and at most a share of 16 / 4 in hand, where it cannot go on.
        assert!(done >= 1_000 - 1 - 4, "{done}");
        gate.open();
        assert_eq!(running.await.unwrap().len(), 4);
    })
    .await;
    assert_eq!(log.nexts(), 1_001);
    log.assert_not_asked_while_paused();
}

#[tokio::test(start_paused = true)]
async fn f5_arguments_are_evaluated_once_for_each_copy() {
    let (made, ids) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(HashSet::new())));
    let p = pipeline! {
        iter(0..40u64) -> queue(4) -> parallel(5) {
            map({
                let id = made.fetch_add(1, Ordering::SeqCst);
                let ids = Arc::clone(&ids);
                move |n: u64| { ids.lock().unwrap().insert(id); n }
            }) -> queue({ assert!(made.load(Ordering::SeqCst) > 0); 2 }) -> then(async |n| { tokio::time::sleep(Duration::from_millis(1)).await; n })
        } -> count()
    };
    // When it is built, not when it runs.
    assert_eq!(made.load(Ordering::SeqCst), 5);
    assert_eq!(within(p.run()).await.unwrap(), 40);
    assert_eq!((made.load(Ordering::SeqCst), ids.lock().unwrap().len()), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn f5_a_copy_that_finishes_early_leaves() {
    let number = AtomicUsize::new(0);
    let p = pipeline! {
        iter(0..100u64) -> queue(4) -> parallel(3) {
            take(if number.fetch_add(1, Ordering::SeqCst) == 1 { usize::MAX } else { 2 }) -> queue(1) -> then(async |n| { tokio::time::sleep(Duration::from_millis(1)).await; n }) -> count()
        }
    };
    let counts = within(p.run()).await.unwrap();
    assert_eq!(counts, [2, 96, 2]);
    // All leave: the source is closed, whether or not it has more.
    for after in [After::Wait, After::End] {
        let (source, record) = recorded(50, after);
        let p = pipeline! { from(source) -> queue(2) -> parallel(3) { first() } };
        let firsts = within(p.run()).await.unwrap();
        assert_eq!(firsts.iter().flatten().count(), 3);
        record.assert_closed_once();
    }
    let (source, record) = recorded(50, After::Wait);
    let p = pipeline! { from(source) -> parallel(3) { take(2) -> map(|n| n) } -> count() };
    assert_eq!(within(p.run_local()).await.unwrap(), 6);
    record.assert_closed_once();
    // Downstream has had enough.
    let (source, record) = recorded(50, After::Wait);
    let p = pipeline! { from(source) -> parallel(3) { map_async(2, async |n| n) } -> take(7) -> count() };
    assert_eq!(within(p.run()).await.unwrap(), 7);
    record.assert_closed_once();
}

#[tokio::test]
async fn f5_outputs_are_vecs_in_the_order_of_the_text() {
    let p = pipeline! {
        iter(0..9u64) -> broadcast {
            parallel(2) { count() },
            last(),
            parallel(3) { broadcast { count(), fold(0, |a, b| a + b) } },
        }
    };
    let (counts, last, pairs, sums) = within(p.run()).await.unwrap();
    assert_eq!((counts.len(), counts.iter().sum::<u64>(), last), (2, 9, Some(8)));
    assert_eq!((pairs.len(), pairs.iter().sum::<u64>(), sums.len(), sums.iter().sum::<u64>()), (3, 9, 3, 36));
    // Nested: a `Vec` of `Vec`s, and the bound times both.
    let p = pipeline! { iter(0..90u64) -> queue(4) -> parallel(2) { queue(3) as inner -> parallel(3) { map(|n| n) as each -> count() } } };
    assert_eq!(p.bound(), Some(4 + 1 + 2 * (1 + 3 + 3)));
    let control = p.control();
    let counts = within(p.run()).await.unwrap();
    assert_eq!(counts.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3]);
    assert_eq!(counts.iter().flatten().sum::<u64>(), 90);
    let snapshot = control.snapshot();
    assert_eq!(snapshot.stage("each").map(|stage| stage.items_in), Some(90));
    let names: Vec<_> = snapshot.links.iter().map(|link| (link.name.to_string(), link.capacity)).collect();
    assert_eq!(names, [("queue".into(), 4), ("inner".into(), 6)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn f5_figures_are_added_up() {
    let p =
        pipeline! { iter(0..20_000u64) -> queue(8) -> parallel(4) { map(|n| n * 2) as doubled -> for_each(|_| ()) } };
    assert_eq!(stages(p.graph()), "iter:0 parallel:1 doubled:1 for_each:1");
    let control = p.control();
    within(p.run()).await.unwrap();
    let stages: Vec<_> =
        control.snapshot().stages.iter().map(|s| (s.name.to_string(), s.items_in, s.items_out)).collect();
    let expected =
        [("iter", 0, 20_000), ("parallel", 20_000, 20_000), ("doubled", 20_000, 20_000), ("for_each", 20_000, 0)];
    assert_eq!(stages, expected.map(|(name, in_, out)| (name.to_owned(), in_, out)));
}

#[tokio::test]
async fn f5_segments_in_copies_are_one() {
    fn inner() -> impl Transform<u32, Out = u32> {
        pipeline! { _ -> map(|n| n + 1) -> _ }
    }
    fn outer() -> impl Transform<u32, Out = u32> {
        pipeline! { #![queue = 4] _: u32 -> map(|n| n * 2) -> queue(3) -> via(inner()) -> filter(|_| true) -> _ }
    }
    let p = pipeline! { iter(0..100u32) -> queue(5) -> parallel(3) { via(outer()) -> map(|n| n) } -> count() };
    assert_eq!(p.bound(), Some(5 + 2 + 3 * (1 + 256 + 1 + 3 + 1 + 256)));
    assert_eq!(links(p.graph()), "queue:5 parallel->via:256 via/queue:3 map->parallel/merge:256");
    let control = p.control();
    assert_eq!(within(p.run()).await.unwrap(), 100);
    let names: Vec<_> = control.snapshot().stages.iter().map(|s| (s.name.to_string(), s.items_in)).collect();
    let expected = [
        "iter",
        "parallel",
        "via",
        "via/map",
        "via/via",
        "via/via/map",
        "via/filter",
        "map",
        "parallel/merge",
        "count",
    ];
    assert_eq!(names, expected.map(|name| (name.to_owned(), if name == "iter" { 0 } else { 100 })));
    assert_eq!(control.snapshot().link("via/queue").map(|link| link.capacity), Some(9));
}

/// What stands behind the copies is drawn, and what stands within them is drawn once; also where they stand within each other.
#[tokio::test]
async fn f5_copies_are_drawn_once_and_what_follows_them_as_usual() {
    fn doubled() -> impl Transform<u32, Out = u32> {
        pipeline! { _: u32 -> map(|n| n * 2) as double -> _ }
    }
    fn drawn(graph: &Graph) -> [String; 2] {
        let edges = graph.fused.iter().map(|edge| format!("{}->{}", edge.from, edge.to));
        let links = graph.links.iter().map(|link| format!("{}->{}", link.from, link.to));
        [edges.collect::<Vec<_>>().join(" "), links.collect::<Vec<_>>().join(" ")]
    }
    let behind = pipeline! { iter(0..9u32) -> queue(2) -> parallel(2) { map(|n| n) } -> via(doubled()) -> count() };
    let edges = "parallel->map via->count via->via/double via/double->via";
    assert_eq!(drawn(behind.graph()), [edges, "iter->parallel map->parallel/merge parallel/merge->via"]);
    let within_each_other = pipeline! {
        iter(0..9u32) -> queue(2) -> parallel(2) { queue(3) -> parallel(2) { map(|n| n) as each } -> via(doubled()) as inside } -> count()
    };
    let edges = "parallel_2->each parallel_1/merge->count inside->inside/double inside/double->inside";
    let links = "iter->parallel_1 parallel_1->parallel_2 each->parallel_2/merge parallel_2/merge->inside inside->parallel_1/merge";
    assert_eq!(drawn(within_each_other.graph()), [edges, links]);
}

#[tokio::test]
async fn e1_e2_one_copy_fails_for_all() {
    let (source, record) = recorded(1_000, After::Wait);
    let p = pipeline! {
        from(source) -> parallel(3) { map(|n| if n == 70 { Err("seventy") } else { Ok(n) })? as check -> queue(1) -> discard() }
    };
    assert_failed(within(p.run()).await, "check", ErrorKind::Failed, "seventy");
    record.assert_closed_once();
    let p = pipeline! { iter(0..) -> parallel(3) { map_async(2, async |n| { assert!(n != 70, "seventy"); n }) as each } -> discard() };
    assert_panicked(within(p.run()).await, "each", "seventy");
}

#[tokio::test(start_paused = true)]
async fn e3_one_copy_fails_while_the_others_are_stuck() {
    let later = async |n| {
        if n > 0 {
            return std::future::pending().await;
        }
        tokio::time::sleep(Duration::from_secs(9)).await;
        Err("the first")
    };
    let p = pipeline! { iter(0..) -> queue(2) -> parallel(3) { queue(1) -> for_each_async(1, later)? as each } };
    assert_failed(within(p.run_local()).await, "each", ErrorKind::Failed, "the first");
}

#[tokio::test(start_paused = true)]
async fn g4_the_bound_holds_when_all_copies_are_stalled() {
    let tracker = Tracker::default();
    let p = pipeline! { iter(tracker.items(0..200)) -> queue(5) -> parallel(3) { map(|n| n) -> queue(2) -> for_each_async(2, never) } };
    let bound = p.bound().unwrap();
    assert_eq!(bound, 5 + 1 + 3 * (1 + 2 + 1 + 2));
    let running = p.spawn();
    within(an_hour()).await;
    assert!(tracker.peak() <= bound, "{} of {bound}", tracker.peak());
    let snapshot = running.control().snapshot();
    assert!(snapshot.links.iter().all(|link| link.max_len == link.capacity && link.paused), "{:?}", snapshot.links);
    running.control().abort();
    within(running).await.unwrap_err();
    assert_eq!(tracker.live(), 0);
}

#[tokio::test(start_paused = true)]
async fn e5_e7_copies_finish_and_pause() {
    let (source, record) = recorded(10, After::Wait);
    let running = pipeline! {
        from(source) -> parallel(2) { batch(100, 1h) -> map(|all| all.len()) } -> fold(0, |a, b| a + b)
    }
    .spawn();
    within(async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        running.control().pause();
        running.control().finish();
        assert_eq!(running.await.unwrap(), 10);
    })
    .await;
    record.assert_closed_once();
    let running =
        pipeline! { repeat_with(|| 1) -> queue(2) -> parallel(2) { queue(2) -> for_each_async(1, never) } }.spawn();
    within(an_hour()).await;
    running.control().abort();
    assert_eq!(within(running).await.unwrap_err().kind(), ErrorKind::Aborted);
}

#[tokio::test]
async fn copies_may_share_and_borrow_under_run_local() {
    let (sum, words) = (std::cell::Cell::new(0), ["a", "bc", "def"].map(str::to_owned));
    let shared = Rc::new(1);
    let p = pipeline! {
        iter(&words) -> parallel(2) { map({ let shared = Rc::clone(&shared); move |word: &String| word.len() + *shared }) -> for_each(|n| sum.set(sum.get() + n)) }
    };
    within(p.run_local()).await.unwrap();
    assert_eq!(sum.get(), 9);
}
