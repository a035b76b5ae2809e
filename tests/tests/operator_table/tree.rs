//! The files of the repository as text, and the little that the rules need to know of their form.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aqueduct_tests::files::{files, root};

/// What the rules look at.
const FOLDERS: &[&str] = &["macros/src/operators", "runtime/src/operators", "tests/tests"];
const FILES: &[&str] = &["README.md", "runtime/src/lib.rs"];

/// Texts by their paths from the root of the repository.
#[derive(Clone)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    pub fn read() -> Self {
        let root = &root();
        let mut tree = Self { files: BTreeMap::new() };
        FOLDERS.iter().for_each(|folder| tree.add_folder(root, folder));
        FILES.iter().for_each(|file| tree.add_file(root, file));
        tree
    }

    fn add_folder(&mut self, root: &Path, folder: &str) {
        for path in files(&root.join(folder), "rs") {
            self.add_file(root, path.strip_prefix(root).unwrap().to_str().unwrap());
        }
    }

    fn add_file(&mut self, root: &Path, path: &str) {
        self.files.insert(path.to_owned(), std::fs::read_to_string(root.join(path)).unwrap());
    }

    /// What is in the file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The names of the Rust files that stand in the folder, but for `mod.rs`.
    pub fn names(&self, folder: &str) -> Vec<&str> {
        let files =
            self.files.keys().filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".rs"));
        files.filter(|name| *name != "mod" && !name.contains('/')).collect()
    }

    /// What is in the files of the folder.
    pub fn texts(&self, folder: &str) -> impl Iterator<Item = &str> {
        self.files.iter().filter(move |(path, _)| path.starts_with(folder)).map(|(_, text)| text.as_str())
    }

    /// The same without a file.
    pub fn without(mut self, path: &str) -> Self {
        assert!(self.files.remove(path).is_some(), "{path}");
        self
    }

    /// The same with one file more.
    pub fn with(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.to_owned());
        self
    }

    /// The same with other words in the files whose paths begin so.
    pub fn changed(mut self, paths: &str, from: &str, to: &str) -> Self {
        let mut found = false;
        for (_, text) in self.files.iter_mut().filter(|(path, _)| path.starts_with(paths)) {
            found |= text.contains(from);
            *text = text.replace(from, to);
        }
        assert!(found, "{from} in {paths}");
        self
    }
}

/// The lines above `pub fn NAME` that document it: text, and attributes as they are.
pub struct Docs {
    pub text: Vec<String>,
    pub attributes: String,
}

impl Docs {
    pub fn of_function(file: &str, name: &str) -> Option<Self> {
        let lines: Vec<&str> = file.lines().collect();
        let is_it = |line: &&str| {
            let rest = line.strip_prefix("pub fn ").and_then(|rest| rest.strip_prefix(name));
            rest.is_some_and(|rest| rest.starts_with(['<', '(']))
        };
        let end = lines.iter().position(is_it)?;
        let start = lines[..end].iter().rposition(|line| line.is_empty()).map_or(0, |blank| blank + 1);
        let lines = &lines[start..end];
        let text = |line: &&str| line.strip_prefix("///").map(|line| line.trim().to_owned());
        let attributes: Vec<&str> = lines.iter().copied().filter(|line| text(line).is_none()).collect();
        Some(Self { text: lines.iter().filter_map(text).collect(), attributes: attributes.join("\n") })
    }

    /// The examples: the word behind the fence, and the code.
    pub fn examples(&self) -> Vec<(&str, String)> {
        let mut examples: Vec<(&str, String)> = Vec::new();
        let mut open = false;
        for line in &self.text {
            match (line.strip_prefix("```"), examples.last_mut()) {
                (Some(_), _) if open => open = false,
                (Some(word), _) => {
                    open = true;
                    examples.push((word, String::new()));
                }
                (None, Some((_, code))) if open => *code += &format!("{line}\n"),
                _ => {}
            }
        }
        examples
    }
}

/// What stands in each `pipeline! { … }` of a file.
pub fn pipelines(file: &str) -> Vec<String> {
    let code = without_text(file);
    let bodies = code.match_indices("pipeline!").filter_map(|(at, word)| {
        let body = &code[at + word.len()..];
        let mut depth = 0;
        let end = body.find(|c| {
            depth += i32::from(matches!(c, '{' | '(' | '[')) - i32::from(matches!(c, '}' | ')' | ']'));
            depth == 0 && matches!(c, '}' | ')' | ']')
        });
        Some(body[..end?].to_owned())
    });
    bodies.collect()
}

/// The words of a pipeline that stand where an operator or a block may: behind an arrow, or at the head of a chain.
pub fn steps(pipeline: &str) -> BTreeSet<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = BTreeSet::new();
    let mut at = 0;
    while let Some(start) = pipeline[at..].find(is_word).map(|start| at + start) {
        at = pipeline[start..].find(|c| !is_word(c)).map_or(pipeline.len(), |end| start + end);
        let before = pipeline[..start].trim_end();
        let is_head = before.ends_with(['{', '(', ']', ';', '=', ',']) && pipeline[at..].starts_with(['(', ':']);
        if is_head || before.ends_with("->") {
            found.insert(&pipeline[start..at]);
        }
    }
    found
}

/// The code without its comments, and without what stands between quotes.
fn without_text(file: &str) -> String {
    let mut code = String::new();
    let mut rest = file;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) =
            raw_string(rest).filter(|_| !code.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        {
            let close = format!("\"{}", "#".repeat(hashes));
            let open = 1 + close.len();
            rest[open..].find(&close).map_or(rest.len(), |end| open + end + close.len())
        } else if c == '"' {
            quoted(rest, '"')
        } else if rest.starts_with("'\\") {
            quoted(rest, '\'')
        } else if c == '\'' && rest.chars().nth(2) == Some('\'') {
            rest.chars().take(3).map(char::len_utf8).sum()
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        rest = &rest[skipped..];
    }
    code
}

/// How many `#` the raw string has that begins here.
fn raw_string(rest: &str) -> Option<usize> {
    let rest = rest.strip_prefix('r')?;
    let hashes = rest.find(|c| c != '#')?;
    rest[hashes..].starts_with('"').then_some(hashes)
}

/// Where the quotation ends that begins here.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|&(_, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |(end, _)| end + 1)
}
