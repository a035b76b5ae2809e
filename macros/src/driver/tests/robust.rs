//! Text that nobody would write: never a panic, always the same output, never more than a few tokens for one.
//!
//! `crate::robust` makes it of seeded bytes, here, and of a fuzzer's bytes, in `fuzz/`, whose corpus is tried here too. For another
//! seed or other counts: `AQUEDUCT_SEED=…`, `AQUEDUCT_ROUNDS=…`. For some time another seed is tried at every run; see `box_of_time.rs`.

mod box_of_time;

use std::fs;
use std::path::Path;

use crate::robust::{self, Sound};
use crate::time_limit::number;

fn check(text: &str) -> Sound {
    crate::time_limit::begin();
    robust::check(text.parse().unwrap())
}

/// Numbers of 32 bits, drawn by the seed.
fn numbers(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 32
    }
}

/// What a text is made of.
fn bytes(next: &mut impl FnMut() -> u64) -> Vec<u8> {
    (0..next() % 500).map(|_| next() as u8).collect()
}

/// Tries a kind of text so many times; at least `sound` of them must be without mistakes.
fn rounds(kind: fn(&[u8]) -> Option<Sound>, rounds: u64, sound: usize) {
    crate::time_limit::begin();
    let (seed, rounds) = (number("AQUEDUCT_SEED").unwrap_or(7), number("AQUEDUCT_ROUNDS").unwrap_or(rounds));
    println!("AQUEDUCT_SEED={seed} AQUEDUCT_ROUNDS={rounds}");
    let mut next = numbers(seed);
    let mut found = 0;
    for _ in 0..rounds {
        found += usize::from(kind(&bytes(&mut next)).is_some_and(|sound| sound));
    }
    assert!(found >= sound, "only {found} texts are without mistakes");
}

#[test]
fn random_tokens() {
    rounds(robust::tokens, 4_000, 0);
}

#[test]
fn text_by_the_grammar() {
    rounds(robust::grammar, 600, 100);
}

#[test]
fn mutated_text() {
    rounds(robust::mutants, 2_000, 20);
}

/// What `cargo fuzz` has found and kept.
#[test]
fn the_corpus_of_the_fuzzer() {
    crate::time_limit::begin();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, kind) in [
        ("text", robust::text as fn(&[u8]) -> Option<Sound>),
        ("tokens", robust::tokens),
        ("grammar", robust::grammar),
        ("mutants", robust::mutants),
    ] {
        let mut tried = 0;
        for file in fs::read_dir(corpus.join(name)).unwrap() {
            tried += usize::from(kind(&fs::read(file.unwrap().path()).unwrap()).is_some());
        }
        assert!(tried > 20, "{tried} texts in the corpus of {name}");
    }
}

/// Many copies that meet in many fan-ins: the rule on them takes its time, but not for ever.
#[test]
fn copies_that_meet_often() {
    for step in ["", " -> skip(7)", " -> filter(f)"] {
        let mut text = String::from("let s0 = iter(x); ");
        for n in 0..40 {
            text.push_str(&format!("let (a{n}, b{n}) = s{n} -> broadcast; let s{} = zip(a{n}{step}, b{n}); ", n + 1));
        }
        text.push_str("s40 -> discard()");
        check(&text);
    }
}

#[test]
fn deep_text() {
    for (open, close) in [
        ("(", ")"),
        ("{", "}"),
        ("[", "]"),
        ("map(", ")"),
        ("broadcast {", "}"),
        ("merge(", ")"),
        ("match { x => x -> ", "}"),
    ] {
        let text = format!("iter(x) -> map({}x{}) -> {0}x{1}", open.repeat(3_000), close.repeat(3_000));
        check(&text.replace("{0}", open).replace("{1}", close));
        check(&format!("iter(x) -> {}discard(){}", open.repeat(3_000), close.repeat(3_000)));
        check(&format!("{}x{}", open.repeat(3_000), close.repeat(3_000)));
    }
    for prefix in ["!", "|x| ", "return ", "a = ", "&mut ", "if a {} else ", "*", "- ", "x..", "move |y| "] {
        check(&format!("iter(x) -> map({}x) -> discard()", prefix.repeat(20_000)));
        check(&format!("_: {}x -> discard()", prefix.repeat(5_000)));
        check(&format!("a -> match {{ {} => x }}", prefix.repeat(5_000)));
    }
}
