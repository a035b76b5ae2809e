//! P9: how long pipelines take to compile, against the same written by hand.
//!
//! Writes packages to a temporary folder, each with one program in one style, and times `cargo build` with the dependencies built before:
//! from nothing in debug and in release, and in debug after one closure was changed. The packages take turns, so that a busy minute
//! falls on all of them. `compile fused 9` measures the shapes whose name contains `fused`, in 9 rounds.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// What is compiled.
struct Shape {
    name: &'static str,
    pipelines: usize,
    /// Of each pipeline, its source and its sink among them.
    stages: usize,
    /// A link stands before every so many stages; none: all are fused.
    queue_every: Option<usize>,
}

const SHAPES: &[Shape] = &[
    Shape { name: "one of 20 stages, fused", pipelines: 1, stages: 20, queue_every: None },
    Shape { name: "one of 20 stages, queue every 4", pipelines: 1, stages: 20, queue_every: Some(4) },
    Shape { name: "50 of 6 stages, queue every 3", pipelines: 50, stages: 6, queue_every: Some(3) },
];

/// How it is written.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    Aqueduct,
    /// A tokio task where aqueduct has one, tokio mpsc where it has a link.
    Tasks,
    /// Combinators in one task, without links.
    Streams,
}

const STYLES: [(Style, &str); 3] =
    [(Style::Aqueduct, "aqueduct"), (Style::Tasks, "tasks"), (Style::Streams, "streams")];

/// How it is built.
#[derive(Clone, Copy)]
enum Build {
    Debug,
    /// In debug, when a constant in one closure is another.
    Changed,
    /// In debug, when the first pipeline has one stage more or less in its middle.
    Extended,
    Release,
}

const BUILDS: [(Build, &str); 4] = [
    (Build::Debug, "debug"),
    (Build::Changed, "debug, one closure changed"),
    (Build::Extended, "debug, one stage more or less"),
    (Build::Release, "release"),
];

fn main() {
    let mut filter = String::new();
    let mut rounds = 5;
    for argument in std::env::args().skip(1) {
        match argument.parse() {
            Ok(number) => rounds = number,
            Err(_) => filter = argument,
        }
    }
    let workspace = Workspace::new();
    println!(
        "| what | build | aqueduct, s | tasks, s | streams, s | of tasks | of streams |\n|---|---|---|---|---|---|---|"
    );
    for (number, shape) in SHAPES.iter().enumerate().filter(|(_, shape)| shape.name.contains(&filter)) {
        let packages = STYLES.map(|(style, word)| Package { name: format!("{word}-{number}"), style });
        for package in &packages {
            workspace.write(package, shape, Edit::default());
            workspace.build(package, Build::Debug);
        }
        for (build, word) in BUILDS {
            let mut times: [Vec<f64>; STYLES.len()] = Default::default();
            for round in 0..=rounds {
                for (package, times) in packages.iter().zip(&mut times) {
                    let edit = match build {
                        Build::Extended => Edit { constant: 0, extended: round % 2 == 0 },
                        _ => Edit { constant: round + 1, extended: false },
                    };
                    workspace.write(package, shape, edit);
                    let time = workspace.build(package, build);
                    // The first round builds what is missing.
                    if round > 0 {
                        times.push(time);
                    }
                }
            }
            let [ours, tasks, streams] = times.map(median);
            let (of_tasks, of_streams) = (ours / tasks, ours / streams);
            let what = shape.name;
            println!("| {what} | {word} | {ours:.2} | {tasks:.2} | {streams:.2} | {of_tasks:.2} | {of_streams:.2} |");
        }
    }
}

/// How the first pipeline of a program differs from the others.
#[derive(Clone, Copy, Default)]
struct Edit {
    /// Added to a constant in a closure in its middle.
    constant: usize,
    /// It has one stage more there.
    extended: bool,
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// A program of one style.
struct Package {
    name: String,
    style: Style,
}

/// Where the packages are; gone when it is dropped.
struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("aqueduct-compile-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        fs::write(folder.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"packages/*\"]\n")
            .expect("a file");
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
        fs::copy(lock, folder.join("Cargo.lock")).expect("the lock file of the benches");
        Self { folder }
    }

    fn write(&self, package: &Package, shape: &Shape, edit: Edit) {
        let source = self.folder.join("packages").join(&package.name).join("src");
        fs::create_dir_all(&source).expect("a folder");
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the runtime's folder");
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\naqueduct = {{ path = {runtime:?} }}\n\
             futures-util = \"0.3\"\ntokio = {{ version = \"1\", features = [\"rt-multi-thread\", \"macros\", \"sync\"] }}\n",
            package.name
        );
        let manifest_file = source.with_file_name("Cargo.toml");
        if !manifest_file.exists() {
            fs::write(manifest_file, manifest).expect("a manifest");
        }
        fs::write(source.join("main.rs"), program(package.style, shape, edit)).expect("a program");
    }

    /// Builds the package, and says how many seconds it took.
    fn build(&self, package: &Package, build: Build) -> f64 {
        if !matches!(build, Build::Changed) {
            self.cargo(&["clean", "--package", &package.name], build);
        }
        let start = Instant::now();
        self.cargo(&["build", "--package", &package.name], build);
        start.elapsed().as_secs_f64()
    }

    fn cargo(&self, arguments: &[&str], build: Build) {
        let mut cargo = Command::new("cargo");
        // As it is for users, whatever is set for our own builds.
        cargo
            .current_dir(&self.folder)
            .env_remove("CARGO_INCREMENTAL")
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS");
        cargo.args(arguments).arg("--quiet").arg("--offline");
        if matches!(build, Build::Release) {
            cargo.arg("--release");
        }
        assert!(cargo.status().expect("cargo").success(), "{arguments:?} in {}", self.folder.display());
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // Nothing is left to do about it.
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn program(style: Style, shape: &Shape, edit: Edit) -> String {
    let uses = match style {
        Style::Aqueduct => "use aqueduct::pipeline;",
        Style::Tasks => "use tokio::sync::mpsc::channel;",
        Style::Streams => "use std::future::ready;\n\nuse futures_util::{StreamExt, stream};",
    };
    let mut text = format!("#![allow(unused_imports)]\n\nuse std::hint::black_box;\n\n{uses}\n\n");
    for number in 0..shape.pipelines {
        let steps = steps(shape, number, if number == 0 { edit } else { Edit::default() });
        let body = match style {
            Style::Aqueduct => pipeline(&steps),
            Style::Tasks => tasks(&steps),
            Style::Streams => streams(&steps),
        };
        let _ = writeln!(text, "async fn run_{number}(items: u64) -> u64 {{\n{body}}}\n");
    }
    text.push_str("#[tokio::main]\nasync fn main() {\n    let items = black_box(100);\n");
    for number in 0..shape.pipelines {
        let _ = writeln!(text, "    println!(\"{{}}\", run_{number}(items).await);");
    }
    text.push_str("}\n");
    text
}

/// A stage between the source and the sink.
struct Step {
    place: usize,
    constant: usize,
    /// A link stands before it.
    linked: bool,
}

fn steps(shape: &Shape, number: usize, edit: Edit) -> Vec<Step> {
    let mut steps = Vec::new();
    for place in 1..shape.stages - 1 {
        let linked = shape.queue_every.is_some_and(|every| place.is_multiple_of(every));
        if place == shape.stages / 2 {
            steps.push(Step { place, constant: number + edit.constant, linked });
            if edit.extended {
                steps.push(Step { place, constant: number, linked: false });
            }
        } else {
            steps.push(Step { place, constant: number, linked });
        }
    }
    steps
}

fn pipeline(steps: &[Step]) -> String {
    let mut text = String::from("    pipeline! {\n        iter(0..items)\n");
    for Step { place, constant, linked } in steps {
        if *linked {
            text.push_str("        -> queue(64)\n");
        }
        let _ = match place % 4 {
            1 => writeln!(text, "        -> map(|n| n.wrapping_mul({place} + {constant}))"),
            2 => writeln!(text, "        -> filter(|n| n % 1000 != {place} + {constant})"),
            3 => writeln!(text, "        -> filter_map(|n| n.checked_add({place} + {constant}))"),
            _ => writeln!(text, "        -> inspect(|n| _ = black_box(*n ^ ({place} + {constant})))"),
        };
    }
    text.push_str(
        "        -> fold(0u64, |sum, n| sum.wrapping_add(n))\n    }\n    .run()\n    .await\n    .expect(\"a sum\")\n",
    );
    text
}

/// A task for each run of steps between two links.
fn tasks(steps: &[Step]) -> String {
    let mut text = String::new();
    let mut segment = 0;
    text.push_str("    let source = 0..items;\n");
    let mut body = String::from("for n in source {\n");
    for Step { place, constant, linked } in steps {
        if *linked {
            let _ = writeln!(text, "    let (sender_{segment}, mut receiver_{segment}) = channel(64);");
            let _ = writeln!(
                text,
                "    tokio::spawn(async move {{\n        {body}            if sender_{segment}.send(n).await.is_err() {{\n                break;\n            }}\n        }}\n    }});"
            );
            body = format!("while let Some(n) = receiver_{segment}.recv().await {{\n");
            segment += 1;
        }
        let _ = match place % 4 {
            1 => writeln!(body, "            let n = u64::wrapping_mul(n, {place} + {constant});"),
            2 => writeln!(
                body,
                "            if n % 1000 == {place} + {constant} {{\n                continue;\n            }}"
            ),
            3 => writeln!(body, "            let Some(n) = n.checked_add({place} + {constant}) else {{ continue }};"),
            _ => writeln!(body, "            _ = black_box(n ^ ({place} + {constant}));"),
        };
    }
    let _ = writeln!(
        text,
        "    let sum = tokio::spawn(async move {{\n        let mut sum = 0u64;\n        {body}            sum = sum.wrapping_add(n);\n        }}\n        sum\n    }});\n    sum.await.expect(\"a sum\")"
    );
    text
}

fn streams(steps: &[Step]) -> String {
    let mut text = String::from("    stream::iter(0..items)\n");
    for Step { place, constant, .. } in steps {
        let _ = match place % 4 {
            1 => writeln!(text, "        .map(|n| n.wrapping_mul({place} + {constant}))"),
            2 => writeln!(text, "        .filter(|n| ready(n % 1000 != {place} + {constant}))"),
            3 => writeln!(text, "        .filter_map(|n| ready(n.checked_add({place} + {constant})))"),
            _ => writeln!(text, "        .inspect(|n| _ = black_box(*n ^ ({place} + {constant})))"),
        };
    }
    text.push_str("        .fold(0u64, |sum, n| ready(sum.wrapping_add(n)))\n        .await\n");
    text
}
