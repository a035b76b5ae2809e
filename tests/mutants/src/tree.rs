//! A copy of the repository, with switches in it, and what cargo says of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::list::Mutant;
use crate::switches::{MODULE, switch};

/// The copy.
pub struct Tree {
    root: PathBuf,
    pub copy: PathBuf,
}

impl Program {
    /// What is run, in a word.
    pub fn name(&self) -> String {
        self.arguments.first().filter(|part| !part.starts_with('-')).cloned().unwrap_or_else(|| {
            let file = self.file.file_name().unwrap_or_default().to_string_lossy();
            file.split('-').next().unwrap_or_default().to_owned()
        })
    }
}

/// The packages that get switches.
const LIBRARIES: [&str; 2] = ["runtime", "macros"];

/// What a build made of the mutants.
#[derive(Default)]
pub struct Viable<'a> {
    /// Those that can be switched on.
    pub switched: Vec<&'a Mutant>,
    /// Those that need a build of their own.
    pub alone: Vec<&'a Mutant>,
    /// Those that were found to be no Rust, or of the wrong type.
    pub unviable: Vec<&'a Mutant>,
}

/// What is built at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// What cargo is asked for.
    pub cargo: Vec<String>,
    /// How much it is optimised: tests that play long take less time then, and many tests more.
    pub opt_level: &'static str,
    /// How each program is run, one after the other.
    pub parts: Vec<Vec<String>>,
}

/// A test program, and which of its tests are meant.
#[derive(Clone, Debug)]
pub struct Program {
    pub file: PathBuf,
    /// Where its package is.
    pub folder: PathBuf,
    pub arguments: Vec<String>,
}

impl Tree {
    /// Copies what git knows of, and what it would, but for what will be switched; a file that is the same stays as it is, so that
    /// it is not compiled again.
    pub fn new(root: &Path, copy: PathBuf, mutants: &[Mutant]) -> Result<Self, String> {
        let switched = files(mutants);
        let listed = Command::new("git")
            .current_dir(root)
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .output()
            .map_err(|error| format!("git: {error}"))?;
        for file in String::from_utf8_lossy(&listed.stdout).split_terminator('\0') {
            let has_switches =
                !mutants.is_empty() && LIBRARIES.iter().any(|library| file == format!("{library}/src/lib.rs"));
            if !switched.contains(file)
                && !has_switches
                && let Ok(bytes) = fs::read(root.join(file))
            {
                write(&copy.join(file), &bytes)?;
            }
        }
        Ok(Self { root: root.to_owned(), copy })
    }

    /// Writes switches for all of `mutants` but those `known` not to compile, and finds out which of the others do not.
    pub fn switch<'a>(&self, mutants: &'a [Mutant], known: impl Fn(&Mutant) -> bool) -> Result<Viable<'a>, String> {
        for library in LIBRARIES {
            let lib = format!("{library}/src/lib.rs");
            let text = self.original(&lib)? + "\n#[doc(hidden)]\nmod mutants;\n";
            write(&self.copy.join(lib), text.as_bytes())?;
            write(&self.copy.join(library).join("src/mutants.rs"), MODULE.as_bytes())?;
        }
        let mut out: BTreeSet<usize> = mutants.iter().filter(|mutant| known(mutant)).map(|mutant| mutant.id).collect();
        loop {
            let mut lines: BTreeMap<String, Vec<(usize, RangeInclusive<usize>)>> = BTreeMap::new();
            let mut alone = Vec::new();
            for file in files(mutants) {
                let of: Vec<&Mutant> = mutants.iter().filter(|m| m.file == file && !out.contains(&m.id)).collect();
                let switched = switch(&self.original(&file)?, &of).map_err(|error| format!("{file}: {error}"))?;
                write(&self.copy.join(&file), switched.text.as_bytes())?;
                alone.extend(switched.alone);
                out.extend(switched.unviable);
                lines.insert(file, switched.lines);
            }
            let errors = self.check()?;
            if errors.is_empty() {
                let mut viable = Viable::default();
                for mutant in mutants.iter().filter(|mutant| !known(mutant)) {
                    let kind = match mutant.id {
                        id if out.contains(&id) => &mut viable.unviable,
                        id if alone.contains(&id) => &mut viable.alone,
                        _ => &mut viable.switched,
                    };
                    kind.push(mutant);
                }
                return Ok(viable);
            }
            let at = |(file, line): &(String, usize)| {
                let of = lines.get(file).into_iter().flatten();
                of.filter(|(_, lines)| lines.contains(line)).map(|(id, _)| *id).collect::<Vec<_>>()
            };
            let mut found: BTreeSet<usize> = errors.iter().flat_map(|error| &error.places).flat_map(at).collect();
            if found.is_empty() {
                found = errors.iter().flat_map(|error| &error.others).flat_map(at).collect();
            }
            if found.is_empty() {
                return Err(format!("the switches do not compile:\n{}", errors[0].text));
            }
            out.extend(found);
        }
    }

    /// The copy without switches, with one mutant; says whether it compiles.
    pub fn mutate(&self, mutant: &Mutant) -> Result<bool, String> {
        let mut text = self.original(&mutant.file)?;
        text.replace_range(mutant.span.clone(), &mutant.replacement);
        write(&self.copy.join(&mutant.file), text.as_bytes())?;
        Ok(self.check()?.is_empty())
    }

    /// Takes a file's switches and mutants out.
    pub fn restore(&self, file: &str) -> Result<(), String> {
        write(&self.copy.join(file), self.original(file)?.as_bytes())
    }

    fn original(&self, file: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(file)).map_err(|error| format!("{file}: {error}"))
    }

    fn check(&self) -> Result<Vec<Told>, String> {
        let packages = ["--package=aqueduct", "--package=aqueduct-macros", "--all-features"];
        Ok(self.cargo("check", &packages, "0")?.0)
    }

    /// Builds tests.
    pub fn tests(&self, suite: &Suite) -> Result<Vec<Program>, String> {
        let arguments = [&["--no-run".to_owned()], &suite.cargo[..]].concat();
        let (errors, programs) = self.cargo("test", &arguments, suite.opt_level)?;
        match errors.first() {
            Some(error) => Err(error.text.clone()),
            None => Ok(programs
                .iter()
                .flat_map(|program| {
                    suite.parts.iter().map(|part| Program { arguments: part.clone(), ..program.clone() })
                })
                .collect()),
        }
    }

    fn cargo(
        &self,
        command: &str,
        arguments: &[impl AsRef<OsStr>],
        opt_level: &str,
    ) -> Result<(Vec<Told>, Vec<Program>), String> {
        let output = Command::new("cargo")
            .current_dir(&self.copy)
            .args([command, "--message-format=json", "--quiet"])
            .args(arguments)
            .env("RUSTFLAGS", "-Awarnings")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", opt_level)
            .env("CARGO_TARGET_DIR", self.copy.with_file_name("build"))
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cargo: {error}"))?;
        let messages = String::from_utf8_lossy(&output.stdout);
        let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let (mut errors, mut programs) = (Vec::new(), Vec::new());
        for message in messages {
            if message["message"]["level"] == "error" {
                errors.push(told(&message["message"]));
            }
            if let Some(file) = message["executable"].as_str()
                && message["profile"]["test"] == true
            {
                let manifest = Path::new(message["manifest_path"].as_str().unwrap_or_default());
                programs.push(Program {
                    file: file.into(),
                    folder: manifest.parent().unwrap_or(manifest).to_owned(),
                    arguments: Vec::new(),
                });
            }
        }
        // What cannot be parsed has been told by name of its error alone.
        errors.retain(|error| !error.places.is_empty());
        if !output.status.success() && errors.is_empty() {
            return Err(format!("cargo {command} failed"));
        }
        Ok((errors, programs))
    }
}

/// An error of the compiler.
struct Told {
    text: String,
    /// File and line of what is at fault.
    places: Vec<(String, usize)>,
    /// Of all else that is pointed at: where what is at fault is no mutant's, the mutant is there.
    others: Vec<(String, usize)>,
}

fn told(message: &Value) -> Told {
    let text = message["rendered"].as_str().unwrap_or_default().to_owned();
    let mut told = Told { text, places: Vec::new(), others: Vec::new() };
    let mut waiting = vec![message];
    while let Some(part) = waiting.pop() {
        for span in part["spans"].as_array().into_iter().flatten() {
            let line = span["line_start"].as_u64().unwrap_or(0) as usize;
            let at_fault = span["is_primary"] == true && std::ptr::eq(part, message);
            let places = if at_fault { &mut told.places } else { &mut told.others };
            places.push((span["file_name"].as_str().unwrap_or_default().to_owned(), line));
        }
        waiting.extend(part["children"].as_array().into_iter().flatten());
    }
    told
}

/// The files of `mutants`, each once.
fn files(mutants: &[Mutant]) -> BTreeSet<String> {
    mutants.iter().map(|mutant| mutant.file.clone()).collect()
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), String> {
    if fs::read(file).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, bytes))
        .map_err(|error| format!("{}: {error}", file.display()))
}
