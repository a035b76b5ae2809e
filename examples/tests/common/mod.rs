//! What the tests of the programs share, here and in `applications`: a program run as a user runs it, and a directory to write into.

#![allow(dead_code, reason = "each of the tests uses a part of it")]

pub mod readme;

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// No test may take longer.
pub const LIMIT: Duration = Duration::from_secs(120);

pub const STRIKES: &str = aqueduct_examples::BIRDSTRIKES;

/// A program of the examples: `Program(env!("CARGO_BIN_EXE_…"))`.
#[derive(Clone, Copy)]
pub struct Program(pub &'static str);

impl Program {
    pub fn command<'a>(self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(self.0);
        command.args(args).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    pub async fn run<'a>(self, args: impl IntoIterator<Item = &'a str>) -> Output {
        timeout(LIMIT, self.command(args).output()).await.expect("ends in time").expect("starts")
    }

    /// It fails, and what it says on stderr contains these words.
    pub async fn refuses<'a>(self, args: impl IntoIterator<Item = &'a str>, words: &str) {
        let output = self.run(args).await;
        assert!(!output.status.success(), "{}", stdout(&output));
        let text = stderr(&output);
        let name = Path::new(self.0).file_stem().unwrap().to_str().unwrap();
        assert!(text.contains(&format!("{name}: ")) && words.split(" … ").all(|words| text.contains(words)), "{text}");
        assert!(!text.contains("panicked"), "{text}");
    }

    /// Starts it, with its lines to be read.
    pub fn start<'a>(self, args: impl IntoIterator<Item = &'a str>) -> Started {
        let mut command = self.command(args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = lines(child.stdout.take().unwrap());
        let err = lines(child.stderr.take().unwrap());
        Started { child, out, err }
    }
}

type Lines = tokio::io::Lines<BufReader<Box<dyn tokio::io::AsyncRead + Send + Unpin>>>;

fn lines(from: impl tokio::io::AsyncRead + Send + Unpin + 'static) -> Lines {
    let from: Box<dyn tokio::io::AsyncRead + Send + Unpin> = Box::new(from);
    BufReader::new(from).lines()
}

/// A program that runs.
pub struct Started {
    child: Child,
    out: Lines,
    err: Lines,
}

impl Started {
    /// Reads on, from stdout, up to the line that contains these words.
    pub async fn says(&mut self, words: &str) -> String {
        until(&mut self.out, words).await
    }

    /// Reads on, from stderr, up to the line that contains these words.
    pub async fn warns(&mut self, words: &str) -> String {
        until(&mut self.err, words).await
    }

    pub async fn press_ctrl_c(&self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    }

    /// Ends it without asking.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// How it ended, and what of its output has not been read.
    pub async fn end(mut self) -> (bool, String, String) {
        let end = async { tokio::join!(rest(&mut self.out), rest(&mut self.err), self.child.wait()) };
        let (out, err, status) = timeout(LIMIT, end).await.expect("ends in time");
        (status.unwrap().success(), out, err)
    }
}

/// What the dashboard says at this path; `line` is the one in which the program tells where it is.
pub async fn dashboard(line: &str, path: &str) -> String {
    let host = line.strip_prefix("dashboard: http://").unwrap().trim_end_matches('/');
    let ask = async {
        let mut stream = TcpStream::connect(host).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    timeout(LIMIT, ask).await.expect("answers in time")
}

async fn until(lines: &mut Lines, words: &str) -> String {
    let mut before = String::new();
    loop {
        let line = timeout(LIMIT, lines.next_line()).await.expect("says it in time").unwrap();
        let line = line.unwrap_or_else(|| panic!("it said only: {before}"));
        if line.contains(words) {
            return line;
        }
        before += &line;
    }
}

async fn rest(lines: &mut Lines) -> String {
    let mut rest = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        rest += &line;
        rest.push('\n');
    }
    rest
}

/// What a program that has succeeded has said.
pub fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    stdout(output)
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A directory of its own, empty at first, removed at the end.
pub struct Scratch(PathBuf);

impl Scratch {
    /// `name` stands for one test of all.
    pub fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The names of what is in it, sorted.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        files
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
