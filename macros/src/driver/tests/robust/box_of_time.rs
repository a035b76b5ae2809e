//! Other texts at every run, for as long as is asked: `AQUEDUCT_FUZZ_SECONDS`, 20 where nothing is said.
//!
//! The box is of time, not of texts: a slow machine tries fewer, and fails for nothing. A text depends on the seed and its number alone. One that
//! fails is made smaller, as long as it fails, and said with what has it again: `AQUEDUCT_FUZZ=grammar:SEED:NUMBER`.

use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::{bytes, numbers};
use crate::robust::{self, Sound};

/// How a failing text is made smaller at most.
const SMALLER: Duration = Duration::from_secs(30);

type Kind = fn(&[u8]) -> Option<Sound>;

const KINDS: [(&str, Kind); 3] =
    [("tokens", robust::tokens), ("grammar", robust::grammar), ("mutants", robust::mutants)];

#[test]
fn other_texts_at_every_run() {
    crate::time_limit::begin();
    if let Ok(which) = std::env::var("AQUEDUCT_FUZZ") {
        return again(&which);
    }
    let (asked, begun) = (crate::time_limit::asked(), Instant::now());
    let seed = RandomState::new().hash_one(std::process::id()) >> 32;
    let mut tried = 0;
    while tried == 0 || begun.elapsed() < asked {
        for (name, kind) in KINDS {
            try_one(name, kind, seed, tried);
        }
        tried += 1;
    }
    crate::time_limit::note(None);
    println!("{tried} texts of each kind, of the seed {seed}, in {:?}", begun.elapsed());
}

/// One text, which a failing run has said.
fn again(which: &str) {
    let mut parts = which.split(':');
    let (name, mut number) = (parts.next(), || parts.next()?.parse().ok());
    let kind = KINDS.iter().find(|(kind, _)| Some(*kind) == name);
    let (Some((name, kind)), Some(seed), Some(number)) = (kind, number(), number()) else {
        panic!("AQUEDUCT_FUZZ={which}: a kind of text, a seed and a number, as in grammar:7:100");
    };
    try_one(name, *kind, seed, number);
}

fn try_one(name: &str, kind: Kind, seed: u64, number: u64) {
    let how = format!("AQUEDUCT_FUZZ={name}:{seed}:{number} cargo test -p aqueduct-macros other_texts -- --nocapture");
    crate::time_limit::note(Some(how.clone()));
    let bytes = bytes(&mut numbers(seed.wrapping_mul(1 << 32).wrapping_add(number)));
    let fails = |bytes: &[u8]| catch_unwind(AssertUnwindSafe(|| kind(bytes))).is_err();
    if fails(&bytes) {
        let smaller = smaller(bytes, fails, Instant::now() + SMALLER);
        eprintln!("\nthis has the whole text again: {how}\nmade smaller, it is of the bytes {smaller:?}, and says:");
        let _sound = kind(&smaller);
        panic!("it fails no more when it is tried again: {how}");
    }
}

/// The fewest and lowest bytes that were found to fail as well.
fn smaller(mut bytes: Vec<u8>, fails: impl Fn(&[u8]) -> bool, until: Instant) -> Vec<u8> {
    let mut piece = bytes.len().max(1);
    while piece > 0 {
        let mut at = 0;
        while at < bytes.len() && Instant::now() < until {
            let mut fewer = bytes.clone();
            fewer.drain(at..bytes.len().min(at + piece));
            if fails(&fewer) {
                bytes = fewer;
            } else {
                at += piece;
            }
        }
        piece /= 2;
    }
    for at in 0..bytes.len() {
        let mut lower = bytes.clone();
        lower[at] = 0;
        if bytes[at] > 0 && Instant::now() < until && fails(&lower) {
            bytes = lower;
        }
    }
    bytes
}

#[test]
fn a_failing_text_is_made_smaller() {
    let fails = |bytes: &[u8]| bytes.contains(&3) && bytes.iter().filter(|byte| **byte > 200).count() > 1;
    let soon = || Instant::now() + SMALLER;
    let found = smaller((0..=255).rev().collect(), fails, soon());
    assert!(fails(&found) && found.len() == 3, "{found:?}");
    assert!(smaller(vec![9, 9], |_| true, soon()).is_empty());
}

/// The number of a text has it again, whatever was tried before it.
#[test]
fn a_text_depends_on_its_seed_and_number_alone() {
    let text = |number: u64| bytes(&mut numbers((7_u64 << 32) + number));
    assert_eq!(text(3), text(3));
    assert_ne!(text(3), text(4));
}
