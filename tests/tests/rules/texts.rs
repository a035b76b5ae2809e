//! The texts of `ui/`, and which of them a pattern means.

use std::collections::BTreeMap;
use std::path::PathBuf;

use aqueduct_tests::files::{files, root};

fn folder() -> PathBuf {
    root().join("tests/ui")
}

/// All texts: `topic/fail/name`.
pub fn all() -> Vec<String> {
    let folder = folder();
    let text =
        |path: PathBuf| path.strip_prefix(&folder).unwrap().with_extension("").to_str().unwrap().replace('\\', "/");
    files(&folder, "rs").into_iter().map(text).collect()
}

/// The golden of a text, if there is one.
pub fn golden(text: &str) -> Option<String> {
    std::fs::read_to_string(folder().join(format!("{text}.stderr"))).ok()
}

/// Whether the pattern means the text. A `*` stands for anything but `/`; there is at most one.
pub fn fits(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == text };
    let middle = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    middle.is_some_and(|middle| !middle.contains('/'))
}

/// The names of the texts that the patterns mean, by their folders.
pub fn by_folder(patterns: &[&str]) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for text in all().iter().filter(|text| patterns.iter().any(|pattern| fits(pattern, text))) {
        let (folder, name) = text.rsplit_once('/').unwrap();
        found.entry(folder.to_owned()).or_default().push(name.to_owned());
    }
    found
}
