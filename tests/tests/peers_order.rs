//! Cases of Node, WPT and Pekko in our terms: concurrency and order, flush order, fan-ins and fan-outs. `rules/peers` says which is whose.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aqueduct::testkit::Gate;
use aqueduct::{BoxError, Emitter, ErrorKind, Sink, Transform, pipeline};
use aqueduct_tests::ends::{After, Broken, assert_aborted, assert_failed, recorded, within};
use aqueduct_tests::flow::settle;
use aqueduct_tests::pieces::an_hour;
use aqueduct_tests::watched::ms;
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};

/// Waits for ever with 0, fails with 3.
async fn stuck_or_broken(n: u64) -> Result<u64, Broken> {
    match n {
        0 => std::future::pending().await,
        3 => Err(Broken("three")),
        _ => Ok(n),
    }
}

/// A result's turn to be tried comes with its turn to leave. Without an order that is at once, and a panic never waits.
#[tokio::test(start_paused = true)]
async fn e1_a_failed_result_waits_for_its_turn_only_where_there_is_an_order() {
    within(async {
        let running = pipeline! { iter(0..9u64) -> map_async(4, stuck_or_broken)? -> discard() }.spawn();
        an_hour().await;
        running.control().abort();
        assert_aborted(running.await);
        let outcome =
            pipeline! { iter(0..9u64) -> map_async(4, async |n| stuck_or_broken(n).await.unwrap()) -> discard() }.run();
        let error = outcome.await.unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("map_async", ErrorKind::Panicked));
        let outcome = pipeline! { iter(0..9u64) -> map_async_unordered(4, stuck_or_broken)? -> discard() }.run();
        assert_failed(outcome.await, "map_async_unordered", ErrorKind::Failed, "three");
        let outcome = pipeline! { iter(0..9u64) -> map_async_keyed(4, |n| *n, stuck_or_broken)? -> discard() }.run();
        assert_failed(outcome.await, "map_async_keyed", ErrorKind::Failed, "three");
    })
    .await;
}

/// What is called on its steps, in order.
type Calls = Arc<Mutex<Vec<String>>>;

fn note(calls: &Calls, call: impl Into<String>) {
    calls.lock().unwrap().push(call.into());
}

/// Passes items on, and gives one of its own at the end.
struct Last(&'static str, Calls);

impl Transform<String> for Last {
    type Out = String;

    async fn apply(&mut self, item: String, out: &mut Emitter<'_, String>) -> Result<(), BoxError> {
        note(&self.1, format!("{} {item}", self.0));
        out.emit(item).await;
        Ok(())
    }

    async fn finish(&mut self, out: &mut Emitter<'_, String>) -> Result<(), BoxError> {
        out.emit(format!("end of {}", self.0)).await;
        note(&self.1, format!("{} finished", self.0));
        Ok(())
    }
}

/// Takes a while for each item.
struct Slow(Calls);

impl Sink<String> for Slow {
    type Output = ();

    async fn write(&mut self, item: String) -> Result<(), BoxError> {
        sleep(ms(5)).await;
        note(&self.0, format!("written {item}"));
        Ok(())
    }

    async fn finish(self) -> Result<(), BoxError> {
        sleep(ms(5)).await;
        note(&self.0, "sink finished");
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn s4_what_a_finish_emits_goes_through_the_next_stage_before_that_finishes() {
    within(async {
        let calls = Calls::default();
        let (a, b, sink) = (Last("a", calls.clone()), Last("b", calls.clone()), Slow(calls.clone()));
        pipeline! { #![queue = 1] once("item".to_owned()) -> via(a) -> via(b) -> into(sink) }.run().await.unwrap();
        let calls = calls.lock().unwrap();
        let at =
            |call: &str| calls.iter().position(|other| other == call).unwrap_or_else(|| panic!("{call}: {calls:?}"));
        let order = ["a item", "b item", "b end of a", "b finished", "written end of b", "sink finished"].map(at);
        assert!(order.is_sorted(), "{calls:?}");
        assert!(at("a finished") > at("a item") && at("written end of a") < at("written end of b"), "{calls:?}");
        assert_eq!(calls.len(), 9, "{calls:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s4_finish_of_a_sink_waits_for_the_write_in_progress() {
    within(async {
        let calls = Calls::default();
        let sink = Slow(calls.clone());
        let source = stream::iter(["one".to_owned()]).chain(stream::pending());
        let running = pipeline! { stream(source) -> into(sink) }.spawn();
        sleep(ms(2)).await;
        running.control().finish();
        settle().await;
        assert!(calls.lock().unwrap().is_empty(), "{calls:?}");
        running.await.unwrap();
        assert_eq!(*calls.lock().unwrap(), ["written one", "sink finished"]);
    })
    .await;
}

/// A batch that is full leaves before its time; the time of the next one begins with that one's first item.
#[tokio::test(start_paused = true)]
async fn s2_the_time_of_a_batch_begins_with_its_own_first_item() {
    within(async {
        let began = Instant::now();
        let items = stream::iter([0, 50, 90, 140]).then(move |at| async move {
            tokio::time::sleep_until(began + ms(at)).await;
            at
        });
        let left = pipeline! {
            stream(items.chain(stream::pending())) -> batch(2, 100ms)
            -> map(|batch| (batch, began.elapsed().as_millis())) -> take(2) -> collect::<Vec<_>>()
        };
        assert_eq!(left.run_local().await.unwrap(), [(vec![0, 50], 50), (vec![90, 140], 140)]);
        let began = Instant::now();
        let items = stream::iter([0, 50, 90]).then(move |at| async move {
            tokio::time::sleep_until(began + ms(at)).await;
            at
        });
        let left = pipeline! {
            stream(items.chain(stream::pending())) -> batch(2, 100ms)
            -> map(|batch| (batch, began.elapsed().as_millis())) -> take(2) -> collect::<Vec<_>>()
        };
        assert_eq!(left.run_local().await.unwrap(), [(vec![0, 50], 50), (vec![90], 190)]);
    })
    .await;
}

/// Counts its drops.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn s3_inner_streams_are_dropped_when_nothing_more_is_wanted() {
    within(async {
        let drops = Arc::new(AtomicUsize::new(0));
        let (source, watch) = recorded(9, After::Wait);
        let record = Arc::clone(&drops);
        let first = pipeline! {
            from(source)
            -> map(move |n| {
                let held = Dropped(Arc::clone(&record));
                stream::iter([n]).chain(stream::pending()).inspect(move |_| { let _ = &held; })
            })
            -> flatten_unordered(3) -> skip(2) -> first()
        };
        assert!(first.run().await.unwrap().is_some());
        watch.assert_closed_once();
        assert!(drops.load(Ordering::SeqCst) >= 3, "those that were open, and those that waited");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn f3_an_empty_input_and_one_that_fails_to_come_hold_nobody() {
    within(async {
        let merged = pipeline! {
            let late = stream(stream::once(async { sleep(ms(50)).await; 9 }));
            merge(iter(std::iter::empty()), late, iter([1, 2])) -> collect::<Vec<_>>()
        };
        assert_eq!(merged.run().await.unwrap(), [1, 2, 9]);
        let waiting = pipeline! { merge(stream(stream::pending::<u8>()), iter([1, 2])) -> take(2) -> collect::<Vec<_>>() };
        assert_eq!(waiting.run().await.unwrap(), [1, 2]);
        let turns = pipeline! { interleave(iter(std::iter::empty()), iter([1, 2]), iter(std::iter::empty())) -> collect::<Vec<_>>() };
        assert_eq!(turns.run().await.unwrap(), [1, 2]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn f4_zip_with_nothing_ends_at_once_and_concat_of_nothing_goes_on() {
    within(async {
        for empty_is_first in [false, true] {
            let (source, waits) = recorded(0, After::Wait);
            let zipped = async {
                if empty_is_first {
                    pipeline! { zip(iter(std::iter::empty::<u8>()), from(source)) -> count() }.run().await
                } else {
                    pipeline! { zip(from(source), iter(std::iter::empty::<u8>())) -> count() }.run().await
                }
            };
            assert_eq!(zipped.await.unwrap(), 0);
            waits.assert_closed_once();
        }
        let all = pipeline! {
            concat(iter(std::iter::empty()), iter([1]), iter(std::iter::empty()), iter([2]), iter(std::iter::empty())) -> collect::<Vec<_>>()
        };
        assert_eq!(all.run().await.unwrap(), [1, 2]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn f1_the_arm_that_holds_the_others_lets_them_go_when_it_leaves() {
    within(async {
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            iter(0..100u64) -> broadcast {
                queue(2) -> then(async move |n| { held.pass().await; n }) -> take(1) -> collect::<Vec<_>>(),
                count(),
            }
        };
        let control = running.control();
        let running = running.spawn();
        an_hour().await;
        assert!(control.snapshot().stage("count").unwrap().items_in < 100, "held by the first arm");
        gate.allow(1);
        assert_eq!(running.await.unwrap(), (vec![0], 100));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn f5_when_all_copies_have_left_the_source_is_closed() {
    within(async {
        let (source, watch) = recorded(u64::MAX, After::Wait);
        let taken = pipeline! { from(source) -> parallel(3) { take(2) -> count() } };
        assert_eq!(taken.run().await.unwrap(), [2, 2, 2]);
        watch.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn calls_of_for_each_async_begin_in_the_order_of_the_items() {
    within(async {
        let begun = Mutex::new(Vec::new());
        let calls = pipeline! {
            iter(0..40u64) -> for_each_async(7, async |n| { begun.lock().unwrap().push(n); sleep(ms(n * 13 % 10)).await })
        };
        calls.run_local().await.unwrap();
        assert!(begun.lock().unwrap().iter().copied().eq(0..40));
    })
    .await;
}

/// Each item that enters stages of any kind leaves once, however the times of the calls fall.
#[tokio::test(start_paused = true)]
async fn s1_order_is_kept_behind_any_stage_that_promises_it() {
    within(async {
        let slow = |n: u64| async move {
            sleep(ms(n * 37 % 11)).await;
            n
        };
        let numbers = pipeline! {
            #![queue = 2]
            iter(0..200u64) -> map_async(5, slow) -> then(slow) -> filter_async(async |n| { sleep(ms(*n % 2)).await; true }) -> batch(3, 4ms) -> flatten()
            -> delay(3ms) -> throttle(10, 1ms) -> map_async_keyed(4, |_| 0, slow) -> ready_chunks(4) -> flatten() -> collect::<Vec<_>>()
        };
        assert!(numbers.run().await.unwrap().into_iter().eq(0..200));
    })
    .await;
}
