//! `own_ack`, run as a user runs it, and killed.

#![cfg(not(loom))]

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{Program, Scratch, said, stderr};

const PROGRAM: Program = Program(env!("CARGO_BIN_EXE_own_ack"));

/// A spool with messages whose names are numbers.
struct Spool(Scratch);

impl Spool {
    fn new(name: &str, messages: usize) -> Self {
        let scratch = Scratch::new(name);
        fs::create_dir(scratch.path("new")).unwrap();
        for number in 0..messages {
            fs::write(scratch.path(&format!("new/{number:03}")), format!("{number}.5\n")).unwrap();
        }
        Self(scratch)
    }

    fn path(&self) -> String {
        self.0.path("")
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.path(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// How often each message is in the ledger.
    fn ledger(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for line in fs::read_to_string(self.0.path("ledger")).unwrap().lines() {
            let (name, euros) = line.split_once(' ').unwrap();
            assert_eq!(euros.parse::<f64>().unwrap(), name.parse::<f64>().unwrap() + 0.5, "{line}");
            *times.entry(name.to_owned()).or_default() += 1;
        }
        times
    }

    fn is_empty(&self) -> bool {
        self.names("new").is_empty() && self.names("work").is_empty()
    }
}

#[tokio::test]
async fn what_is_in_the_ledger_is_deleted() {
    let spool = Spool::new("own_ack_all", 12);
    let text = said(&PROGRAM.run([&*spool.path()]).await);
    assert!(text.ends_with(" more in the ledger\nthe spool is empty\n"), "{text}");
    assert_eq!((spool.ledger().len(), spool.ledger().values().sum()), (12, 12));
    assert!(spool.is_empty() && spool.names("failed").is_empty());
}

#[tokio::test]
async fn without_a_directory_it_makes_one() {
    let text = said(&PROGRAM.run([]).await);
    let spool = text.lines().next().and_then(|line| line.strip_prefix("the spool is ")).unwrap().to_owned();
    assert_eq!(fs::read_to_string(format!("{spool}/ledger")).unwrap().lines().count(), 12, "{text}");
    fs::remove_dir_all(spool).unwrap();
}

#[tokio::test]
async fn a_program_that_is_killed_loses_nothing() {
    let spool = Spool::new("own_ack_killed", 200);
    for _ in 0..2 {
        let mut running = PROGRAM.start([&*spool.path()]);
        running.says("more in the ledger").await;
        running.says("more in the ledger").await;
        running.kill().await;
        assert!(!spool.names("work").is_empty(), "it was killed in the middle");
    }
    said(&PROGRAM.run([&*spool.path()]).await);
    let ledger = spool.ledger();
    assert_eq!(ledger.len(), 200, "nothing is lost");
    // What was in a batch that was written but not yet deleted.
    assert!(ledger.values().sum::<usize>() < 200 + 2 * 20, "{ledger:?}");
    assert!(spool.is_empty() && spool.names("failed").is_empty());
}

#[tokio::test]
async fn the_message_that_a_stage_fails_at_is_set_aside_and_the_others_come_again() {
    let spool = Spool::new("own_ack_failed", 20);
    fs::write(spool.0.path("new/007"), "seven\n").unwrap();
    let failed = PROGRAM.run([&*spool.path()]).await;
    assert!(!failed.status.success() && stderr(&failed).contains("message `007`"), "{}", stderr(&failed));
    assert_eq!((spool.names("failed"), spool.names("work")), (vec!["007".to_owned()], Vec::new()));
    said(&PROGRAM.run([&*spool.path()]).await);
    let ledger = spool.ledger();
    // What was being written when the other failed may be there twice.
    assert_eq!((ledger.len(), ledger.get("007")), (19, None), "{ledger:?}");
    assert!(spool.is_empty());
}
