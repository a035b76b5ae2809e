//! The small examples, run as a user runs them.

#![cfg(not(loom))]

use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// No test may take longer.
const LIMIT: Duration = Duration::from_secs(60);

async fn run<const N: usize>(program: &str, args: [&str; N]) -> Output {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).kill_on_drop(true);
    timeout(LIMIT, command.output()).await.expect("ends in time").expect("starts")
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test]
async fn embed_is_held_goes_on_and_loses_nothing() {
    let output = run(env!("CARGO_BIN_EXE_embed"), []).await;
    let lines = [
        "collector: running, 3 events taken, 0 waiting",
        "collector: held, 3 events taken, 4 waiting",
        "no more: the pipeline is paused: wait with `ready()` or `send()`",
        "collector: running, 7 events taken, 0 waiting",
        "stored 8 events\n",
    ];
    assert_eq!(stdout(&output), lines.join("\n"));
    assert_eq!(stderr(&output), "");
}

#[tokio::test]
async fn own_stage_finds_the_longest_spells_and_holds_the_station() {
    let output = run(env!("CARGO_BIN_EXE_own_stage"), []).await;
    let lines = [
        "drizzle: 7 days from 2013-01-16 on",
        "fog: 5 days from 2014-10-05 on",
        "rain: 17 days from 2014-02-09 on",
        "snow: 7 days from 2012-01-14 on",
        "sun: 18 days from 2012-08-22 on\n",
    ];
    assert_eq!(stdout(&output), lines.join("\n"));
    let text = stderr(&output);
    let holds = text.strip_prefix("the station was told to hold ").and_then(|rest| rest.strip_suffix(" times\n"));
    assert!(holds.and_then(|number| number.parse::<u32>().ok()).is_some_and(|number| number > 0), "{text}");
}

#[tokio::test]
async fn the_cookbook_cooks_ten_recipes() {
    let output = run(env!("CARGO_BIN_EXE_cookbook"), []).await;
    let lines = [
        "rate_limit: [1, 4, 9, 16, 25], a tenth of a second between two of them",
        "searching for rust",
        "debounce: searched once",
        "drew position 100",
        "latest_only: skipped most of the others",
        "dedup: [20, 21, 20] without repetitions in a row, [20, 21] distinct",
        "sliding_window: [2.0, 4.0, 4.0]",
        "parse_or_reject: the sum is 4, rejected: [\"line 2: `two`: invalid digit found in string\"]",
        "timeout: (2, true)",
        "progress: 1048576 bytes copied",
        "drop_oldest: some were dropped: true",
        "bounded_bytes: never more than 65536 bytes waited: true\n",
    ];
    assert_eq!(stdout(&output), lines.join("\n"));
    assert_eq!(stderr(&output), "", "no terminal, no bar");
}

#[tokio::test]
async fn the_cookbook_cooks_what_it_is_asked_for() {
    let output = run(env!("CARGO_BIN_EXE_cookbook"), ["timeout", "sliding_window"]).await;
    assert_eq!(stdout(&output), "timeout: (2, true)\nsliding_window: [2.0, 4.0, 4.0]\n");
    assert!(
        stdout(&run(env!("CARGO_BIN_EXE_cookbook"), ["--help"]).await).starts_with("Usage: cookbook [RECIPE]...\n")
    );
    let output = run(env!("CARGO_BIN_EXE_cookbook"), ["soup"]).await;
    assert!(!output.status.success());
    assert!(stderr(&output).contains("there is no recipe `soup`; there are rate_limit, "), "{}", stderr(&output));
}
