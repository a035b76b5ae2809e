//! Fusing, tasks and runs: G1 to G6, as a user sees them. That a task allocates nothing per item (G1) is in `allocation.rs`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use aqueduct::testkit::{Gate, Tracked, Tracker};
use aqueduct::{BoxError, Control, Emitter, ErrorKind, Graph, Signal, Source, Transform, pipeline};
use aqueduct_tests::flow::{Dice, assert_strict, at_rest, logged, turns, within};
use futures_util::StreamExt as _;

const LIMIT: Duration = Duration::from_secs(60);

/// The numbers of the tasks, stage by stage.
fn tasks(graph: &Graph) -> Vec<usize> {
    let mut known = Vec::new();
    let mut number = |task| {
        known.iter().position(|known| *known == task).unwrap_or_else(|| {
            known.push(task);
            known.len() - 1
        })
    };
    graph.stages.iter().map(|stage| number(stage.task)).collect()
}

/// The links: from, to, capacity.
fn links(graph: &Graph) -> Vec<(String, String, usize)> {
    graph.links.iter().map(|link| (link.from.to_string(), link.to.to_string(), link.capacity)).collect()
}

// G1: synchronous stages are fused.

#[tokio::test(start_paused = true)]
async fn g1_a_run_of_synchronous_stages_is_one_task() {
    within(LIMIT, async {
        let pipeline = pipeline! {
            iter(0..1000u32) -> map(|n| n + 1) -> filter(|n| n % 2 == 0) -> filter_map(|n| (n > 10).then_some(n)) -> inspect(|_| {})
            -> take(100) -> chunks(3) -> flatten() -> count()
        };
        assert_eq!(tasks(pipeline.graph()), [0; 9]);
        assert!(pipeline.graph().links.is_empty());
        assert_eq!(pipeline.graph().fused.len(), 8);
        assert_eq!(pipeline.run().await.unwrap(), 100);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g1_synchronous_sinks_are_fused() {
    within(LIMIT, async {
        macro_rules! one_task {
            ($($sink:tt)*) => {{
                let pipeline = pipeline! { iter(0..3u32) -> map(|n| n) -> $($sink)* };
                assert_eq!(tasks(pipeline.graph()), [0, 0, 0], "{}", stringify!($($sink)*));
                assert!(pipeline.graph().links.is_empty());
            }};
        }
        one_task!(for_each(|_| {}));
        one_task!(for_each(|_| Ok::<(), BoxError>(()))?);
        one_task!(fold(0, |a, b| a + b));
        one_task!(collect::<Vec<_>>());
        one_task!(count());
        one_task!(first());
        one_task!(discard());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g1_fused_stages_are_fused_with_the_asynchronous_one_above_them() {
    within(LIMIT, async {
        let pipeline =
            pipeline! { iter(0..10) -> map(|n| n) -> then(async |n| n) -> map(|n| n) -> filter(|_| true) -> count() };
        assert_eq!(tasks(pipeline.graph()), [0, 0, 1, 1, 1, 1]);
        assert_eq!(links(pipeline.graph()), [("map_1".into(), "then".into(), 256)]);
        assert_eq!(pipeline.run().await.unwrap(), 10);
    })
    .await;
}

// G2: tasks of their own.

/// Passes items on.
struct Pass;

impl<T: Send> Transform<T> for Pass {
    type Out = T;

    async fn apply(&mut self, item: T, out: &mut Emitter<'_, T>) -> Result<(), BoxError> {
        out.emit(item).await;
        Ok(())
    }
}

/// A user's sink.
struct Drain;

impl<T: Send> aqueduct::Sink<T> for Drain {
    type Output = ();

    async fn write(&mut self, _: T) -> Result<(), BoxError> {
        Ok(())
    }

    async fn finish(self) -> Result<(), BoxError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn g2_asynchronous_stages_have_a_task_and_a_link_before_it() {
    within(LIMIT, async {
        macro_rules! two_tasks {
            ($($stage:tt)*) => {{
                let pipeline = pipeline! { iter(0..3u32) -> map(|n| n) -> $($stage)* as own -> inspect(|_| {}) -> discard() };
                assert_eq!(tasks(pipeline.graph()), [0, 0, 1, 1, 1], "{}", stringify!($($stage)*));
                assert_eq!(links(pipeline.graph()), [("map".into(), "own".into(), 256)]);
                pipeline.run().await.unwrap();
            }};
        }
        two_tasks!(then(async |n| n));
        two_tasks!(map_async(2, async |n| n));
        two_tasks!(via(Pass));
        two_tasks!(batch(2, 1s));
        two_tasks!(throttle(10, 1s));
        two_tasks!(timeout(1s));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g2_asynchronous_sinks_have_a_task_and_a_link_before_it() {
    within(LIMIT, async {
        macro_rules! two_tasks {
            ($($sink:tt)*) => {{
                let pipeline = pipeline! { iter(["a", "b"]) -> map(|n| n) -> $($sink)* as own };
                assert_eq!(tasks(pipeline.graph()), [0, 0, 1], "{}", stringify!($($sink)*));
                assert_eq!(links(pipeline.graph()), [("map".into(), "own".into(), 256)]);
                pipeline.run().await.unwrap();
            }};
        }
        two_tasks!(for_each_async(1, async |_| {}));
        two_tasks!(write(tokio::io::sink()));
        two_tasks!(write_lines(tokio::io::sink()));
        two_tasks!(into(Drain));
        let (sender, _receiver) = tokio::sync::mpsc::channel(10);
        two_tasks!(send(sender));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g2_a_queue_splits_a_task_or_sets_up_the_link_that_stands_there() {
    within(LIMIT, async {
        let pipeline = pipeline! { iter(0..10) -> map(|n| n) as a -> queue(7) -> map(|n| n) as b -> count() };
        assert_eq!(tasks(pipeline.graph()), [0, 0, 1, 1]);
        assert_eq!(links(pipeline.graph()), [("a".into(), "b".into(), 7)]);

        let pipeline = pipeline! {
            iter(0..10) -> queue(7) -> then(async |n| n) -> queue(8) -> map_async(2, async |n| n) -> map(|n| n)
            -> queue(9) -> for_each_async(1, async |_| {})
        };
        assert_eq!(tasks(pipeline.graph()), [0, 1, 2, 2, 3]);
        let links = links(pipeline.graph()).into_iter().map(|(_, _, capacity)| capacity);
        assert_eq!(links.collect::<Vec<_>>(), [7, 8, 9], "never two links in a row");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g2_each_task_is_a_task_of_tokio() {
    within(LIMIT, async {
        let alive = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let before = alive();
        let gate = Gate::new();
        let held = gate.clone();
        let pipeline = pipeline! {
            repeat_with(|| 1) -> map(|n| n) -> queue(2) -> map(|n| n) -> then(async |n| n) -> filter(|_| true) -> batch(2, 1s)
            -> for_each_async(1, async move |_| held.pass().await)
        };
        let expected = tasks(pipeline.graph()).into_iter().max().unwrap() + 1;
        assert_eq!(expected, 5);
        let running = pipeline.spawn();
        at_rest().await;
        assert_eq!(alive() - before, expected);
        running.control().abort();
        running.await.unwrap_err();
        at_rest().await;
        assert_eq!(alive(), before);
    })
    .await;
}

// G3: work in flight goes on.

#[tokio::test(start_paused = true)]
async fn g3_futures_in_flight_are_polled_however_full_the_output_is() {
    within(LIMIT, async {
        let (begun, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counted_begun, counted_done) = (Arc::clone(&begun), Arc::clone(&done));
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            iter(0..100u64)
            -> map_async(3, async move |n| {
                counted_begun.fetch_add(1, Ordering::Relaxed);
                // More than one wait, at a time when the link below has long been paused.
                for _ in 0..5 {
                    tokio::time::sleep(Duration::from_secs(60 + n)).await;
                }
                counted_done.fetch_add(1, Ordering::Relaxed);
                n
            })
            -> queue(1) as below -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        tokio::time::sleep(Duration::from_secs(3600)).await;
        assert!(running.control().snapshot().link("below").unwrap().paused);
        // One in the sink's hand, one in the link, three finished that wait to leave.
        assert_eq!((begun.load(Ordering::Relaxed), done.load(Ordering::Relaxed)), (5, 5));
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 100);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g3_the_one_future_of_then_goes_on_too() {
    within(LIMIT, async {
        let done = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&done);
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            iter(0..10u64)
            -> then(async move |n| {
                tokio::time::sleep(Duration::from_secs(60)).await;
                counted.fetch_add(1, Ordering::Relaxed);
                n
            })
            -> queue(1) -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        tokio::time::sleep(Duration::from_secs(3600)).await;
        assert_eq!(done.load(Ordering::Relaxed), 3, "one in the sink's hand, one in the link, one finished");
        gate.open();
        running.await.unwrap();
    })
    .await;
}

// G4: the bound.

/// Says of itself that it holds so many items.
struct Holding(Option<usize>);

impl Transform<u32> for Holding {
    type Out = u32;

    async fn apply(&mut self, item: u32, out: &mut Emitter<'_, u32>) -> Result<(), BoxError> {
        out.emit(item).await;
        Ok(())
    }

    fn holds(&self) -> Option<usize> {
        self.0
    }
}

#[tokio::test(start_paused = true)]
async fn g4_the_bound_is_the_sum_of_what_links_tasks_and_stages_hold() {
    within(LIMIT, async {
        macro_rules! bound {
            ($expected:expr; $($pipeline:tt)*) => {{
                let pipeline = pipeline! { $($pipeline)* };
                assert_eq!(pipeline.bound(), $expected, "{}", stringify!($($pipeline)*));
                assert_eq!(pipeline.graph().bound, $expected);
                assert_eq!(pipeline.control().graph().bound, $expected);
            }};
        }
        // One task: the item in hand.
        bound!(Some(1); iter(0..10u32) -> map(|n| n) -> filter(|_| true) -> inspect(|_| {}) -> take(5) -> count());
        // A link and two tasks.
        bound!(Some(16 + 2); iter(0..10u32) -> queue(16) -> count());
        bound!(Some(16 + 2); iter(0..10u32) -> queue(16, low = 1) -> count());
        bound!(Some(16 + 2); iter(0..10u32) -> queue(16, overflow = drop_oldest) -> count());
        bound!(Some(16 + 2); iter(0..10u32) -> queue(16, overflow = drop_newest) -> count());
        bound!(Some(16 + 2); iter(0..10u32) -> queue(16, overflow = fail) -> count());
        bound!(Some(64 * 1024 + 2); iter(["a"]) -> queue(bytes = 64KiB) -> count());
        // The default capacity.
        bound!(Some(256 + 2); iter(0..10u32) -> then(async |n| n) -> count());
        bound!(Some(8 + 2); #![queue = 8] iter(0..10u32) -> then(async |n| n) -> count());
        // n for map_async and for_each_async.
        bound!(Some(8 + 2 + 5); #![queue = 8] iter(0..10u32) -> map_async(5, async |n| n) -> count());
        bound!(Some(8 + 2 + 6); #![queue = 8] iter(0..10u32) -> for_each_async(6, async |_| {}));
        bound!(Some(8 * 3 + 4 + 4 + 3); #![queue = 8]
            iter(0..10u32) -> then(async |n| n) -> map_async(4, async |n| n) -> for_each_async(3, async |_| {}));
        // n for batch and chunks, 1 for flatten.
        bound!(Some(8 + 2 + 7); #![queue = 8] iter(0..10u32) -> batch(7, 1s) -> count());
        bound!(Some(1 + 7); iter(0..10u32) -> chunks(7) -> count());
        bound!(Some(1 + 1); iter([[1, 2]]) -> flatten() -> count());
        bound!(Some(1 + 7 + 1); iter(0..10u32) -> chunks(7) -> flatten() -> count());
        // Nothing beyond the item in hand.
        bound!(Some(8 + 2); #![queue = 8] iter(0..10u32) -> throttle(5, 1s) -> count());
        bound!(Some(8 + 2); #![queue = 8] iter(0..10u32) -> timeout(5s) -> count());
        bound!(Some(8 + 2); #![queue = 8] iter(["a"]) -> write(tokio::io::sink()));
        bound!(Some(8 + 2); #![queue = 8] iter(["a"]) -> write_lines(tokio::io::sink()));
        // What the user's own stage says.
        bound!(Some(8 + 2 + 1); #![queue = 8] iter(0..10u32) -> via(Pass) -> count());
        bound!(Some(8 + 2 + 40); #![queue = 8] iter(0..10u32) -> via(Holding(Some(40))) -> count());
        bound!(None; iter(0..10u32) -> via(Holding(None)) -> queue(8) -> count());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g4_a_stalled_pipeline_fills_up_to_its_bound_and_not_beyond() {
    within(LIMIT, async {
        let (tracker, gate) = (Tracker::new(), Gate::new());
        let (made, held) = (tracker.clone(), gate.clone());
        let pipeline = pipeline! {
            iter((0..1000).map(move |n| made.item(n))) -> map(|item| item)
            -> queue(10, low = 9) -> then(async |item| item)
            -> queue(20, low = 19) -> map_async(5, async |item| item) -> filter(|_| true)
            -> queue(30, low = 29) -> via(Pass)
            -> queue(1) -> for_each_async(4, async move |item: Tracked| { held.pass().await; drop(item) })
        };
        let bound = pipeline.bound().unwrap();
        assert_eq!(bound, 10 + 20 + 30 + 1 + 5 + 5 + 1 + 4);
        let running = pipeline.spawn();
        at_rest().await;
        // All but one in hand of the source, which takes only what has room, and of the three tasks whose items are counted anyway.
        assert_eq!(tracker.live(), bound - 1 - 3);
        gate.open();
        running.await.unwrap();
        assert!(tracker.peak() <= bound, "{} at once, the bound is {bound}", tracker.peak());
        assert_eq!(gate.passed(), 1000);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g4_a_batch_is_one_value() {
    within(LIMIT, async {
        let (tracker, gate) = (Tracker::new(), Gate::new());
        let (made, held) = (tracker.clone(), gate.clone());
        let pipeline = pipeline! {
            iter((0..30).map(move |n| made.item(n))) -> queue(4, low = 3) -> batch(3, 1s)
            -> queue(2, low = 1) as batches -> for_each_async(1, async move |batch: Vec<Tracked>| { held.pass().await; drop(batch) })
        };
        assert_eq!(pipeline.bound(), Some(4 + 2 + 3 + 3 + 1));
        let running = pipeline.spawn();
        at_rest().await;
        assert_eq!(running.control().snapshot().link("batches").unwrap().len, 2);
        // Four in the link, three being gathered; two batches in the link, one in the sink's hand.
        assert_eq!(tracker.live(), 4 + 3 + 3 * 3);
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 10);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g4_the_bound_is_never_exceeded_between_threads() {
    within(LIMIT, async {
        let mut dice = Dice(44);
        for _ in 0..40 {
            let [a, b, c] = [(); 3].map(|()| 1 + dice.below(6) as usize);
            let (n, slow) = (1 + dice.below(4) as usize, 2 + dice.below(30));
            let tracker = Tracker::new();
            let made = tracker.clone();
            let pipeline = pipeline! {
                iter((0..2_000).map(move |n| made.item(n))) -> queue(a) -> map(|item| item)
                -> queue(bytes = b) -> map_async(n, async move |item: Tracked| { turns(usize::from(item.number().is_multiple_of(slow))).await; item })
                -> queue(c, low = c - 1) -> filter(|item| item.number() % 5 != 0) -> queue(2, overflow = drop_oldest)
                -> for_each_async(n, async move |item: Tracked| { turns(usize::from(item.number() % slow == 1)).await; drop(item) })
            };
            let bound = pipeline.bound().unwrap();
            assert_eq!(bound, a + b + c + 2 + 5 + 2 * n);
            pipeline.run().await.unwrap();
            assert!(tracker.peak() <= bound, "{} at once, the bound is {bound}: {a} {b} {c} {n}", tracker.peak());
            assert_eq!((tracker.made(), tracker.live()), (2_000, 0));
        }
    })
    .await;
}

// G5: a task that always finds work lets others run.

/// Counts the items between two turns of the scheduler. A task beside the pipeline counts the turns.
#[derive(Clone, Default)]
struct Meter {
    turn: Arc<AtomicUsize>,
    seen: Arc<AtomicUsize>,
    run: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    all: Arc<AtomicUsize>,
    runs: Arc<Mutex<Vec<usize>>>,
}

impl Meter {
    fn start() -> Self {
        let meter = Self::default();
        let turn = Arc::clone(&meter.turn);
        tokio::spawn(async move {
            loop {
                turn.fetch_add(1, Ordering::Relaxed);
                turns(1).await;
            }
        });
        meter
    }

    fn item(&self) {
        let turn = self.turn.load(Ordering::Relaxed);
        self.all.fetch_add(1, Ordering::Relaxed);
        if self.seen.swap(turn, Ordering::Relaxed) == turn {
            self.run.fetch_add(1, Ordering::Relaxed);
        } else {
            self.runs.lock().unwrap().push(self.run.swap(1, Ordering::Relaxed));
        }
        self.most.fetch_max(self.run.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    #[track_caller]
    fn assert_fair(&self, all: usize) {
        assert_eq!(self.all.load(Ordering::Relaxed), all);
        let most = self.most.load(Ordering::Relaxed);
        assert!(most <= 1024, "{most} items between two turns of the scheduler");
    }
}

const MANY: usize = 50_000;

#[tokio::test(start_paused = true)]
async fn g5_a_fused_task_yields_after_1024_items() {
    within(LIMIT, async {
        let meter = Meter::start();
        let counted = meter.clone();
        pipeline! { iter(0..MANY) -> map(|n| n) -> for_each(move |_| counted.item()) }.run().await.unwrap();
        meter.assert_fair(MANY);
        assert!(meter.turn.load(Ordering::Relaxed) >= MANY / 1024);
        // Also when nothing comes of the items.
        let meter = Meter::start();
        let counted = meter.clone();
        pipeline! { iter(0..MANY) -> filter(move |_| { counted.item(); false }) -> count() }.run().await.unwrap();
        meter.assert_fair(MANY);
        // From a source that is always ready.
        let meter = Meter::start();
        let counted = meter.clone();
        let (source, _) = logged(MANY as u64);
        pipeline! { from(source) -> for_each(move |_| counted.item()) }.run().await.unwrap();
        meter.assert_fair(MANY);
        let meter = Meter::start();
        let counted = meter.clone();
        pipeline! { stream(futures_util::stream::iter(0..MANY)) -> for_each(move |_| counted.item()) }
            .run()
            .await
            .unwrap();
        meter.assert_fair(MANY);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g5_tasks_behind_a_long_link_yield_after_1024_items() {
    within(LIMIT, async {
        macro_rules! fair {
            (|$counted:ident| $($stages:tt)*) => {{
                let meter = Meter::start();
                let $counted = meter.clone();
                pipeline! { iter(0..MANY) -> $($stages)* }.run().await.unwrap();
                println!("{}", stringify!($($stages)*));
                meter.assert_fair(MANY);
            }};
        }
        fair!(|meter| queue(MANY) -> for_each(move |_| meter.item()));
        fair!(|meter| queue(MANY, overflow = drop_oldest) -> for_each(move |_| meter.item()));
        fair!(|meter| queue(MANY) -> for_each_async(1, async move |_| meter.item()));
        fair!(|meter| queue(MANY) -> for_each_async(8, async move |_| meter.item()));
        fair!(|meter| queue(MANY) -> then(async move |_| meter.item()) -> count());
        fair!(|meter| queue(MANY) -> map_async(8, async move |_| meter.item()) -> count());
        fair!(|meter| queue(MANY) -> via(Pass) -> for_each(move |_| meter.item()));
        fair!(|meter| queue(MANY) -> timeout(1s) -> for_each(move |_| meter.item()));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g5_a_batch_yields_after_1024_items() {
    within(LIMIT, async {
        let meter = Meter::start();
        let counted = meter.clone();
        pipeline! {
            iter(0..MANY) -> queue(MANY) -> batch(100, 1s)
            -> for_each(move |batch: Vec<usize>| for _ in batch { counted.item() })
        }
        .run()
        .await
        .unwrap();
        // What leaves in one turn was taken in it, or was being gathered before.
        let most = meter.most.load(Ordering::Relaxed);
        assert!(most < 1024 + 100, "{most} items between two turns of the scheduler");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g5_a_sink_of_the_users_yields_after_1024_items() {
    within(LIMIT, async {
        let meter = Meter::start();
        let counted = meter.clone();
        let sink = Box::pin(futures_util::sink::unfold((), move |(), _: usize| {
            counted.item();
            std::future::ready(Ok::<_, std::io::Error>(()))
        }));
        pipeline! { iter(0..MANY) -> queue(MANY) -> into(sink) }.run().await.unwrap();
        meter.assert_fair(MANY);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g5_one_item_that_holds_many_does_not_keep_the_task() {
    within(LIMIT, async {
        let meter = Meter::start();
        let counted = meter.clone();
        pipeline! { once(vec![0u8; MANY]) -> flatten() -> for_each(move |_| counted.item()) }.run().await.unwrap();
        meter.assert_fair(MANY);
        // Inner iterators of which nothing comes are items too.
        let meter = Meter::start();
        let counted = meter.clone();
        pipeline! { iter((0..MANY).map(|_| None::<u8>)) -> inspect(move |_| counted.item()) -> flatten() -> count() }
            .run()
            .await
            .unwrap();
        meter.assert_fair(MANY);
        // Nor where it leaves by an outlet.
        let meter = Meter::start();
        let counted = meter.clone();
        let (outlet, running) = pipeline! {
            #![queue = 50_000]
            once(vec![0u8; MANY]) -> flatten() -> inspect(move |_| counted.item()) -> _
        }
        .spawn();
        assert_eq!(outlet.count().await, MANY);
        running.await.unwrap();
        meter.assert_fair(MANY);
    })
    .await;
}

/// What a control does, called from inside item 5,000 of an endless run.
async fn after_item_5000(act: fn(&Control)) -> (usize, Result<u64, aqueduct::PipelineError>) {
    let control = Arc::new(OnceLock::<Control>::new());
    let known = Arc::clone(&control);
    let items = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&items);
    let pipeline = pipeline! {
        repeat_with(|| 1u64)
        -> inspect(move |_| if counted.fetch_add(1, Ordering::Relaxed) == 5_000 { act(known.get().unwrap()) })
        -> count()
    };
    control.set(pipeline.control()).unwrap();
    let outcome = pipeline.run().await;
    (items.load(Ordering::Relaxed), outcome)
}

#[tokio::test(start_paused = true)]
async fn g5_finish_takes_effect_at_the_end_of_a_run() {
    within(LIMIT, async {
        let (items, outcome) = after_item_5000(Control::finish).await;
        assert_eq!(outcome.unwrap(), items as u64);
        assert!(items <= 5_001 + 1_024, "{items} items");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g5_abort_takes_effect_at_the_end_of_a_run() {
    within(LIMIT, async {
        let (items, outcome) = after_item_5000(Control::abort).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Aborted);
        assert!(items <= 5_001 + 1_024, "{items} items");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g5_pause_takes_effect_at_the_end_of_a_run() {
    within(LIMIT, async {
        let control = Arc::new(OnceLock::<Control>::new());
        let known = Arc::clone(&control);
        let items = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&items);
        let pipeline = pipeline! {
            repeat_with(|| 1u64)
            -> for_each(move |_| if counted.fetch_add(1, Ordering::Relaxed) == 5_000 { known.get().unwrap().pause() })
        };
        control.set(pipeline.control()).unwrap();
        let running = pipeline.spawn();
        at_rest().await;
        let at_pause = items.load(Ordering::Relaxed);
        assert!((5_001..=5_001 + 1_024).contains(&at_pause), "{at_pause} items");
        running.control().resume();
        turns(10).await;
        assert!(items.load(Ordering::Relaxed) > at_pause);
        running.control().finish();
        running.await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g5_a_satisfied_sink_takes_effect_at_once() {
    within(LIMIT, async {
        for wanted in [1, 10, 1_000, 5_000] {
            let asked = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&asked);
            let all = pipeline! {
                repeat_with(move || counted.fetch_add(1, Ordering::Relaxed)) -> map(|n| n) -> take(wanted) -> collect::<Vec<_>>()
            };
            assert!(all.run().await.unwrap().into_iter().eq(0..wanted));
            assert_eq!(asked.load(Ordering::Relaxed), wanted, "a run is cut at what `take` still wants (G6)");
        }
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let first = pipeline! { repeat_with(move || counted.fetch_add(1, Ordering::Relaxed)) -> first() };
        assert_eq!(first.run().await.unwrap(), Some(0));
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    })
    .await;
}

/// With the real clock, which alone tells how long a closure takes; it works, it does not sleep. A slow machine makes runs shorter.
#[tokio::test]
async fn g5_runs_of_slow_items_are_halved() {
    within(LIMIT, async {
        let meter = Meter::start();
        let counted = meter.clone();
        pipeline! {
            iter(0..7_300u32)
            -> for_each(move |n| {
                counted.item();
                let begun = Instant::now();
                // Quick at first, so that runs are long by then.
                while n >= 5_000 && begun.elapsed() < Duration::from_micros(600) {
                    std::hint::spin_loop();
                }
            })
        }
        .run()
        .await
        .unwrap();
        meter.assert_fair(7_300);
        let runs = meter.runs.lock().unwrap();
        let last: Vec<_> = runs.iter().rev().take(20).collect();
        // A run of one is quick; the run of two behind it is not.
        assert!(last.len() == 20 && last.iter().all(|run| **run <= 3), "two items take more than 1 ms: {last:?}");
    })
    .await;
}

/// Works for longer than a run may take.
fn work() {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_micros(1_200) {
        std::hint::spin_loop();
    }
}

/// Quick for 3,000 items, then slow for 50: how many slow ones came between two turns of the scheduler at most.
macro_rules! most_slow_items {
    (|$item:ident| $($pipeline:tt)*) => {{
        let meter = Meter::start();
        let slow = meter.clone();
        let $item = move |n: u64| {
            if n >= 3_000 {
                slow.item();
                work();
            }
        };
        pipeline! { $($pipeline)* }.run().await.unwrap();
        assert_eq!(meter.all.load(Ordering::Relaxed), 50);
        meter.most.load(Ordering::Relaxed)
    }};
}

/// Such a source gives one item a run: each slow run takes longer than 1 ms, however quick those before it were.
#[tokio::test]
async fn g5_a_task_yields_when_items_become_slow_that_come_one_by_one() {
    within(LIMIT, async {
        let (source, _) = logged(3_050);
        let most = most_slow_items!(|item| from(source) -> for_each(item));
        assert!(most <= 16, "{most} runs of more than 1 ms each between two turns of the scheduler");
    })
    .await;
}

#[tokio::test]
async fn g5_an_asynchronous_stage_yields_when_its_futures_become_slow() {
    within(LIMIT, async {
        let most =
            most_slow_items!(|item| iter(0..3_050u64) -> queue(4_000) -> for_each_async(1, async move |n| item(n)));
        assert!(most <= 16, "for_each_async: {most} runs of more than 1 ms each between two turns of the scheduler");
        let most =
            most_slow_items!(|item| iter(0..3_050u64) -> queue(4_000) -> then(async move |n| item(n)) -> count());
        assert!(most <= 16, "then: {most} runs of more than 1 ms each between two turns of the scheduler");
    })
    .await;
}

#[tokio::test]
async fn g5_abort_reaches_a_slow_task_soon() {
    within(LIMIT, async {
        let items = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&items);
        let running = pipeline! {
            repeat_with(|| ())
            -> for_each(move |()| {
                counted.fetch_add(1, Ordering::Relaxed);
                let begun = Instant::now();
                while begun.elapsed() < Duration::from_micros(600) {
                    std::hint::spin_loop();
                }
            })
        }
        .spawn();
        // The runs have been halved by then.
        turns(20).await;
        let before = items.load(Ordering::Relaxed);
        running.control().abort();
        assert_eq!(running.await.unwrap_err().kind(), ErrorKind::Aborted);
        assert!(before > 0);
        assert_eq!(items.load(Ordering::Relaxed), before, "the abort is seen before the next run");
    })
    .await;
}

// G6: runs.

#[tokio::test(start_paused = true)]
async fn g6_pause_is_published_at_the_capacity_and_drain_at_the_low_mark() {
    within(LIMIT, async {
        // Longer than a run, shorter than a run, and not a multiple of one.
        for (capacity, low) in [(4_000, 1_500), (1_024, 0), (33, 32), (1_500, 1_499), (32, 16), (1, 0)] {
            let items = 40 * capacity as u64;
            let pipeline = pipeline! {
                iter(0..items) -> queue(capacity, low = low) as middle -> map(|n| n) -> queue(capacity)
                -> for_each_async(1, async |n| turns(usize::from(n % 50 == 0)).await)
            };
            let control = pipeline.control();
            let signals = tokio::spawn(control.signals().collect::<Vec<_>>());
            pipeline.run().await.unwrap();
            let events = signals.await.unwrap();
            assert_strict(&events, "middle", capacity, low);
            let pauses = events.iter().filter(|event| event.link == "middle" && event.signal == Signal::Pause).count();
            assert!(pauses > 5, "{pauses} pauses: this test has seen nothing");
            assert_eq!(control.snapshot().link("middle").unwrap().max_len, capacity);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g6_a_lone_item_is_never_held_back() {
    within(LIMIT, async {
        let (sender, receiver) = tokio::sync::mpsc::channel(10);
        let seen = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&seen);
        let running = pipeline! {
            recv(receiver) -> map(|n: u32| n) -> queue(64) -> map(|n| n.to_string()) -> then(async |n| n) -> queue(bytes = 64) -> map(|n| n)
            -> map_async(8, async |n| n) -> queue(64, overflow = drop_newest) -> filter(|_| true) -> queue(100)
            -> for_each(move |_| { counted.fetch_add(1, Ordering::Relaxed); })
        };
        let running = running.spawn();
        for n in 1..=5 {
            sender.send(n).await.unwrap();
            at_rest().await;
            assert_eq!(seen.load(Ordering::Relaxed), n as usize);
        }
        drop(sender);
        running.await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g6_an_observer_is_at_most_one_run_behind() {
    within(LIMIT, async {
        let control = Arc::new(OnceLock::<Control>::new());
        let known = Arc::clone(&control);
        let most = Arc::new(AtomicUsize::new(0));
        let noted = Arc::clone(&most);
        let pipeline = pipeline! {
            iter(0..20_000u64)
            -> for_each(move |n| {
                if n % 97 == 0 {
                    let seen = known.get().unwrap().snapshot().stage("for_each").unwrap().items_in;
                    assert!(seen <= n, "{seen} counted, and {n} done");
                    noted.fetch_max((n - seen) as usize, Ordering::Relaxed);
                }
            })
        };
        control.set(pipeline.control()).unwrap();
        pipeline.run().await.unwrap();
        assert!(most.load(Ordering::Relaxed) <= 1_024);
        let snapshot = control.get().unwrap().snapshot();
        assert_eq!(
            (snapshot.stage("iter").unwrap().items_out, snapshot.stage("for_each").unwrap().items_in),
            (20_000, 20_000)
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g6_counters_add_up_stage_by_stage() {
    within(LIMIT, async {
        let pipeline = pipeline! {
            iter(0..1_000u32) -> filter(|n| n % 2 == 0) -> queue(16) -> map(|n| n) -> chunks(3) -> then(async |chunk| chunk)
            -> flatten() -> take(100) -> count()
        };
        let control = pipeline.control();
        assert_eq!(pipeline.run().await.unwrap(), 100);
        let snapshot = control.snapshot();
        let counted = |name: &str| {
            let stage = snapshot.stage(name).unwrap();
            (stage.items_in, stage.items_out)
        };
        assert_eq!(counted("take"), (100, 100));
        assert_eq!(counted("count"), (100, 0));
        assert_eq!(counted("flatten").1, 100);
        let (given, taken) = (counted("filter").1, counted("map").0);
        assert!(given >= taken && taken >= 100, "{given} given, {taken} taken");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g6_a_run_is_cut_at_what_take_still_wants() {
    within(LIMIT, async {
        let pipeline = pipeline! { iter(0..100u32) -> queue(64) -> map(|n| n) -> take(10) -> for_each(|_| {}) };
        let control = pipeline.control();
        pipeline.run().await.unwrap();
        assert_eq!(control.snapshot().stage("map").unwrap().items_in, 10, "the rest has stayed in the link");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g6_a_run_is_cut_at_a_stages_free_places() {
    within(LIMIT, async {
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            iter(0..100u32) -> queue(50) as above -> map_async(3, async move |n| { held.pass().await; n }) -> count()
        }
        .spawn();
        at_rest().await;
        assert_eq!((gate.arrived(), running.control().snapshot().link("above").unwrap().len), (3, 47));
        gate.open();
        assert_eq!(running.await.unwrap(), 100);
        assert_eq!(gate.passed(), 100);
    })
    .await;
}
