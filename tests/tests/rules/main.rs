//! Every rule has a test, every test's rule exists, and `tests/RULES.md` and `tests/ui/README.md` say so.
//!
//! `RULES=overwrite cargo test -p aqueduct-tests --test rules` writes the pages anew.
//!
//! `promises.rs` has the rules, `contract.rs` compares them with the contract they are of, `refusals.rs` what the compiler refuses, `peers/` the cases of others; `sources.rs` and `texts.rs` read what is
//! there, `page.rs` and `messages.rs` write it down. `proofs.rs` sees that each check can fail.

#![cfg(not(loom))]

mod contract;
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

use peers::{PEERS, Peer};
use promises::{GROUPS, Rule};
use refusals::{ACCEPTED, BY_RUSTC, BY_THE_MACRO, Refusal};
use sources::{File, Sources};

#[test]
fn the_page_of_rules_is_what_the_sources_say() {
    in_time(|| {
        let sources = Sources::read();
        let missing =
            [missing_in_rules(&sources), missing_in_cases(&sources), Vec::from_iter(too_few_cases(PEERS))].concat();
        assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
        keep("tests/RULES.md", &page::page(&sources));
    });
}

/// Where the contract is not at hand, what is kept of it stands for it, and the test says so.
#[test]
fn the_rules_are_those_of_the_contract() {
    in_time(|| {
        match contract::design() {
            Some(design) => {
                let rules = contract::rules(&design);
                assert!(rules.len() > 30, "only {} rules were found in DESIGN.md", rules.len());
                if !is_overwriting() {
                    let changed = contract::changed(&contract::read(), &rules);
                    assert!(changed.is_empty(), "\n{}\n{HOW}", changed.join("\n"));
                }
                keep(contract::KEPT, &contract::write(&rules));
            }
            None => println!(
                "DESIGN.md is not at hand (AQUEDUCT_DESIGN says where it is): compared with {} alone",
                contract::KEPT
            ),
        }
        let promises: Vec<_> = rules().map(|Rule(name, ..)| *name).collect();
        let missing = contract::missing(&contract::read(), &promises);
        assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
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

const HOW: &str = "`RULES=overwrite cargo test -p aqueduct-tests --test rules` keeps the contract as it is now";

fn is_overwriting() -> bool {
    std::env::var_os("RULES").is_some_and(|what| what == "overwrite")
}

/// Fails unless the file reads so, or writes it.
#[track_caller]
fn keep(path: &str, text: &str) {
    let place = root().join(path);
    if is_overwriting() {
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
    for (path, File { rules, tests, astray, idle }) in sources.files() {
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
        missing.extend(idle.iter().map(|what| format!("{path}: {what}, so it proves nothing")));
        missing.extend(astray.iter().map(|name| format!("{path}: `{name}` names rules and is no test")));
    }
    missing.extend(
        known.difference(&proved).map(|rule| format!("{rule} has no test: name one `{}_…`", rule.to_lowercase())),
    );
    missing
}

/// So many rules and tests of others are compared at least.
const CASES: usize = 80;

/// Too few cases of others.
fn too_few_cases(peers: &[Peer]) -> Option<String> {
    let proved = peers::proved(peers);
    (proved < CASES).then(|| format!("only {proved} cases of others have a test, of at least {CASES}"))
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
