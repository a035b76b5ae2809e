//! Segments to compose, and to spawn alone.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::{BoxError, Sink, Source, Transform, pipeline};

use crate::flow::within;

const LIMIT: Duration = Duration::from_secs(60);

/// Tens.
pub fn numbers(n: u64) -> impl Source<Item = u64> {
    pipeline! { iter(0..n) -> map(|n| n * 10) -> _ }
}

/// Fails at `at`.
pub fn failing(at: u64) -> impl Source<Item = u64> {
    pipeline! { iter(0..) -> map(move |n: u64| if n == at { Err(format!("{n} is too much")) } else { Ok(n) })? as check -> _ }
}

/// Counts up, and says when it was closed.
pub struct Counting(pub u64, pub Arc<AtomicUsize>);

impl Source for Counting {
    type Item = u64;

    async fn next(&mut self) -> Result<Option<u64>, BoxError> {
        self.0 += 1;
        Ok(Some(self.0))
    }

    async fn close(&mut self) {
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

/// The first `n` of its numbers.
pub fn taking(n: u64, closed: Arc<AtomicUsize>) -> impl Source<Item = u64> {
    pipeline! { from(Counting(0, closed)) -> take(n.try_into().unwrap()) -> _ }
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
