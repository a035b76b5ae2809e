//! Suspicions.
use std::time::Duration;
use aqueduct::{pipeline, Source};
use aqueduct_tests::flow::{Census, logged, Told};
use aqueduct_tests::ends::within;

async fn stalled<T>(_: T) { std::future::pending().await }

#[tokio::test]
async fn a_take_broadcast_first() {
    let p = pipeline! { iter(0..10u32) -> take(1) -> broadcast { map(|n| n), collect::<Vec<_>>() } -> first() };
    assert_eq!(within(p.run()).await.unwrap(), (vec![0], Some(0)));
}

#[tokio::test]
async fn b_take_flat_map_broadcast() {
    let p = pipeline! { iter(0..10u32) -> take(1) -> flat_map(|_| 0..100) -> broadcast { queue(2) -> count(), count() } };
    assert_eq!(within(p.run()).await.unwrap(), (100, 100));
    let p = pipeline! { iter(0..10u32) -> take(1) -> flat_map(|_| 0..100) -> match { n if n % 2 == 0 => n -> queue(2) -> count(), n => n -> count() } };
    assert_eq!(within(p.run()).await.unwrap(), (50, 50));
}

#[tokio::test(start_paused = true)]
async fn c_flat_map_stalled_broadcast() {
    let p = pipeline! { iter(0..10u32) -> flat_map(|_| 0..100) -> broadcast { queue(2) -> for_each_async(1, async |_| stalled(()).await), map(|n| n) } -> count() };
    let running = p.spawn();
    within(tokio::time::sleep(Duration::from_millis(5))).await;
    running.control().abort();
    within(running).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn c_flat_map_stalled_match() {
    let p = pipeline! { iter(0..10u32) -> flat_map(|_| 0..100) -> match { n if n % 2 == 0 => n -> queue(2) -> for_each_async(1, async |_| stalled(()).await), n => n } -> count() };
    let running = p.spawn();
    within(tokio::time::sleep(Duration::from_millis(5))).await;
    running.control().abort();
    within(running).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn d_nested_open_match() {
    let p = pipeline! { iter(0..100u32) -> match {
        n if n < 1000 => n -> match { n if n % 2 == 0 => n -> queue(2) -> for_each_async(1, async |_| stalled(()).await), n => n },
        n => n
    } -> count() };
    let running = p.spawn();
    within(tokio::time::sleep(Duration::from_millis(5))).await;
    running.control().abort();
    within(running).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn d_nested_open_broadcast() {
    let p = pipeline! { iter(0..100u32) -> match {
        n if n < 1000 => n -> broadcast { queue(2) -> for_each_async(1, async |_| stalled(()).await), map(|n| n) },
        n => n
    } -> count() };
    let running = p.spawn();
    within(tokio::time::sleep(Duration::from_millis(5))).await;
    running.control().abort();
    within(running).await.unwrap_err();
}

#[tokio::test]
async fn e_nested_bound() {
    let census = Census::new();
    let made = census.clone();
    let (tx, _rx) = tokio::sync::mpsc::channel(1);
    let p = pipeline! { iter((0..100).map(move |n| made.item(n))) -> match {
        n if n.number < 1000 => n -> match { n if n.number < 1000 => n -> queue(1) -> send(tx), n => n -> discard() },
        n => n -> discard()
    } };
    let bound = p.bound().unwrap();
    let running = p.spawn();
    within(tokio::time::sleep(Duration::from_millis(5))).await;
    // One is in the channel.
    assert!(census.live() - 1 <= bound, "{} {}", census.live() - 1, bound);
    running.control().abort();
    within(running).await.unwrap_err();
}

#[tokio::test]
async fn e_broadcast_of_matches_bound() {
    let (tx, _rx) = tokio::sync::mpsc::channel(1);
    let tx2 = tx.clone();
    let tx3 = tx.clone();
    let census = std::sync::Arc::new(());
    let made = census.clone();
    let p = pipeline! { iter((0..100).map(move |n| (n, made.clone()))) -> broadcast {
        match { n if n.0 < 1000 => n -> queue(1) -> send(tx), n => n -> discard() },
        match { n if n.0 < 1000 => n -> queue(1) -> send(tx2), n => n -> discard() },
        match { n if n.0 < 1000 => n -> queue(1) -> send(tx3), n => n -> discard() },
    } };
    let bound = p.bound().unwrap();
    let running = p.spawn();
    within(tokio::time::sleep(Duration::from_millis(5))).await;
    let live = std::sync::Arc::strong_count(&census) - 2 - 1;
    assert!(live <= bound, "{live} {bound}");
    running.control().abort();
    within(running).await.unwrap_err();
}

fn check_asked(told: &[Told]) {
    let mut paused = false;
    for (n, t) in told.iter().enumerate() {
        match t {
            Told::Next => assert!(!paused, "asked at {n} while paused: {told:?}"),
            Told::Signal(aqueduct::Signal::Pause) => { assert!(!paused); paused = true }
            Told::Signal(_) => { assert!(paused); paused = false }
            Told::Close => {}
        }
    }
}

#[tokio::test]
async fn f_l6_signals() {
    let (source, log) = logged(100);
    let p = pipeline! { from(source) -> match { n if n % 10 != 9 => n -> discard(), n => n } -> queue(2) -> for_each_async(1, async |_| tokio::time::sleep(Duration::from_millis(1)).await) };
    within(p.run()).await.unwrap();
    check_asked(&log.all());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g_parallel_counts() {
    for _ in 0..20 {
        let p = pipeline! { iter(0..20_000u64) -> queue(8) -> parallel(4) { map(|n| n * 2) as doubled -> for_each(|_| ()) } };
        let control = p.control();
        within(p.run()).await.unwrap();
        let snapshot = control.snapshot();
        let stages: Vec<_> = snapshot.stages.iter().map(|s| (s.name.to_string(), s.items_in, s.items_out)).collect();
        assert_eq!(stages, [("iter".into(), 0, 20_000), ("parallel".into(), 20_000, 20_000), ("doubled".into(), 20_000, 20_000), ("for_each".into(), 20_000, 0)]);
    }
}

#[tokio::test]
async fn h_segment_with_block_at_end() {
    use std::sync::{Arc, atomic::{AtomicU32, Ordering}};
    let seen = Arc::new(AtomicU32::new(0));
    fn seg(seen: Arc<AtomicU32>) -> impl Source<Item = u32> {
        pipeline! { iter(0..100u32) -> match { n if n % 2 == 0 => n -> queue(2) -> for_each(move |_| { seen.fetch_add(1, Ordering::SeqCst); }), n => n } -> _ }
    }
    let p = pipeline! { from(seg(seen.clone())) -> count() };
    println!("{}", p.graph().to_mermaid());
    assert_eq!(within(p.run()).await.unwrap(), 50);
    assert_eq!(seen.load(Ordering::SeqCst), 50);
    let p = pipeline! { from(seg(seen.clone())) -> take(1) -> count() };
    assert_eq!(within(p.run()).await.unwrap(), 1);
}

#[tokio::test]
async fn i_segment_with_tap_at_end() {
    use std::sync::{Arc, atomic::{AtomicU32, Ordering}};
    let seen = Arc::new(AtomicU32::new(0));
    fn seg(seen: Arc<AtomicU32>) -> impl Source<Item = u32> {
        pipeline! { iter(0..100u32) -> tap { for_each(move |_| { seen.fetch_add(1, Ordering::SeqCst); }) } -> _ }
    }
    let p = pipeline! { from(seg(seen.clone())) -> count() };
    assert_eq!(within(p.run()).await.unwrap(), 100);
    assert_eq!(seen.load(Ordering::SeqCst), 100);
}

#[derive(Debug)]
struct Cloned(std::sync::Arc<std::sync::atomic::AtomicU32>);
impl Clone for Cloned { fn clone(&self) -> Self { self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst); Self(self.0.clone()) } }

#[tokio::test]
async fn j_clones_when_over() {
    let clones: std::sync::Arc<std::sync::atomic::AtomicU32> = std::sync::Arc::default();
    let made = std::sync::Arc::clone(&clones);
    let p = pipeline! { iter((0..100).map(move |_| Cloned(made.clone()))) -> broadcast { count(), map(|n| n) } -> take(5) -> count() };
    assert_eq!(within(p.run()).await.unwrap(), (100, 5));
    assert_eq!(clones.load(std::sync::atomic::Ordering::SeqCst), 5);
}

#[tokio::test(start_paused = true)]
async fn k_rest_above_a_nested_block_nobody_wants() {
    let p = pipeline! { iter(0..10u32) -> broadcast { chunks(3) -> broadcast { map(|c| c.len()) -> collect::<Vec<_>>(), map(|v| v) }, map(|n| vec![n]) } -> first() };
    assert_eq!(within(p.run()).await.unwrap().0, [3, 3, 3, 1]);
}

#[tokio::test(start_paused = true)]
async fn l_take_flat_map_chunks() {
    let p = pipeline! { iter(0..10u32) -> take(1) -> flat_map(|_| 0..5000u32) -> chunks(7) -> map(|c| c.len()) -> collect::<Vec<_>>() };
    let all = within(p.run()).await.unwrap();
    assert!(all[..all.len() - 1].iter().all(|n| *n == 7), "{all:?}");
    let p = pipeline! { iter(0..10u32) -> take(1) -> flat_map(|_| 0..5000u32) -> broadcast { chunks(7), count() } -> map(|c| c.len()) -> collect::<Vec<_>>() };
    let (n, all) = within(p.run()).await.unwrap();
    assert_eq!(n, 5000);
    assert!(all[..all.len() - 1].iter().all(|n| *n == 7), "{all:?}");
    fn seg() -> impl Source<Item = Vec<u32>> { pipeline! { iter(0..10u32) -> take(1) -> flat_map(|_| 0..5000u32) -> chunks(7) -> _ } }
    let p = pipeline! { from(seg()) -> map(|c| c.len()) -> collect::<Vec<_>>() };
    let all = within(p.run()).await.unwrap();
    assert!(all[..all.len() - 1].iter().all(|n| *n == 7), "{all:?}");
}

#[tokio::test(start_paused = true)]
async fn m_parked_for_an_inner_arm() {
    let p = pipeline! { iter(0..10u32) -> broadcast { flat_map(|n| [n; 3]) -> broadcast { take(1), queue(1) -> then(async |n| { tokio::time::sleep(Duration::from_millis(1)).await; n }) -> count() }, map(|n| n) } -> count() };
    let r = p.spawn(); let c = r.control(); tokio::time::timeout(Duration::from_secs(1), r).await.map_err(|_| println!("{:#?}", c.snapshot())).unwrap().unwrap();
}
#[tokio::test(start_paused = true)]
async fn m2_parked_for_an_inner_arm() {
    let p = pipeline! { iter(0..10u32) -> match { n if n < 20 => n -> flat_map(|n| [n; 3]) -> broadcast { take(1), queue(1) -> then(async |n| { tokio::time::sleep(Duration::from_millis(1)).await; n }) -> count() }, n => n } -> count() };
    assert_eq!(within(p.run()).await.unwrap(), (30, 1));
}

#[tokio::test(start_paused = true)]
async fn n_parked_items_nobody_wants() {
    let p = pipeline! { iter(0..10u32) -> broadcast { broadcast { flat_map(|n| [n, n]), count() } -> first(), count() } };
    assert_eq!(within(p.run()).await.unwrap(), (10, Some(0), 10));
    let p = pipeline! { iter(0..10u32) -> broadcast { broadcast { map(|n| n), count() } -> flat_map(|n| [n, n]) -> first(), count() } };
    assert_eq!(within(p.run()).await.unwrap(), (10, Some(0), 10));
    let p = pipeline! { iter(0..10u32) -> match { n if n < 20 => n -> match { n if n % 2 == 0 => n -> flat_map(|n| [n, n]), n => n -> count() } -> first(), n => n -> count() } };
    assert_eq!(within(p.run()).await.unwrap(), (5, Some(0), 0));
}

#[tokio::test(start_paused = true)]
async fn o_segment_in_parallel() {
    use aqueduct::Transform;
    fn inner() -> impl Transform<u32, Out = u32> { pipeline! { _ -> map(|n| n + 1) -> _ } }
    fn seg() -> impl Transform<u32, Out = u32> { pipeline! { #![queue = 4] _: u32 -> map(|n| n * 2) -> queue(3) -> via(inner()) -> filter(|_| true) -> _ } }
    let p = pipeline! { iter(0..100u32) -> queue(5) -> parallel(3) { via(seg()) -> map(|n| n) } -> count() };
    println!("{:#?}", p.graph());
    let c = p.control();
    assert_eq!(p.bound(), Some(5 + 2 + 3 * (1 + 256 + 1 + 3 + 1 + 256)));
    assert_eq!(within(p.run()).await.unwrap(), 100);

    let names: Vec<_> = c.snapshot().stages.iter().map(|s| (s.name.to_string(), s.items_in)).collect();
    assert_eq!(names, [("iter", 0), ("parallel", 100), ("via", 100), ("via/map", 100), ("via/via", 100), ("via/via/map", 100), ("via/filter", 100), ("map", 100), ("parallel/merge", 100), ("count", 100)].map(|(a, b)| (a.to_string(), b)));
}
