//! What the README shows is what runs.

#![cfg(not(loom))]

mod common;

use std::fmt::Write as _;
use std::path::Path;

use common::{Program, STRIKES, Scratch, said};

const README: &str = include_str!("../../README.md");

/// The README's first block of that language behind these words, and where it begins.
fn block(behind: &str, language: &str) -> (usize, &'static str) {
    let from = README.find(behind).expect(behind);
    let fence = format!("\n```{language}\n");
    let from = from + README[from..].find(&fence).expect(&fence) + fence.len();
    let len = README[from..].find("```").unwrap();
    (from, &README[from..from + len])
}

/// The README has these texts, each as the first block of its language behind some words. With `README=overwrite` it is given them.
fn shows(texts: &[(&str, &str, &str)]) {
    let (mut missing, mut readme) = (String::new(), README.to_owned());
    // From the end on: what stands before stays where it is.
    for (behind, language, text) in texts.iter().rev() {
        let (from, shown) = block(behind, language);
        if shown != *text {
            readme.replace_range(from..from + shown.len(), text);
            let _ = write!(missing, "\nbehind `{behind}`:\n\n```{language}\n{text}```\n");
        }
    }
    if missing.is_empty() {
        return;
    }
    if std::env::var("README").is_ok_and(|what| what == "overwrite") {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md"), readme).unwrap();
        return;
    }
    panic!(
        "README.md is to show what the examples are and print; copy this, or let\n\n    \
         README=overwrite cargo test -p aqueduct-examples --test readme\n\ndo it, and read the difference:\n{missing}"
    );
}

/// The `pipeline!` of a program, from the line that begins with `let name` on, as far to the left as it goes.
fn pipeline(program: &str, name: &str) -> String {
    let (before, from) = program.split_once(&format!("let {name} = pipeline! {{\n")).unwrap();
    let indent = &before[before.rfind('\n').unwrap() + 1..];
    let (inside, _) = from.split_once(&format!("\n{indent}}};")).unwrap();
    let mut text = format!("let {name} = pipeline! {{\n");
    for line in inside.lines() {
        let _ = writeln!(text, "{}", line.strip_prefix(indent).unwrap());
    }
    text + "};\n"
}

#[tokio::test]
async fn its_programs_and_pictures_are_those_of_the_examples() {
    let (_, orders) = include_str!("../src/bin/orders.rs").split_once("\n\n").unwrap();
    let printed = said(&Program(env!("CARGO_BIN_EXE_orders")).run([]).await);
    let (orders_graph, rest) = printed.split_once("\n\n").unwrap();
    assert_eq!(rest, "stored [6, 36, 2]\n");

    let birdstrikes = pipeline(include_str!("../src/bin/birdstrikes.rs"), "sorting");
    let scratch = Scratch::new("readme_birdstrikes");
    let printed = said(&Program(env!("CARGO_BIN_EXE_birdstrikes")).run([STRIKES, &scratch.path("")]).await);
    let (birdstrikes_graph, _) = printed.split_once("\n\n").unwrap();

    shows(&[
        ("# aqueduct\n", "rust", orders),
        ("The graph it prints", "mermaid", &format!("{orders_graph}\n")),
        ("## Graphs\n", "rust,ignore", &birdstrikes),
        ("## Graphs\n", "mermaid", &format!("{birdstrikes_graph}\n")),
    ]);
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
async fn the_weather_example_reads_every_day() {
    let text = said(&Program(env!("CARGO_BIN_EXE_weather")).run([]).await);
    assert!(text.starts_with("1461 days\n2012: 1226 mm of rain\n"), "{text}");
}
