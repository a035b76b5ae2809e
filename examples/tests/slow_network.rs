//! `slow_network`, run as a user runs it.

#![cfg(not(loom))]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

/// No test may take longer.
const LIMIT: Duration = Duration::from_secs(120);

fn command<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slow_network"));
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
    assert!(text.starts_with("slow_network: ") && text.contains(words), "{text}");
    assert!(!text.contains("panicked"), "{text}");
}

/// A file of its own, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn file(name: &str, mib: u32) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let mut file = File::create(&path).unwrap();
        let mut block: Vec<u8> = (0..1_u32 << 20).map(|byte| (byte % 251) as u8).collect();
        for number in 0..mib {
            block[..4].copy_from_slice(&number.to_le_bytes());
            file.write_all(&block).unwrap();
        }
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The number that stands between two texts.
fn number(text: &str, before: &str, after: &str) -> usize {
    let found = text.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    let digits = found.unwrap_or_else(|| panic!("no `{before}` … `{after}` in:\n{text}")).0;
    digits.trim().parse().unwrap()
}

#[tokio::test]
async fn the_default_run_pauses_drains_and_proves_that_all_arrived() {
    let output = run([]).await;
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.starts_with("flowchart LR\n"), "{text}");
    assert!(text.contains("network [####"), "{text}");
    assert!(text.contains("the receiver has 1223329 bytes, crc32 2be119be: the same as the file"), "{text}");
    assert!(!text.contains('\x1b'), "no terminal, no redrawing:\n{text}");

    let signals: Vec<_> = ["network [Pause] tells `bytes`", "network [Drain] tells `bytes`"]
        .map(|words| text.matches(words).count())
        .into();
    assert!(signals[0] >= 3, "{text}");
    assert!(signals[0] == signals[1] || signals[0] == signals[1] + 1, "{signals:?}\n{text}");
    assert_eq!(number(&text, "\npaused ", " times"), signals[0], "every signal was shown");

    let peak = number(&text, "peak in flight: ", " bytes");
    let bound = number(&text, "link; bound: ", "\n");
    assert!(peak <= 256 * 1024 && peak <= bound, "{text}");
    assert!(peak > 128 * 1024, "{text}");
}

#[cfg(not(feature = "top"))]
#[tokio::test]
async fn what_is_not_built_in_is_refused() {
    refused(&run(["--top"]).await, "`--top` is not built in: add `--features top`");
}

#[cfg(not(feature = "dashboard"))]
#[tokio::test]
async fn the_dashboard_is_refused_where_it_is_not_built_in() {
    refused(&run(["--dashboard"]).await, "`--dashboard` is not built in: add `--features dashboard`");
}

#[cfg(feature = "dashboard")]
#[tokio::test]
async fn an_address_of_the_dashboard_that_is_none_is_refused() {
    refused(&run(["--dashboard=here"]).await, "here");
}

#[cfg(feature = "top")]
#[tokio::test]
async fn top_shows_it_in_lines_where_there_is_no_terminal() {
    let output = run(["--top", "--rate", "100"]).await;
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("ended after 0."), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains(": the same as the file") && !text.contains("network [#"), "{text}");
}

#[cfg(all(unix, feature = "top"))]
#[test]
fn top_shows_it_in_a_terminal() {
    let program = env!("CARGO_BIN_EXE_slow_network");
    let mut terminal = aqueduct_tests::terminal::Terminal::run(&[program, "--top"], &[]);
    terminal.is_drawn().shows("═ network").shows(" of 256 KiB").shows("bottleneck: stage `write`");
    terminal.press("f").shows(": the same as the file").is_given_back();
    let (success, text) = terminal.end();
    assert!(success && text.contains("stopped early, after "), "{text}");
}

#[tokio::test]
async fn a_missing_file_is_refused() {
    refused(&run(["no/such/file"]).await, "cannot open no/such/file");
}

#[tokio::test]
async fn an_empty_file_is_refused() {
    let empty = Scratch::file("empty", 0);
    refused(&run([empty.path()]).await, "is empty");
}

#[tokio::test]
async fn a_directory_is_refused() {
    refused(&run([env!("CARGO_TARGET_TMPDIR")]).await, "is a directory");
}

#[tokio::test]
async fn arguments_that_cannot_be_read_are_refused() {
    refused(&run(["--rate", "0"]).await, "a rate is a number of MiB a second");
    refused(&run(["--rate", "fast"]).await, "a rate is a number of MiB a second");
    refused(&run(["--hang-up-after", "soon"]).await, "\"soon\"");
    refused(&run(["--speed"]).await, "--speed");
    refused(&run(["one", "two"]).await, "two");
}

#[tokio::test]
async fn a_receiver_that_hangs_up_is_a_failure_that_names_the_stage() {
    let output = run(["--hang-up-after", "100000", "--rate", "100"]).await;
    refused(&output, "the receiver hung up: stage `write` failed at ");
    assert!(!stdout(&output).contains("the same as the file"));
}

#[tokio::test]
async fn a_receiver_that_hangs_up_before_the_last_byte_is_noticed() {
    let output = run(["--hang-up-after", "1223328", "--rate", "100"]).await;
    refused(&output, "the receiver h");
    assert!(!stdout(&output).contains("the same as the file"));
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_lets_what_is_inside_come_out() {
    let finish = async {
        let mut child = command(["--rate", "1"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut text = String::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            // At the first Drain the pipeline is in full flow.
            if line.contains("[Drain]") && !text.contains("[Drain]") {
                let id = child.id().unwrap().to_string();
                assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
            }
            text.push_str(&line);
            text.push('\n');
        }
        (child.wait_with_output().await.unwrap(), text)
    };
    let (output, text) = timeout(LIMIT, finish).await.expect("ends in time");
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("finishing"));
    assert!(text.contains("stopped early, after "), "{text}");
    assert!(text.contains(": the same as the file"), "{text}");
}

/// Memory does not grow with the file.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn peak_resident_memory_is_that_of_a_small_file() {
    let mut peaks = Vec::new();
    for mib in [8, 256] {
        let file = Scratch::file(&format!("{mib}MiB"), mib);
        let output = run(["--report-memory", "--rate", "100000", file.path()]).await;
        assert!(output.status.success(), "{}", stderr(&output));
        let arrived = format!("the receiver has {} bytes, ", mib << 20);
        assert!(stdout(&output).contains(&arrived), "{}", stdout(&output));
        peaks.push(number(&stderr(&output), "peak resident memory: ", " KiB"));
    }
    println!("peak resident memory for 8 MiB and for 256 MiB, in KiB: {peaks:?}");
    assert!(peaks[0].abs_diff(peaks[1]) < 8 * 1024, "in KiB: {peaks:?}");
}
