//! What the macro makes of every kind of step gives no lint a reason: this file is checked by `cargo clippy`, and its tests see that the
//! pipelines do what they say.

#![cfg(not(loom))]
#![deny(warnings, clippy::all, clippy::pedantic)]

use std::collections::BTreeMap;
use std::time::Duration;

use aqueduct::{PipelineError, Sink, Source, Transform, pipeline};
use aqueduct_tests::ends::within;

fn numbers(n: u64) -> impl Source<Item = u64> {
    pipeline! { iter(0..n) -> _ }
}

fn even() -> impl Transform<u64, Out = u64> {
    pipeline! { _: u64 -> filter(|n| n % 2 == 0) -> _ }
}

fn total() -> impl Sink<u64, Output = u64> {
    pipeline! { _: u64 -> fold(0, |sum, n| sum + n) }
}

#[tokio::test(start_paused = true)]
async fn chains_of_all_kinds_of_stages() -> Result<(), PipelineError> {
    within(async {
        let factor = 100;
        let period = Duration::from_millis(5);
        let run = pipeline! {
            #![queue = 16]
            #![name = "pedantic"]
            lines(&b"1\n2\nx\n"[..])?
                -> queue(bytes = 1KiB, low = 512B, overflow = block)
                -> map(|line| line.trim().parse::<u64>())
                -> match {
                    Ok(n) if n > factor => n -> discard(),
                    Ok(n) => n,
                    Err(_) => 0_u64,
                }
                -> then(async |n| n + 1) as plus
                -> map_async(4, async move |n| Ok::<_, std::io::Error>(n * factor))?
                -> queue(8, low = 2)
                -> batch(10, period)
                -> flat_map(|all| all)
                -> collect::<Vec<_>>()
        };
        assert_eq!(run.run_local().await?.1, [200, 300, 100]);
        Ok(())
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn graphs_of_all_kinds_of_blocks() -> Result<(), PipelineError> {
    within(async {
        let run = pipeline! {
            let (a, b) = iter(0..20_u64) -> broadcast;
            let more = a -> tap { queue(2, overflow = drop_oldest) -> count() } -> parallel(2) { map(|n| n + 1) };
            let both = merge(more, b -> take_while(|n| *n < 5));
            zip(both, concat(iter(0..9), interleave(once(7), iter(0..99))))
                -> map(|(n, m)| (m, n))
                -> throttle(100, 1s, burst = 10)
                -> timeout(1m)
                -> collect::<BTreeMap<u64, u64>>();
            from(numbers(10)) -> via(even()) -> broadcast {
                for_each_async(2, async |_| ()),
                map_async_keyed(2, |n| n % 3, async |n| n) -> into(total()),
            }
        };
        let (tapped, pairs, (), sum) = run.run().await?;
        assert!(tapped <= 20 && pairs.contains_key(&7), "{pairs:?}");
        assert_eq!(sum, 20);
        Ok(())
    })
    .await
}
