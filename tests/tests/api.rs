//! Section 3 of the design: the public types, by their names, and what they promise.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::future::Future;
use std::hash::Hash;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::{
    Body, BoxError, Boxed, Closed, Control, Emitter, ErrorKind, Graph, GraphLink, GraphRemote, GraphStage, Inlet,
    InletSource, IntoSink, IntoSource, LinkSnapshot, Name, Pipeline, PipelineError, Role, Running, Signal, SignalEvent,
    Signals, Sink, Snapshot, Source, Spawnable, StageSnapshot, Transform, TrySendError, Weigh, inlet, pipeline,
};
use aqueduct_tests::ends::within;
use futures_util::{SinkExt, Stream};

fn send<T: Send>() {}
fn sync<T: Sync>() {}
fn unpin<T: Unpin>() {}
fn lasting<T: 'static>() {}
fn cloning<T: Clone>() {}
fn shown<T: Debug>() {}
fn is_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn the_handles_are_what_they_promise() {
    send::<Control>();
    sync::<Control>();
    lasting::<Control>();
    cloning::<Control>();
    shown::<Control>();

    send::<Running<String>>();
    unpin::<Running<String>>();
    shown::<Running<String>>();
    fn future<O, F: Future<Output = Result<O, PipelineError>>>() {}
    future::<u64, Running<u64>>();

    send::<Signals>();
    unpin::<Signals>();
    lasting::<Signals>();
    shown::<Signals>();
    fn stream<T, S: Stream<Item = T>>() {}
    stream::<SignalEvent, Signals>();

    send::<Pipeline<u64>>();
    lasting::<Pipeline<u64>>();
    send::<Boxed<u64>>();

    cloning::<Inlet<u64>>();
    send::<Inlet<u64>>();
    sync::<Inlet<u64>>();
    unpin::<Inlet<u64>>();
    send::<InletSource<u64>>();
    fn source<T, S: Source<Item = T>>() {}
    source::<u64, InletSource<u64>>();
    fn sink<T, S: futures_sink::Sink<T, Error = Closed<T>>>() {}
    sink::<u64, Inlet<u64>>();
}

/// The output of `Running` may be anything, also what is not `Unpin`.
#[test]
fn running_is_unpin_whatever_its_output() {
    unpin::<Running<std::marker::PhantomPinned>>();
    send::<Running<std::cell::Cell<u8>>>();
}

#[test]
fn the_values_are_what_they_promise() {
    fn error<E: Error + Send + Sync + 'static>() {}
    error::<PipelineError>();
    error::<Closed<u8>>();
    error::<TrySendError<u8>>();
    let boxed: fn(PipelineError) -> BoxError = |error| error.into();
    let _ = boxed;

    fn value<T: Clone + Debug + Send + Sync + 'static>() {}
    value::<ErrorKind>();
    value::<Signal>();
    value::<SignalEvent>();
    value::<Snapshot>();
    value::<StageSnapshot>();
    value::<LinkSnapshot>();
    value::<Graph>();
    value::<GraphStage>();
    value::<GraphLink>();
    value::<GraphRemote>();
    value::<Role>();
    value::<Name>();

    fn name<N: Clone + Eq + Hash + Display + Deref<Target = str> + PartialEq<str> + for<'a> PartialEq<&'a str>>() {}
    name::<Name>();

    fn copy<T: Copy + Eq + Hash>() {}
    copy::<ErrorKind>();
    copy::<Signal>();

    fn weigh<T: Weigh + ?Sized>() {}
    weigh::<String>();
    weigh::<str>();
    weigh::<&str>();
    weigh::<Vec<u8>>();
    weigh::<bytes::Bytes>();
    weigh::<[u8]>();
    weigh::<&[u8]>();
}

/// What the fields are called and what they hold is part of the contract.
#[tokio::test(start_paused = true)]
async fn the_fields_of_what_can_be_looked_at() {
    within(async {
        let run = pipeline! { iter(0..9u8) -> queue(4) as link -> for_each_async(1, async |_| tokio::task::yield_now().await) };
        let mut signals = run.control().signals();
        let graph: &Graph = run.graph();
        assert_eq!(graph.to_mermaid().lines().next(), Some("flowchart LR"));
        assert!(graph.to_dot().starts_with("digraph"));
        let bound: Option<usize> = run.bound();
        assert_eq!(bound, Some(4 + 2 + 1));
        let control: Control = run.control();
        let graph: Arc<Graph> = control.graph();
        assert_eq!(graph.bound, bound);
        run.run().await.unwrap();
        let event = futures_util::StreamExt::next(&mut signals).await.unwrap();
        let SignalEvent { from, to, signal, len, at, missed, .. } = event;
        assert_eq!((from, to, signal, len, missed), ("iter".into(), "for_each_async".into(), Signal::Pause, 4, 0));
        let _: tokio::time::Instant = at;
        let Snapshot { stages, links, .. } = control.snapshot();
        let StageSnapshot { name, items_in, items_out, busy, blocked, idle, .. } = stages[0].clone();
        assert_eq!((&*name, items_in, items_out), ("iter", 0, 9));
        let _: [Duration; 3] = [busy, blocked, idle];
        let LinkSnapshot { name, from, to, len, capacity, low, paused, pauses, paused_for, max_len, dropped, .. } = links[0].clone();
        assert_eq!((&*name, &*from, &*to), ("link", "iter", "for_each_async"));
        assert_eq!((len, capacity, low, paused, max_len), (0, 4, 2, false, 4));
        let _: (u64, Duration, u64) = (pauses, paused_for, dropped);
    })
    .await;
}

// Pipelines that functions return.

fn boxed(numbers: Vec<u64>) -> Pipeline<u64> {
    pipeline! { iter(numbers) -> queue(2) -> map_async(2, async |n| n) -> fold(0, |a, b| a + b) }.boxed()
}

fn named(numbers: Vec<u64>) -> Pipeline<u64, impl Spawnable<u64>> {
    pipeline! { iter(numbers) -> queue(2) -> fold(0, |a, b| a + b) }
}

fn borrowing(numbers: &[u64]) -> Pipeline<u64, impl Body<u64> + '_> {
    pipeline! { iter(numbers) -> queue(2) -> map_async(2, async |n: &u64| *n) -> fold(0, |a, b| a + b) }
}

struct Holder {
    running: Running<u64>,
    control: Control,
    waiting: Vec<Pipeline<u64>>,
}

#[tokio::test(start_paused = true)]
async fn pipelines_can_be_returned_kept_and_run() {
    within(async {
        assert_eq!(boxed(vec![1, 2]).run().await.unwrap(), 3);
        assert_eq!(boxed(vec![1, 2]).run_local().await.unwrap(), 3);
        assert_eq!(boxed(vec![1, 2]).boxed().spawn().await.unwrap(), 3);
        assert_eq!(named(vec![1, 2]).run().await.unwrap(), 3);
        assert_eq!(named(vec![1, 2]).run_local().await.unwrap(), 3);
        let numbers = [1, 2, 3];
        assert_eq!(borrowing(&numbers).run_local().await.unwrap(), 6);
        let running = boxed(vec![1]).spawn();
        let mut holder = Holder { control: running.control(), running, waiting: vec![boxed(vec![4]), boxed(vec![5])] };
        assert_eq!((&mut holder.running).await.unwrap(), 1);
        assert_eq!(holder.control.snapshot().stages.len(), 3);
        for run in holder.waiting {
            run.run().await.unwrap();
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_futures_of_run_and_spawn_are_send() {
    within(async {
        assert_eq!(is_send(named(vec![1]).run()).await.unwrap(), 1);
        assert_eq!(is_send(boxed(vec![1]).run()).await.unwrap(), 1);
        let run = pipeline! { iter(0..3u64) -> then(async |n| n) -> batch(2, 1s) -> flatten() -> for_each_async(1, async |_| ()) };
        is_send(run.run()).await.unwrap();
        assert_eq!(tokio::spawn(named(vec![2]).run()).await.unwrap().unwrap(), 2);
        drop(is_send(named(vec![1])));
        // A local run is `Send` where its stages are.
        let (sender, _receiver) = tokio::sync::mpsc::channel::<u8>(1);
        drop(is_send(pipeline! { iter(0..3u8) -> send(sender) }));
    })
    .await;
}

/// Generic code over the traits, with nothing but their names.
async fn copy<S, K>(source: S, sink: K) -> Result<K::Output, PipelineError>
where
    S: Source<Item = u64> + Send + 'static,
    K: Sink<u64, Output: Send> + Send + 'static,
{
    pipeline! { from(source) -> into(sink) }.run().await
}

async fn through<T: Transform<u64, Out = u64> + Send + 'static>(stage: T) -> Result<Vec<u64>, PipelineError> {
    pipeline! { iter(0..3u64) -> via(stage) -> collect::<Vec<_>>() }.run().await
}

struct Twice;

impl Transform<u64> for Twice {
    type Out = u64;

    async fn apply(&mut self, item: u64, out: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        out.emit(item).await;
        out.emit(item).await;
        Ok(())
    }
}

/// Collects by hand.
#[derive(Default)]
struct Hand(Vec<u64>);

impl Sink<u64> for Hand {
    type Output = Vec<u64>;

    async fn write(&mut self, item: u64) -> Result<(), BoxError> {
        self.0.push(item);
        Ok(())
    }

    async fn finish(self) -> Result<Vec<u64>, BoxError> {
        Ok(self.0)
    }
}

#[tokio::test(start_paused = true)]
async fn the_traits_can_be_used_in_generic_code() {
    within(async {
        let (numbers, source) = inlet(4);
        numbers.send(1).await.unwrap();
        numbers.try_send(2).unwrap();
        assert!(!numbers.is_paused());
        numbers.ready().await.unwrap();
        numbers.close();
        assert_eq!(copy(source, Hand::default()).await.unwrap(), [1, 2]);
        assert_eq!(through(Twice).await.unwrap(), [0, 0, 1, 1, 2, 2]);
        fn into_source<'p, M, S: IntoSource<'p, M>>(_: &S) {}
        fn into_sink<'p, T, M, S: IntoSink<'p, T, M>>(_: &S) {}
        into_source(&inlet::<u8>(1).1);
        into_source(&futures_util::stream::iter([1u8]));
        into_sink(&Hand::default());
        into_sink::<u64, _, _>(&inlet::<u64>(1).0);
    })
    .await;
}

/// An inlet is a futures sink, and its errors give the item back.
#[tokio::test(start_paused = true)]
async fn an_inlet_is_a_futures_sink() {
    within(async {
        let (mut numbers, source) = inlet(2);
        let running = pipeline! { from(source) -> collect::<Vec<_>>() }.spawn();
        for n in 0..20u8 {
            SinkExt::send(&mut numbers, n).await.unwrap();
        }
        numbers.feed(20).await.unwrap();
        SinkExt::close(&mut numbers).await.unwrap();
        assert_eq!(running.await.unwrap(), (0..=20).collect::<Vec<_>>());
        assert_eq!(numbers.try_send(3), Err(TrySendError::Closed(3)));
        assert_eq!(numbers.send(4).await, Err(Closed(4)));
        // A pipeline can end in the inlet of another.
        let (numbers, source) = inlet(2);
        let below = pipeline! { from(source) -> fold(0, |a, b: u64| a + b) }.spawn();
        pipeline! { iter(0..100u64) -> into(numbers) }.run().await.unwrap();
        assert_eq!(below.await.unwrap(), 4950);
    })
    .await;
}

/// `aqueduct::Result` is for closures that use `?` themselves.
#[tokio::test(start_paused = true)]
async fn the_result_alias_takes_any_error() {
    within(async {
        let run = pipeline! { iter(["7", "x"]) -> map(|text| -> aqueduct::Result<u8> { Ok(text.parse::<u8>()? + 1) })? -> collect::<Vec<_>>() };
        assert_eq!(run.run().await.unwrap_err().stage(), "map");
        let plain: aqueduct::Result<u8, String> = Err("no".into());
        assert!(plain.is_err());
    })
    .await;
}

/// Neither `run` nor `spawn` asks of the output what its own type does not already say.
#[tokio::test]
async fn a_generic_function_can_run_any_pipeline() {
    async fn go<O>(pipeline: Pipeline<O, impl Spawnable<O>>) -> Result<O, PipelineError> {
        pipeline.run().await
    }
    let counted = tokio::time::timeout(Duration::from_secs(20), go(pipeline! { iter(0..3u32) -> count() })).await;
    assert_eq!(counted.expect("an end in time").unwrap(), 3);
}

/// An inlet's items need to be `Send`, not `Sync`.
#[tokio::test]
async fn an_inlet_is_shared_between_threads_whatever_can_be_sent() {
    let (jobs, source) = inlet::<Box<dyn FnOnce() -> u32 + Send>>(4);
    let sum = pipeline! { from(source) -> map(|job| job()) -> fold(0, |sum, n| sum + n) }.spawn();
    let sending = tokio::spawn(async move { jobs.send(Box::new(|| 42)).await.is_ok() });
    assert!(sending.await.unwrap());
    let sum = tokio::time::timeout(Duration::from_secs(20), sum).await;
    assert_eq!(sum.expect("an end in time").unwrap(), 42);
}
