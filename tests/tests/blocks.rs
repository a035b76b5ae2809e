//! Blocks: `match`, `broadcast`, copies with names, `parallel`, `tap` (F1, F2, F5, F7).

use std::time::Duration;

use aqueduct::pipeline;

const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn f2_match_routes_by_pattern() {
    let p = pipeline! {
        iter(0..10u32) -> match {
            n if n % 3 == 0 => n -> map(|n| n * 100) -> collect::<Vec<_>>(),
            n if n % 2 == 0 => n,
            n => n + 1000,
        } -> collect::<Vec<_>>()
    };
    assert_eq!(p.bound(), Some(1));
    let (threes, rest) = tokio::time::timeout(LIMIT, p.run()).await.expect("in time").expect("a good end");
    assert_eq!(threes, [0, 300, 600, 900]);
    assert_eq!(rest, [1001, 2, 4, 1005, 1007, 8]);
}

#[tokio::test]
async fn f2_closed_match() {
    let p = pipeline! {
        iter(0..10u32) -> match {
            n if n % 3 == 0 => n -> queue(2) -> collect::<Vec<_>>(),
            n => n -> map_async(2, |n| async move { n * 2 }) -> filter(|n| n % 4 == 0) -> count(),
        }
    };
    let (threes, rest) = tokio::time::timeout(LIMIT, p.run()).await.expect("in time").expect("a good end");
    assert_eq!(threes, [0, 3, 6, 9]);
    assert_eq!(rest, 3);
}

#[tokio::test]
async fn f2_open_arms_that_are_tasks_meet_in_a_fan_in() {
    let p = pipeline! {
        iter(0..10u32) -> match {
            n if n % 3 == 0 => n -> map_async(2, |n| async move { n * 2 }),
            n => n,
        } -> fold(0, |a, b| a + b)
    };
    println!("{}", p.graph().to_mermaid());
    let sum = tokio::time::timeout(LIMIT, p.run()).await.expect("in time").expect("a good end");
    assert_eq!(sum, 45 + 18);
}

#[tokio::test]
async fn f1_broadcast_gives_every_arm_every_item() {
    let p = pipeline! {
        iter(0..10u32) -> broadcast {
            fold(0, |a, b| a + b),
            queue(3) -> map(|n| n * 2) -> collect::<Vec<_>>(),
            filter(|n| n % 2 == 0),
            map(|n| n + 100) -> take(2),
        } -> collect::<Vec<_>>()
    };
    println!("{}", p.graph().to_mermaid());
    let (sum, doubled, rest) = tokio::time::timeout(LIMIT, p.run()).await.expect("in time").expect("a good end");
    assert_eq!(sum, 45);
    assert_eq!(doubled.len(), 10);
    assert_eq!(rest, [0, 100, 101, 2, 4, 6, 8]);
}

#[tokio::test]
async fn f1_copies_with_names() {
    let p = pipeline! {
        let (a, b) = iter(0..1000u32) -> broadcast;
        let c = a -> map(|n| n + 1);
        zip(c, b -> map(|n| n * 2)) -> fold(0u64, |sum, (x, y)| sum + u64::from(x) + u64::from(y))
    };
    println!("{}", p.graph().to_mermaid());
    let sum = tokio::time::timeout(LIMIT, p.run()).await.expect("in time").expect("a good end");
    assert_eq!(sum, 999 * 500 * 3 + 1000);
}

#[tokio::test]
async fn f3_merge() {
    let p = pipeline! {
        let a = iter(0..1000u64);
        merge(a, iter(1000..2000u64) -> map(|n| n), iter(0..10u64) -> queue(2)) -> fold(0, |a, b| a + b)
    };
    let sum = tokio::time::timeout(LIMIT, p.run()).await.expect("in time").expect("a good end");
    assert_eq!(sum, 1999 * 1000 + 45);
}

#[tokio::test]
async fn f4_concat_and_zip() {
    let p = pipeline! {
        concat(iter(0..3u64), iter(10..13u64), zip(iter(0..3u64), iter(5..8u64), iter(1..9u64)) -> map(|(a, b, c)| a + b + c)) -> collect::<Vec<_>>()
    };
    let all = tokio::time::timeout(LIMIT, p.run()).await.expect("in time").expect("a good end");
    assert_eq!(all, [0, 1, 2, 10, 11, 12, 6, 9, 12]);
}

#[tokio::test]
async fn f5_parallel() {
    let p = pipeline! {
        iter(0..1000u64) -> parallel(4) { map(|n| n * 2) } -> fold(0, |a, b| a + b)
    };
    println!("{}", p.graph().to_mermaid());
    assert_eq!(p.bound(), Some(256 * 5 + 6));
    let sum = tokio::time::timeout(LIMIT, p.run()).await.expect("in time").expect("a good end");
    assert_eq!(sum, 999 * 1000);
    let p = pipeline! { iter(0..1000u64) -> queue(8) -> parallel(3) { map_async(2, |n| async move { n }) -> count() } };
    assert_eq!(p.bound(), Some(8 + 1 + 3 * (1 + 256 + 1 + 2)));
    let sum = tokio::time::timeout(LIMIT, p.run()).await.expect("in time").expect("a good end");
    assert_eq!((sum.len(), sum.iter().sum::<u64>()), (3, 1000));
}

#[tokio::test]
async fn f7_tap() {
    let p = pipeline! {
        iter(0..10u64) -> tap { queue(4) -> collect::<Vec<_>>() } -> tap { count() } -> fold(0, |a, b| a + b)
    };
    println!("{}", p.graph().to_mermaid());
    let (some, n, sum) = tokio::time::timeout(LIMIT, p.run_local()).await.expect("in time").expect("a good end");
    assert_eq!((some, n, sum), (vec![0, 1, 2, 3], 10, 45));
}

#[tokio::test]
async fn segments() {
    use aqueduct::{Sink, Source, Transform};
    fn numbers() -> impl Source<Item = u64> {
        pipeline! { iter(0..10u64) -> _ }
    }
    fn normalize() -> impl Transform<u64, Out = String> {
        pipeline! { _: u64 -> map(|n| n * 2) -> filter(|n| *n > 3) -> map(|n| n.to_string()) -> _ }
    }
    fn store() -> impl Sink<String, Output = (Vec<String>, u64)> {
        pipeline! { _: String -> broadcast { collect::<Vec<_>>(), queue(2) -> count() } }
    }
    let p = pipeline! { from(numbers()) -> via(normalize()) -> into(store()) };
    println!("{}", p.graph().to_mermaid());
    let (all, n) = tokio::time::timeout(LIMIT, p.run()).await.expect("in time").expect("a good end");
    assert_eq!((all.len() as u64, n), (8, 8));
}
