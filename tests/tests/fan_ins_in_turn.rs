//! The fan-ins that choose whose turn it is (F3).

use std::time::Duration;

use aqueduct::pipeline;
use aqueduct_tests::flow::within;

const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn f3_interleave_takes_one_of_each_and_leaves_out_those_that_have_ended() {
    let all = pipeline! {
        let few = iter(0..2u32);
        interleave(few, iter(10..14) -> filter(|n| n % 2 == 0), iter(20..23)) -> collect::<Vec<_>>()
    };
    assert_eq!(within(LIMIT, all.run()).await.unwrap(), [0, 10, 20, 1, 12, 21, 22]);
}

#[tokio::test]
async fn f3_prefer_takes_of_the_second_once_after_64_of_the_first() {
    let all = pipeline! {
        prefer(iter(0..200u32) -> queue(200), iter(1000..1010u32) -> queue(10)) -> collect::<Vec<_>>()
    };
    let all = within(LIMIT, all.run()).await.unwrap();
    let (second, first): (Vec<_>, Vec<_>) = all.iter().partition(|n| **n >= 1000);
    assert_eq!((first, second), ((0..200).collect(), (1000..1010).collect()));
    let runs: Vec<_> = all.split(|n| *n >= 1000).map(<[u32]>::len).collect();
    assert!(runs.iter().all(|run| *run <= 64), "{runs:?}");
}
