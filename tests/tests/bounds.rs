//! G4 for each asynchronous and timed operator: `bound()` is the sum that the rule says, and what is inside when the sink stalls.
//!
//! Around each stage stand a link of 2 above it, a link of 1 below it, and a sink that holds the one value it was given. Two places
//! that G4 counts are never full then: the hand of the source, which is not asked for what would find no room (L6), and that of the
//! sink, whose task has nothing in hand besides the one it works on. What else a row does not reach, its comment says.

use std::future::pending;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracked, Tracker, expect_tasks};
use aqueduct::{BoxError, Emitter, Transform, pipeline};
use aqueduct_tests::ends::within;
use aqueduct_tests::watched::{Came, Watched, ms};
use futures_util::{StreamExt, stream};
use tokio::time::sleep;

/// Two links, three tasks, one value in the sink.
const AROUND: usize = 2 + 1 + 3 + 1;

/// What of it is full when the sink stalls: both links, and the sink.
const FULL: usize = 2 + 1 + 1;

/// Checks the bound of a stage for which G4 counts `$counts`, and that `$holds` are inside it when the sink stalls. Below it each value
/// has `$size` items.
macro_rules! stalls {
    ($name:literal: counts $counts:expr, holds $holds:expr, size $size:expr; $($stage:tt)*) => {
        let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
        let (held, seen) = (gate.clone(), came.clone());
        let pipeline = pipeline! {
            #![queue = 2]
            from(watched.source(200, Duration::ZERO)) -> $($stage)* -> queue(1)
            -> for_each_async(1, async move |value| { held.pass().await; seen.note(&value); })
        };
        let bound = AROUND + $counts;
        assert_eq!(pipeline.bound(), Some(bound), "{}", $name);
        assert_eq!(pipeline.graph().bound, Some(bound), "{}", $name);
        let running = pipeline.spawn();
        // Whatever is due has been due for long.
        sleep(Duration::from_secs(7200)).await;
        let (size, live): (usize, usize) = ($size, watched.tracker.live());
        assert_eq!(live - 2 * (size - 1), FULL + $holds, "{}: values inside", $name);
        sleep(Duration::from_secs(7200)).await;
        assert_eq!(watched.tracker.live(), live, "{}: it stays so", $name);
        gate.open();
        sleep(Duration::from_secs(7200)).await;
        // Three batches are on their way at most: in hand, in the link, in the sink.
        assert!(watched.tracker.peak() <= bound + 3 * (size - 1), "{}: {} of {bound}", $name, watched.tracker.peak());
        running.control().finish();
        running.await.unwrap();
        assert!(!came.all().is_empty());
        watched.assert_all_gone($name).await;
        expect_tasks(0).await;
    };
}

/// Holds up to three.
#[derive(Default)]
struct HoldsThree(Vec<Tracked>);

impl Transform<Tracked> for HoldsThree {
    type Out = Tracked;

    async fn apply(&mut self, item: Tracked, out: &mut Emitter<'_, Tracked>) -> Result<(), BoxError> {
        self.0.push(item);
        if self.0.len() > 3 {
            out.emit(self.0.remove(0)).await;
        }
        Ok(())
    }

    async fn finish(&mut self, out: &mut Emitter<'_, Tracked>) -> Result<(), BoxError> {
        for item in std::mem::take(&mut self.0) {
            out.emit(item).await;
        }
        Ok(())
    }

    fn holds(&self) -> Option<usize> {
        Some(3)
    }
}

async fn later(item: Tracked) -> Tracked {
    sleep(ms(1)).await;
    item
}

#[tokio::test(start_paused = true)]
async fn g4_the_bound_of_each_asynchronous_stage_and_what_it_holds_when_the_sink_stalls() {
    within(async {
        // One in hand, which waits for room. The hand is counted in `AROUND`.
        stalls!("then": counts 0, holds 1, size 1; then(later));
        stalls!("filter_async": counts 0, holds 1, size 1; filter_async(async |_| true));
        // All n wait to leave: they are the stage's, and none is in hand besides.
        stalls!("map_async": counts 3, holds 3, size 1; map_async(3, later));
        stalls!("map_async of one": counts 1, holds 1, size 1; map_async(1, later));
        stalls!("map_async_unordered": counts 3, holds 3, size 1; map_async_unordered(3, later));
        stalls!("map_async_keyed": counts 3, holds 3, size 1; map_async_keyed(3, |item: &Tracked| item.number() % 2, later));
        stalls!("map_blocking": counts 3, holds 3, size 1; map_blocking(3, |item: Tracked| item));
        // It takes only what it can give at once: none is in hand.
        stalls!("take_until": counts 0, holds 0, size 1; take_until(pending::<()>()));
        // What it says it holds, and one in hand.
        stalls!("via": counts 3, holds 3 + 1, size 1; via(HoldsThree::default()));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g4_the_bound_of_each_timed_stage_and_what_it_holds_when_the_sink_stalls() {
    within(async {
        // n that wait to leave together: not in hand before there is room.
        stalls!("batch": counts 4, holds 4, size 4; batch(4, 1h));
        stalls!("batch by weight": counts 9, holds 4, size 4; batch(9, 1h, bytes = 4));
        // The first two groups have the two that fill the link; what gathers behind them has n.
        stalls!("ready_chunks": counts 4, holds 4, size 2; ready_chunks(4));
        // One in hand, which waits for its turn or for room.
        stalls!("throttle": counts 0, holds 1, size 1; throttle(1, 10ms));
        // They take only what they can give at once.
        stalls!("timeout": counts 0, holds 0, size 1; timeout(10h));
        stalls!("delay": counts 0, holds 0, size 1; delay(10ms));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g4_stages_that_always_have_room_hold_one_and_leave_the_link_above_empty() {
    within(async {
        // Two less than `FULL`: the link above is empty, as they take what comes. One is held; one that was put out would be in hand, but
        // they put nothing out without room.
        const ABOVE: usize = 2;
        macro_rules! empties {
            ($name:literal: counts $counts:expr, inside $inside:expr; $($stage:tt)*) => {
                let (watched, gate) = (Watched::new(), Gate::new());
                let held = gate.clone();
                let pipeline = pipeline! {
                    #![queue = 2]
                    from(watched.source(200, ms(1))) -> $($stage)*
                    -> for_each_async(1, async move |value| { held.pass().await; drop(value); })
                };
                let bound = $counts;
                assert_eq!(pipeline.bound(), Some(bound), "{}", $name);
                let running = pipeline.spawn();
                // Each is tried in the middle of a flow, with a value of its own wherever one can be.
                sleep(Duration::from_micros(150_500)).await;
                assert_eq!(watched.made(), 150, "{}: nobody waits for the sink", $name);
                assert_eq!(watched.tracker.live(), $inside, "{}", $name);
                gate.open();
                running.control().finish();
                running.await.unwrap();
                assert!(watched.tracker.peak() <= bound);
                watched.assert_all_gone($name).await;
            };
        }
        empties!("sample": counts AROUND + 1, inside FULL - ABOVE + 1; sample(20ms) -> queue(1));
        empties!("conflate": counts AROUND + 1, inside FULL - ABOVE + 1; conflate(|_, newer: Tracked| newer) -> queue(1));
        // In a flow without silence nothing leaves it: two links, three tasks, one in the sink and one held; the one held is all there is.
        empties!("debounce": counts AROUND + 1, inside 1; debounce(20ms) -> queue(1));
        // A link of one, two tasks, one in the sink.
        empties!("latest": counts 1 + 2 + 1, inside 1 + 1; latest());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g4_the_bound_of_each_asynchronous_sink_is_reached_but_for_two_hands() {
    within(async {
        for n in [1, 5] {
            let (watched, gate) = (Watched::new(), Gate::new());
            let held = gate.clone();
            let pipeline = pipeline! {
                #![queue = 2]
                from(watched.source(200, Duration::ZERO)) -> for_each_async(n, async move |item| { held.pass().await; drop(item); })
            };
            assert_eq!(pipeline.bound(), Some(2 + 2 + n));
            let running = pipeline.spawn();
            sleep(ms(1)).await;
            assert_eq!((watched.tracker.live(), gate.arrived()), (2 + n, n));
            gate.open();
            running.control().finish();
            running.await.unwrap();
            assert!(watched.tracker.peak() <= 2 + 2 + n);
        }
        let (watched, (go, wait)) = (Watched::new(), std::sync::mpsc::channel::<()>());
        let wait = Mutex::new(wait);
        let pipeline = pipeline! {
            #![queue = 2]
            from(watched.source(200, Duration::ZERO)) -> for_each_blocking(3, move |item| { wait.lock().unwrap().recv().ok(); drop(item); })
        };
        assert_eq!(pipeline.bound(), Some(2 + 2 + 3));
        let running = pipeline.spawn();
        while watched.tracker.live() < 2 + 3 {
            tokio::task::yield_now().await;
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(watched.tracker.live(), 2 + 3);
        drop(go);
        running.control().finish();
        running.await.unwrap();
        assert!(watched.tracker.peak() <= 2 + 2 + 3);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g4_windows_of_n_keep_n_less_one_and_the_one_that_completes_them_is_in_hand() {
    within(async {
        let (tracker, gate) = (Tracker::new(), Gate::new());
        let (made, held) = (tracker.clone(), gate.clone());
        let handles: Arc<Mutex<Vec<Weak<Tracked>>>> = Arc::default();
        let noted = Arc::clone(&handles);
        let pipeline = pipeline! {
            #![queue = 2]
            iter((0..100).map(move |n| Arc::new(made.item(n))))
            -> inspect(move |item| noted.lock().unwrap().push(Arc::downgrade(item)))
            -> queue(2) -> windows(4) -> queue(1)
            -> for_each_async(1, async move |window: Vec<Arc<Tracked>>| { held.pass().await; assert_eq!(window.len(), 4); })
        };
        assert_eq!(pipeline.bound(), Some(2 + 1 + 3 + 4 + 1));
        let running = pipeline.spawn();
        sleep(ms(1)).await;
        let copies: usize = handles.lock().unwrap().iter().map(Weak::strong_count).sum();
        // Two in the link above, four each in the window of the sink and in that of the link; the stage keeps three, as a fourth is taken
        // only when there is room for the window that it completes.
        assert_eq!(copies, 2 + 4 + 4 + 3);
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 97);
        assert_eq!(tracker.live(), 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g4_an_item_that_finds_no_room_in_a_byte_link_is_in_hand() {
    within(async {
        // The one hand of a source that can be full: a byte link takes an item only when it fits, and that is known of an item only.
        let (tracker, gate) = (Tracker::new(), Gate::new());
        let (made, held) = (tracker.clone(), gate.clone());
        let pipeline = pipeline! {
            iter((0..100).map(move |n| made.item(n).weighing(3))) -> queue(bytes = 7) -> then(later) -> queue(1)
            -> for_each_async(1, async move |item| { held.pass().await; drop(item); })
        };
        // A byte link counts its bytes.
        assert_eq!(pipeline.bound(), Some(7 + 1 + 3 + 1));
        let running = pipeline.spawn();
        sleep(ms(100)).await;
        assert_eq!(
            tracker.live(),
            1 + 2 + 1 + 1 + 1,
            "in hand, in the link of bytes, in `then`, in the link, in the sink"
        );
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 100);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g4_flatten_unordered_holds_n_streams_and_asks_them_only_while_there_is_room() {
    within(async {
        let (watched, gate, given) = (Watched::new(), Gate::new(), Tracker::new());
        let (made, held) = (given.clone(), gate.clone());
        // Each stream has the item it was made of, and gives fifty others.
        let streams = move |item: Tracked| {
            let made = made.clone();
            let first = item.number() * 50;
            stream::iter(first..first + 50).map(move |n| {
                let _owned = &item;
                made.item(n)
            })
        };
        let pipeline = pipeline! {
            #![queue = 2]
            from(watched.source(9, Duration::ZERO)) -> map(streams) -> flatten_unordered(3) -> queue(1)
            -> for_each_async(1, async move |item| { held.pass().await; drop(item); })
        };
        assert_eq!(pipeline.bound(), Some(AROUND + 3));
        let running = pipeline.spawn();
        sleep(ms(1)).await;
        assert_eq!(watched.tracker.live(), 2 + 3, "a link, and n streams: none is in hand besides");
        assert_eq!(given.live(), 1 + 1, "a link, and the sink");
        gate.open();
        sleep(ms(1)).await;
        assert_eq!((gate.passed(), watched.tracker.live(), given.live()), (450, 0, 0));
        running.control().finish();
        running.await.unwrap();
    })
    .await;
}
