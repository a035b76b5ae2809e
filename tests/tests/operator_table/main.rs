//! Nothing of an operator is missing: its descriptor, its runtime file, its documentation with an example that runs, a black-box test,
//! its line in the README. What there is follows from the files; `LANGUAGE` only says what must not vanish.
//!
//! Each rule is a function that looks at the sources as text. `proofs.rs` takes one thing away at a time and sees that the rule says so.

mod proofs;
mod tree;

use std::collections::BTreeSet;

use aqueduct_tests::ends::in_time;

use tree::{Docs, Tree, pipelines, steps};

/// The operators of the language.
const LANGUAGE: &str = "
    iter iter_blocking stream from recv lines bytes interval unfold once repeat_with
    merge concat zip interleave prefer
    map filter filter_map flat_map flatten inspect scan enumerate take skip take_while skip_while map_while step_by dedup dedup_by_key
    chunks windows
    then map_async map_async_unordered map_async_keyed filter_async map_blocking flatten_unordered take_until via
    queue batch ready_chunks throttle timeout debounce sample delay latest conflate
    for_each for_each_async for_each_blocking fold reduce collect count first last discard write write_lines send into
";

/// Its blocks, each with the function that documents it. They have no descriptors. Until one is built, the README names it among what
/// comes next.
const BLOCKS: &[(&str, &str)] =
    &[("match", "route"), ("broadcast", "broadcast"), ("parallel", "parallel"), ("tap", "tap")];

/// What users of other libraries search for, and whose documentation they should find.
const ALIASES: &[(&str, &str)] = &[
    ("balance", "parallel"),
    ("partition", "match"),
    ("grouped_within", "batch"),
    ("chunks_timeout", "batch"),
    ("idle_timeout", "timeout"),
    ("merge_preferred", "prefer"),
];

/// Operators whose examples may be compiled only: none so far. It is meant for those that open files.
const EXAMPLE_NEED_NOT_RUN: &[&str] = &[];

/// The last lines of an operator's documentation.
const CLOSING_LINES: [&str; 4] = ["emits", "pauses", "finishes", "stops early"];

const DESCRIPTORS: &str = "macros/src/operators";
const RUNTIME: &str = "runtime/src/operators";
const README: &str = "README.md";

/// What a rule finds to be missing.
type Missing = Vec<String>;

const RULES: &[fn(&Tree) -> Missing] = &[
    nothing_has_vanished,
    descriptors_are_in_the_table,
    runtime_files_belong_to_descriptors,
    every_operator_is_documented,
    aliases_are_found,
    every_operator_has_a_black_box_test,
    readme_names_every_operator,
    reference_names_every_operator,
];

#[test]
fn nothing_of_an_operator_is_missing() {
    in_time(|| {
        let tree = Tree::read();
        let missing: Missing = RULES.iter().flat_map(|rule| rule(&tree)).collect();
        assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
    });
}

/// The operators that have a descriptor of their own.
fn operators(tree: &Tree) -> Vec<&str> {
    tree.names(DESCRIPTORS).into_iter().filter(|name| !["descriptor", "later"].contains(name)).collect()
}

/// The operators that are known by name only, while there are any; they are not looked for elsewhere.
fn later(tree: &Tree) -> Vec<&str> {
    described(tree.get(&format!("{DESCRIPTORS}/later.rs")).unwrap_or_default())
}

/// The names that descriptors of a file are made with: `Descriptor::stage("map", …`.
fn described(file: &str) -> Vec<&str> {
    let calls = file.split("Descriptor::").skip(1);
    calls.filter_map(|call| call.split_once('(')?.1.trim_start().strip_prefix('"')?.split('"').next()).collect()
}

/// Every operator and block that is built: its word, and the function that documents it.
fn words(tree: &Tree) -> Vec<(&str, &str)> {
    let next = section(tree.get(README).unwrap_or_default(), "What comes next");
    let blocks = BLOCKS.iter().copied().filter(|(word, _)| !next.contains(&format!("`{word}`")));
    operators(tree).into_iter().map(|name| (name, name)).chain(blocks).collect()
}

/// The section of the README that lists the operators.
fn operators_table(readme: &str) -> String {
    section(readme, "Operators").lines().filter(|line| line.starts_with('|')).collect()
}

fn section<'a>(readme: &'a str, title: &str) -> &'a str {
    let from = readme.split_once(&format!("\n## {title}\n")).map_or("", |(_, rest)| rest);
    from.split_once("\n## ").map_or(from, |(section, _)| section)
}

/// Where a name leads: `` [`map`]: runtime/src/operators/map.rs ``.
fn link_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let start = format!("[`{name}`]: ");
    text.lines().find_map(|line| line.trim_start_matches("//! ").strip_prefix(start.as_str()))
}

fn nothing_has_vanished(tree: &Tree) -> Missing {
    let (built, later) = (operators(tree), later(tree));
    let language: Vec<&str> = LANGUAGE.split_whitespace().collect();
    let mut missing = Missing::new();
    for name in &language {
        match (built.contains(name), later.contains(name)) {
            (true, true) => missing.push(format!("`{name}` has a file in {DESCRIPTORS}: take it out of {DESCRIPTORS}/later.rs")),
            (false, false) => missing.push(format!(
                "`{name}` is an operator of the language and has no descriptor: add {DESCRIPTORS}/{name}.rs, with `Descriptor::…(\"{name}\", …)`"
            )),
            _ => {}
        }
    }
    for name in built.iter().chain(&later).filter(|name| !language.contains(name)) {
        missing.push(format!(
            "`{name}` has a descriptor and is not in `LANGUAGE` in tests/tests/operator_table/main.rs: add it there"
        ));
    }
    missing
}

fn descriptors_are_in_the_table(tree: &Tree) -> Missing {
    let module = format!("{DESCRIPTORS}/mod.rs");
    let table: BTreeSet<&str> = tree.get(&module).unwrap_or_default().split([',', '\n', '[']).map(str::trim).collect();
    let mut missing = Missing::new();
    for name in operators(tree) {
        let path = format!("{DESCRIPTORS}/{name}.rs");
        if described(tree.get(&path).unwrap_or_default()) != [name] {
            missing.push(format!("{path} must describe `{name}` and nothing else: `Descriptor::…(\"{name}\", …)`"));
        }
        let row = format!("{name}::{}", name.to_uppercase());
        if !table.contains(row.as_str()) {
            missing.push(format!("`{name}`: add `{row}` to the table in {module}"));
        }
    }
    missing
}

fn runtime_files_belong_to_descriptors(tree: &Tree) -> Missing {
    let module = tree.get(&format!("{RUNTIME}/mod.rs")).unwrap_or_default();
    let listed =
        module.split_once("\noperators! {").and_then(|(_, rest)| rest.split_once('}')).map_or("", |(listed, _)| listed);
    let listed: BTreeSet<&str> = listed.split_whitespace().collect();
    let (files, built) = (tree.names(RUNTIME), operators(tree));
    let helps = |name: &str| module.lines().any(|line| line.ends_with(&format!("mod {name};")));
    let is_block = |name: &str| BLOCKS.iter().any(|(_, function)| *function == name);
    let mut missing = Missing::new();
    for name in &built {
        if !files.contains(name) {
            missing.push(format!(
                "`{name}` has a descriptor and no runtime file: add {RUNTIME}/{name}.rs, with `pub fn {name}`"
            ));
        } else if !listed.contains(name) && !helps(name) {
            missing.push(format!("`{name}`: add it to `operators!` in {RUNTIME}/mod.rs"));
        }
    }
    for name in files.iter().filter(|name| !built.contains(name) && !is_block(name)) {
        if listed.contains(name) {
            missing.push(format!("{RUNTIME}/{name}.rs has no descriptor: add {DESCRIPTORS}/{name}.rs, or remove it"));
        } else if !helps(name) {
            missing.push(format!("{RUNTIME}/{name}.rs is no part of the crate: add `{name}` to `operators!` in {RUNTIME}/mod.rs, or remove it"));
        }
    }
    missing
}

fn every_operator_is_documented(tree: &Tree) -> Missing {
    let mut missing = Missing::new();
    for (word, function) in words(tree) {
        let path = format!("{RUNTIME}/{function}.rs");
        let Some(docs) = tree.get(&path).and_then(|file| Docs::of_function(file, function)) else {
            missing
                .push(format!("`{word}`: add `pub fn {function}` to {path}; its documentation is what editors show"));
            continue;
        };
        missing.extend(lacks(&docs, word).map(|lack| format!("`{word}`: {lack}, above `pub fn {function}` in {path}")));
    }
    missing
}

/// What the documentation of an operator has not.
fn lacks(docs: &Docs, name: &str) -> impl Iterator<Item = String> {
    let mut lacks = Vec::new();
    let prose = docs.text.iter().take_while(|line| !line.starts_with("```"));
    if !prose
        .clone()
        .any(|line| !line.is_empty() && !CLOSING_LINES.iter().any(|word| line.starts_with(&format!("* {word}:"))))
    {
        lacks.push("say what it does".to_owned());
    }
    let shown: Vec<_> =
        docs.examples().into_iter().filter(|(_, code)| uses(code).contains(name)).map(|(word, _)| word).collect();
    if shown.is_empty() {
        lacks.push(format!("add an example in which a `pipeline!` has `{name}`"));
    } else if !EXAMPLE_NEED_NOT_RUN.contains(&name) && !shown.iter().any(|word| runs(word)) {
        lacks.push("let its example run: no `ignore`, `no_run`, `compile_fail` or `text`".to_owned());
    }
    for word in CLOSING_LINES {
        let says = |line: &String| line.strip_prefix(&format!("* {word}:")).is_some_and(|says| !says.trim().is_empty());
        if !docs.text.iter().any(says) {
            lacks.push(format!("add the line `* {word}: …`"));
        }
    }
    lacks.into_iter()
}

/// Whether rustdoc runs an example with that word behind its fence.
fn runs(word: &str) -> bool {
    word.split(',').all(|word| ["", "rust", "should_panic"].contains(&word.trim()) || word.starts_with("edition"))
}

/// The operators and blocks in the pipelines of a file.
fn uses(file: &str) -> BTreeSet<String> {
    pipelines(file).iter().flat_map(|pipeline| steps(pipeline)).map(str::to_owned).collect()
}

fn aliases_are_found(tree: &Tree) -> Missing {
    let words = words(tree);
    let mut missing = Missing::new();
    for (alias, word) in ALIASES {
        let Some((_, function)) = words.iter().find(|(built, _)| built == word) else { continue };
        let path = format!("{RUNTIME}/{function}.rs");
        let attribute = format!("#[doc(alias = \"{alias}\")]");
        let docs = tree.get(&path).and_then(|file| Docs::of_function(file, function));
        if docs.is_some_and(|docs| !docs.attributes.contains(&attribute)) {
            missing.push(format!("`{word}` is called `{alias}` elsewhere: add {attribute} in {path}"));
        }
    }
    missing
}

fn every_operator_has_a_black_box_test(tree: &Tree) -> Missing {
    let used: BTreeSet<String> = tree.texts("tests/tests/").flat_map(uses).collect();
    let without = words(tree).into_iter().filter(|(word, _)| !used.contains(*word));
    without
        .map(|(word, _)| format!("`{word}`: no black-box test: use it in a `pipeline!` of a test in tests/tests"))
        .collect()
}

fn readme_names_every_operator(tree: &Tree) -> Missing {
    let readme = tree.get(README).unwrap_or_default();
    let table = operators_table(readme);
    let mut missing = Missing::new();
    for (word, function) in words(tree) {
        if !table.contains(&format!("[`{word}`]")) {
            missing.push(format!("`{word}`: add [`{word}`] to the table of operators in {README}"));
        }
        let path = format!("{RUNTIME}/{function}.rs");
        if link_of(readme, word) != Some(path.as_str()) {
            missing.push(format!("`{word}`: add the line [`{word}`]: {path} to the end of {README}"));
        }
    }
    missing
}

fn reference_names_every_operator(tree: &Tree) -> Missing {
    let (front, module) = ("runtime/src/lib.rs", format!("{RUNTIME}/mod.rs"));
    let (links, table) = (tree.get(front).unwrap_or_default(), tree.get(&module).unwrap_or_default());
    let mut missing = Missing::new();
    for (word, function) in words(tree) {
        let target = format!("operators::{function}()");
        if link_of(links, word) != Some(target.as_str()) {
            missing.push(format!(
                "`{word}`: add the line //! [`{word}`]: {target} to {front}; without it the README's link is dead in the reference"
            ));
        }
        let listed = |line: &str| line.starts_with("//! |") && line.contains(&format!("[`{function}()`]"));
        if !table.lines().any(listed) {
            missing.push(format!("`{word}`: add [`{function}()`] to the table at the head of {module}"));
        }
    }
    missing
}
