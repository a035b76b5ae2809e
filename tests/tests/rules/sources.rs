//! The tests of the repository, read from its sources as text: their names, and the rules they say they prove.
//!
//! A test proves the rules its name begins with (`e1_e2_…`), those of a line `/// Rules: L3, E2` above it, and those of a line
//! `//! Rules: …` at the head of its file. One that is ignored, or is not in every build, proves none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aqueduct_tests::files::{files, root};

/// Where tests are looked for. The examples test programs, not rules.
const FOLDERS: &[&str] = &["tests/tests", "tests/remote/tests", "runtime/src", "macros/src"];

/// The tests by their files, the files by their paths from the root of the repository.
#[derive(Default)]
pub struct Sources(BTreeMap<String, File>);

/// What a file says.
#[derive(Default)]
pub struct File {
    /// The rules that all its tests prove.
    pub rules: BTreeSet<String>,
    /// Its tests, in their order.
    pub tests: Vec<Test>,
    /// The functions with a line `/// Rules: …` that are no tests.
    pub astray: Vec<String>,
    /// Its tests that do not always run, in words: they are not among `tests`.
    pub idle: Vec<String>,
}

/// A test, and the rules that its name and its own line name.
pub struct Test {
    pub name: String,
    pub rules: BTreeSet<String>,
}

impl Sources {
    pub fn read() -> Self {
        let root = root();
        let paths = FOLDERS.iter().flat_map(|folder| files(&root.join(folder), "rs"));
        let text = |path: &Path| std::fs::read_to_string(path).unwrap();
        paths.fold(Self::default(), |sources, path| sources.with(&relative(&path, &root), &text(&path)))
    }

    /// The same with one file more.
    pub fn with(mut self, path: &str, text: &str) -> Self {
        self.0.insert(path.to_owned(), File::parse(text));
        self
    }

    /// All files with tests, in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.0.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// The path of the one file that has the test `file::name`.
    pub fn find(&self, test: &str) -> Option<&str> {
        let (stem, name) = test.split_once("::")?;
        let has = |(path, file): &(&str, &File)| {
            let path = path.trim_end_matches("/main.rs").trim_end_matches("/mod.rs").trim_end_matches(".rs");
            (path == stem || path.ends_with(&format!("/{stem}"))) && file.tests.iter().any(|test| test.name == name)
        };
        let mut found = self.files().filter(has);
        found.next().filter(|_| found.next().is_none()).map(|(path, _)| path)
    }
}

impl File {
    pub fn parse(text: &str) -> Self {
        let mut file = Self::default();
        let (mut is_test, mut named, mut condition) = (false, BTreeSet::new(), None);
        for line in text.lines().map(str::trim) {
            if let Some(list) = line.strip_prefix("//! Rules: ") {
                file.rules.extend(listed(list));
            } else if let Some(list) = line.strip_prefix("/// Rules: ") {
                named.extend(listed(list));
            } else if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                is_test = true;
            } else if is_left_out(line, "#![cfg(") {
                file.idle.push(format!("the file has `{line}`"));
            } else if is_condition(line) {
                condition = Some(line.to_owned());
            } else if let Some(name) = function(line) {
                let (rules, condition) = (std::mem::take(&mut named), condition.take());
                let is_test = std::mem::take(&mut is_test);
                if let (true, Some(condition)) = (is_test, condition) {
                    file.idle.push(format!("`{name}` has `{condition}`"));
                } else if is_test {
                    let rules = begun(name).chain(rules).collect();
                    file.tests.push(Test { name: name.to_owned(), rules });
                } else if !rules.is_empty() {
                    file.astray.push(name.to_owned());
                }
            } else if let Some(module) = line.strip_prefix("mod ").or_else(|| line.strip_prefix("pub(crate) mod ")) {
                let module = module.trim_end_matches([';', '{', ' ']);
                file.idle.extend(condition.take().map(|condition| format!("`mod {module}` has `{condition}`")));
            } else if !is_test && !line.starts_with(['#', '/']) {
                condition = None;
            }
        }
        file
    }
}

/// The conditions of builds that `.ci/run` makes, in each of which the tests behind them run.
const IN_A_BUILD: &[&str] =
    &["(test)", "(loom)", "(not(loom))", "(all(test, not(loom)))", "(all(loom, test))", "feature = ", "tokio_unstable"];

/// Whether it keeps a test, or a module, out of some runs.
fn is_condition(line: &str) -> bool {
    let is_ignored_at_times = line.starts_with("#[cfg_attr(") && line.contains("ignore");
    is_left_out(line, "#[cfg(") || line.starts_with("#[ignore") || is_ignored_at_times
}

/// Whether it begins so, and is of a build that is not made.
fn is_left_out(line: &str, begin: &str) -> bool {
    line.starts_with(begin) && !IN_A_BUILD.iter().any(|known| line.contains(known))
}

fn listed(list: &str) -> impl Iterator<Item = String> {
    list.trim_end_matches('.').split(", ").map(str::to_owned)
}

/// The name of the function that begins in this line.
fn function(line: &str) -> Option<&str> {
    let line = line.strip_prefix("async ").unwrap_or(line);
    line.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// The rules at the beginning of a test's name: the letter of a group and a number each. The figures of speed, P1 to P9, are not rules.
fn begun(name: &str) -> impl Iterator<Item = String> {
    let is_rule = |word: &&str| {
        let number = word.strip_prefix(['l', 'g', 's', 'f', 'e']);
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
    };
    name.split('_').take_while(is_rule).map(str::to_uppercase)
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/")
}
