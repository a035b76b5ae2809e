//! A first look.
use aqueduct::pipeline;
use std::time::Duration;

#[tokio::test]
async fn fused() {
    let v = pipeline! { iter(0..10u32) -> map(|n| n + 1) -> filter(|n| n % 2 == 0) -> collect::<Vec<_>>() }.run().await.unwrap();
    assert_eq!(v, [2, 4, 6, 8, 10]);
}

#[tokio::test]
async fn queued() {
    let p = pipeline! { iter(0..100_000u64) -> queue(16) -> map(|n| n * 2) -> queue(1) as one -> fold(0, |a, b| a + b) };
    println!("{}", p.graph().to_mermaid());
    assert_eq!(p.bound(), Some(20));
    assert_eq!(p.run().await.unwrap(), 9_999_900_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queued_multi() {
    let p = pipeline! { iter(0..1_000_000u64) -> queue(16) -> map(|n| n * 2) -> queue(1024) as one -> fold(0, |a, b| a + b) };
    assert_eq!(p.run().await.unwrap(), 999_999_000_000);
}

#[tokio::test(start_paused = true)]
async fn asynchronous() {
    let p = pipeline! {
        iter(0..1000u64) -> map_async(8, async |n| { tokio::time::sleep(Duration::from_millis(10 + n % 7)).await; n })
        -> batch(7, 1s) -> throttle(100, 1s) -> timeout(10s) -> flatten() -> then(|n| async move { n }) -> collect::<Vec<_>>()
    };
    println!("{:?}", p.bound());
    assert_eq!(p.run().await.unwrap(), (0..1000).collect::<Vec<_>>());
}

#[tokio::test]
async fn failure() {
    let p = pipeline! { iter(["1", "x"]) -> map(|s| s.parse::<u32>())? as parse -> queue(2) -> for_each_async(2, async |_| {}) };
    let e = p.run().await.unwrap_err();
    println!("{e:?}");
    assert_eq!(e.stage(), "parse");
    let p = pipeline! { iter(0..10) -> map(|s| if s == 5 { panic!("five") } else { s }) -> queue(2) -> for_each(|_| {}) };
    let e = p.run().await.unwrap_err();
    println!("{e:?}");
    assert_eq!(e.stage(), "map");
}
