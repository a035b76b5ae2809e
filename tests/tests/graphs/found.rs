//! What random graphs have found, as small as it gets.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use aqueduct::testkit::Gate;
use aqueduct::{Control, ErrorKind, pipeline};
use aqueduct_tests::flow::within;
use futures_util::Stream;

const LIMIT: Duration = Duration::from_secs(60);

/// A closed arm that had told its end wanted items again when its sink had given its output away.
#[tokio::test(start_paused = true)]
async fn s3_an_arm_that_is_satisfied_takes_no_more() {
    within(LIMIT, async {
        let seen = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&seen);
        let pipeline = pipeline! {
            iter(0..9u32) -> then(async |n| n) -> broadcast {
                inspect(move |_| { count.fetch_add(1, Ordering::Relaxed); }) -> first(),
                collect::<Vec<_>>(),
            }
        };
        let (first, all) = pipeline.run().await.unwrap();
        assert_eq!((first, all.len(), seen.load(Ordering::Relaxed)), (Some(0), 9, 1));
    })
    .await;
}

/// The last item that had waited for a closed arm was not counted.
///
/// Rules: F2
#[tokio::test(start_paused = true)]
async fn counters_count_an_item_that_has_waited_for_a_closed_arm() {
    within(LIMIT, async {
        let pipeline = pipeline! {
            iter(0..9u32) -> then(async |n| n) -> match {
                n if n < 100 => n -> queue(1) -> for_each_async(1, async |_| tokio::time::sleep(LIMIT).await),
                _ => () -> discard(),
            } as route
        };
        let control = pipeline.control();
        pipeline.run().await.unwrap();
        let route = control.snapshot().stage("route").cloned().unwrap();
        assert_eq!((route.items_in, route.items_out, route.dropped), (9, 9, 0));
    })
    .await;
}

/// What a copy was given last was not shown to it when the source was stopped meanwhile, and another copy's link was full: the run was stuck.
///
/// Rules: G6, E5
#[tokio::test(start_paused = true)]
async fn a_stopped_source_above_a_full_copy_shows_the_other_copies_their_last_item() {
    within(LIMIT, async {
        let known = Arc::new(OnceLock::<Control>::new());
        let control = Arc::clone(&known);
        let pipeline = pipeline! {
            #![queue = 1]
            let (a, b) = iter(0..) -> broadcast;
            interleave(a -> queue(4), b -> inspect(move |n| if *n == 5 { control.get().unwrap().finish() }))
                -> collect::<Vec<_>>()
        };
        known.set(pipeline.control()).unwrap();
        let all = pipeline.run().await.unwrap();
        assert_eq!(all, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    })
    .await;
}

/// The end of a stopped source waited above a `broadcast` until all its arms had room.
#[tokio::test(start_paused = true)]
async fn l8_the_end_passes_a_broadcast_of_which_an_arm_is_full() {
    within(LIMIT, async {
        let gate = Gate::new();
        let held = gate.clone();
        let (sent, mut came) = tokio::sync::mpsc::channel(8);
        let running = pipeline! {
            iter(0..) -> broadcast {
                queue(1) -> for_each_async(1, async move |_| held.pass().await),
                send(sent),
            }
        }
        .spawn();
        tokio::time::sleep(Duration::from_millis(1)).await;
        running.control().finish();
        let mut all = Vec::new();
        while let Some(item) = came.recv().await {
            all.push(item);
        }
        assert_eq!(all, [0, 1]);
        gate.open();
        running.await.unwrap();
    })
    .await;
}

/// Gives nothing, ever; the first that is dropped panics.
struct Silent(Arc<AtomicUsize>);

impl Stream for Silent {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        Poll::Pending
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        assert!(self.0.fetch_add(1, Ordering::Relaxed) > 0, "planned");
    }
}

/// The inner streams of a `flatten_unordered` that stood behind one that panicked when it was dropped were lost.
///
/// Rules: E1, E2, E5
#[tokio::test(start_paused = true)]
async fn streams_behind_one_that_panics_when_it_is_dropped_are_dropped_too() {
    for finishes in [true, false] {
        within(LIMIT, async {
            let dropped = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&dropped);
            let running = pipeline! {
                iter(0..3) -> map(move |_| Silent(Arc::clone(&count))) -> flatten_unordered(3) as flat -> discard()
            }
            .spawn();
            let control = running.control();
            tokio::time::sleep(Duration::from_millis(1)).await;
            if finishes {
                control.finish()
            } else {
                control.abort()
            }
            let error = running.await.unwrap_err();
            let told = if finishes { (ErrorKind::Panicked, "flat") } else { (ErrorKind::Aborted, "pipeline") };
            assert_eq!(((error.kind(), error.stage()), dropped.load(Ordering::Relaxed)), (told, 3));
        })
        .await;
    }
}
