//! What the README shows is what runs.

#![cfg(not(loom))]

use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

const README: &str = include_str!("../../README.md");

/// No test may take longer.
const LIMIT: Duration = Duration::from_secs(60);

async fn run(program: &str) -> Output {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(LIMIT, command.output()).await.expect("ends in time").expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The README's first block of that language.
fn block(language: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn its_first_program_is_the_example() {
    let (_, program) = include_str!("../src/bin/orders.rs").split_once("\n\n").unwrap();
    assert_eq!(block("rust"), program);
}

#[test]
fn its_tests_are_run() {
    let (_, tests) = include_str!("testing.rs").split_once("#![cfg(not(loom))]\n\n").unwrap();
    assert!(
        README.contains(&format!("\n```rust\n{tests}```\n")),
        "copy examples/tests/testing.rs to the README's section Testing"
    );
}

#[tokio::test]
async fn its_graph_is_what_the_program_prints() {
    let output = run(env!("CARGO_BIN_EXE_orders")).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, format!("{}\nstored [6, 36, 2]\n", block("mermaid")));
}

#[tokio::test]
async fn the_weather_example_reads_every_day() {
    let output = run(env!("CARGO_BIN_EXE_weather")).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("1461 days\n2012: 1226 mm of rain\n"), "{text}");
}
