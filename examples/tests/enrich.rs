//! `enrich`, run as a user runs it.

#![cfg(not(loom))]

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use async_compression::tokio::bufread::GzipDecoder;
use serde_json::Value;
use tokio::fs;
use tokio::io::{AsyncReadExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

/// No test may take longer.
const LIMIT: Duration = Duration::from_secs(120);

const STRIKES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/birdstrikes.csv");

const HEADING: &str = "Airport Name,Flight Date,Wildlife Species,Speed IAS in knots\n";

fn command<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_enrich"));
    command.args(args).stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn run<'a>(args: impl IntoIterator<Item = &'a str>) -> Output {
    timeout(LIMIT, command(args).output()).await.expect("ends in time").expect("starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// It fails, and its last words on stderr contain these.
fn refused(output: &Output, words: &str) {
    assert!(!output.status.success());
    let text = stderr(output);
    assert!(text.contains("enrich: ") && text.contains(words), "{text}");
    assert!(!text.contains("panicked"), "{text}");
}

/// A directory of its own, empty at first, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("enrich").join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

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
    let scratch = Scratch::new("all");
    let out = scratch.path("out.gz");
    let output = run(["--latency", "0", STRIKES, &out]).await;
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&output), format!("10000 records, 10101 calls of the service\nwritten to {out}\n"));

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
    let scratch = Scratch::new("down");
    let output = run(["--failures", "100", "--latency", "0", STRIKES, &scratch.path("out.gz")]).await;
    refused(&output, "stage `service` failed\n  because: gave up on `");
    refused(&output, "`: the service is not available\n");
    assert!(scratch.files().is_empty(), "{:?}", scratch.files());
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_a_failure_that_names_the_line() {
    let scratch = Scratch::new("bad_row");
    let input =
        scratch.file("in.csv", &format!("{HEADING}LOGAN,2001-02-03,Herring gull,120\nLOGAN,2001-02-03,Mallard,fast\n"));
    let output = run([&*input, &scratch.path("out.gz")]).await;
    refused(&output, "stage `csv` failed\n  because: CSV deserialize error: record 2 (line: 3,");
    assert_eq!(scratch.files(), ["in.csv"]);
}

#[tokio::test]
async fn no_records_make_an_empty_file_that_is_whole() {
    let scratch = Scratch::new("empty");
    let (input, out) = (scratch.file("in.csv", HEADING), scratch.path("out.gz"));
    let output = run([&*input, &out]).await;
    assert_eq!(
        stdout(&output),
        format!("0 records, 0 calls of the service\nwritten to {out}\n"),
        "{}",
        stderr(&output)
    );
    assert!(records(&out).await.is_empty());
}

#[tokio::test]
async fn paths_that_are_not_there_are_refused() {
    let scratch = Scratch::new("paths");
    refused(&run(["no/such/file"]).await, "cannot read no/such/file: ");
    refused(&run([STRIKES, "no/such/dir/out.gz"]).await, "cannot create no/such/dir/out.gz.part: ");
    refused(&run([&*scratch.path(""), &scratch.path("out.gz")]).await, "cannot read ");
    refused(&run([STRIKES, &scratch.path("")]).await, " is not a regular file");
    assert!(scratch.files().is_empty(), "{:?}", scratch.files());
}

#[tokio::test]
async fn arguments_that_cannot_be_read_are_refused() {
    refused(&run(["--failures", "101"]).await, "of a hundred calls between 0 and 100 can fail");
    refused(&run(["--latency", "long"]).await, "\"long\"");
    refused(&run(["--speed"]).await, "--speed");
    refused(&run(["one", "two", "three"]).await, "three");
}

#[tokio::test]
async fn help_says_what_it_does() {
    let output = run(["--help"]).await;
    assert!(output.status.success());
    assert!(stdout(&output).contains("Usage: enrich [OPTIONS] [INPUT] [OUTPUT]\n"));
}

#[cfg(unix)]
mod ctrl_c {
    use tokio::io::{AsyncBufReadExt, Lines};
    use tokio::process::{Child, ChildStderr};

    use super::*;

    /// Starts it on the whole file with a service as slow as that, and waits until it has written something.
    async fn in_full_flow(latency: &str, out: &str) -> (Child, Lines<BufReader<ChildStderr>>) {
        let mut child = command(["--latency", latency, STRIKES, out]);
        let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(lines.next_line().await.unwrap().is_some_and(|line| line.ends_with(" records")));
        (child, lines)
    }

    async fn press_ctrl_c(child: &Child) {
        let id = child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    }

    #[tokio::test]
    async fn finishes_and_the_file_is_whole() {
        let scratch = Scratch::new("ctrl_c");
        let out = scratch.path("out.gz");
        let finish = async {
            let (child, mut lines) = in_full_flow("20", &out).await;
            press_ctrl_c(&child).await;
            let mut text = String::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                text += &line;
            }
            (child.wait_with_output().await.unwrap(), text)
        };
        let (output, text) = timeout(LIMIT, finish).await.expect("ends in time");
        assert!(output.status.success(), "{text}");
        assert!(text.contains("finishing"), "{text}");

        let number = written(&stdout(&output));
        assert!((1..10_000).contains(&number), "{number}");
        let records = records(&out).await;
        assert_eq!(records.len(), number);
        assert!(records.iter().all(|record| record["group"].is_string()));
        assert_eq!(scratch.files(), ["out.gz"]);
    }

    #[tokio::test]
    async fn twice_stops_at_once_and_leaves_no_file() {
        let scratch = Scratch::new("ctrl_c_twice");
        let out = scratch.path("out.gz");
        let stop = async {
            let (child, mut lines) = in_full_flow("500", &out).await;
            press_ctrl_c(&child).await;
            while !lines.next_line().await.unwrap().expect("it listens").starts_with("finishing") {}
            press_ctrl_c(&child).await;
            let mut last = String::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                last = line;
            }
            (child.wait_with_output().await.unwrap(), last)
        };
        let (output, last) = timeout(LIMIT, stop).await.expect("ends in time");
        assert!(!output.status.success());
        assert_eq!(last, "enrich: the pipeline was aborted");
        assert_eq!(stdout(&output), "");
        assert!(scratch.files().is_empty(), "{:?}", scratch.files());
    }
}
