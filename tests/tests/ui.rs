//! What the compiler says: `ui/<topic>/{pass,fail}/<behaviour>.rs`, one behaviour a file.
//!
//! `TRYBUILD=overwrite cargo test -p aqueduct-tests --test ui` writes the goldens anew; read them before committing them.

#![cfg(not(loom))]

use std::fs;
use std::path::{Path, PathBuf};

/// The topic whose texts have several mistakes.
const SEVERAL: &str = "several";

#[test]
fn texts_compile_or_are_refused_as_their_goldens_say() {
    let tests = trybuild::TestCases::new();
    tests.pass("ui/*/pass/*.rs");
    tests.compile_fail("ui/*/fail/*.rs");
}

/// One mistake is one error, in our words or rustc's own, never about what the macro made.
#[test]
fn goldens_speak_of_one_mistake_and_of_the_users_text() {
    let goldens = goldens();
    assert!(goldens.len() > 100, "the goldens are not where they should be: {} found", goldens.len());
    for (path, text) in goldens {
        let errors = text.lines().filter(|line| line.starts_with("error")).count();
        let wanted = if path.components().any(|part| part.as_os_str() == SEVERAL) { errors.max(2) } else { 1 };
        assert_eq!(errors, wanted, "errors in {}:\n{text}", path.display());
        for word in ["__private", "type annotations needed", "panicked"] {
            assert!(!text.contains(word), "`{word}` in {}:\n{text}", path.display());
        }
    }
}

/// A behaviour without a golden would be written down by the first run instead of being tested.
#[test]
fn every_refusal_has_a_golden() {
    let sources = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ui"), "rs");
    for source in sources.iter().filter(|path| path.parent().is_some_and(|folder| folder.ends_with("fail"))) {
        assert!(source.with_extension("stderr").exists(), "no golden for {}", source.display());
    }
}

fn goldens() -> Vec<(PathBuf, String)> {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ui"), "stderr");
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}
