//! Pipelines to draw: one of each kind of thing that a drawing has to show.

use aqueduct::{Graph, Sink, Source, Transform, pipeline};

fn numbers() -> impl Source<Item = u64> {
    pipeline! { iter(0..10u64) -> map(|n| n + 1) -> _ }
}

fn rare() -> impl Source<Item = u64> {
    pipeline! { iter(0..10u64) -> match { 0 => 0 -> discard(), n => n } -> _ }
}

fn words() -> impl Transform<u64, Out = String> {
    pipeline! { _: u64 -> map(|n| n.to_string()) as digits -> queue(8) as inside -> filter(|word| word.len() > 1) -> _ }
}

fn store() -> impl Sink<String, Output = (u64, Vec<String>)> {
    pipeline! { _: String -> broadcast { count(), batch(4, 1s) -> map(|batch| batch.concat()) -> collect::<Vec<_>>() } }
}

/// Each with a name.
#[must_use]
pub fn all() -> Vec<(&'static str, Graph)> {
    let (orders, source) = aqueduct::inlet::<u64>(4);
    drop(orders);
    vec![
        ("chain", pipeline! { iter(0..9u8) -> map(|n| vec![n]) -> queue(bytes = 64KiB) as bytes -> count() }.graph().clone()),
        (
            "match",
            pipeline! {
                iter(["1", "two", "\"3\""]) -> map(|word| word.parse::<u32>()) -> match {
                    Ok(n) if n % 2 == 0 => n -> map(|n| n + 1),
                    Ok(n @ (1 | 3..=9)) => n,
                    Ok(n) => n -> queue(4, overflow = drop_oldest) as rest -> for_each(|_| {}),
                    Err(bad) => bad -> count(),
                } -> queue(2) -> discard()
            }
            .graph()
            .clone(),
        ),
        (
            "fan_in",
            pipeline! {
                let (a, b) = iter(0..9u64) -> broadcast;
                let c = zip(a -> map(|n| n + 1), b);
                let d = merge(c -> map(|(a, b)| a + b), prefer(iter(0..3u64), once(7)), concat(iter(0..2u64), iter(0..1u64)));
                interleave(d, repeat_with(|| 1u64) -> take(3)) -> count()
            }
            .graph()
            .clone(),
        ),
        (
            "aside",
            pipeline! {
                iter(0..9u64)
                    -> tap { queue(4, overflow = drop_oldest) -> for_each(|_| {}) }
                    -> tap { count() }
                    -> parallel(3) { map_async(2, async |n| n) }
                    -> match { 0 => 0 -> then(async |n| n), n => n }
                    -> collect::<Vec<_>>()
            }
            .graph()
            .clone(),
        ),
        ("segments", pipeline! { from(numbers()) as source -> via(words()) as words -> into(store()) as store }.graph().clone()),
        ("open_end", pipeline! { from(rare()) -> via(words()) -> count() }.graph().clone()),
        ("inlet", pipeline! { from(source) -> timeout(1s) -> discard() }.graph().clone()),
    ]
}
