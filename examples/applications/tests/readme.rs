//! What the README shows of the applications is what runs.

#![cfg(not(loom))]

#[path = "../../tests/common/mod.rs"]
mod common;

use common::readme::{pipeline, shows};
use common::{Program, STRIKES, Scratch, said};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");

#[tokio::test]
async fn its_excerpts_and_its_graph_are_those_of_the_applications() {
    let shop = pipeline(include_str!("../src/bin/orders.rs"), "shop");
    let sorting = pipeline(include_str!("../src/bin/birdstrikes.rs"), "sorting");
    let scratch = Scratch::new("readme_birdstrikes");
    let printed = said(&Program(env!("CARGO_BIN_EXE_birdstrikes")).run([STRIKES, &scratch.path("")]).await);
    let (graph, _) = printed.split_once("\n\n").unwrap();
    let graph = format!("{graph}\n");
    let roles = said(&Program(env!("CARGO_BIN_EXE_orders")).run(["--graph", "--table", &scratch.path("table")]).await);
    let roles = roles.trim_end().to_owned() + "\n";
    shows(
        README,
        &[
            ("## Graphs\n", "rust,ignore", &sorting),
            ("## Graphs\n", "mermaid", &graph),
            ("## Across machines\n", "rust,ignore", &shop),
            ("## Across machines\n", "mermaid", &roles),
        ],
    );
}
