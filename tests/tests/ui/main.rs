//! What the compiler says: `ui/<topic>/{pass,fail}/<behaviour>.rs`, one behaviour a file.
//!
//! `TRYBUILD=overwrite cargo test -p aqueduct-tests --test ui` writes the goldens anew; read them before committing them.

//! `words.rs` knows what no golden should say, `exceptions.rs` where rustc says it all the same.

#![cfg(not(loom))]

mod exceptions;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aqueduct_tests::files::files;
use aqueduct_tests::flow::Watchdog;

/// The topic whose texts have several mistakes.
const SEVERAL: &str = "several";

/// Where a type is missing that only the user can know.
const UNKNOWN: &[&str] = &["open_start_whose_type_is_not_known"];

#[test]
fn texts_compile_or_are_refused_as_their_goldens_say() {
    let _limit = Watchdog::new(Duration::from_secs(1_200), "the compiler, over all texts");
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
        let errors: Vec<_> = text.lines().filter(|line| line.starts_with("error")).collect();
        let place = path.display();
        let is_one_of = |names: &[&str]| path.file_stem().is_some_and(|name| names.iter().any(|known| name == *known));
        if path.components().any(|part| part.as_os_str() == SEVERAL) {
            assert!(errors.len() > 1, "errors in {place}:\n{text}");
        } else {
            assert_eq!(errors.len(), 1, "errors in {place}:\n{text}");
        }
        for word in ["__private", "type annotations needed", "panicked"] {
            let is_apt = word == "type annotations needed" && is_one_of(UNKNOWN);
            assert!(is_apt || !text.contains(word), "`{word}` in {place}:\n{text}");
        }
    }
}

#[test]
fn goldens_keep_the_inside_of_the_runtime_to_themselves() {
    let _limit = Watchdog::new(Duration::from_secs(60), "reading all goldens");
    let astray = words::astray_in(&goldens());
    assert!(astray.is_empty(), "\n{}\n", astray.join("\n"));
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
