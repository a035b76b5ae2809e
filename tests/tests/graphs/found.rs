//! What random graphs have found, as small as it gets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aqueduct::pipeline;
use aqueduct_tests::flow::within;

const LIMIT: Duration = Duration::from_secs(20);

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
