//! `tests/ui/README.md`, as text: each refusal with its message.

use std::fmt::Write as _;

use crate::refusals::{BY_RUSTC, BY_THE_MACRO, Refusal};
use crate::texts;

const HEAD: &str = "\
# What the compiler says

`<topic>/{pass,fail}/<behaviour>.rs` is a text with one behaviour, `.stderr` beside it all that the compiler says of it. `cargo test -p
aqueduct-tests --test ui` compares; with `TRYBUILD=overwrite` it writes the goldens anew.

This page is the goldens' first lines: the mistake, the user's words that the error is aimed at, and what it says. Written by
`RULES=overwrite cargo test -p aqueduct-tests --test rules`; without the variable the same test fails when the page is not what the goldens say.
";

pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for (title, refusals) in [("In the macro's words", BY_THE_MACRO), ("In rustc's words", BY_RUSTC)] {
        write!(page, "\n## {title}\n").unwrap();
        refusals.iter().for_each(|refusal| add(&mut page, refusal));
    }
    page
}

fn add(page: &mut String, Refusal(title, promise, patterns): &Refusal) {
    write!(page, "\n### {title}\n\n{promise}\n\n| mistake | aimed at | message |\n|---|---|---|\n").unwrap();
    for (folder, names) in texts::by_folder(patterns) {
        for name in names {
            let errors = texts::golden(&format!("{folder}/{name}")).map_or(Vec::new(), |golden| errors(&golden));
            let aims: Vec<_> = errors.iter().map(|error| code(&error.aim)).collect();
            let messages: Vec<_> = errors.iter().map(Said::message).collect();
            let mistake = format!("[{}]({folder}/{name}.rs)", name.replace('_', " "));
            writeln!(page, "| {mistake} | {} | {} |", aims.join("<br>"), messages.join("<br>")).unwrap();
        }
    }
}

/// What one error of a golden says.
struct Said {
    text: String,
    /// The user's words under its first carets.
    aim: String,
    /// What stands beside the carets, and the notes and helps that are in our words.
    hints: Vec<String>,
}

impl Said {
    fn message(&self) -> String {
        let hints = self.hints.iter().map(|hint| format!("<br>{}", cell(hint)));
        cell(&self.text) + &hints.collect::<String>()
    }
}

/// The errors of a golden, those that say and point to the same but once.
fn errors(golden: &str) -> Vec<Said> {
    let parts = golden.split("\n\n").filter(|part| part.starts_with("error"));
    let mut errors: Vec<Said> = Vec::new();
    for said in parts.filter_map(said) {
        if !errors.iter().any(|other| other.text == said.text) {
            errors.push(said);
        }
    }
    errors
}

fn said(error: &str) -> Option<Said> {
    let (_, text) = error.lines().next()?.split_once(": ")?;
    let lines: Vec<&str> = error.lines().collect();
    let at = lines.iter().position(|line| line.trim_start().starts_with('|') && line.contains('^'))?;
    let mut hints = hints(&lines);
    let label = lines[at]
        .rsplit('^')
        .next()
        .map(str::trim)
        .filter(|label| !label.is_empty() && !label.starts_with('-') && *label != text);
    hints.splice(..0, label.map(str::to_owned));
    Some(Said { text: text.to_owned(), aim: aim(lines[at - 1], lines[at]), hints })
}

/// The words of the line above the first carets, which stand in the same columns. An underline that the carets are the end of belongs to them.
fn aim(above: &str, carets: &str) -> String {
    let underlined: Vec<char> = carets.chars().collect();
    let first = underlined.iter().position(|c| *c == '^').unwrap_or(0);
    let len = underlined[first..].iter().take_while(|c| **c == '^').count();
    let end = first + len;
    let before =
        underlined[..first].iter().rev().take_while(|c| **c == '-' && underlined.get(end) != Some(&'-')).count();
    above.chars().skip(first - before).take(before + len).collect::<String>().trim().to_owned()
}

/// How rustc's own notes and helps begin. They say what the line itself shows, or name types of the runtime.
const RUSTCS: &[&str] = &[
    "the trait ",
    "the following other ",
    "the matched value ",
    "required ",
    "expected ",
    "within ",
    "not covered",
    "for that trait implementation",
    "if you want ",
    "the full ",
    "this error originates",
];

/// The lines `= note: …` and `= help: …` that are ours.
fn hints(lines: &[&str]) -> Vec<String> {
    let hints = lines.iter().filter_map(|line| line.trim_start().strip_prefix("= "));
    let said = hints.filter_map(|hint| hint.strip_prefix("note: ").or(hint.strip_prefix("help: ")));
    let rustcs =
        |hint: &str| hint.ends_with(" hidden") || RUSTCS.iter().any(|start| hint.trim_start().starts_with(start));
    said.filter(|hint| !rustcs(hint)).map(str::to_owned).collect()
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}
