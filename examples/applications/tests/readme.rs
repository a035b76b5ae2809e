//! What the README shows of the applications is what runs.

#![cfg(not(loom))]

#[path = "../../tests/common/mod.rs"]
mod common;

use common::readme::{pipeline, shows};
use common::{Program, STRIKES, Scratch, said};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");

#[tokio::test]
async fn its_graph_is_that_of_birdstrikes() {
    let sorting = pipeline(include_str!("../src/bin/birdstrikes.rs"), "sorting");
    let scratch = Scratch::new("readme_birdstrikes");
    let printed = said(&Program(env!("CARGO_BIN_EXE_birdstrikes")).run([STRIKES, &scratch.path("")]).await);
    let (graph, _) = printed.split_once("\n\n").unwrap();
    shows(README, &[("## Graphs\n", "rust,ignore", &sorting), ("## Graphs\n", "mermaid", &format!("{graph}\n"))]);
}
