//! Segments: pipelines with open ends, composed and spawned alone (DESIGN 1.3). Written out as `pipeline!` will expand them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::__private::{
    Blueprint, EdgeSpec, Output, Plan, Role, StageSpec, entry, link, outputs, sink_segment, source_segment,
    transform_segment,
};
use aqueduct::operators as op;
use aqueduct::{BoxError, Emitter, ErrorKind, Sink, Source, Transform, TrySendError, pipeline};
use aqueduct_tests::flow::within;
use futures_util::StreamExt;

const LIMIT: Duration = Duration::from_secs(20);

/// `let mut plan = …;` of an expansion.
macro_rules! plan {
    ($queue:expr, $tasks:expr, [$(($name:literal, $role:ident, $task:expr)),*], [$(($from:expr, $to:expr, $link:expr)),*]) => {
        Plan::new(
            Blueprint {
                stages: &[$(StageSpec { name: $name, operator: $name, role: Role::$role, task: $task }),*],
                edges: &[$(EdgeSpec { from: $from, to: $to, link: $link, arm: None, joins: false }),*],
                tasks: $tasks,
            },
            "segment",
            $queue,
        )
    };
}

/// `iter(0..n) -> map(|n| n * 10) -> _`
fn numbers(n: u64) -> impl Source<Item = u64> {
    let mut plan = plan!(256, 1, [("iter", Source, 0), ("map", Stage, 0)], [(0, 1, None)]);
    let s = op::iter(0..n, plan.at(0));
    let s = op::map(s, |n| n * 10, plan.at(1));
    source_segment(plan, s, ())
}

/// `#![queue = 4] _: u64 -> map(…) -> queue(2) as middle -> filter(…) -> _`
fn normalize() -> impl Transform<u64, Out = u64> {
    let mut plan = plan!(4, 2, [("map", Stage, 0), ("filter", Stage, 1)], [(0, 1, Some("middle"))]);
    let (s, start) = entry::<u64>(&mut plan, 0);
    let s = op::map(s, |n| if n == 990 { panic!("no {n}") } else { n + 1 }, plan.at(0));
    let (s, t0) = op::queue(s, 2, None, plan.edge(0));
    let s = op::filter(s, |n| n % 20 == 1, plan.at(1));
    transform_segment(plan, start, s, (t0, ()))
}

/// `_: u64 -> map(|n| n + 1) -> _`
fn plus_one() -> impl Transform<u64, Out = u64> {
    let mut plan = plan!(4, 1, [("map", Stage, 0)], []);
    let (s, start) = entry::<_>(&mut plan, 0);
    let s = op::map(s, |n| n + 1, plan.at(0));
    transform_segment(plan, start, s, ())
}

/// `#![queue = 3] _: u64 -> batch(2, 1h) -> for_each_async(1, …)?`
fn store(into: Arc<Mutex<Vec<u64>>>) -> impl Sink<u64, Output = ()> {
    let mut plan =
        plan!(3, 2, [("batch", Stage, 0), ("for_each_async", Sink, 1)], [(0, 1, Some("batch->for_each_async"))]);
    let (s, start) = entry::<u64>(&mut plan, 0);
    let s = op::batch(s, 2, Duration::from_secs(3600), plan.at(0));
    let (s, t0) = link(s, plan.edge(0));
    let closed = op::for_each_async(
        s,
        1,
        move |rows: Vec<u64>| {
            into.lock().unwrap().extend(rows);
            std::future::ready(())
        },
        plan.at(1),
    );
    let (out, t1) = closed.into_parts();
    sink_segment(plan, start, out, (t1, (t0, ())))
}

/// `_: u64 -> match { even => e -> count(), odd => o -> collect() }`, made of two taps and a link here: two sinks, so a tuple.
fn two_sinks() -> impl Sink<u64, Output = (u64, u64)> {
    let mut plan = plan!(
        4,
        2,
        [("inspect", Stage, 0), ("count", Sink, 1), ("iter", Source, 0), ("fold", Sink, 0)],
        [(0, 1, Some("inspect->count")), (2, 3, None)]
    );
    let (s, start) = entry::<u64>(&mut plan, 0);
    let s = op::inspect(s, |_| (), plan.at(0));
    let (s, t0) = link(s, plan.edge(0));
    let (a, t1) = op::count(s, plan.at(1)).into_parts();
    let b = {
        let s = op::iter(1..=4u64, plan.at(2));
        op::fold(s, 0, |sum, n| sum + n, plan.at(3)).into_parts()
    };
    let out = outputs(move || Some((Output::take(a)?, Output::take(b.0)?)));
    sink_segment(plan, start, out, (b.1, (t1, (t0, ()))))
}

async fn done<O>(running: impl Future<Output = O>) -> O {
    within(LIMIT, running).await
}

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
        // `_ -> via(plus_one()) as first -> via(plus_one()) as second -> _`
        let mut plan = plan!(4, 2, [("first", Stage, 0), ("second", Stage, 1)], [(0, 1, Some("first->second"))]);
        let (s, start) = entry::<u64>(&mut plan, 0);
        let s = op::via(s, plus_one(), plan.at(0));
        let (s, t0) = link(s, plan.edge(0));
        let s = op::via(s, plus_one(), plan.at(1));
        transform_segment(plan, start, s, (t0, ()))
    }
    fn source() -> impl Source<Item = u64> {
        let mut plan = plan!(4, 2, [("from", Source, 0), ("twice", Stage, 1)], [(0, 1, Some("from->twice"))]);
        let s = op::from(numbers(3), plan.at(0));
        let (s, t0) = link(s, plan.edge(0));
        let s = op::via(s, twice(), plan.at(1));
        source_segment(plan, s, (t0, ()))
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
    let mut plan = plan!(256, 1, [("iter", Source, 0), ("check", Stage, 0)], [(0, 1, None)]);
    let s = op::iter(0..u64::MAX, plan.at(0));
    let s = op::inspect(s, |n| assert!(*n < 3_000, "too much"), plan.at(1));
    let checked = source_segment(plan, s, ());
    let error =
        done(pipeline! { from(checked) as inside -> queue(2) -> discard() }.run()).await.expect_err("the panic");
    assert_eq!((error.stage(), error.kind()), ("inside/check", ErrorKind::Panicked));
}

/// `iter(0..) -> map(…)? as check -> _`, which fails at `at`.
fn failing(at: u64) -> impl Source<Item = u64> {
    let mut plan = plan!(256, 1, [("iter", Source, 0), ("check", Stage, 0)], [(0, 1, None)]);
    let s = op::iter(0.., plan.at(0));
    let s = op::map(s, move |n: u64| if n == at { Err(format!("{n} is too much")) } else { Ok(n) }, plan.at(1));
    let s = op::try_items(s, plan.at(1));
    source_segment(plan, s, ())
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
    let error = tokio::time::timeout(Duration::from_millis(100), stuck.run()).await;
    // An iterator's next item cannot be looked at without being taken: here it waits, as it does outside segments.
    assert!(error.is_err());
}

/// Counts up, and says when it was closed.
struct Counting(u64, Arc<AtomicUsize>);

impl Source for Counting {
    type Item = u64;

    async fn next(&mut self) -> Result<Option<u64>, BoxError> {
        self.0 += 1;
        Ok(Some(self.0))
    }

    async fn close(&mut self) {
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

/// `from(Counting) -> take(n) -> _`
fn taking(n: u64, closed: Arc<AtomicUsize>) -> impl Source<Item = u64> {
    let mut plan = plan!(256, 1, [("from", Source, 0), ("take", Stage, 0)], [(0, 1, None)]);
    let s = op::from(Counting(0, closed), plan.at(0));
    let s = op::take(s, n.try_into().unwrap(), plan.at(1));
    source_segment(plan, s, ())
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
        let mut plan = plan!(256, 1, [("iter", Source, 0), ("flat_map", Stage, 0)], [(0, 1, None)]);
        let s = op::iter(0..4u64, plan.at(0));
        let s = op::flat_map(s, |n| (0..5_000).map(move |m| n * 5_000 + m), plan.at(1));
        source_segment(plan, s, ())
    }
    fn pairs() -> impl Source<Item = Vec<u64>> {
        let mut plan = plan!(256, 1, [("from", Source, 0), ("chunks", Stage, 0)], [(0, 1, None)]);
        let s = op::from(letters(), plan.at(0));
        let s = op::chunks(s, 3, plan.at(1));
        source_segment(plan, s, ())
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

#[tokio::test]
async fn a_segment_may_borrow() {
    fn lengths<'a>(words: &'a [String]) -> impl Source<Item = &'a str> {
        let mut plan = plan!(256, 2, [("iter", Source, 0), ("map", Stage, 1)], [(0, 1, Some("iter->map"))]);
        let s = op::iter(words, plan.at(0));
        let (s, t0) = link(s, plan.edge(0));
        let s = op::map(s, |word: &'a String| &**word, plan.at(1));
        source_segment(plan, s, (t0, ()))
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
        let mut plan = plan!(4, 1, [("iter", Source, 0)], []);
        let s = op::iter(items, plan.at(0));
        source_segment(plan, s, ())
    }
    fn linked<'a, T: Send + 'a>(items: Vec<T>) -> impl Source<Item = T> + use<'a, T> {
        let mut plan = plan!(4, 2, [("iter", Source, 0), ("map", Stage, 1)], [(0, 1, Some("iter->map"))]);
        let s = op::iter(items, plan.at(0));
        let (s, t0) = link(s, plan.edge(0));
        let s = op::map(s, |n| n, plan.at(1));
        source_segment(plan, s, (t0, ()))
    }
    fn mapped<A: Send, B: Send>(f: impl Fn(A) -> B + Send) -> impl Transform<A, Out = B> {
        let mut plan = plan!(4, 1, [("map", Stage, 0)], []);
        let (s, start) = entry::<_>(&mut plan, 0);
        let s = op::map(s, f, plan.at(0));
        transform_segment(plan, start, s, ())
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

#[tokio::test]
async fn a_spawned_source_gives_an_outlet() {
    let (outlet, running) = numbers(1_000).spawn();
    let graph = running.control().graph();
    assert_eq!(graph.bound, Some(256 + 1));
    let stages: Vec<_> = graph.stages.iter().map(|stage| (&*stage.name, stage.task)).collect();
    assert_eq!(stages, [("iter", 0), ("map", 0), ("outlet", 1)]);
    assert_eq!((&*graph.name, &*graph.links[0].name, graph.links[0].capacity), ("segment", "map->outlet", 256));
    let control = running.control();
    assert_eq!(done(outlet.map(|n| n / 10).collect::<Vec<_>>()).await, (0..1_000).collect::<Vec<_>>());
    done(running).await.unwrap();
    assert_eq!(control.snapshot().stage("outlet").unwrap().items_in, 1_000);
}

#[tokio::test]
async fn s3_a_dropped_outlet_ends_the_segment_well() {
    let closed = Arc::default();
    let (mut outlet, running) = taking(u64::MAX / 2, Arc::clone(&closed)).spawn();
    assert_eq!(done(outlet.next()).await, Some(1));
    drop(outlet);
    done(running).await.unwrap();
    assert_eq!(closed.load(Ordering::SeqCst), 1);
    // A source of the user's own, too.
    let (mut outlet, running) = Counting(6, Arc::clone(&closed)).spawn();
    assert_eq!(running.control().graph().links[0].name, "from->outlet");
    assert_eq!(done(outlet.next()).await, Some(7));
    drop(outlet);
    done(running).await.unwrap();
    assert_eq!(closed.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_outlet_ends_at_a_failure_and_at_an_abort() {
    let (outlet, running) = failing(700).spawn();
    assert!(done(outlet.count()).await <= 700);
    assert_eq!(done(running).await.unwrap_err().stage(), "check");

    let mut plan = plan!(8, 1, [("stream", Source, 0)], []);
    let s = op::stream(futures_util::stream::pending::<u64>(), plan.at(0));
    let (mut outlet, running) = source_segment(plan, s, ()).spawn();
    let control = running.control();
    let waiting = tokio::spawn(async move { outlet.next().await });
    tokio::task::yield_now().await;
    control.abort();
    assert_eq!(done(waiting).await.unwrap(), None);
    assert_eq!(done(running).await.unwrap_err().kind(), ErrorKind::Aborted);
    // Dropping `Running` aborts.
    let (outlet, running) = numbers(1_000_000).spawn();
    drop(running);
    assert!(done(outlet.count()).await < 1_000_000);
}

#[tokio::test]
async fn a_spawned_sink_gives_an_inlet() {
    let stored = Arc::default();
    let (inlet, running) = store(Arc::clone(&stored)).spawn();
    let graph = running.control().graph();
    let stages: Vec<_> = graph.stages.iter().map(|stage| (&*stage.name, stage.task)).collect();
    assert_eq!(stages, [("inlet", 2), ("batch", 0), ("for_each_async", 1)]);
    let links: Vec<_> = graph.links.iter().map(|link| (&*link.name, link.capacity)).collect();
    assert_eq!(links, [("inlet->batch", 3), ("batch->for_each_async", 3)]);
    assert_eq!(graph.bound, Some(2 + 3 + 3 + 2 + 1));
    let control = running.control();
    done(async {
        for n in 0..5 {
            inlet.send(n).await.unwrap();
        }
        drop(inlet);
        running.await.unwrap();
    })
    .await;
    assert_eq!(*stored.lock().unwrap(), [0, 1, 2, 3, 4]);
    assert_eq!(control.snapshot().stage("inlet").unwrap().items_out, 5);

    let (inlet, running) = two_sinks().spawn();
    done(async {
        for n in 0..9 {
            inlet.send(n).await.unwrap();
        }
        drop(inlet);
        assert_eq!(running.await.unwrap(), (9, 10));
    })
    .await;
}

#[tokio::test]
async fn e5_finish_shuts_the_inlet_of_a_spawned_segment() {
    for pause in [false, true] {
        let stored = Arc::default();
        // The first stage is asynchronous: `batch`.
        let (inlet, running) = store(Arc::clone(&stored)).spawn();
        let control = running.control();
        done(async {
            if pause {
                control.pause();
                tokio::task::yield_now().await;
                for n in 0..3 {
                    inlet.try_send(n).unwrap();
                }
                assert_eq!(inlet.try_send(3), Err(TrySendError::Full(3)));
                let late = tokio::spawn(async move { inlet.send(4).await });
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                assert_eq!(control.snapshot().link("inlet->batch").unwrap().len, 3, "pause holds what was sent");
                control.finish();
                assert_eq!(late.await.unwrap(), Err(aqueduct::Closed(4)));
            } else {
                for n in 0..3 {
                    inlet.send(n).await.unwrap();
                }
                control.finish();
            }
            running.await.unwrap();
        })
        .await;
        assert_eq!(*stored.lock().unwrap(), [0, 1, 2]);
    }
}

#[tokio::test]
async fn a_spawned_transform_is_a_duplex() {
    let (inlet, outlet, running) = normalize().spawn();
    let graph = running.control().graph();
    let stages: Vec<_> = graph.stages.iter().map(|stage| (&*stage.name, stage.task)).collect();
    assert_eq!(stages, [("inlet", 2), ("map", 0), ("filter", 1), ("outlet", 3)]);
    let links: Vec<_> = graph.links.iter().map(|link| &*link.name).collect();
    assert_eq!(links, ["inlet->map", "middle", "filter->outlet"]);
    assert_eq!(graph.bound, Some(2 + 4 + 2 + 4));
    let sending = tokio::spawn(async move {
        for n in 0..50 {
            inlet.send(n * 10).await.unwrap();
        }
    });
    assert_eq!(done(outlet.count()).await, 25);
    done(sending).await.unwrap();
    done(running).await.unwrap();

    // Its failure closes the inlet.
    let (inlet, outlet, running) = normalize().spawn();
    done(async {
        inlet.send(990).await.unwrap();
        assert_eq!(outlet.count().await, 0);
        assert_eq!(running.await.unwrap_err().stage(), "map");
        assert!(inlet.send(1).await.is_err());
    })
    .await;

    // Its first stage is fused: paused and finished in the same way.
    let (inlet, mut outlet, running) = plus_one().spawn();
    let control = running.control();
    done(async {
        control.pause();
        inlet.send(1).await.unwrap();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(control.snapshot().link("inlet->map").unwrap().len, 1);
        control.resume();
        assert_eq!(outlet.next().await, Some(2));
        inlet.send(2).await.unwrap();
        control.finish();
        assert_eq!(outlet.next().await, Some(3));
        assert_eq!(outlet.next().await, None);
        running.await.unwrap();
        assert!(inlet.send(3).await.is_err());
    })
    .await;
}

/// Gives each item twice, and at the end how many there were.
struct Twice(u64);

impl Transform<u64> for Twice {
    type Out = u64;

    async fn apply(&mut self, item: u64, out: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        self.0 += 1;
        out.emit(item).await;
        out.emit(item).await;
        Ok(())
    }

    async fn finish(&mut self, out: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        out.emit(self.0).await;
        Ok(())
    }
}

/// Adds up.
struct Total(u64);

impl Sink<u64> for Total {
    type Output = u64;

    async fn write(&mut self, item: u64) -> Result<(), BoxError> {
        self.0 += item;
        Ok(())
    }

    async fn finish(self) -> Result<u64, BoxError> {
        Ok(self.0)
    }
}

#[tokio::test]
async fn types_of_the_users_own_can_be_spawned_too() {
    let (inlet, outlet, running) = Twice(0).spawn();
    let graph = running.control().graph();
    assert_eq!(graph.bound, Some(256 + 256 + 1 + 1));
    let links: Vec<_> = graph.links.iter().map(|link| &*link.name).collect();
    assert_eq!(links, ["inlet->via", "via->outlet"]);
    done(async {
        inlet.send(4).await.unwrap();
        inlet.send(5).await.unwrap();
        inlet.close();
        assert_eq!(outlet.collect::<Vec<_>>().await, [4, 4, 5, 5, 2]);
        running.await.unwrap();
    })
    .await;
    let (inlet, running) = Total(0).spawn();
    done(async {
        inlet.send(4).await.unwrap();
        inlet.send(5).await.unwrap();
        running.control().finish();
        assert_eq!(running.await.unwrap(), 9);
    })
    .await;
    // And used inside segments.
    let mut plan = plan!(4, 2, [("via", Stage, 0), ("into", Sink, 1)], [(0, 1, Some("via->into"))]);
    let (s, start) = entry::<u64>(&mut plan, 0);
    let s = op::via(s, Twice(0), plan.at(0));
    let (s, t0) = link(s, plan.edge(0));
    let (out, t1) = op::into(s, Total(0), plan.at(1)).into_parts();
    let inside = sink_segment(plan, start, out, (t1, (t0, ())));
    let pipeline = pipeline! { iter(1..=3u64) -> into(inside) as inside };
    assert_eq!(pipeline.bound(), Some(256 + 4 + 3 + 1));
    assert_eq!(done(pipeline.run()).await.unwrap(), 15);
}

/// What is behind a pause or a full link is only what has yet to enter.
#[tokio::test]
async fn e7_a_paused_segment_still_gives_what_it_holds() {
    fn held(n: u64) -> impl Source<Item = Vec<u64>> {
        // `iter(0..) -> map(…)? -> take(n) -> chunks(2) -> _`
        let mut plan = plan!(
            256,
            1,
            [("iter", Source, 0), ("take", Stage, 0), ("chunks", Stage, 0)],
            [(0, 1, None), (1, 2, None)]
        );
        let s = op::iter(0.., plan.at(0));
        let s = op::take(s, n.try_into().unwrap(), plan.at(1));
        let s = op::chunks(s, 2, plan.at(2));
        source_segment(plan, s, ())
    }
    // Paused from the beginning: what wants nothing has ended all the same.
    let nothing = pipeline! { from(held(0)) -> count() };
    nothing.control().pause();
    assert_eq!(done(nothing.run()).await.unwrap(), 0);
    // Paused by its first item.
    let control: Arc<Mutex<Option<aqueduct::Control>>> = Arc::default();
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

#[test]
fn an_outlet_is_what_a_stream_should_be() {
    fn is<T: Send + Unpin + std::fmt::Debug + futures_util::Stream<Item = u64>>(_: &T) {}
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let (outlet, running) = numbers(1).spawn();
        is(&outlet);
        assert_eq!(format!("{outlet:?}"), "Outlet { ended: false, .. }");
        drop(running);
    });
}

#[test]
fn spawn_panics_outside_a_runtime() {
    let panic = std::panic::catch_unwind(|| drop(numbers(1).spawn())).expect_err("no runtime");
    assert!(panic.downcast_ref::<&str>().expect("a text").contains("needs a tokio runtime"));
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
    let found = tokio::time::timeout(Duration::from_secs(20), p.run()).await;
    assert_eq!(found.unwrap().unwrap(), [(0, 100), (1, 101), (2, 102), (3, 5), (4, 6)]);
}
