//! Copies of one stream that meet again, in the shapes that the compiler accepts (F6): each comes to its end, whatever its links hold.
//!
//! What it refuses is in `ui/copies`. The clock is paused: a pipeline that is stuck runs into its time limit at once.

use std::time::Duration;

use aqueduct::{Pipeline, Spawnable, pipeline};
use aqueduct_tests::flow::within;

const ITEMS: u64 = 3_000;

/// What the pipeline gives. It is run as tasks of tokio.
#[track_caller]
fn end<O: Send + 'static>(pipeline: Pipeline<O, impl Spawnable<O>>) -> impl Future<Output = O> {
    within(Duration::from_secs(120), async {
        let run = tokio::time::timeout(Duration::from_secs(3_600), pipeline.run());
        run.await.expect("copies wait for each other").expect("a good end")
    })
}

fn sum(pairs: impl IntoIterator<Item = (u64, u64)>) -> (u64, u64) {
    pairs.into_iter().fold((0, 0), |(n, all), (a, b)| (n + 1, all + a * b))
}

/// Pairs of each number with the one `ahead` after it.
fn pairs(ahead: u64) -> (u64, u64) {
    sum((0..ITEMS - ahead).map(|n| (n, n + ahead)))
}

macro_rules! paired {
    ($($name:ident: $ahead:expr, { $($text:tt)* })*) => {
        $(
            #[tokio::test(start_paused = true)]
            async fn $name() {
                let found: Vec<(u64, u64)> = end(pipeline! { $($text)* }).await;
                assert_eq!(sum(found), pairs($ahead));
            }
        )*
    };
}

paired! {
    f6_zip_of_copies_one_for_one: 0, {
        #![queue = 1]
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(a, b -> map(|n| n)) -> collect::<Vec<_>>()
    }
    f6_zip_behind_tasks_of_different_lengths: 0, {
        #![queue = 2]
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(a -> queue(7), b -> map_async(3, |n| async move { n }) -> queue(1) -> then(|n| async move { n })) -> collect::<Vec<_>>()
    }
    f6_zip_behind_a_slow_branch: 0, {
        #![queue = 1]
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(
            a -> map_async(2, async |n| { tokio::time::sleep(Duration::from_millis(n % 3)).await; n }),
            b -> map_async(5, async |n| { tokio::task::yield_now().await; n }),
        ) -> collect::<Vec<_>>()
    }
    f6_zip_of_a_branch_that_is_ahead_by_its_low_mark: 7, {
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(a -> queue(8, low = 7), b -> queue(1) -> skip(7)) -> collect::<Vec<_>>()
    }
    f6_zip_with_the_low_that_the_message_names: 300, {
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(a -> queue(600, low = 300), b -> skip(300)) -> collect::<Vec<_>>()
    }
    f6_zip_with_the_default_link: 128, {
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(a, b -> skip(128)) -> collect::<Vec<_>>()
    }
    f6_zip_whose_marks_add_up: 5, {
        #![queue = 4]
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(a -> then(|n| async move { n }), b -> skip(2) -> queue(1) -> skip(3)) -> collect::<Vec<_>>()
    }
    f6_zip_of_windows: 3, {
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(a -> queue(6), b -> windows(4) -> map(|w| w[3])) -> collect::<Vec<_>>()
    }
    f6_zip_of_two_that_skip: 40, {
        #![queue = 1]
        let (a, b, c) = iter(0..ITEMS) -> broadcast;
        zip(a -> queue(80), b -> skip(40), c -> queue(20) -> skip(30)) -> map(|(a, b, c)| { assert_eq!(a + 30, c); (a, b) })
            -> collect::<Vec<_>>()
    }
    f6_copies_of_copies: 0, {
        #![queue = 1]
        let (a, b) = iter(0..ITEMS) -> broadcast;
        let (c, d) = a -> map(|n| n) -> broadcast;
        zip(zip(c, b -> queue(3)), d -> then(|n| async move { n })) -> map(|((c, b), d)| { assert_eq!(b, d); (c, d) }) -> collect::<Vec<_>>()
    }
    f6_zip_of_a_zip_that_is_ahead: 9, {
        #![queue = 2]
        let (a, b, c) = iter(0..ITEMS) -> broadcast;
        zip(zip(a -> queue(18), b -> skip(9)), c -> queue(18)) -> map(|((a, b), c)| { assert_eq!(a, c); (a, b) }) -> collect::<Vec<_>>()
    }
}

#[tokio::test(start_paused = true)]
async fn f6_interleave_of_copies() {
    let p = pipeline! {
        #![queue = 1]
        let (a, b, c) = iter(0..ITEMS) -> broadcast;
        interleave(a -> queue(10), b -> skip(5), c -> queue(6) -> skip(2)) -> collect::<Vec<_>>()
    };
    let found = end(p).await;
    assert_eq!(found[..6], [0, 5, 2, 1, 6, 3]);
    assert_eq!(found.len() as u64, 3 * ITEMS - 7);
}

#[tokio::test(start_paused = true)]
async fn f6_interleave_where_one_ends_early() {
    let p = pipeline! {
        #![queue = 1]
        let (a, b, c) = iter(0..ITEMS) -> broadcast;
        interleave(a -> take(10), b, c -> take_while(|n| *n < 100)) -> count()
    };
    assert_eq!(end(p).await, 10 + ITEMS + 100);
}

#[tokio::test(start_paused = true)]
async fn f6_zip_where_one_ends_early() {
    let p = pipeline! {
        #![queue = 2]
        let (a, b, c) = iter(0..) -> broadcast;
        zip(a -> queue(1) -> take(10), b) -> count();
        c -> take(2_000) -> count()
    };
    assert_eq!(end(p).await, (10, 2_000));
}

#[tokio::test(start_paused = true)]
async fn f6_zip_after_an_unknown_number() {
    let p = pipeline! {
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(a -> queue(3_000, overflow = fail), b -> filter(|n| n % 2 == 1)) -> collect::<Vec<_>>()
    };
    let found = end(p).await;
    assert_eq!(found.len() as u64, ITEMS / 2);
    assert!(found.iter().all(|(a, b)| 2 * a + 1 == *b));
}

#[tokio::test(start_paused = true)]
async fn f6_a_link_too_short_for_the_unknown_fails_the_pipeline() {
    let p = pipeline! {
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(a -> queue(100, overflow = fail), b -> filter(|n| *n > 2_000)) -> count()
    };
    let run = within(Duration::from_secs(120), tokio::time::timeout(Duration::from_secs(3_600), p.run()));
    let failure = run.await.expect("in time").expect_err("too many wait");
    assert_eq!(failure.kind(), aqueduct::ErrorKind::Overflow);
}

#[tokio::test(start_paused = true)]
async fn f6_zip_where_both_may_lose() {
    let p = pipeline! {
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(a -> latest(), b -> queue(3, overflow = drop_newest) -> flat_map(|n| [n, n])) -> for_each(drop)
    };
    end(p).await;
}

#[tokio::test(start_paused = true)]
async fn f6_concat_with_links_that_hold_nothing_up() {
    let p = pipeline! {
        let (a, b, c) = iter(0..ITEMS) -> broadcast;
        concat(a, b -> queue(4, overflow = drop_oldest), iter([7]), c -> queue(3_000, overflow = fail)) -> collect::<Vec<_>>()
    };
    let found = end(p).await;
    let wanted = (0..ITEMS).chain(ITEMS - 4..ITEMS).chain([7]).chain(0..ITEMS);
    assert!(found.into_iter().eq(wanted));
}

#[tokio::test(start_paused = true)]
async fn f6_merge_and_prefer_of_copies() {
    let p = pipeline! {
        #![queue = 1]
        let (a, b) = iter(0..ITEMS) -> broadcast;
        let (c, d) = merge(a -> filter(|n| n % 3 == 0), b -> flat_map(|n| [n, n]) -> skip(500)) -> broadcast;
        prefer(c -> skip(1_000), d -> chunks(3) -> flatten()) -> count()
    };
    assert_eq!(end(p).await, 2 * (ITEMS / 3 + 2 * ITEMS - 500) - 1_000);
}

#[tokio::test(start_paused = true)]
async fn f6_two_streams_that_meet_twice() {
    let p = pipeline! {
        #![queue = 6]
        let (a, b) = iter(0..ITEMS) -> broadcast;
        let (c, d) = iter(0..ITEMS) -> broadcast;
        zip(a -> skip(3), c) -> count();
        zip(b, d -> skip(3)) -> count()
    };
    assert_eq!(end(p).await, (ITEMS - 3, ITEMS - 3));
}

#[tokio::test(start_paused = true)]
async fn f6_zip_past_a_tap_and_a_closed_arm() {
    let p = pipeline! {
        #![queue = 1]
        let (a, b) = iter(0..ITEMS) -> broadcast;
        zip(
            a -> tap { filter(|n| n % 7 == 0) -> count() },
            b -> broadcast { queue(2) -> count(), map(|n| n) },
        ) -> collect::<Vec<_>>()
    };
    let (_, all, found) = end(p).await;
    assert_eq!((all, sum(found)), (ITEMS, pairs(0)));
}
