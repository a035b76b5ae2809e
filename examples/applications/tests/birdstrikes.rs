//! `birdstrikes`, run as a user runs it.

#![cfg(not(loom))]

#[path = "../../tests/common/mod.rs"]
mod common;

use common::{Program, STRIKES, Scratch, said};
use rusqlite::Connection;

const PROGRAM: Program = Program(env!("CARGO_BIN_EXE_birdstrikes"));

const HEADING: &str = "Flight Date,Wildlife Species,Speed IAS in knots\n";

/// How many strikes a whole database has.
fn strikes(path: &str) -> u64 {
    let database = Connection::open(path).unwrap();
    assert_eq!(database.query_one("PRAGMA integrity_check", (), |row| row.get::<_, String>(0)).unwrap(), "ok");
    let count: i64 = database.query_one("SELECT count(*) FROM strikes", (), |row| row.get(0)).unwrap();
    count.unsigned_abs()
}

/// The lines of a whole file of rejects.
fn rejects(path: &str) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "the last line is whole");
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn every_row_is_stored_and_counted_or_rejected() {
    let scratch = Scratch::new("birdstrikes_all");
    let output = said(&PROGRAM.run([STRIKES, &scratch.path("new")]).await);
    let (database, file) = (scratch.path("new/birdstrikes.sqlite"), scratch.path("new/rejects.txt"));
    let (graph, report) = output.split_once("\n\n").unwrap();
    assert!(graph.starts_with("flowchart LR\n"), "{graph}");
    let lines = [
        "Unknown bird - small: 2956 strikes, at 151 knots on average",
        "Unknown bird - medium: 2046 strikes, at 167 knots on average",
        "Unknown bird or bat: 554 strikes, at 148 knots on average",
        "Unknown bird - large: 349 strikes, at 176 knots on average",
        "European starling: 238 strikes, at 134 knots on average",
        &format!("7164 strikes of 36 species in {database}, as counted"),
        &format!("2836 rows rejected, see {file}\n"),
    ];
    assert_eq!(report, lines.join("\n"));

    assert_eq!(strikes(&database), 7164);
    let rejects = rejects(&file);
    assert_eq!(rejects.len(), 2836);
    assert_eq!(rejects[0], "line 20: no speed: Canada goose, 1990-04-07");

    // Once more, over what is there.
    said(&PROGRAM.run([STRIKES, &scratch.path("new")]).await);
    assert_eq!(strikes(&database), 7164);
    assert_eq!(std::fs::read_dir(scratch.path("new")).unwrap().count(), 2, "nothing else is left");
}

#[cfg(unix)]
#[tokio::test]
async fn the_dashboard_shows_it_until_ctrl_c() {
    let scratch = Scratch::new("birdstrikes_dashboard");
    let mut program = PROGRAM.start(["--dashboard", STRIKES, &scratch.path("new")]);
    let line = program.warns("dashboard: ").await;
    program.warns("its page stays until Ctrl-C").await;
    let metrics = common::dashboard(&line, "/metrics").await;
    assert!(
        metrics.contains("aqueduct_stage_items_out_total{pipeline=\"pipeline\",stage=\"csv\"} 10000\n"),
        "{metrics}"
    );
    program.press_ctrl_c().await;
    let (success, out, err) = program.end().await;
    assert!(success && out.contains(" rows rejected"), "{out}{err}");
}

#[tokio::test]
async fn top_shows_it_in_lines_where_there_is_no_terminal() {
    let scratch = Scratch::new("birdstrikes_top");
    let output = PROGRAM.run(["--top", STRIKES, &scratch.path("new")]).await;
    let lines = common::stderr(&output);
    assert!(output.status.success() && lines.contains(": csv 10 000 items, rejects 2 836 items, "), "{lines}");
}

#[tokio::test]
async fn rows_that_cannot_be_read_are_rejected_with_their_line() {
    let scratch = Scratch::new("birdstrikes_bad_rows");
    let rows = "2001-02-03,Mallard,120\n2001-02-03,Mallard,fast\n2001-02-04\n2001-02-05,\"Gull, herring\",80\n2001-02-06,Owl,\n";
    let input = scratch.file("in.csv", &format!("{HEADING}{rows}"));
    let output = said(&PROGRAM.run([&*input, &scratch.path("")]).await);
    assert!(output.contains("\nMallard: 1 strikes, at 120 knots on average\n"), "{output}");
    assert_eq!(strikes(&scratch.path("birdstrikes.sqlite")), 2);
    let rejects = rejects(&scratch.path("rejects.txt"));
    let lines = [
        "line 3: field 2: invalid digit found in string",
        "line 4: expected field, but got end of row",
        "line 6: no speed: Owl, 2001-02-06",
    ];
    assert_eq!(rejects, lines);
}

#[tokio::test]
async fn no_rows_make_outputs_that_are_empty_and_whole() {
    let scratch = Scratch::new("birdstrikes_empty");
    let input = scratch.file("in.csv", HEADING);
    let output = said(&PROGRAM.run([&*input, &scratch.path("")]).await);
    assert!(output.contains("\n0 strikes of 0 species in "), "{output}");
    assert_eq!(strikes(&scratch.path("birdstrikes.sqlite")), 0);
    assert!(rejects(&scratch.path("rejects.txt")).is_empty());
}

#[tokio::test]
async fn a_file_that_cannot_be_read_to_its_end_is_a_failure_that_leaves_no_outputs() {
    let scratch = Scratch::new("birdstrikes_not_utf8");
    let input = scratch.path("in.csv");
    std::fs::write(&input, [HEADING.as_bytes(), b"2001-02-03,\xff,120\n"].concat()).unwrap();
    PROGRAM
        .refuses([&*input, &scratch.path("")], "stage `csv` failed at … because: CSV parse error: record 1 (line 2,")
        .await;
    assert_eq!(scratch.files(), ["in.csv"]);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_before_anything_is_written() {
    let scratch = Scratch::new("birdstrikes_refused");
    let out = scratch.path("out");
    PROGRAM.refuses(["no/such/file", &out], "cannot read no/such/file: ").await;
    PROGRAM.refuses([&*scratch.path(""), &out], "cannot read ").await;
    let other = scratch.file("other.csv", "date,rain\n2012-01-01,0.0\n");
    PROGRAM.refuses([&*other, &out], "it has no column `Flight Date`").await;
    PROGRAM.refuses([STRIKES, &other], "cannot create ").await;
    PROGRAM.refuses(["--latency", "long"], "\"long\"").await;
    PROGRAM.refuses(["--speed"], "--speed").await;
    PROGRAM.refuses(["one", "two", "three"], "three").await;
    assert_eq!(scratch.files(), ["other.csv"]);

    std::fs::create_dir_all(scratch.path("out/rejects.txt")).unwrap();
    PROGRAM.refuses([STRIKES, &out], "rejects.txt: it is a directory").await;
}

#[tokio::test]
async fn help_says_what_it_does() {
    assert!(said(&PROGRAM.run(["--help"]).await).contains("Usage: birdstrikes [OPTIONS] [INPUT] [DIRECTORY]\n"));
}

#[cfg(unix)]
mod ctrl_c {
    use std::time::Duration;

    use super::*;

    /// Waits until something is stored.
    async fn in_full_flow(database: &str) {
        let part = format!("{database}.part");
        while std::fs::metadata(&part).map_or(0, |data| data.len()) < 16_384 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    #[tokio::test]
    async fn finishes_and_both_files_are_whole_and_agree() {
        let scratch = Scratch::new("birdstrikes_ctrl_c");
        let (database, file) = (scratch.path("birdstrikes.sqlite"), scratch.path("rejects.txt"));
        let mut program = PROGRAM.start(["--latency", "30", STRIKES, &scratch.path("")]);
        tokio::time::timeout(common::LIMIT, in_full_flow(&database)).await.expect("stores in time");
        program.press_ctrl_c().await;
        program.warns("finishing").await;
        let (success, out, err) = program.end().await;
        assert!(success, "{err}");

        let (strikes, rejects) = (strikes(&database), rejects(&file).len() as u64);
        assert!(out.contains(&format!("\n{strikes} strikes of ")), "{out}");
        assert!(out.contains(&format!("\n{rejects} rows rejected")), "{out}");
        assert!((1..10_000).contains(&(strikes + rejects)), "{out}");
        // Every row up to where it stopped went one way or the other.
        let input = std::fs::read_to_string(STRIKES).unwrap();
        let read = input.lines().skip(1).take((strikes + rejects) as usize);
        assert_eq!(read.filter(|row| !row.ends_with(',')).count() as u64, strikes);
        assert_eq!(scratch.files(), ["birdstrikes.sqlite", "rejects.txt"]);
    }

    #[tokio::test]
    async fn twice_stops_at_once_and_leaves_no_files() {
        let scratch = Scratch::new("birdstrikes_ctrl_c_twice");
        let mut program = PROGRAM.start(["--latency", "500", STRIKES, &scratch.path("")]);
        let database = scratch.path("birdstrikes.sqlite");
        tokio::time::timeout(common::LIMIT, in_full_flow(&database)).await.expect("stores in time");
        program.press_ctrl_c().await;
        program.warns("finishing").await;
        program.press_ctrl_c().await;
        let (success, _, err) = program.end().await;
        assert!(!success);
        assert_eq!(err, "birdstrikes: the pipeline was aborted\n");
        assert!(scratch.files().is_empty(), "{:?}", scratch.files());
    }

    #[tokio::test]
    async fn after_a_kill_it_begins_anew() {
        let scratch = Scratch::new("birdstrikes_kill");
        let database = scratch.path("birdstrikes.sqlite");
        let mut program = PROGRAM.start(["--latency", "100", STRIKES, &scratch.path("")]);
        tokio::time::timeout(common::LIMIT, in_full_flow(&database)).await.expect("stores in time");
        program.kill().await;
        assert_eq!(scratch.files(), ["birdstrikes.sqlite.part", "rejects.txt.part"]);

        said(&PROGRAM.run([STRIKES, &scratch.path("")]).await);
        assert_eq!(strikes(&database), 7164);
        assert_eq!(scratch.files(), ["birdstrikes.sqlite", "rejects.txt"]);
    }
}
