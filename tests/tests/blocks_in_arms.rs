//! Blocks within the arms of a `broadcast`, in the one task above them: what an inner block waits with holds up none of the others, and none
//! of them loses an item.
//!
//! Rules: F1

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aqueduct::pipeline;
use aqueduct::testkit::ScriptedSource;
use aqueduct_tests::ends::within;
use aqueduct_tests::flow::at_rest;
use aqueduct_tests::pieces::never;

/// More than one item of each: what an inner block keeps is parked when somebody has enough.
fn twice(n: u32) -> [u32; 2] {
    [n, n]
}

/// Nobody loses an item.
#[tokio::test(start_paused = true)]
async fn f1_an_inner_arm_whose_link_is_full_holds_all_up() {
    let slowly = async |n| {
        tokio::time::sleep(Duration::from_millis(1)).await;
        n
    };
    let all: Vec<_> = (0..100).collect();
    // While items come out, and when nobody wants them any more.
    let open = pipeline! {
        iter(0..100u32) -> broadcast {
            broadcast { queue(2) -> then(slowly) -> collect::<Vec<_>>(), map(|n| n) },
            map(|n| n),
        } -> count()
    };
    assert_eq!(within(open.run()).await.unwrap(), (all.clone(), 200));
    let over = pipeline! {
        iter(0..100u32) -> broadcast {
            broadcast { queue(2) -> then(slowly) -> collect::<Vec<_>>(), map(|n| n) },
            map(|n| n),
        } -> first()
    };
    assert_eq!(within(over.run()).await.unwrap(), (all, Some(0)));
}

#[tokio::test(start_paused = true)]
async fn f1_what_an_inner_block_keeps_for_nobody_holds_up_no_other_arm() {
    // The inner block has no closed arm, and keeps its item for its second arm.
    let p = pipeline! {
        iter(0..9u32) -> broadcast { broadcast { flat_map(twice), flat_map(twice) }, count() } -> first()
    };
    assert_eq!(within(p.run()).await.unwrap(), (9, Some(0)));
    // It has a closed arm, and its open one has something left.
    let p = pipeline! {
        iter(0..9u32) -> broadcast { broadcast { count(), flat_map(twice) }, map(|n| n) } -> first()
    };
    assert_eq!(within(p.run()).await.unwrap(), (9, Some(0)));
    let p = pipeline! {
        iter(0..9u32) -> broadcast { broadcast { count(), flat_map(twice) } -> map(|n| n), map(|n| n) } -> first()
    };
    assert_eq!(within(p.run()).await.unwrap(), (9, Some(0)));
    // The one that keeps an item is below the one with the closed arm.
    let p = pipeline! {
        iter(0..9u32) -> broadcast {
            broadcast { count(), map(|n| n) } -> broadcast { flat_map(twice), flat_map(twice) },
            map(|n| n),
        } -> first()
    };
    assert_eq!(within(p.run()).await.unwrap(), (9, Some(0)));
}

#[tokio::test(start_paused = true)]
async fn f1_an_arm_that_has_enough_goes_on_for_the_arms_within_it() {
    let p = pipeline! {
        iter(0..9u32) -> broadcast { broadcast { count(), flat_map(twice) } -> take(1), map(|n| n) } -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), (9, 1 + 9));
    // Nothing comes to the block below `take`; what `chunks` holds leaves at the end.
    let p = pipeline! {
        iter(0..9u32) -> broadcast {
            broadcast { count(), flat_map(twice) } -> take(1) -> broadcast { count(), map(|n| n) },
            map(|n| n),
        } -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), (9, 1, 1 + 9));
    let p = pipeline! {
        iter(0..9u32) -> broadcast {
            broadcast { count(), map(|n| n) } -> take(1) -> chunks(2) -> broadcast { count(), map(|n| n) },
            map(|n| vec![n]),
        } -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), (9, 1, 1 + 9));
}

/// What is left for the inner arm fills its link, which has not been full before: the arm waits for the link to drain.
#[tokio::test(start_paused = true)]
async fn f1_an_arm_that_has_enough_waits_for_the_link_that_it_has_filled() {
    let slowly = async |n| {
        tokio::time::sleep(Duration::from_millis(1)).await;
        n
    };
    for capacity in 1..9 {
        let p = pipeline! {
            once(7) -> broadcast {
                map(|n| n),
                flat_map(|n| [n; 9]) -> broadcast { take(1), queue(capacity) -> then(slowly) -> count() },
            } -> count()
        };
        assert_eq!(within(p.run()).await.unwrap(), (9, 1 + 1), "{capacity}");
    }
}

#[tokio::test(start_paused = true)]
async fn f1_what_an_arm_that_has_enough_has_made_comes_out() {
    let p = pipeline! {
        iter(0..9u32) -> broadcast {
            take(1) -> flat_map(|_| 0..5_000u32) -> broadcast { count(), map(|n| n) },
            map(|n| n),
        } -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), (5_000, 5_000 + 9));
}

/// S3: when nobody wants what comes out, the source is still asked for the arms within arms.
#[tokio::test(start_paused = true)]
async fn s3_an_arm_within_an_arm_keeps_the_source_while_it_waits() {
    let source = ScriptedSource::new().item(0).wait(Duration::from_secs(1)).items(1..9u32);
    let p = pipeline! { from(source) -> broadcast { broadcast { count(), map(|n| n) }, map(|n| n) } -> first() };
    assert_eq!(within(p.run()).await.unwrap(), (9, Some(0)));
}

#[tokio::test(start_paused = true)]
async fn g6_a_lone_item_reaches_an_arm_within_an_arm() {
    let seen = Arc::new(AtomicU32::new(0));
    let noted = Arc::clone(&seen);
    let source = ScriptedSource::new().item(7).pending();
    let running = pipeline! {
        from(source) -> broadcast {
            broadcast { queue(4) -> for_each(move |n| noted.store(n, Ordering::Relaxed)), map(|n| n) },
            map(|n| n),
        } -> for_each_async(1, never)
    }
    .spawn();
    within(at_rest()).await;
    assert_eq!(seen.load(Ordering::Relaxed), 7);
    drop(running);
}
