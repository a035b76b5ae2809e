//! `tests/RULES.md`, as text.

use std::fmt::Write as _;

use crate::peers::{self, Case, PEERS, Peer};
use crate::promises::{GROUPS, Rule};
use crate::refusals::{ACCEPTED, BY_RUSTC, BY_THE_MACRO, Refusal};
use crate::sources::Sources;
use crate::texts;

const HEAD: &str = "\
# Rules and their proofs

Written by `RULES=overwrite cargo test -p aqueduct-tests --test rules`; without the variable the same test fails when this page is not what
the sources say, when a rule has no test, or when a test names a rule that there is not.

A test proves the rules its name begins with, and those of a line `/// Rules: …` above it. Where a whole file is named, each of its tests proves
the rule. The sentences stand in `tests/tests/rules/promises.rs`; that they are the rules of the contract, one for one, is a test of its own. A test that is
`#[ignore]`d, or that some builds leave out, proves nothing.

The last part compares with the rules and tests of others. Where a case says that we differ, the sentence before that is theirs.
";

pub fn page(sources: &Sources) -> String {
    let mut page = HEAD.to_owned();
    for group in GROUPS {
        write!(page, "\n## {}\n", group.title).unwrap();
        group.rules.iter().for_each(|rule| add_rule(&mut page, rule, sources));
    }
    for (title, refusals) in [
        ("What the macro refuses", BY_THE_MACRO),
        ("What rustc refuses, aimed by us", BY_RUSTC),
        ("What must compile", ACCEPTED),
    ] {
        write!(page, "\n## {title}\n").unwrap();
        refusals.iter().for_each(|refusal| add_refusal(&mut page, refusal));
    }
    page += "\nThe messages stand in [the table of refusals](ui/README.md).\n";
    add_count(&mut page);
    PEERS.iter().for_each(|peer| add_peer(&mut page, peer, sources));
    page
}

/// How many cases of others there are: so many stand in the tables that follow.
fn add_count(page: &mut String) {
    let cases = || PEERS.iter().flat_map(|peer| peer.cases);
    let proved = peers::proved(PEERS);
    let differ = cases().filter(|case| case.differs.is_some()).count();
    let all = cases().count();
    write!(
        page,
        "\nThe tables below have {all} cases of others. {proved} have tests here, {differ} of all say how we differ.\n"
    )
    .unwrap();
}

fn add_rule(page: &mut String, Rule(name, title, promise): &Rule, sources: &Sources) {
    write!(page, "\n### {name} {title}\n\n{promise}\n\n").unwrap();
    for (path, file) in sources.files() {
        if file.rules.contains(*name) {
            writeln!(page, "* `{path}`: the whole file").unwrap();
            continue;
        }
        let tests = file.tests.iter().filter(|test| test.rules.contains(*name)).map(|test| test.name.as_str());
        add_names(page, path, tests);
    }
}

fn add_refusal(page: &mut String, Refusal(title, promise, patterns): &Refusal) {
    write!(page, "\n### {title}\n\n{promise}\n\n").unwrap();
    for (folder, names) in texts::by_folder(patterns) {
        add_names(page, &format!("tests/ui/{folder}"), names.iter().map(String::as_str));
    }
}

fn add_names<'a>(page: &mut String, place: &str, names: impl Iterator<Item = &'a str>) {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    if !names.is_empty() {
        writeln!(page, "* `{place}`: {}", names.join(", ")).unwrap();
    }
}

fn add_peer(page: &mut String, peer: &Peer, sources: &Sources) {
    write!(page, "\n## {}\n\n{}\n\n| there | in our words | proof |\n|---|---|---|\n", peer.title, peer.about).unwrap();
    for Case { there, promise, differs, tests } in peer.cases {
        let differs = differs.map_or(String::new(), |why| format!(" **We differ:** {why}"));
        let tests: Vec<_> = tests.iter().map(|test| proof(test, sources)).collect();
        writeln!(page, "| {there} | {promise}{differs} | {} |", tests.join("<br>")).unwrap();
    }
}

/// A test as a link to its file. One that there is not is the business of `missing`.
fn proof(test: &str, sources: &Sources) -> String {
    let name = test.rsplit("::").next().unwrap_or(test);
    match sources.find(test) {
        Some(path) => {
            format!("[`{name}`]({})", path.strip_prefix("tests/").map_or(format!("../{path}"), str::to_owned))
        }
        None => format!("`{test}`"),
    }
}
