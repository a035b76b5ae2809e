//! What the README shows is what runs.

#![cfg(not(loom))]

mod common;

use common::readme::shows;
use common::{Program, said};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");

#[tokio::test]
async fn its_first_program_and_picture_are_those_of_import() {
    let (_, import) = include_str!("../src/bin/import.rs").split_once("\n\n").unwrap();
    let printed = said(&Program(env!("CARGO_BIN_EXE_import")).run([]).await);
    let (graph, rest) = printed.split_once("\n\n").unwrap();
    assert_eq!(rest, "stored [6, 36, 2]\n");
    shows(README, &[("# aqueduct\n", "rust", import), ("The graph it prints", "mermaid", &format!("{graph}\n"))]);
}

#[test]
fn its_tests_are_run() {
    let (_, tests) = include_str!("testing.rs").split_once("#![cfg(not(loom))]\n\n").unwrap();
    assert!(
        std::fs::read_to_string(README).unwrap().contains(&format!("\n```rust\n{tests}```\n")),
        "copy examples/tests/testing.rs to the README's section Testing"
    );
}

#[tokio::test]
async fn the_weather_example_reads_every_day() {
    let text = said(&Program(env!("CARGO_BIN_EXE_weather")).run([]).await);
    assert!(text.starts_with("1461 days\n2012: 1226 mm of rain\n"), "{text}");
}
