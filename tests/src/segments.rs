//! Segments to compose, and to spawn alone.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::{Sink, Source, Transform, pipeline};

use crate::flow::within;

const LIMIT: Duration = Duration::from_secs(20);

/// Tens.
pub fn numbers(n: u64) -> impl Source<Item = u64> {
    pipeline! { iter(0..n) -> map(|n| n * 10) -> _ }
}

/// With a link inside; panics at 990.
pub fn normalize() -> impl Transform<u64, Out = u64> {
    pipeline! {
        #![queue = 4]
        _: u64 -> map(|n| if n == 990 { panic!("no {n}") } else { n + 1 }) -> queue(2) as middle -> filter(|n| n % 20 == 1) -> _
    }
}

/// Without one.
pub fn plus_one() -> impl Transform<u64, Out = u64> {
    pipeline! { #![queue = 4] _ -> map(|n| n + 1) -> _ }
}

/// In pairs, into `into`.
pub fn store(into: Arc<Mutex<Vec<u64>>>) -> impl Sink<u64, Output = ()> {
    pipeline! {
        #![queue = 3]
        _: u64 -> batch(2, 1h) -> for_each_async(1, move |rows: Vec<u64>| { into.lock().unwrap().extend(rows); std::future::ready(()) })
    }
}

/// Two sinks, so a tuple.
pub fn two_sinks() -> impl Sink<u64, Output = (u64, u64)> {
    pipeline! {
        #![queue = 4]
        _: u64 -> inspect(|_| ()) -> queue(4) -> count();
        iter(1..=4u64) -> fold(0, |sum, n| sum + n)
    }
}

/// What a run gives, in time.
pub async fn done<O>(running: impl Future<Output = O>) -> O {
    within(LIMIT, running).await
}
