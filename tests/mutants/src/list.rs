//! The mutants, as `cargo mutants` lists them.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Where in a file, in bytes.
pub type Span = Range<usize>;

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Genre {
    /// A function's body is a value.
    Body,
    /// An arm of a `match` is missing.
    Arm,
    /// A guard of an arm is a value.
    Guard,
    /// An operator is another, or is missing; so is a field of a struct.
    Text,
}

/// One change of the code.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Its number, from 1 on.
    pub id: usize,
    /// The file, from the root of the repository.
    pub file: String,
    pub genre: Genre,
    /// What is replaced.
    pub span: Span,
    pub replacement: String,
    /// What `cargo mutants` calls it, without the line; which of them, where several would be called the same.
    pub name: String,
}

/// All mutants of the files that `.cargo/mutants.toml` names, or of those of them that begin like one of `files`.
pub fn list(root: &Path, files: &[String]) -> Result<Vec<Mutant>, String> {
    let mut command = Command::new("cargo");
    command.current_dir(root).args(["mutants", "--list", "--json", "--package=aqueduct"]);
    command.arg("--package=aqueduct-macros");
    let output = command.output().map_err(|error| format!("cargo mutants: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo mutants: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let listed: Vec<Value> = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let mut text = (String::new(), String::new());
    let mut mutants = Vec::new();
    for (place, entry) in listed.iter().enumerate() {
        let string = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let file = string("file");
        if text.0 != file {
            let read = fs::read_to_string(root.join(&file)).map_err(|error| format!("{file}: {error}"))?;
            text = (file.clone(), read);
        }
        let span = offset(&text.1, &entry["span"]["start"])..offset(&text.1, &entry["span"]["end"]);
        // `Poll::from(x)` is `Poll::Ready(x)`: where that is the body, nothing is changed.
        if text.1[span.clone()].replace("Poll::Ready(", "Poll::from(") == string("replacement") {
            continue;
        }
        mutants.push(Mutant {
            id: place + 1,
            genre: match entry["genre"].as_str() {
                Some("FnValue") => Genre::Body,
                Some("MatchArm") => Genre::Arm,
                Some("MatchArmGuard") => Genre::Guard,
                _ => Genre::Text,
            },
            span,
            replacement: string("replacement"),
            name: string("name").split_once(": ").map_or(String::new(), |(_, what)| format!("{file}: {what}")),
            file,
        });
    }
    number(&mut mutants);
    mutants.retain(|mutant| files.is_empty() || files.iter().any(|file| mutant.file.starts_with(file)));
    Ok(mutants)
}

fn number(mutants: &mut [Mutant]) {
    let mut same: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, mutant) in mutants.iter().enumerate() {
        same.entry(mutant.name.clone()).or_default().push(place);
    }
    for places in same.values().filter(|places| places.len() > 1) {
        for (nth, place) in places.iter().enumerate() {
            mutants[*place].name += &format!(" ({} of {})", nth + 1, places.len());
        }
    }
}

/// A line and a column, both from 1 on, as an offset.
fn offset(text: &str, place: &Value) -> usize {
    let number = |key: &str| place[key].as_u64().map_or(0, |number| number as usize - 1);
    let line: usize = text.split_inclusive('\n').take(number("line")).map(str::len).sum();
    line + text[line..].chars().take(number("column")).map(char::len_utf8).sum::<usize>()
}
