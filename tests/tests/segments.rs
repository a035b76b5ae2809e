//! Segments: pipelines with open ends, composed and spawned alone (DESIGN 1.3).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use aqueduct::testkit::Gate;
use aqueduct::{Control, ErrorKind, Signal, Sink, Source, Transform, inlet, pipeline};
use aqueduct_tests::flow::{at_rest, logged};
use aqueduct_tests::pieces::never;
use aqueduct_tests::segments::{done, failing, normalize, numbers, plus_one, store, taking, two_sinks};
use futures_util::StreamExt;
use tokio::time::timeout;

#[tokio::test]
async fn segments_become_part_of_the_one_pipeline() {
    let stored = Arc::default();
    let pipeline = pipeline! {
        #![queue = 8]
        from(numbers(10)) as numbers -> via(normalize()) as normalize -> into(store(Arc::clone(&stored))) as store
    };
    let graph = pipeline.graph();
    let names: Vec<_> = graph.stages.iter().map(|stage| (&*stage.name, stage.task)).collect();
    assert_eq!(
        names,
        [
            ("numbers", 0),
            ("numbers/iter", 0),
            ("numbers/map", 0),
            ("normalize", 1),
            ("normalize/map", 3),
            ("normalize/filter", 1),
            ("store", 2),
            ("store/batch", 2),
            ("store/for_each_async", 4),
        ]
    );
    let links: Vec<_> = graph.links.iter().map(|link| (&*link.name, &*link.from, &*link.to, link.capacity)).collect();
    assert_eq!(
        links,
        [
            ("numbers->normalize", "numbers", "normalize", 8),
            ("normalize/middle", "normalize/map", "normalize/filter", 2),
            ("normalize->store", "normalize", "store", 8),
            ("store/batch->store/for_each_async", "store/batch", "store/for_each_async", 3),
        ]
    );
    let fused: Vec<_> = graph.fused.iter().map(|edge| (&*edge.from, &*edge.to)).collect();
    assert_eq!(
        fused,
        [
            ("numbers/iter", "numbers/map"),
            ("numbers/map", "numbers"),
            ("normalize", "normalize/map"),
            ("normalize/filter", "normalize"),
            ("store", "store/batch"),
        ]
    );
    // Five tasks, the links, a batch of two, and one for each that `for_each_async` works on.
    assert_eq!(pipeline.bound(), Some(5 + 8 + 2 + 8 + 3 + 2 + 1));

    let control = pipeline.control();
    done(pipeline.run()).await.expect("a good end");
    assert_eq!(*stored.lock().unwrap(), [1, 21, 41, 61, 81]);
    let snapshot = control.snapshot();
    let counts = |name: &str| snapshot.stage(name).map(|stage| (stage.items_in, stage.items_out)).expect(name);
    assert_eq!(counts("numbers"), (0, 10));
    assert_eq!(counts("numbers/map"), (10, 10));
    assert_eq!(counts("normalize"), (10, 5));
    assert_eq!(counts("normalize/map"), (10, 10));
    assert_eq!(counts("normalize/filter"), (10, 5));
    assert_eq!(counts("store"), (5, 0));
    assert_eq!(counts("store/batch"), (5, 3));
    assert_eq!(snapshot.link("normalize/middle").expect("a link").max_len, 2);
}

#[tokio::test]
async fn g1_a_segment_that_ends_open_is_fused_with_what_follows() {
    let pipeline = pipeline! { from(numbers(5_000)) -> map(|n| n + 1) -> fold(0, |sum, n| sum + n) };
    assert_eq!(pipeline.bound(), Some(1));
    assert!(pipeline.graph().links.is_empty());
    assert_eq!(done(pipeline.run()).await.unwrap(), 4_999 * 5_000 / 2 * 10 + 5_000);
    // Under `via` the link before it is all there is.
    let pipeline = pipeline! { from(numbers(5_000)) -> via(plus_one()) -> map(|n| n + 1) -> count() };
    assert_eq!(pipeline.bound(), Some(256 + 2));
    assert_eq!(done(pipeline.run_local()).await.unwrap(), 5_000);
}

#[tokio::test]
async fn segments_nest() {
    fn twice() -> impl Transform<u64, Out = u64> {
        pipeline! { #![queue = 4] _ -> via(plus_one()) as first -> via(plus_one()) as second -> _ }
    }
    fn source() -> impl Source<Item = u64> {
        pipeline! { #![queue = 4] from(numbers(3)) -> via(twice()) as twice -> _ }
    }
    let pipeline = pipeline! { from(source()) as all -> collect::<Vec<_>>() };
    let names: Vec<_> = pipeline.graph().stages.iter().map(|stage| stage.name.to_string()).collect();
    assert_eq!(
        names,
        [
            "all",
            "all/from",
            "all/from/iter",
            "all/from/map",
            "all/twice",
            "all/twice/first",
            "all/twice/first/map",
            "all/twice/second",
            "all/twice/second/map",
            "collect"
        ]
    );
    assert_eq!(pipeline.bound(), Some(4 + 4 + 3));
    let control = pipeline.control();
    assert_eq!(done(pipeline.run()).await.unwrap(), [2, 12, 22]);
    let snapshot = control.snapshot();
    for stage in ["all/twice", "all/twice/first", "all/twice/first/map", "all/twice/second"] {
        assert_eq!(snapshot.stage(stage).map(|stage| (stage.items_in, stage.items_out)), Some((3, 3)), "{stage}");
    }
}

#[tokio::test]
async fn e2_a_panic_inside_a_segment_names_its_stage() {
    let pipeline = pipeline! { from(numbers(1_000_000)) -> via(normalize()) as normalize -> discard() };
    let error = done(pipeline.run()).await.expect_err("the panic");
    assert_eq!((error.stage(), error.kind()), ("normalize/map", ErrorKind::Panicked));

    // In the part that is fused with what follows.
    fn checked() -> impl Source<Item = u64> {
        pipeline! { iter(0..u64::MAX) -> inspect(|n| assert!(*n < 3_000, "too much")) as check -> _ }
    }
    let error =
        done(pipeline! { from(checked()) as inside -> queue(2) -> discard() }.run()).await.expect_err("the panic");
    assert_eq!((error.stage(), error.kind()), ("inside/check", ErrorKind::Panicked));
}

#[tokio::test]
async fn e1_a_failure_inside_a_segment_names_its_stage() {
    for at in [0, 1, 5, 10_000] {
        let error = done(pipeline! { from(failing(at)) as inside -> discard() }.run()).await.expect_err("the failure");
        assert_eq!((error.stage(), error.kind()), ("inside/check", ErrorKind::Failed));
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), format!("{at} is too much"));
    }
    // A failure needs no room below.
    let stuck = pipeline! { from(failing(5)) as inside -> queue(2) -> for_each_async(1, async |_| std::future::pending().await) };
    let error = timeout(Duration::from_millis(100), stuck.run()).await;
    // An iterator's next item cannot be looked at without being taken: here it waits, as it does outside segments.
    assert!(error.is_err());
}

/// Where the next item can be looked at, as it waits in an asynchronous stage, the failure needs no room below.
///
/// Rules: L8
#[tokio::test(start_paused = true)]
async fn e1_a_failure_at_the_end_of_a_segment_passes_a_full_link() {
    async fn fourth(n: u64) -> Result<u64, &'static str> {
        if n == 3 { Err("the fourth") } else { Ok(n) }
    }
    fn inside() -> impl Source<Item = u64> {
        pipeline! { iter(0..9u64) -> map_async(2, fourth)? as check -> _ }
    }
    fn behind() -> impl Source<Item = Result<u64, &'static str>> {
        pipeline! { iter(0..9u64) -> map_async(2, fourth) -> _ }
    }
    // One is in the sink, two are in the link: there is no room for the fourth.
    let inside = pipeline! { from(inside()) as segment -> queue(2) -> for_each_async(1, never) };
    let error = timeout(Duration::from_secs(1), done(inside.run())).await.expect("no wait").expect_err("the failure");
    assert_eq!((error.stage(), error.kind()), ("segment/check", ErrorKind::Failed));
    let behind = pipeline! { from(behind())? as segment -> queue(2) -> for_each_async(1, never) };
    let error = timeout(Duration::from_secs(1), done(behind.run())).await.expect("no wait").expect_err("the failure");
    assert_eq!((error.stage(), error.kind()), ("segment", ErrorKind::Failed));
}

#[tokio::test]
async fn s3_a_satisfied_stage_inside_a_segment_ends_its_source() {
    for n in [0, 1, 3, 2_000] {
        let closed = Arc::default();
        let taken =
            done(pipeline! { from(taking(n, Arc::clone(&closed))) -> collect::<Vec<_>>() }.run()).await.unwrap();
        assert_eq!(taken, (1..=n).collect::<Vec<_>>());
        assert_eq!(closed.load(Ordering::SeqCst), 1);
    }
    // Also while there is no room below.
    let closed = Arc::default();
    let running = pipeline! {
        from(taking(3, Arc::clone(&closed))) -> queue(2) -> for_each_async(1, async |_| std::future::pending().await)
    }
    .spawn();
    done(async {
        while closed.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    drop(running);
    // And a satisfied sink outside.
    let closed = Arc::default();
    let first = done(pipeline! { from(taking(u64::MAX / 2, Arc::clone(&closed))) -> first() }.run()).await.unwrap();
    assert_eq!((first, closed.load(Ordering::SeqCst)), (Some(1), 1));
}

#[tokio::test]
async fn l5_what_a_segment_parks_stays_inside_it() {
    fn letters() -> impl Source<Item = u64> {
        pipeline! { iter(0..4u64) -> flat_map(|n| (0..5_000).map(move |m| n * 5_000 + m)) -> _ }
    }
    fn pairs() -> impl Source<Item = Vec<u64>> {
        pipeline! { from(letters()) -> chunks(3) -> _ }
    }
    let expected: Vec<u64> = (0..20_000).collect();
    let through = pipeline! { from(letters()) -> queue(7) -> filter(|_| true) -> collect::<Vec<_>>() };
    assert_eq!(through.bound(), Some(7 + 2 + 1));
    assert_eq!(done(through.run()).await.unwrap(), expected);
    let chunked = done(pipeline! { from(pairs()) -> queue(2) -> collect::<Vec<_>>() }.run()).await.unwrap();
    assert_eq!(chunked, expected.chunks(3).map(<[_]>::to_vec).collect::<Vec<_>>());
    let flat = done(pipeline! { from(pairs()) -> flatten() -> collect::<Vec<_>>() }.run_local()).await.unwrap();
    assert_eq!(flat, expected);
}

#[tokio::test]
async fn e7_pause_holds_the_source_of_a_segment() {
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    let running = pipeline! {
        from(numbers(u64::MAX / 10)) -> for_each(move |_| { counted.fetch_add(1, Ordering::Relaxed); })
    }
    .spawn();
    let control = running.control();
    done(async {
        while seen.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        control.pause();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        let held = seen.load(Ordering::Relaxed);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(seen.load(Ordering::Relaxed), held);
        control.resume();
        while seen.load(Ordering::Relaxed) == held {
            tokio::task::yield_now().await;
        }
        control.finish();
        running.await.unwrap();
    })
    .await;
}

/// Only an inlet or a segment's own source is held: what stands before a segment has come in.
#[tokio::test(start_paused = true)]
async fn e7_what_waits_before_a_segment_flows_on_under_pause() {
    done(async {
        let (numbers, source) = inlet(8);
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            from(source) -> queue(8) as before -> via(plus_one()) -> queue(1) -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        let control = running.control();
        (0..8).for_each(|n| numbers.try_send(n).unwrap());
        at_rest().await;
        let before = control.snapshot().link("before").unwrap().len;
        assert!(before > 0, "some wait before the segment, as its sink is held");
        control.pause();
        gate.open();
        at_rest().await;
        assert_eq!(gate.passed(), 8);
        control.finish();
        running.await.unwrap();
    })
    .await;
}

/// Rules: L10
#[tokio::test(start_paused = true)]
async fn what_a_segments_first_stage_drops_is_counted_at_the_link_before_it() {
    fn settled() -> impl Transform<u64, Out = u64> {
        pipeline! { _: u64 -> debounce(1s) -> _ }
    }
    // A ring, and the core behind a lock.
    let ring = pipeline! { iter(0..5u64) -> queue(8) as before -> via(settled()) -> collect::<Vec<_>>() };
    let control = ring.control();
    assert_eq!(done(ring.run()).await.unwrap(), [4]);
    assert_eq!(control.snapshot().link("before").unwrap().dropped, 4);
    let locked = pipeline! {
        iter(0..5u64) -> queue(8, overflow = drop_newest) as before -> via(settled()) -> collect::<Vec<_>>()
    };
    let control = locked.control();
    assert_eq!(done(locked.run()).await.unwrap(), [4]);
    assert_eq!(control.snapshot().link("before").unwrap().dropped, 4);
}

#[tokio::test]
async fn a_segment_may_borrow() {
    fn lengths(words: &[String]) -> impl Source<Item = &str> {
        pipeline! { iter(words) -> queue(256) -> map(|word: &String| &**word) -> _ }
    }
    let words = ["a".to_owned(), "bc".to_owned()];
    let shared = std::rc::Rc::new(1);
    let sum = pipeline! { from(lengths(&words)) -> fold(0, |sum, word| sum + word.len() + *shared) };
    assert_eq!(done(sum.run_local()).await.unwrap(), 5);
}

/// A segment with a link inside says how long its items live; one without need not.
#[tokio::test]
async fn a_segment_may_be_generic() {
    fn plain<T: Send>(items: Vec<T>) -> impl Source<Item = T> {
        pipeline! { #![queue = 4] iter(items) -> _ }
    }
    fn linked<'a, T: Send + 'a>(items: Vec<T>) -> impl Source<Item = T> + use<'a, T> {
        pipeline! { iter(items) -> queue(4) -> map(|n| n) -> _ }
    }
    fn mapped<A: Send, B: Send>(f: impl Fn(A) -> B + Send) -> impl Transform<A, Out = B> {
        pipeline! { _ -> map(f) -> _ }
    }
    let (words, more) = (["a".to_owned(), "bc".to_owned()], 3);
    let borrowed = || words.iter().map(|word| &**word).collect::<Vec<&str>>();
    let sum = pipeline! { from(plain(borrowed())) -> via(mapped(|word: &str| word.len() + more)) -> fold(0, |sum, n| sum + n) };
    assert_eq!(done(sum.run_local()).await.unwrap(), 9);
    assert_eq!(done(pipeline! { from(linked(borrowed())) -> count() }.run_local()).await.unwrap(), 2);
    let elsewhere = tokio::spawn(async {
        pipeline! { from(linked(vec![1, 2])) -> via(mapped(|n: i32| n)) -> count() }.boxed().run().await.unwrap()
    });
    assert_eq!(done(elsewhere).await.unwrap(), 2);
}

#[tokio::test]
async fn a_segment_gives_the_outputs_of_all_its_sinks() {
    let pipeline = pipeline! { iter(0..100u64) -> into(two_sinks()) as both };
    assert_eq!(done(pipeline.run()).await.unwrap(), (100, 10));
    let mixed = pipeline! { iter(0..7u64) -> into(two_sinks()) };
    assert_eq!(done(mixed.boxed().run()).await.unwrap(), (7, 10));
}

#[tokio::test]
async fn a_segment_is_wired_not_called() {
    assert!(numbers(1).next().await.is_err());
    assert!(two_sinks().write(1).await.is_err());
    assert!(two_sinks().finish().await.is_err());
}

/// What is behind a pause or a full link is only what has yet to enter.
#[tokio::test]
async fn e7_a_paused_segment_still_gives_what_it_holds() {
    fn held(n: u64) -> impl Source<Item = Vec<u64>> {
        pipeline! { iter(0..) -> take(n.try_into().unwrap()) -> chunks(2) -> _ }
    }
    // Paused from the beginning: what wants nothing has ended all the same.
    let nothing = pipeline! { from(held(0)) -> count() };
    nothing.control().pause();
    assert_eq!(done(nothing.run()).await.unwrap(), 0);
    // Paused by its first item.
    let control: Arc<Mutex<Option<Control>>> = Arc::default();
    let inside = Arc::clone(&control);
    let three = pipeline! {
        from(held(3)) -> inspect(move |_| inside.lock().unwrap().as_ref().unwrap().pause()) -> queue(1) -> collect::<Vec<_>>()
    };
    *control.lock().unwrap() = Some(three.control());
    done(async {
        let running = three.spawn();
        let control = running.control();
        while control.snapshot().stage("collect").unwrap().items_in == 0 {
            tokio::task::yield_now().await;
        }
        control.resume();
        while control.snapshot().stage("from/take").unwrap().items_out < 3 {
            control.resume();
            tokio::task::yield_now().await;
        }
        assert_eq!(running.await.unwrap(), [vec![0, 1], vec![2]]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e7_nothing_enters_behind_what_a_segment_has_parked_under_pause() {
    let (entered, came) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    fn thousands(entered: Arc<AtomicUsize>) -> impl Source<Item = u64> {
        let note = move |_: &u64| _ = entered.fetch_add(1, Ordering::Relaxed);
        pipeline! { iter(0..9u64) -> inspect(note) -> flat_map(|_| 0..3_000) -> _ }
    }
    let control: Arc<OnceLock<Control>> = Arc::default();
    let (inside, counted) = (Arc::clone(&control), Arc::clone(&came));
    let pause_in_the_middle = move |_| {
        if counted.fetch_add(1, Ordering::Relaxed) == 1_500 {
            inside.get().unwrap().pause();
        }
    };
    let running = pipeline! { from(thousands(Arc::clone(&entered))) -> for_each(pause_in_the_middle) }.spawn();
    let control = control.get_or_init(|| running.control());
    at_rest().await;
    let seen = (entered.load(Ordering::Relaxed), came.load(Ordering::Relaxed));
    assert_eq!(seen, (1, 3_000), "what was parked has left, and no more has come in");
    control.resume();
    done(running).await.unwrap();
    assert_eq!(came.load(Ordering::Relaxed), 9 * 3_000);
}

/// Neither while its future runs, nor when that is done: the next item stays in the inlet.
#[tokio::test(start_paused = true)]
async fn e7_a_stage_takes_nothing_more_from_its_inlet_under_pause() {
    async fn take_one(segment: impl Transform<u64, Out = u64> + Send + 'static, begun: &AtomicUsize, gate: &Gate) {
        let (inlet, outlet, running) = segment.spawn();
        for n in 0..3 {
            inlet.send(n).await.unwrap();
        }
        at_rest().await;
        running.control().pause();
        gate.open();
        at_rest().await;
        assert_eq!(begun.load(Ordering::Relaxed), 1, "under pause");
        running.control().resume();
        drop(inlet);
        let all: Vec<_> = outlet.collect().await;
        assert_eq!((all, begun.load(Ordering::Relaxed)), (vec![0, 1, 2], 3));
        done(running).await.unwrap();
    }
    let (begun, gate) = (Arc::new(AtomicUsize::new(0)), Gate::new());
    let (count, pass) = (Arc::clone(&begun), gate.clone());
    let then = pipeline! { _: u64 -> then(async move |n| { count.fetch_add(1, Ordering::Relaxed); pass.pass().await; n }) -> _ };
    take_one(then, &begun, &gate).await;
    let (begun, gate) = (Arc::new(AtomicUsize::new(0)), Gate::new());
    let (count, pass) = (Arc::clone(&begun), gate.clone());
    let filter = pipeline! { _: u64 -> filter_async(async move |_| { count.fetch_add(1, Ordering::Relaxed); pass.pass().await; true }) -> _ };
    take_one(filter, &begun, &gate).await;
}

/// `_` may stand among the inputs of a fan-in: its link is the segment's own.
#[tokio::test]
async fn a_fan_in_reads_a_segments_input() {
    fn after() -> impl Transform<u8, Out = u8> {
        pipeline! { concat(iter(100..103u8), _) -> _ }
    }
    fn beside() -> impl Transform<u8, Out = (u8, u8)> {
        pipeline! { let s = _; zip(iter(0..99), s) -> _ }
    }
    let p = pipeline! { iter(5..7u8) -> via(after()) -> via(beside()) -> collect::<Vec<_>>() };
    let found = timeout(Duration::from_secs(20), p.run()).await;
    assert_eq!(found.unwrap().unwrap(), [(0, 100), (1, 101), (2, 102), (3, 5), (4, 6)]);
}

#[tokio::test(start_paused = true)]
async fn l6_a_source_in_a_segment_hears_that_it_is_not_asked() {
    fn segment(source: impl Source<Item = u64> + Send + 'static) -> impl Source<Item = u64> {
        pipeline! { from(source) -> map(|n| n + 1) -> _ }
    }
    let (source, log) = logged(9);
    done(pipeline! { from(segment(source)) -> count() }.run()).await.unwrap();
    assert_eq!(log.signals(), [], "there was always room");
    let (source, log) = logged(9);
    let running = pipeline! { from(segment(source)) -> queue(2) -> for_each_async(1, never) }.spawn();
    at_rest().await;
    // One is in the sink's hands, two are in the link.
    assert_eq!(log.signals(), [Signal::Pause, Signal::Drain, Signal::Pause]);
    log.assert_not_asked_while_paused();
    drop(running);
}

/// Rules: L8
#[tokio::test(start_paused = true)]
async fn l8_an_err_out_of_a_segment_needs_no_room() {
    let check = pipeline! { _: u32 -> then(async |n| if n == 3 { Err("three") } else { Ok(n) }) -> _ };
    let stuck = pipeline! {
        iter(0..9u32) -> via(check)? -> queue(2) -> for_each_async(1, async |_| std::future::pending().await)
    };
    let error = timeout(Duration::from_secs(60), stuck.run()).await.expect("it does not wait for room").unwrap_err();
    assert_eq!((error.kind(), error.stage()), (ErrorKind::Failed, "via"));
}
