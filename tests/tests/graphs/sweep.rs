//! Many runs of every shape, on all processors; those that fail are told with the line that runs them again.

use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use aqueduct_tests::environment::number;
use aqueduct_tests::flow::Watchdog;

use super::kit::Make;
use super::tree::Shape;
use super::world::mix;
use super::{generate, render, shapes};

/// Whether one run is had again.
pub fn is_replay() -> bool {
    std::env::var("AQUEDUCT_SHAPE").is_ok() || number("AQUEDUCT_RUN").is_some()
}

/// Calls `run` with each shape and a seed, so that there are about `runs` of them in all, or as many as AQUEDUCT_GRAPHS says. A third of them as
/// many come on top, whose seed is another each time, unless AQUEDUCT_SEED is given.
///
/// # Panics
/// When a run has failed. What is told is the first failure of each shape, and the shortest of them in full.
pub fn sweep(test: &str, runs: u64, run: impl Fn(&Shape, Make, u64) -> Result<(), String> + Sync) {
    let started = Instant::now();
    let shapes = generate::all();
    let makes = shapes::makes();
    assert_eq!(shapes.len(), makes.len(), "AQUEDUCT_SHAPES=write makes them anew");
    let given = number("AQUEDUCT_SEED");
    let (seed, other) = (given.unwrap_or(1), RandomState::new().hash_one(test) >> 32);
    let (only_run, only_shape) = (number("AQUEDUCT_RUN"), std::env::var("AQUEDUCT_SHAPE").ok());
    let turns = number("AQUEDUCT_GRAPHS").unwrap_or(runs).div_ceil(shapes.len() as u64);
    let others = if given.is_some() || is_replay() { 0 } else { turns.div_ceil(3) };
    let turns = only_run.map_or(0..turns, |only| only..only + 1);
    let turns: Vec<_> = turns.map(|turn| (seed, turn)).chain((0..others).map(|turn| (other, turn))).collect();
    let failures = Mutex::new(Vec::new());
    let next = Mutex::new(0..shapes.len());
    let work = || {
        loop {
            let Some(index) = next.lock().unwrap().next() else { return };
            let (shape, (name, make)) = (&shapes[index], makes[index]);
            assert_eq!(shape.name, name, "AQUEDUCT_SHAPES=write makes them anew");
            if only_shape.as_ref().is_some_and(|only| *only != shape.name) {
                continue;
            }
            for &(seed, turn) in &turns {
                let again = format!(
                    "AQUEDUCT_SEED={seed} AQUEDUCT_SHAPE='{name}' AQUEDUCT_RUN={turn} \
                     cargo test -p aqueduct-tests --test graphs {test}"
                );
                let _watchdog = Watchdog::new(Duration::from_secs(60), again.clone());
                let seed = mix(mix(seed, index as u64), turn);
                let outcome = catch_unwind(AssertUnwindSafe(|| run(shape, make, seed)));
                let outcome = outcome.unwrap_or_else(|_| Err("the test panicked: see above".into()));
                if let Err(wrong) = outcome {
                    failures.lock().unwrap().push(format!("{again}\n{}\n{wrong}", render::text(shape, 4)));
                    break;
                }
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    println!("seeds {seed} and, for {others} turns, {other}: {:?}", started.elapsed());
    let failures = failures.into_inner().unwrap();
    if let Some(first) = failures.iter().min_by_key(|failure| failure.len()) {
        let names: Vec<_> = failures.iter().filter_map(|failure| failure.lines().next()).collect();
        let all = number("AQUEDUCT_ALL").map_or(String::new(), |_| failures.join("\n\n"));
        panic!("{all}{} shapes failed:\n{}\n\nthe shortest:\n{first}", failures.len(), names.join("\n"));
    }
}
