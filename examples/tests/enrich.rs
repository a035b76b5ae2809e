//! `enrich`, run as a user runs it.

#![cfg(not(loom))]

mod common;

use async_compression::tokio::bufread::GzipDecoder;
use common::{Program, STRIKES, Scratch, said};
use serde_json::Value;
use tokio::fs;
use tokio::io::{AsyncReadExt, BufReader};

const PROGRAM: Program = Program(env!("CARGO_BIN_EXE_enrich"));

const HEADING: &str = "Airport Name,Flight Date,Wildlife Species,Speed IAS in knots\n";

/// The records of a whole gzip file of JSON lines: a file that was cut off fails here.
async fn records(path: &str) -> Vec<Value> {
    let mut unzipped = GzipDecoder::new(BufReader::new(fs::File::open(path).await.unwrap()));
    let mut text = String::new();
    unzipped.read_to_string(&mut text).await.expect("the gzip file is whole");
    assert!(text.is_empty() || text.ends_with('\n'), "the last line is whole");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// How many records it says it has written.
fn written(output: &str) -> usize {
    let (number, _) = output.split_once(" records, ").expect(output);
    number.parse().expect(output)
}

#[tokio::test]
async fn every_record_is_written_once_and_in_order() {
    let scratch = Scratch::new("enrich_all");
    let out = scratch.path("out.gz");
    let output = PROGRAM.run(["--latency", "0", STRIKES, &out]).await;
    assert_eq!(said(&output), format!("10000 records, 10101 calls of the service\nwritten to {out}\n"));

    let records = records(&out).await;
    let input = fs::read_to_string(STRIKES).await.unwrap();
    let rows: Vec<Vec<_>> = input.lines().skip(1).map(|row| row.split(',').collect()).collect();
    assert_eq!(records.len(), rows.len());
    for (record, row) in records.iter().zip(&rows) {
        assert_eq!((record["airport"].as_str(), record["date"].as_str()), (Some(row[0]), Some(row[3])));
        assert_eq!(record["knots"].as_u64(), row[13].parse().ok());
    }
    assert_eq!((&records[0]["species"], &records[0]["group"]), (&"Turkey vulture".into(), &"bird of prey".into()));
    assert_eq!(scratch.files(), ["out.gz"]);
}

#[tokio::test]
async fn a_service_that_is_down_is_a_failure_that_names_the_stage_and_leaves_no_file() {
    let scratch = Scratch::new("enrich_down");
    let args = ["--failures", "100", "--latency", "0", STRIKES, &scratch.path("out.gz")];
    PROGRAM.refuses(args, "stage `service` failed at … because: gave up on `").await;
    PROGRAM.refuses(args, "`: the service is not available\n").await;
    assert!(scratch.files().is_empty(), "{:?}", scratch.files());
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_a_failure_that_names_the_line() {
    let scratch = Scratch::new("enrich_bad_row");
    let input =
        scratch.file("in.csv", &format!("{HEADING}LOGAN,2001-02-03,Herring gull,120\nLOGAN,2001-02-03,Mallard,fast\n"));
    let words = "stage `csv` failed at … because: CSV deserialize error: record 2 (line: 3,";
    PROGRAM.refuses([&*input, &scratch.path("out.gz")], words).await;
    assert_eq!(scratch.files(), ["in.csv"]);
}

#[tokio::test]
async fn no_records_make_an_empty_file_that_is_whole() {
    let scratch = Scratch::new("enrich_empty");
    let (input, out) = (scratch.file("in.csv", HEADING), scratch.path("out.gz"));
    let output = PROGRAM.run([&*input, &out]).await;
    assert_eq!(said(&output), format!("0 records, 0 calls of the service\nwritten to {out}\n"));
    assert!(records(&out).await.is_empty());
}

#[tokio::test]
async fn paths_that_are_not_there_are_refused() {
    let scratch = Scratch::new("enrich_paths");
    PROGRAM.refuses(["no/such/file"], "cannot read no/such/file: ").await;
    PROGRAM.refuses([STRIKES, "no/such/dir/out.gz"], "cannot create no/such/dir/out.gz.part: ").await;
    PROGRAM.refuses([&*scratch.path(""), &scratch.path("out.gz")], "cannot read ").await;
    PROGRAM.refuses([STRIKES, &scratch.path("")], " is not a regular file").await;
    assert!(scratch.files().is_empty(), "{:?}", scratch.files());
}

#[tokio::test]
async fn arguments_that_cannot_be_read_are_refused() {
    PROGRAM.refuses(["--failures", "101"], "of a hundred calls between 0 and 100 can fail").await;
    PROGRAM.refuses(["--latency", "long"], "\"long\"").await;
    PROGRAM.refuses(["--speed"], "--speed").await;
    PROGRAM.refuses(["one", "two", "three"], "three").await;
}

#[tokio::test]
async fn help_says_what_it_does() {
    assert!(said(&PROGRAM.run(["--help"]).await).contains("Usage: enrich [OPTIONS] [INPUT] [OUTPUT]\n"));
}

#[cfg(unix)]
mod ctrl_c {
    use super::*;

    #[tokio::test]
    async fn finishes_and_the_file_is_whole() {
        let scratch = Scratch::new("enrich_ctrl_c");
        let out = scratch.path("out.gz");
        let mut program = PROGRAM.start(["--latency", "20", STRIKES, &out]);
        program.warns(" records").await;
        program.press_ctrl_c().await;
        program.warns("finishing").await;
        let (success, output, text) = program.end().await;
        assert!(success, "{text}");

        let number = written(&output);
        assert!((1..10_000).contains(&number), "{number}");
        let records = records(&out).await;
        assert_eq!(records.len(), number);
        assert!(records.iter().all(|record| record["group"].is_string()));
        assert_eq!(scratch.files(), ["out.gz"]);
    }

    #[tokio::test]
    async fn twice_stops_at_once_and_leaves_no_file() {
        let scratch = Scratch::new("enrich_ctrl_c_twice");
        let mut program = PROGRAM.start(["--latency", "500", STRIKES, &scratch.path("out.gz")]);
        program.warns(" records").await;
        program.press_ctrl_c().await;
        program.warns("finishing").await;
        program.press_ctrl_c().await;
        let (success, output, text) = program.end().await;
        assert!(!success);
        assert_eq!(text.lines().last(), Some("enrich: the pipeline was aborted"));
        assert_eq!(output, "");
        assert!(scratch.files().is_empty(), "{:?}", scratch.files());
    }
}
