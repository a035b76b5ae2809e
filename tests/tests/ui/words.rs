//! Words of the runtime's inside, which no golden should have: a newcomer knows the operators and the public types, nothing else.
//!
//! They are read from the sources: the modules that are not public, and the types and traits that `lib.rs` does not give out. Where rustc gives
//! us no way, [`EXCEPTIONS`] says what stays, and why; an exception that is not needed any more fails the test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use aqueduct_tests::files::{files, root};

use crate::exceptions::{EXCEPTIONS, Exception, ORDINARY};

/// The words of the runtime's inside.
pub struct Inside {
    modules: BTreeSet<String>,
    names: BTreeSet<String>,
}

impl Inside {
    pub fn read() -> Self {
        let source = root().join("runtime/src");
        let library = fs::read_to_string(source.join("lib.rs")).unwrap();
        let modules = library.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
        let modules = modules.chain(["__private"]).map(str::to_owned).collect();
        let given_out: BTreeSet<&str> =
            library.split("pub use ").skip(1).filter_map(|rest| rest.split(';').next()).flat_map(words).collect();
        let mut names = BTreeSet::new();
        for file in files(&source, "rs") {
            let path = file.strip_prefix(&source).unwrap();
            let is_public = |part| ["remote", "testkit", "guides", "tests"].iter().any(|public| part == *public);
            if !path.components().any(|part| is_public(part.as_os_str())) {
                names.extend(declared(&fs::read_to_string(&file).unwrap()).map(str::to_owned));
            }
        }
        names.retain(|name| !given_out.contains(name.as_str()) && !ORDINARY.contains(&name.as_str()));
        Self { modules, names }
    }

    /// Those in a golden: names that the text does not have itself, and paths through private modules.
    pub fn words_of(&self, golden: &str, text: &str) -> BTreeSet<String> {
        let own: BTreeSet<&str> = words(text).collect();
        let names = words(golden).filter(|word| self.names.contains(*word) && !own.contains(word)).map(str::to_owned);
        let paths = golden.split("aqueduct::").skip(1).filter_map(|rest| {
            let module = words(rest).next()?;
            let is_inside = self.modules.contains(module) && rest[module.len()..].starts_with("::");
            (is_inside || rest.starts_with("operators::given::")).then(|| format!("aqueduct::{module}"))
        });
        names.chain(paths).collect()
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The structs, enums and traits of a source, and the questions of `given.rs`.
fn declared(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("pub").map_or(line, |rest| rest.split_once(' ').map_or("", |(_, rest)| rest));
        let line = line.strip_prefix("(crate) ").unwrap_or(line);
        let rest = ["struct ", "enum ", "trait "].iter().find_map(|kind| line.strip_prefix(kind));
        let question = || line.contains(" asked ").then(|| line.split_once(" as ").map(|(_, rest)| rest)).flatten();
        words(rest.or_else(question)?).next()
    })
}

/// What is wrong with the words of the goldens, which are found by their texts: `topic/fail/name`.
pub fn astray(found: &BTreeMap<String, BTreeSet<String>>, exceptions: &[Exception]) -> Vec<String> {
    let mut astray = Vec::new();
    for (text, words) in found {
        let allowed = |word: &&String| exceptions.iter().any(|exception| exception.allows(text, word));
        let left: Vec<_> = words.iter().filter(|word| !allowed(word)).collect();
        if !left.is_empty() {
            astray.push(format!("{text}: words of the runtime's inside: {left:?}"));
        }
    }
    for Exception { reason, texts, words } in exceptions {
        let has = |text: &str, word: &str| found.get(text).is_some_and(|words| words.contains(word));
        let texts_left = texts.iter().filter(|text| !words.iter().any(|word| has(text, word)));
        let words_left = words.iter().filter(|word| !texts.iter().any(|text| has(text, word)));
        astray
            .extend(texts_left.map(|text| format!("{text}: has none of the words that are excepted because {reason}")));
        astray.extend(
            words_left.map(|word| format!("`{word}` is in none of the texts it is excepted in because {reason}")),
        );
    }
    astray
}

/// As [`astray`], of the goldens that there are.
pub fn astray_in(goldens: &[(std::path::PathBuf, String)]) -> Vec<String> {
    let inside = Inside::read();
    assert!(
        inside.modules.len() > 10 && inside.names.len() > 100,
        "the runtime's sources are not where they should be"
    );
    let folder = root().join("tests/ui");
    let mut found = BTreeMap::new();
    for (path, golden) in goldens {
        let text = fs::read_to_string(path.with_extension("rs")).unwrap();
        let words = inside.words_of(golden, &text);
        let name = path.with_extension("");
        let name = name.strip_prefix(folder.canonicalize().unwrap()).unwrap();
        if !words.is_empty() {
            found.insert(name.to_str().unwrap().replace('\\', "/"), words);
        }
    }
    astray(&found, EXCEPTIONS)
}

#[test]
fn a_word_of_the_inside_and_an_exception_that_is_not_needed_are_told() {
    let inside = Inside::read();
    let golden = "the trait `CanMove` is not implemented for `aqueduct::stage::drive::Chain<Mine>`, see `aqueduct::operators::map`";
    let words = inside.words_of(golden, "struct Mine;");
    assert_eq!(words.iter().map(String::as_str).collect::<Vec<_>>(), ["CanMove", "Chain", "aqueduct::stage"]);
    let found = BTreeMap::from([("types/fail/made_up".to_owned(), words)]);
    let exceptions = [Exception { reason: "so", texts: &["types/fail/made_up", "no"], words: &["CanMove", "Old"] }];
    assert_eq!(
        astray(&found, &exceptions),
        [
            "types/fail/made_up: words of the runtime's inside: [\"Chain\", \"aqueduct::stage\"]",
            "no: has none of the words that are excepted because so",
            "`Old` is in none of the texts it is excepted in because so",
        ]
    );
}
