//! Spoiled texts: sound pipelines with parts dropped, doubled, moved or misspelt give code that compiles or an error of ours.
//!
//! `text` makes sound texts as trees, `spoil` changes them, `compiler` has them all compiled at once, a line each. Every stage and stream
//! of theirs carries `u64`, so that whatever is moved still fits by its type, and rustc has nothing to say beyond what the macro says. Only
//! it knows whether a `match` takes every item, and each of its arms some; where a `?` has come or gone, that there is a `Result` or none;
//! and, where an arm's own letters were changed, what they mean in Rust.
//!
//! For another seed, or more texts: `AQUEDUCT_SEED=… AQUEDUCT_TEXTS=…`; what was said how often is shown with `--nocapture`.

#![cfg(not(loom))]

mod compiler;
mod spoil;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aqueduct_tests::environment::number;
use aqueduct_tests::flow::{Dice, Watchdog};

use compiler::{Said, compile};
use spoil::Changed;
use text::List;

/// How many texts there are, unless the environment says so.
const TEXTS: u64 = 300;

/// Every how manieth text is left as it is.
const SOUND: u64 = 8;

/// What no message of ours may name, since the user has not written it.
const INTERNAL: &[&str] = &["__private", "plan.", "stage::", "panicked", "compile_error", "macro"];

#[derive(Default)]
struct Case {
    text: String,
    sound: bool,
    changed: Changed,
    misses_a_case: bool,
    has_an_idle_arm: bool,
}

/// Texts that were answered by more than our words, as small as it gets.
const FOUND: &[&str] = &[
    // A local that was never bound: behind a sink, for a stream without a head, for a chain that ends in a mistake, for arms that all do.
    "count(); -> -> map(|n| n + 1)",
    "let (a, b) = broadcast; a -> count(); b -> count()",
    "let (a, b) = iter(0..9u64) -> broadcast; a -> 7; b -> count()",
    "iter(0..9u64) -> broadcast { then(async |n| n) -> 7, count() } -> map(|n| n + 1) -> count()",
    "iter(0..9u64) -> match { n => n -> match { n => n -> count() } -> timeout(1h) } -> count()",
    "iter(0..9u64) -> parallel(2) { skip(1) -> match { n => n -> count() } -> skip(1) } -> count()",
    // What stood behind a missing arrow took the items before it; what stood behind a sink took those of the sink.
    "iter(0..9u64) windows(2) -> map(|w| w.len()) -> count()",
    "iter(0..9u64) -> match { n if n > 5 => n, n => n -> count() -> for_each_async(2, async |_| ()) } -> count()",
];

fn cases(seed: u64, count: u64) -> Vec<Case> {
    let mut dice = Dice(seed);
    let mut case = |n: u64| {
        let mut tree: List = text::pipeline(&mut dice);
        let sound = n.is_multiple_of(SOUND);
        let mut changed = Changed::default();
        if !sound {
            for _ in 0..=dice.below(2) {
                spoil::spoil(&mut tree, &mut changed, &mut dice);
            }
        }
        let (misses_a_case, has_an_idle_arm) = (tree.misses_a_case(), tree.has_an_idle_arm());
        Case { text: tree.to_string(), sound, changed, misses_a_case, has_an_idle_arm }
    };
    let found = FOUND.iter().map(|text| Case { text: (*text).into(), ..Case::default() });
    found.chain((0..count).map(&mut case)).collect()
}

#[test]
fn spoiled_texts_compile_or_are_refused_in_our_words() {
    let _watchdog = Watchdog::new(Duration::from_secs(600), "the compiler, over spoiled texts");
    let (seed, count) = (number("AQUEDUCT_SEED").unwrap_or(1), number("AQUEDUCT_TEXTS").unwrap_or(TEXTS));
    println!("AQUEDUCT_SEED={seed} AQUEDUCT_TEXTS={count}");
    let cases = cases(seed, count);
    let mut wrong = Vec::new();
    let mut table = BTreeMap::<String, usize>::new();

    // What stops the compiler early hides what it would say of the others: so those are compiled again without the refused.
    let mut left: Vec<&Case> = cases.iter().collect();
    for turn in ["with the refused", "without them"] {
        let said = compile(&left.iter().map(|case| case.text.as_str()).collect::<Vec<_>>());
        for said in &said {
            *table.entry(said.kind()).or_default() += 1;
            let case = said.text.map(|at| left[at]);
            let text = case.map_or("", |case| &case.text);
            if let Some(why) =
                case.map_or_else(|| Some("it is about none of the texts".into()), |case| objection(case, said))
            {
                wrong.push(format!("{why}, compiled {turn}:\n{text}\n{}", said.rendered));
            }
        }
        let refused: BTreeSet<_> = said.iter().filter_map(|said| said.text).collect();
        println!("{} of {} compile {turn}", left.len() - refused.len(), left.len());
        left = left.iter().enumerate().filter(|(at, _)| !refused.contains(at)).map(|(_, case)| *case).collect();
    }

    for (kind, times) in &table {
        println!("{times:>6}  {kind}");
    }
    assert!(left.len() as u64 >= count / SOUND, "only {} of {count} texts compile", left.len());
    assert!(wrong.is_empty(), "{} answers are not as they should be:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Why the compiler should not have said this of a text.
fn objection(case: &Case, said: &Said) -> Option<String> {
    if case.sound {
        return Some("a sound text".into());
    }
    match said.code.as_deref() {
        Some("E0004") if case.misses_a_case => None,
        Some("unreachable_patterns") if case.has_an_idle_arm => None,
        Some(_) if case.changed.tried && said.speech.contains("Result") => None,
        Some(_) if case.changed.pattern && said.within => None,
        Some(code) => Some(format!("{code}, of which the macro's user knows nothing")),
        None if !said.within && !case.text.is_empty() => Some("it points at more than the text".into()),
        None => {
            let named = INTERNAL.iter().find(|word| said.speech.contains(**word));
            named.map(|word| format!("it names `{word}`"))
        }
    }
}
