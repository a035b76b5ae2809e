//! Every rule has a test, every test's rule exists, and `tests/RULES.md` and `tests/ui/README.md` say so.
//!
//! `RULES=overwrite cargo test -p aqueduct-tests --test rules` writes the pages anew.
//!
//! `promises.rs` has the rules, `refusals.rs` what the compiler refuses, `peers/` the cases of others; `sources.rs` and `texts.rs` read what is
//! there, `page.rs` and `messages.rs` write it down. `proofs.rs` sees that each check can fail.

#![cfg(not(loom))]

mod messages;
mod page;
mod peers;
mod promises;
mod proofs;
mod refusals;
mod sources;
mod texts;

use std::collections::BTreeSet;

use aqueduct_tests::ends::in_time;
use aqueduct_tests::files::root;

use peers::PEERS;
use promises::{GROUPS, Rule};
use refusals::{ACCEPTED, BY_RUSTC, BY_THE_MACRO, Refusal};
use sources::{File, Sources};

#[test]
fn the_page_of_rules_is_what_the_sources_say() {
    in_time(|| {
        let sources = Sources::read();
        let missing = [missing_in_rules(&sources), missing_in_cases(&sources)].concat();
        assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
        keep("tests/RULES.md", &page::page(&sources));
    });
}

#[test]
fn the_table_of_refusals_is_what_the_goldens_say() {
    in_time(|| {
        let missing = missing_in_refusals(&texts::all());
        assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
        keep("tests/ui/README.md", &messages::page());
    });
}

/// Fails unless the file reads so, or writes it.
#[track_caller]
fn keep(path: &str, text: &str) {
    let place = root().join(path);
    if std::env::var_os("RULES").is_some_and(|what| what == "overwrite") {
        std::fs::write(place, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(place).unwrap_or_default();
    let differs = kept.lines().zip(text.lines()).find(|(kept, text)| kept != text);
    assert!(
        kept == text,
        "{path} is out of date ({differs:?}): `RULES=overwrite cargo test -p aqueduct-tests --test rules` writes it anew"
    );
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().flat_map(|group| group.rules)
}

/// Rules without a test, and tests of rules that there are not.
fn missing_in_rules(sources: &Sources) -> Vec<String> {
    let mut missing = Vec::new();
    let known: BTreeSet<&str> = rules().map(|Rule(name, ..)| *name).collect();
    let mut proved = BTreeSet::new();
    for (path, File { rules, tests, astray }) in sources.files() {
        let all = tests.iter().flat_map(|test| test.rules.iter().map(move |rule| (rule, test.name.as_str())));
        for (rule, who) in all.chain(rules.iter().map(|rule| (rule, "its first lines"))) {
            proved.insert(rule.as_str());
            if !known.contains(rule.as_str()) {
                missing.push(format!("{path}: `{who}` names the rule {rule}, which there is not"));
            }
        }
        if !rules.is_empty() && tests.is_empty() {
            missing.push(format!("{path}: a file without tests proves no rules"));
        }
        missing.extend(astray.iter().map(|name| format!("{path}: `{name}` names rules and is no test")));
    }
    missing.extend(
        known.difference(&proved).map(|rule| format!("{rule} has no test: name one `{}_…`", rule.to_lowercase())),
    );
    missing
}

/// Cases of others whose tests there are not, and tests named after others that no case mentions.
fn missing_in_cases(sources: &Sources) -> Vec<String> {
    let mut missing = Vec::new();
    let mut mentioned = BTreeSet::new();
    for case in PEERS.iter().flat_map(|peer| peer.cases) {
        if case.tests.is_empty() && case.differs.is_none() {
            missing.push(format!("{}: neither a test nor a reason to differ", case.there));
        }
        for test in case.tests {
            mentioned.insert(*test);
            if sources.find(test).is_none() {
                missing.push(format!("{}: there is no one test `{test}`", case.there));
            }
        }
    }
    for (path, file) in sources.files() {
        let Some(stem) = path.strip_prefix("tests/tests/").and_then(|path| path.strip_suffix(".rs")) else { continue };
        for test in file.tests.iter().filter(|_| stem.starts_with("peers_")) {
            let test = format!("{stem}::{}", test.name);
            if !mentioned.contains(test.as_str()) {
                missing.push(format!("{path}: no case in tests/tests/rules/peers mentions `{test}`"));
            }
        }
    }
    missing
}

/// Texts that belong to no refusal or to several, and patterns that mean none.
fn missing_in_refusals(texts: &[String]) -> Vec<String> {
    let mut missing = Vec::new();
    let all = || [BY_THE_MACRO, BY_RUSTC, ACCEPTED].into_iter().flatten();
    for text in texts {
        let means = |refusal: &&Refusal| refusal.2.iter().any(|pattern| texts::fits(pattern, text));
        let owners: Vec<_> = all().filter(means).map(|Refusal(title, ..)| *title).collect();
        if owners.len() != 1 {
            missing
                .push(format!("tests/ui/{text}.rs belongs to {owners:?} in tests/tests/rules/refusals.rs, not to one"));
        }
    }
    for pattern in all().flat_map(|refusal| refusal.2) {
        if !texts.iter().any(|text| texts::fits(pattern, text)) {
            missing.push(format!("no text in tests/ui is meant by `{pattern}` in tests/tests/rules/refusals.rs"));
        }
    }
    missing
}
