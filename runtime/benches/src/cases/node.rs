//! Node's streams, in a process of their own.

use std::process::Command;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/node.mjs");

/// What `node --version` says, if there is a `node`.
pub fn version() -> Option<String> {
    let output = Command::new("node").arg("--version").output().ok()?;
    Some(format!("node {}", String::from_utf8_lossy(&output.stdout).trim()))
}

/// The sum, and the nanoseconds an item.
pub fn run(items: u64) -> (u64, f64) {
    let output = Command::new("node").arg(SCRIPT).arg(items.to_string()).output().expect("node");
    let text = String::from_utf8(output.stdout).expect("text");
    let (sum, time) = text.trim().split_once(' ').unwrap_or_else(|| {
        panic!("node says neither sum nor time: {text} {}", String::from_utf8_lossy(&output.stderr))
    });
    (sum.parse().expect("a sum"), time.parse().expect("a time"))
}
