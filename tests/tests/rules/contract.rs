//! The rules as the contract has them: their numbers, and a fingerprint of each one's sentences.
//!
//! The contract, `DESIGN.md`, lies beside the repository, not in it; `contract.txt` is what is kept of it. That is compared with the contract wherever it
//! is at hand, and with `promises.rs` always: a rule that is new there, or reads otherwise, fails a test until somebody has looked at its promise.

use std::collections::BTreeMap;
use std::path::PathBuf;

use aqueduct_tests::files::root;

/// What is kept of the contract.
pub const KEPT: &str = "tests/tests/rules/contract.txt";

/// Rules by their order, each with its fingerprint.
pub type Rules = Vec<(String, u32)>;

/// The contract, if it is at hand: where `AQUEDUCT_DESIGN` says, else in the folder beside the repository.
pub fn design() -> Option<String> {
    if let Some(path) = std::env::var_os("AQUEDUCT_DESIGN") {
        let path = PathBuf::from(path);
        return Some(std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    }
    std::fs::read_to_string(root().join("../shared/DESIGN.md")).ok()
}

/// The rules of the contract: items `- L1 …` of its lists, each to the next item or an empty line.
pub fn rules(design: &str) -> Rules {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut within = false;
    for line in design.lines() {
        let item = line.strip_prefix("- ").and_then(|rest| rest.split_once(' ')).filter(|(name, _)| is_name(name));
        if let Some((name, rest)) = item {
            found.push((name.to_owned(), rest.to_owned()));
            within = true;
        } else if !line.starts_with("  ") {
            within = false;
        } else if let (true, Some((_, text))) = (within, found.last_mut()) {
            *text += line;
        }
    }
    found.into_iter().map(|(name, text)| (name, fingerprint(&text))).collect()
}

/// A letter of a group and a number.
fn is_name(word: &str) -> bool {
    let number = word.strip_prefix(['L', 'G', 'S', 'F', 'E']);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

/// FNV-1a of the words: another line break is the same text.
fn fingerprint(text: &str) -> u32 {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// `contract.txt`, written.
pub fn write(rules: &Rules) -> String {
    rules.iter().map(|(name, print)| format!("{name} {print:08x}\n")).collect()
}

/// `contract.txt`, read.
pub fn read() -> Rules {
    let text = std::fs::read_to_string(root().join(KEPT)).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.map(|(name, print)| (name.to_owned(), u32::from_str_radix(print, 16).unwrap())).collect()
}

/// Where what is kept is not what the contract says.
pub fn changed(kept: &Rules, design: &Rules) -> Vec<String> {
    let before: BTreeMap<_, _> = kept.iter().cloned().collect();
    let now: BTreeMap<_, _> = design.iter().cloned().collect();
    let mut changed: Vec<_> = Vec::new();
    for (name, print) in &now {
        match before.get(name) {
            None => changed.push(format!("{name} is new in DESIGN.md")),
            Some(other) if other != print => {
                changed.push(format!("{name} reads otherwise in DESIGN.md: see to its promise"))
            }
            Some(_) => {}
        }
    }
    changed.extend(
        before.keys().filter(|name| !now.contains_key(*name)).map(|name| format!("{name} is gone from DESIGN.md")),
    );
    changed
}

/// Where the promises are not the rules of the contract, one for one and in their order.
pub fn missing(kept: &Rules, promises: &[&str]) -> Vec<String> {
    let kept: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
    let mut missing: Vec<_> = kept
        .iter()
        .filter(|name| !promises.contains(name))
        .map(|name| format!("the contract's {name} has no promise in tests/tests/rules/promises.rs"))
        .collect();
    let strange = promises.iter().filter(|name| !kept.contains(name));
    missing.extend(strange.map(|name| format!("{name} in tests/tests/rules/promises.rs is no rule of the contract")));
    if missing.is_empty() && kept != promises {
        missing.push("the promises stand in another order than the contract's rules, or twice".to_owned());
    }
    missing
}
