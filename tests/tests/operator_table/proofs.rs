//! Each rule can fail: one thing is taken away from the sources, and the rule says what to add and where.

use super::*;

/// What the rule misses in the tree, and in the tree as it is does not.
#[track_caller]
fn misses(rule: fn(&Tree) -> Missing, change: impl FnOnce(Tree) -> Tree, message: &str) {
    in_time(|| {
        let tree = Tree::read();
        assert!(!rule(&tree).iter().any(|missing| missing.contains(message)), "without the change: {message}");
        let missing = rule(&change(tree));
        assert!(missing.iter().any(|missing| missing.contains(message)), "{message}\n{missing:#?}");
    });
}

/// With `Documented.` and so on above `pub fn map`, instead of what is there.
fn documented(lines: &'static str) -> impl FnOnce(Tree) -> Tree {
    move |tree| tree.with("runtime/src/operators/map.rs", &format!("//! A file.\n\n{lines}\npub fn map<A>() {{}}\n"))
}

const COMPLETE: &str = "/// Documented.
///
/// ```
/// pipeline! { iter(0..3) -> map(f) -> discard() }
/// ```
///
/// * emits: a
/// * pauses: b
/// * finishes: c
/// * stops early: d";

#[test]
fn a_descriptor() {
    misses(
        nothing_has_vanished,
        |tree| tree.without("macros/src/operators/map.rs"),
        "`map` is an operator of the language and has no descriptor: add macros/src/operators/map.rs",
    );
    misses(
        runtime_files_belong_to_descriptors,
        |tree| tree.without("macros/src/operators/map.rs"),
        "runtime/src/operators/map.rs has no descriptor: add macros/src/operators/map.rs",
    );
    misses(
        descriptors_are_in_the_table,
        |tree| tree.changed("macros/src/operators/map.rs", "\"map\"", "\"mop\""),
        "macros/src/operators/map.rs must describe `map`",
    );
    misses(
        descriptors_are_in_the_table,
        |tree| tree.changed("macros/src/operators/mod.rs", "map::MAP,", ""),
        "`map`: add `map::MAP` to the table in macros/src/operators/mod.rs",
    );
}

#[test]
fn an_operator_that_is_still_called_later() {
    let later = "const LATER: &[Descriptor] = &[Descriptor::stage(\n    \"map\", &[])];";
    misses(
        nothing_has_vanished,
        |tree| tree.with("macros/src/operators/later.rs", later),
        "take it out of macros/src/operators/later.rs",
    );
}

#[test]
fn a_place_in_the_list_of_the_language() {
    misses(
        nothing_has_vanished,
        |tree| tree.with("macros/src/operators/xylophone.rs", ""),
        "`xylophone` has a descriptor and is not in `LANGUAGE`",
    );
}

#[test]
fn a_runtime_file() {
    misses(
        runtime_files_belong_to_descriptors,
        |tree| tree.without("runtime/src/operators/map.rs"),
        "`map` has a descriptor and no runtime file: add runtime/src/operators/map.rs",
    );
    misses(
        runtime_files_belong_to_descriptors,
        |tree| tree.with("runtime/src/operators/mod.rs", "\noperators! {\n    filter map_async\n}\n"),
        "`map`: add it to `operators!` in runtime/src/operators/mod.rs",
    );
    misses(
        runtime_files_belong_to_descriptors,
        |tree| tree.with("runtime/src/operators/xylophone.rs", ""),
        "runtime/src/operators/xylophone.rs is no part of the crate",
    );
    misses(
        every_operator_is_documented,
        |tree| tree.changed("runtime/src/operators/map.rs", "pub fn map<", "pub(super) fn map<"),
        "`map`: add `pub fn map` to runtime/src/operators/map.rs",
    );
}

#[test]
fn the_documentation() {
    let complete = documented(COMPLETE)(Tree::read());
    assert!(!every_operator_is_documented(&complete).iter().any(|missing| missing.starts_with("`map`")));
    for (lines, message) in [
        ("", "say what it does"),
        ("/// ```\n/// pipeline! { once(1) -> map(f) -> count() }\n/// ```", "say what it does"),
        ("/// * emits: a", "say what it does"),
        ("/// Documented.", "add an example in which a `pipeline!` has `map`"),
        ("/// ```\n/// pipeline! { once(\"-> map(f)\") -> count() } // -> map(f)\n/// ```", "add an example"),
        (
            "/// ```\n/// iter.map(f)\n/// ```\n/// ```\n/// pipeline! { once(x.map(f)) -> count() }\n/// ```",
            "add an example",
        ),
        ("/// ```no_run\n/// pipeline! { once(1) -> map(f) -> count() }\n/// ```", "let its example run"),
        ("/// ```rust,ignore\n/// pipeline! { once(1) -> map(f) -> count() }\n/// ```", "let its example run"),
        ("/// * emits:", "add the line `* emits: …`, above `pub fn map` in runtime/src/operators/map.rs"),
        ("/// * emits: a", "add the line `* pauses: …`"),
        ("/// * emits: a", "add the line `* finishes: …`"),
        ("/// * emits: a", "add the line `* stops early: …`"),
    ] {
        misses(every_operator_is_documented, documented(lines), &format!("`map`: {message}"));
    }
}

#[test]
fn an_alias() {
    for (alias, name) in ALIASES.iter().filter(|(_, name)| operators(&Tree::read()).contains(name)) {
        let path = format!("runtime/src/operators/{name}.rs");
        let attribute = format!("#[doc(alias = \"{alias}\")]");
        let message = format!("`{name}` is called `{alias}` elsewhere: add {attribute} in {path}");
        misses(aliases_are_found, |tree| tree.changed(&path, &attribute, ""), &message);
    }
}

#[test]
fn a_black_box_test() {
    misses(
        every_operator_has_a_black_box_test,
        |tree| tree.changed("tests/tests/", "-> write_lines(", "-> write("),
        "`write_lines`: no black-box test: use it in a `pipeline!` of a test in tests/tests",
    );
    misses(
        every_operator_has_a_black_box_test,
        |tree| tree.changed("tests/tests/", "interval(", "iter("),
        "`interval`: no black-box test",
    );
}

#[test]
fn a_line_of_the_readme() {
    misses(
        readme_names_every_operator,
        |tree| tree.changed("README.md", " [`map`] ", " `map` "),
        "`map`: add [`map`] to the table of operators in README.md",
    );
    misses(
        readme_names_every_operator,
        |tree| tree.changed("README.md", "\n[`map`]: ", "\n[`mop`]: "),
        "`map`: add the line [`map`]: runtime/src/operators/map.rs to the end of README.md",
    );
}

#[test]
fn a_line_of_the_reference() {
    misses(
        reference_names_every_operator,
        |tree| tree.changed("runtime/src/lib.rs", "//! [`map`]: operators::map()\n", ""),
        "`map`: add the line //! [`map`]: operators::map() to runtime/src/lib.rs",
    );
    misses(
        reference_names_every_operator,
        |tree| tree.changed("runtime/src/operators/mod.rs", " [`map()`] ", " "),
        "`map`: add [`map()`] to the table at the head of runtime/src/operators/mod.rs",
    );
}

#[test]
fn a_block() {
    /// Nothing comes next any more, and `tap` is nowhere else.
    fn built(tree: Tree) -> Tree {
        let readme = tree.get("README.md").unwrap().replace("## What comes next\n", "## What came\n");
        tree.with("README.md", &readme.replace("[`tap`]", "[`top`]"))
    }
    fn with_file(tree: Tree) -> Tree {
        built(tree).with("runtime/src/operators/tap.rs", "/// Documented.\npub fn tap<A>() {}")
    }
    let missing = |rule: fn(&Tree) -> Missing, tree: Tree| rule(&tree).join("\n");
    in_time(|| {
        let tree = Tree::read;
        let docs = missing(every_operator_is_documented, built(tree().with("runtime/src/operators/tap.rs", "")));
        assert!(docs.contains("`tap`: add `pub fn tap` to runtime/src/operators/tap.rs"), "{docs}");
        let docs = missing(every_operator_is_documented, with_file(tree()));
        assert!(docs.contains("`tap`: add an example in which a `pipeline!` has `tap`, above `pub fn tap`"), "{docs}");
        let untested = tree().changed("tests/tests/", "-> tap {", "-> top {");
        let test = missing(every_operator_has_a_black_box_test, built(untested));
        assert!(test.contains("`tap`: no black-box test"), "{test}");
        let line = missing(readme_names_every_operator, built(tree()));
        assert!(line.contains("`tap`: add [`tap`] to the table of operators in README.md"), "{line}");
        assert!(
            line.contains("`tap`: add the line [`tap`]: runtime/src/operators/tap.rs to the end of README.md"),
            "{line}"
        );
    });
}
