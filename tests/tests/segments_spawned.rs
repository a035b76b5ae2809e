//! Segments spawned alone: an `Inlet` where they begin open, an `Outlet` where they end open (DESIGN 1.3).

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use aqueduct::{BoxError, Emitter, ErrorKind, Inlet, Outlet, Running, Sink, Source, Transform, TrySendError, pipeline};
use aqueduct_tests::segments::{Counting, done, failing, normalize, numbers, plus_one, store, taking, two_sinks};
use futures_util::StreamExt;

#[tokio::test]
async fn a_spawned_source_gives_an_outlet() {
    let (outlet, running) = numbers(1_000).spawn();
    let graph = running.control().graph();
    assert_eq!(graph.bound, Some(256 + 1));
    let stages: Vec<_> = graph.stages.iter().map(|stage| (&*stage.name, stage.task)).collect();
    assert_eq!(stages, [("iter", 0), ("map", 0), ("outlet", 1)]);
    assert_eq!((&*graph.name, &*graph.links[0].name, graph.links[0].capacity), ("pipeline", "map->outlet", 256));
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

/// Rules: E1, E6
#[tokio::test]
async fn an_outlet_ends_at_a_failure_and_at_an_abort() {
    let (outlet, running) = failing(700).spawn();
    assert!(done(outlet.count()).await <= 700);
    assert_eq!(done(running).await.unwrap_err().stage(), "check");

    fn silent() -> impl Source<Item = u64> {
        pipeline! { #![queue = 8] stream(futures_util::stream::pending::<u64>()) -> _ }
    }
    let (mut outlet, running) = silent().spawn();
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
    fn inside() -> impl Sink<u64, Output = u64> {
        pipeline! { #![queue = 4] _: u64 -> via(Twice(0)) -> into(Total(0)) }
    }
    let pipeline = pipeline! { iter(1..=3u64) -> into(inside()) as inside };
    assert_eq!(pipeline.bound(), Some(256 + 4 + 3 + 1));
    assert_eq!(done(pipeline.run()).await.unwrap(), 15);
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

#[tokio::test]
async fn an_outlet_gives_the_end_again_and_again() {
    let (mut outlet, running) = numbers(2).spawn();
    let mut came = Vec::new();
    for _ in 0..4 {
        came.push(outlet.next().await);
    }
    assert_eq!(came, [Some(0), Some(10), None, None]);
    done(running).await.unwrap();
    assert_eq!(outlet.next().await, None);
}

#[test]
fn spawn_panics_outside_a_runtime() {
    let panic = std::panic::catch_unwind(|| drop(numbers(1).spawn())).expect_err("no runtime");
    assert!(panic.downcast_ref::<&str>().expect("a text").contains("needs a tokio runtime"));
}

/// An inlet that a fan-in reads is a source like any other: `finish()` shuts it, and what it has accepted comes out.
#[tokio::test]
async fn e5_finish_shuts_an_inlet_that_a_fan_in_reads() {
    fn merged() -> impl Transform<u64, Out = u64> {
        pipeline! { merge(_: u64, iter(0..2u64)) -> _ }
    }
    fn paired() -> impl Transform<u64, Out = u64> {
        pipeline! { zip(_: u64, iter(0..9u64)) -> map(|(a, b)| a + b) -> _ }
    }
    fn preferred() -> impl Transform<u64, Out = u64> {
        pipeline! { prefer(_: u64, iter(0..2u64)) -> _ }
    }
    let all = [merged().spawn(), paired().spawn(), preferred().spawn()];
    for ((inlet, outlet, running), most) in all.into_iter().zip([3, 1, 3]) {
        inlet.send(7).await.unwrap();
        tokio::task::yield_now().await;
        running.control().finish();
        let given = done(outlet.collect::<Vec<_>>()).await;
        assert!(given.contains(&7) && given.len() <= most, "{given:?}");
        done(running).await.unwrap();
        assert!(inlet.send(8).await.is_err(), "it is shut");
    }
}

/// Whatever is on the way: no item waits for a second one, and no time passes.
#[tokio::test(start_paused = true)]
async fn g6_a_lone_item_comes_out_at_once() {
    fn links() -> impl Transform<u64, Out = u64> {
        pipeline! { _: u64 -> map(|n| n) -> queue(1_000, low = 1) -> map(|n| n) -> queue(9, overflow = drop_newest) -> map(|n| n) -> _ }
    }
    fn stages() -> impl Transform<u64, Out = u64> {
        pipeline! {
            _: u64 -> then(async |n| n) -> filter_async(async |_| true) -> map_async(8, async |n| n) -> map_async_unordered(8, async |n| n)
            -> map_async_keyed(8, |n| *n, async |n| n) -> timeout(1h) -> flat_map(|n| [n]) -> ready_chunks(8) -> flatten() -> _
        }
    }
    fn blocks() -> impl Transform<u64, Out = u64> {
        pipeline! {
            _: u64 -> match { 0 => 0 -> discard(), n => n -> queue(8) -> map(|n| n) } -> tap { count() } -> parallel(2) { map(|n| n) }
            -> broadcast { queue(8) -> count(), map(|n| n) -> queue(8) -> map(|n| n) } -> _
        }
    }
    for (inlet, mut outlet, running) in [links().spawn(), stages().spawn(), blocks().spawn()] {
        for n in 1..=5 {
            let begun = tokio::time::Instant::now();
            inlet.send(n).await.unwrap();
            // The clock moves on only when nobody has anything to do: then the item waits for something.
            let given = tokio::time::timeout(Duration::from_secs(1), outlet.next()).await;
            assert_eq!(given, Ok(Some(n)));
            assert_eq!(begun.elapsed(), Duration::ZERO);
        }
        inlet.close();
        done(running).await.unwrap();
    }
}

#[tokio::test]
async fn the_links_at_the_open_ends_have_the_capacity_of_the_pipeline_and_drain_at_half() {
    let segment = pipeline! { #![queue = 8] _: u64 -> map(|n| n + 1) as inlet -> map(|n| n) as inlet_1 -> map(|n| n) as outlet -> _ };
    let (inlet, outlet, running) = segment.spawn();
    let graph = running.control().graph();
    let links: Vec<_> = graph.links.iter().map(|link| (&*link.name, link.capacity, link.low)).collect();
    // What the text calls like them keeps its name.
    assert_eq!(links, [("inlet_2->inlet", 8, 4), ("outlet->outlet_1", 8, 4)]);
    drop((inlet, outlet));
    done(running).await.unwrap();
}

#[tokio::test]
async fn the_outlet_of_a_segment_with_an_inlet_stands_where_the_text_ends() {
    let (inlet, outlet, running) = pipeline! { _: u64 -> map(|n| n + 1) -> filter(|_| true) -> _ }.spawn();
    let graph = running.control().graph();
    let stages: Vec<_> = graph.stages.iter().map(|stage| (&*stage.name, stage.location)).collect();
    let [(_, first), (_, map), (_, filter), (_, last)] = stages[..] else { panic!("{stages:?}") };
    assert_eq!((first, last), (map, filter), "{stages:?}");
    drop((inlet, outlet));
    done(running).await.unwrap();
}

#[tokio::test]
async fn the_links_of_a_spawned_segment_lead_from_its_inlet_to_its_outlet() {
    fn drawn<O>((_, _, running): (Inlet<u64>, Outlet<u64>, Running<O>)) -> String {
        let graph = running.control().graph();
        let links: Vec<_> = graph.links.iter().map(|link| format!("{}->{}", link.from, link.to)).collect();
        links.join(" ")
    }
    let inside = pipeline! { _: u64 -> map(|n| n + 1) -> queue(2) -> filter(|_| true) -> _ };
    assert_eq!(drawn(inside.spawn()), "inlet->map map->filter filter->outlet");
    // What comes out of a block goes on in a task of its own, behind a link.
    let block = pipeline! { _: u64 -> map(|n| n) -> queue(2) -> match { 0 => 0 -> discard(), n => n } -> _ };
    assert_eq!(drawn(block.spawn()), "inlet->map map->match match->outlet match->outlet");
}
