//! The small examples, run as a user runs them.

#![cfg(not(loom))]

mod common;

use std::process::Output;

use common::{Program, said, stderr};

async fn run<const N: usize>(program: &'static str, args: [&str; N]) -> Output {
    Program(program).run(args).await
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
    assert_eq!(said(&output), lines.join("\n"));
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
    assert_eq!(said(&output), lines.join("\n"));
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
    assert_eq!(said(&output), lines.join("\n"));
    assert_eq!(stderr(&output), "", "no terminal, no bar");
}

#[tokio::test]
async fn the_cookbook_cooks_what_it_is_asked_for() {
    let output = run(env!("CARGO_BIN_EXE_cookbook"), ["timeout", "sliding_window"]).await;
    assert_eq!(said(&output), "timeout: (2, true)\nsliding_window: [2.0, 4.0, 4.0]\n");
    assert!(said(&run(env!("CARGO_BIN_EXE_cookbook"), ["--help"]).await).starts_with("Usage: cookbook [RECIPE]...\n"));
    let output = run(env!("CARGO_BIN_EXE_cookbook"), ["soup"]).await;
    assert!(!output.status.success());
    assert!(stderr(&output).contains("there is no recipe `soup`; there are rate_limit, "), "{}", stderr(&output));
}

#[tokio::test]
async fn compose_is_one_graph_of_parts_with_names() {
    let output = said(&run(env!("CARGO_BIN_EXE_compose"), []).await);
    let (graph, rest) = output.split_once("\n\n").unwrap();
    for part in
        ["days/csv", "days/filter", "rain/week/windows", "rain/week/mean", "rain/most", "heat/week/mean", "heat/least"]
    {
        assert!(graph.contains(&format!("\"{part}\"")), "{part}: {graph}");
    }
    let lines = [
        "a week of 2015 had from 0.0 to 20.9 mm of rain a day",
        "and from 5.2 to 32.2 degrees",
        "alone: 3.0",
        "alone: 5.0\n",
    ];
    assert_eq!(rest, lines.join("\n"));
}
