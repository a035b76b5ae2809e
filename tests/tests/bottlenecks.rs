//! Pipelines whose bottleneck is known: in each position of a chain and of each kind of block, two at once, none.

use std::time::Duration;

use aqueduct::{Bottleneck, Control, Running, Transform, pipeline};
use aqueduct_tests::ends::within;
use tokio::time::sleep;

/// Works on an item for so many milliseconds, without using the CPU.
async fn take<T>(item: T, millis: u64) -> T {
    sleep(Duration::from_millis(millis)).await;
    item
}

/// The stages that hold others back, each with those it holds back.
type Found = Vec<(String, Vec<String>)>;

fn names(found: &[Bottleneck]) -> Found {
    let held = |found: &Bottleneck| found.holds_back.iter().map(|held| held.stage.to_string()).collect();
    found.iter().map(|found| (found.stage.to_string(), held(found))).collect()
}

fn expected(of: &[(&str, &[&str])]) -> Found {
    of.iter().map(|(stage, held)| ((*stage).to_owned(), held.iter().map(|held| (*held).to_owned()).collect())).collect()
}

/// What is found while it runs: in the whole time so far, and in the last part of it.
async fn found<O>(running: Running<O>) -> (Found, Control) {
    let control = running.control();
    sleep(Duration::from_millis(2003)).await;
    let before = control.snapshot();
    sleep(Duration::from_secs(1)).await;
    let now = control.snapshot();
    let whole = names(&now.bottlenecks());
    assert_eq!(names(&now.since(&before).bottlenecks()), whole, "{now:#?}");
    let first = now.bottleneck().map(|first| first.stage.to_string());
    assert_eq!(first.as_ref(), whole.first().map(|(stage, _)| stage));
    control.abort();
    let _ = running.await;
    assert!(control.snapshot().bottleneck().is_none(), "nothing is held back any more");
    (whole, control)
}

macro_rules! bottlenecks {
    ($($name:ident: { $($pipeline:tt)* } => [$($expected:expr),* $(,)?];)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            within(async {
                let (found, _) = found(pipeline! { $($pipeline)* }.spawn()).await;
                assert_eq!(found, expected(&[$($expected),*]));
            })
            .await;
        }
    )*};
}

fn segment() -> impl Transform<u32, Out = u32> {
    pipeline! { _: u32 -> then(async |n| take(n, 50).await) as inner -> queue(2) -> then(async |n| n) as after -> _ }
}

bottlenecks! {
    the_first_of_three: {
        iter(0u32..) -> queue(4) -> then(async |n| take(n, 50).await) as a -> queue(4)
        -> then(async |n| take(n, 10).await) as b -> queue(4) -> for_each_async(1, async |n| { take(n, 5).await; }) as c
    } => [("a", &["iter"])];
    the_second_of_three: {
        iter(0u32..) -> queue(4) -> then(async |n| take(n, 5).await) as a -> queue(4)
        -> then(async |n| take(n, 50).await) as b -> queue(4) -> for_each_async(1, async |n| { take(n, 10).await; }) as c
    } => [("b", &["a", "iter"])];
    the_sink: {
        iter(0u32..) -> queue(4) -> then(async |n| take(n, 5).await) as a -> queue(4)
        -> then(async |n| take(n, 10).await) as b -> queue(4) -> for_each_async(1, async |n| { take(n, 50).await; }) as c
    } => [("c", &["b", "a", "iter"])];
    nothing_is_one_where_the_source_is_slow: {
        stream(futures_util::stream::unfold((), async |()| Some((take((), 50).await, ())))) -> queue(4)
        -> then(async |n| take(n, 5).await) as a -> queue(4) -> for_each_async(1, async |()| take((), 10).await) as c
    } => [];
    an_arm_of_a_match: {
        iter(0u32..) -> queue(4) -> map(|n| n) as head -> match {
            n if n % 2 == 0 => n -> queue(4) -> for_each_async(1, async |n| { take(n, 50).await; }) as even,
            n => n -> queue(4) -> for_each_async(1, async |n| { take(n, 1).await; }) as odd,
        }
    } => [("even", &["match", "iter"])];
    a_copy_of_a_broadcast: {
        iter(0u32..) -> queue(4) -> map(|n| n) as head -> broadcast {
            queue(4) -> for_each_async(1, async |n| { take(n, 1).await; }) as quick,
            queue(4) -> for_each_async(1, async |n| { take(n, 50).await; }) as slow,
        }
    } => [("slow", &["broadcast", "iter"])];
    behind_a_block: {
        iter(0u32..) -> match { n if n % 2 == 0 => n -> queue(4) -> then(async |n| take(n, 1).await) as even, n => n }
        -> queue(4) -> for_each_async(1, async |n| { take(n, 50).await; }) as sink
    } => [("sink", &["match/merge", "even", "match"])];
    the_copies_of_a_parallel: {
        iter(0u32..) -> queue(4) -> parallel(3) { then(async |n| take(n, 50).await) as work } -> count()
    } => [("work", &["parallel", "iter"])];
    above_a_merge: {
        let slow = iter(0u32..) as first -> queue(4) -> then(async |n| take(n, 50).await) as slow;
        let quick = iter(0u32..) as second -> queue(4) -> then(async |n| take(n, 1).await) as quick;
        merge(slow, quick) -> for_each_async(1, async |n| { take(n, 0).await; }) as sink
    } => [("quick", &["second"]), ("slow", &["first"])];
    behind_a_merge: {
        merge(iter(0u32..) as first, iter(0u32..) as second) -> queue(4)
        -> for_each_async(1, async |n| { take(n, 50).await; }) as sink
    } => [("sink", &["merge", "first", "second"])];
    the_branch_that_a_zip_waits_for: {
        let slow = iter(0u32..) as first -> queue(4) -> then(async |n| take(n, 50).await) as slow;
        let quick = iter(0u32..) as second -> queue(4) -> then(async |n| take(n, 1).await) as quick;
        zip(slow, quick) -> for_each_async(1, async |n| { take(n, 1).await; }) as sink
    } => [("slow", &["first", "quick", "second"])];
    the_source_that_an_interleave_waits_for: {
        let slow = stream(futures_util::stream::unfold((), async |()| Some((take(0, 50).await, ())))) as slow;
        interleave(iter(0u32..) as quick, slow) -> count()
    } => [("slow", &["quick"])];
    a_tap_holds_nobody: {
        iter(0u32..) -> tap { queue(4) -> for_each_async(1, async |n| { take(n, 500).await; }) as aside }
        -> queue(4) -> for_each_async(1, async |n| { take(n, 50).await; }) as sink
    } => [("sink", &["tap"])];
    inside_a_segment: {
        iter(0u32..) -> queue(4) -> via(segment()) -> for_each_async(1, async |n| { take(n, 1).await; }) as sink
    } => [("via/inner", &["iter"])];
    two_arms_at_once: {
        iter(0u32..) -> match {
            n if n % 2 == 0 => n -> queue(4) -> for_each_async(1, async |n| { take(n, 50).await; }) as even,
            n => n -> queue(4) -> for_each_async(1, async |n| { take(n, 50).await; }) as odd,
        }
    } => [("odd", &["match"]), ("even", &["match"])];
    a_throttle: {
        iter(0u32..) -> queue(4) -> throttle(1, 50ms) -> for_each_async(1, async |n| { take(n, 1).await; })
    } => [("throttle", &["iter"])];
    a_stage_that_is_fused_with_others: {
        iter(0u32..) -> queue(4) -> map(|n| n) -> filter(|_| true) -> then(async |n| take(n, 50).await) as slow
        -> map(|n| n) as last -> count()
    } => [("slow", &["filter", "iter"])];
}

#[tokio::test(start_paused = true)]
async fn it_tells_shares_and_advice() {
    within(async {
        let running = pipeline! {
            iter(0u32..) -> queue(4) -> then(async |n| take(n, 5).await) as parse
            -> queue(4) as rows -> for_each_async(2, async |n| { take(n, 50).await; }) as insert
        }
        .spawn();
        let control = running.control();
        sleep(Duration::from_secs(1)).await;
        let found = control.snapshot().bottleneck().unwrap();
        assert_eq!((&*found.stage, &*found.link, found.busy), ("insert", "rows", 0.0));
        assert!(found.waiting > 0.99 && found.waiting <= 1.0, "{found:?}");
        assert_eq!(found.fused, Vec::<aqueduct::Name>::new());
        let told = found.to_string();
        let line = found.location;
        assert!(
            told.starts_with(&format!("stage `insert` at {line} holds back `parse`, which was blocked for ")),
            "{told}"
        );
        assert!(told.contains(", and `iter`, for "), "{told}");
        assert!(told.contains("It was busy 0% and waiting 100% of the time: let more be under way at once"), "{told}");
        control.abort();
        running.await.unwrap_err();
    })
    .await;
}

/// Work that fills a task is told from waiting.
#[tokio::test]
async fn a_busy_stage_is_advised_to_spread() {
    within(async {
        let running = pipeline! {
            iter(0u32..) -> queue(4) -> map(|n| std::thread::sleep(Duration::from_micros(u64::from(n % 2) * 400))) as work
            -> count()
        }
        .spawn();
        let control = running.control();
        let found = loop {
            tokio::task::yield_now().await;
            let snapshot = control.snapshot();
            if snapshot.elapsed > Duration::from_millis(50)
                && let Some(found) = snapshot.bottleneck()
            {
                break found;
            }
        };
        assert_eq!(&*found.stage, "work");
        assert!(found.busy > found.waiting, "{found:?}");
        assert!(found.advice.contains("parallel(n)"), "{found:?}");
        control.abort();
        running.await.unwrap_err();
    })
    .await;
}
