//! Runs pipelines of many kinds for as long as asked, stalls and disturbs them at random, and accounts for every item.
//!
//! ```text
//! cargo run --release -p aqueduct-tests --bin soak -- 1h [SEED]
//! ```
//!
//! Several lanes play one pipeline after the other (`pipelines`), each with items, stalls and a trouble of its own that the seed decides
//! (`play`). After each play every item has arrived or, where the trouble was an end or a failure, has been dropped once; the outcome is
//! the trouble's; the sources are closed. Every 10 seconds a line says what was done and how much memory is in use (`report`). The
//! exit status is 1 if a play went wrong, if tasks are left, or if memory has grown. The plays of a seed are always the same, but
//! not how their tasks interleave: they run in real time on two threads.

mod pipelines;
mod play;
mod report;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aqueduct::testkit::expect_tasks;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use play::{PLANNED, Play};
use report::Report;

/// Plays at the same time.
const LANES: u64 = 6;

/// What no play takes, however slow the machine is: it hangs.
const LIMIT: Duration = Duration::from_secs(120);

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let duration = arguments.next().as_deref().and_then(duration);
    let seed = arguments.next().map_or(Some(1), |seed| seed.parse().ok());
    let (Some(duration), Some(seed)) = (duration, seed) else {
        eprintln!("usage: soak DURATION [SEED], as in: soak 1h 7");
        return ExitCode::from(2);
    };
    hide_planned_panics();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    match runtime.block_on(soak(duration, seed)) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("soak: seed {seed}: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Reads `90s`, `5m`, `1h`.
fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return None,
    };
    Some(Duration::from_secs(number.parse::<u64>().ok()? * seconds))
}

/// The panics that plays make on purpose are not worth a message each.
fn hide_planned_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info.payload_as_str() != Some(PLANNED) {
            usual(info);
        }
    }));
}

async fn soak(duration: Duration, seed: u64) -> Result<String, String> {
    println!("soak: {duration:?}, seed {seed}, {LANES} pipelines at a time");
    let report = Arc::new(Report::new(duration));
    let end = Instant::now() + duration;
    let mut lanes = JoinSet::<Result<(), String>>::new();
    for lane in 0..LANES {
        let report = Arc::clone(&report);
        lanes.spawn(async move {
            let mut number = lane;
            while Instant::now() < end {
                let play = Play::new(seed, number);
                timeout(LIMIT, play.perform(&report)).await.map_err(|_| format!("{play}: it hangs"))??;
                number += LANES;
            }
            Ok(())
        });
    }
    let watched = Arc::clone(&report);
    let ticks = tokio::spawn(async move {
        let mut seconds = interval(Duration::from_secs(1));
        loop {
            seconds.tick().await;
            watched.tick();
        }
    });
    while let Some(lane) = lanes.join_next().await {
        lane.map_err(|error| format!("a play panicked: {error}"))??;
    }
    ticks.abort();
    expect_tasks(0).await;
    report.verdict()
}
