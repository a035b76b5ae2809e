//! Runs the tests against mutants of the code, all of them in one build: `bash .ci/mutants` says how.
//!
//! `cargo mutants` lists the mutants ([`list`]); it would build each of them anew. Here each becomes a branch that is taken
//! when the environment asks for it ([`places`], [`switches`]), in a copy of the repository that is built once ([`tree`]). A mutant is tried
//! by the test programs that come to where it is ([`play`]). What cannot be a branch, as it is part of a constant, is built by itself.

mod known;
mod list;
mod places;
mod play;
mod switches;
mod tree;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use known::Outcomes;
use list::Mutant;
use play::Outcome;
use tree::{Suite, Tree, Viable};

/// The black-box tests that are not run: they say nothing of the runtime, or count what the whole program allocates. `graphs` comes later.
const LEFT_OUT: [&str; 9] =
    ["allocation", "drawings", "graphs", "memory", "operator_table", "pedantic", "rules", "spoiled", "ui"];

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().map_err(|error| error.to_string())?;
    let folder = env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from).join("mutants");
    let (options, files): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|word| word.starts_with("--"));
    if let Some(unknown) = options.iter().find(|option| !["--go-on", "--missed"].contains(&option.as_str())) {
        return Err(format!("unknown option {unknown}: there are --go-on and --missed"));
    }

    let mutants = list::list(&root, &files)?;
    let outcomes = Outcomes::open(&folder, !options.is_empty())?;
    if options.iter().any(|option| option == "--missed") {
        outcomes.forget_missed();
    }
    let tree = Tree::new(&root, folder.join("tree"), &mutants)?;
    let viable = tree.switch(&mutants, |mutant| outcomes.is_unviable(mutant))?;
    try_all(&tree, &viable, &folder, &outcomes)?;
    let tree = Tree::new(&root, folder.join("alone/tree"), &[])?;
    for mutant in viable.alone.iter().filter(|mutant| outcomes.is_left(mutant, SUITES)) {
        outcomes.tell(mutant, &try_alone(&tree, mutant)?);
    }
    outcomes.figures(&mutants);
    outcomes.compare(&root.join("tests/MUTANTS.md"), &mutants, &files)
}

/// How many suites there are.
const SUITES: usize = 4;

/// The tests, those first that see the most in the least time.
fn suites(tree: &Tree) -> Result<[Suite; SUITES], String> {
    Ok([libraries(), black_box(tree)?, beside(), tests(&["graphs"])])
}

/// Tries what can be switched on: by the tests of the libraries, then what those miss by the black-box tests.
fn try_all(tree: &Tree, viable: &Viable<'_>, folder: &Path, outcomes: &Outcomes) -> Result<(), String> {
    viable.unviable.iter().for_each(|mutant| outcomes.tell(mutant, &Outcome::Unviable));
    for (number, suite) in (1..).zip(suites(tree)?) {
        // Black-box tests have nothing to say of the macro.
        let has_say = |mutant: &&&Mutant| number == 1 || !mutant.file.starts_with("macros/");
        let left = viable.switched.iter().filter(|mutant| outcomes.is_left(mutant, number)).filter(has_say);
        let left: Vec<&Mutant> = left.copied().collect();
        println!("{} mutants are left", left.len());
        if !left.is_empty() {
            let programs = play::know(tree.tests(&suite)?, folder)?;
            play::play(&left, &programs, number, outcomes);
        }
    }
    Ok(())
}

/// Tries a mutant in a build of its own.
fn try_alone(tree: &Tree, mutant: &Mutant) -> Result<Outcome, String> {
    let mut outcome = Outcome::Unviable;
    if tree.mutate(mutant)? {
        for (number, suite) in (1..).zip(suites(tree)?) {
            outcome = play::one(mutant.id, &play::know_nothing(tree.tests(&suite)?), number);
            if !matches!(outcome, Outcome::Missed(_)) {
                break;
            }
        }
    }
    tree.restore(&mutant.file)?;
    Ok(outcome)
}

/// The tests in the two libraries. Those that play at random take long: what the others catch does not wait for them. `robust` takes longer,
/// and sees nothing but panics of the macro.
fn libraries() -> Suite {
    let cargo = ["--package=aqueduct", "--package=aqueduct-macros", "--lib", "--all-features"];
    let parts = [&["--skip=random", "--skip=robust"][..], &["random", "--skip=robust"]];
    let parts = parts.map(|part| part.iter().map(|word| (*word).to_owned()).collect());
    Suite { cargo: cargo.map(str::to_owned).to_vec(), opt_level: "1", parts: parts.to_vec() }
}

/// The black-box tests, which are files and folders, or those of them that `TESTS` names.
fn black_box(tree: &Tree) -> Result<Suite, String> {
    let entries = fs::read_dir(tree.copy.join("tests/tests")).map_err(|error| error.to_string())?;
    let files = entries.flatten().map(|entry| entry.path());
    let all = files.map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    let some = env::var("TESTS").ok().map(|names| names.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    let names = some.unwrap_or_else(|| all.filter(|name| !LEFT_OUT.contains(&name.as_str())).collect());
    Ok(tests(&names.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// The tests that are packages of their own: of those who look on, but for those with a terminal or a network, which count real time; and of remote
/// queues whose broker is in memory.
fn beside() -> Suite {
    let packages = ["--package=aqueduct-watch-tests", "--package=aqueduct-remote-tests"];
    let tests = ["--test=metrics", "--test=tracing", "--test=pipeline", "--test=roles", "--test=seen"];
    let cargo = packages.iter().chain(&tests).map(|word| (*word).to_owned()).collect();
    Suite { cargo, opt_level: "0", parts: vec![Vec::new()] }
}

/// Black-box tests, each as it is.
fn tests(names: &[&str]) -> Suite {
    let mut cargo = vec!["--package=aqueduct-tests".to_owned()];
    cargo.extend(names.iter().map(|name| format!("--test={name}")));
    Suite { cargo, opt_level: "0", parts: vec![Vec::new()] }
}
