//! Random graphs: every block and fan-in, within and behind each other, run many times with random parameters against a sequential
//! model (part 8 of issue 4).
//!
//! `generate` makes the shapes as trees, `render` writes them as `pipeline!` text (`shapes/`, compiled here), `model` says what must come out of
//! them. `world` and `kit` have a run's parameters and functions, `run` does one run and checks it. `found` has the smallest graphs that went
//! wrong once.
//!
//! A run that fails is told with its seed, and can be had alone: `AQUEDUCT_SEED=… AQUEDUCT_SHAPE=… AQUEDUCT_RUN=…`. Other variables:
//!
//! * `AQUEDUCT_GRAPHS`: how many runs
//! * `AQUEDUCT_ALL=1`: tells every failure, not only the shortest
//! * `AQUEDUCT_THREADS=1`: on three threads and in real time, to hunt for races; not deterministic
//! * `AQUEDUCT_SHAPES=write`: writes `shapes/` anew, after the generator was changed

mod found;
mod generate;
mod kit;
mod model;
mod render;
mod run;
mod shapes;
mod tree;
mod world;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use aqueduct_tests::flow::Watchdog;

use run::{ENDS, Report};
use world::mix;

/// How many runs there are, unless the environment says so.
const GRAPHS: u64 = 12_000;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

#[derive(Default)]
struct Row {
    shapes: usize,
    runs: usize,
    items: usize,
    ends: [usize; ENDS.len()],
}

/// Rules: L4, L5, G4, S3, F1, F2, F3, F4, F5, F7, E1, E5, E6
#[test]
fn random_graphs_do_what_the_model_says() {
    let _watchdog = Watchdog::new(Duration::from_secs(600), "random graphs");
    let started = Instant::now();
    let shapes = generate::all();
    let makes = shapes::makes();
    assert_eq!(shapes.len(), makes.len(), "AQUEDUCT_SHAPES=write makes them anew");
    let seed = number("AQUEDUCT_SEED").unwrap_or(1);
    let only_run = number("AQUEDUCT_RUN");
    let only_shape = std::env::var("AQUEDUCT_SHAPE").ok();
    let turns = number("AQUEDUCT_GRAPHS").unwrap_or(GRAPHS).div_ceil(shapes.len() as u64);
    let rows = Mutex::new(BTreeMap::<&str, Row>::new());
    let failures = Mutex::new(Vec::new());
    let next = Mutex::new(0..shapes.len());
    let work = || {
        loop {
            let Some(index) = next.lock().unwrap().next() else { return };
            let (shape, (name, make)) = (&shapes[index], makes[index]);
            assert_eq!(shape.name, name, "AQUEDUCT_SHAPES=write makes them anew");
            if only_shape.as_ref().is_some_and(|only| *only != shape.name) {
                continue;
            }
            let mut row = Row { shapes: 1, ..Row::default() };
            for turn in (0..turns).filter(|turn| only_run.is_none_or(|only| only == *turn)) {
                let again = format!("AQUEDUCT_SEED={seed} AQUEDUCT_SHAPE='{name}' AQUEDUCT_RUN={turn}");
                let _watchdog = Watchdog::new(Duration::from_secs(60), again.clone());
                let seed = mix(mix(seed, index as u64), turn);
                let outcome = catch_unwind(AssertUnwindSafe(|| run::run(shape, make, seed)));
                let outcome = outcome.unwrap_or_else(|_| Err("the test panicked: see above".into()));
                match outcome {
                    Ok(Report { end, items }) => {
                        row.runs += 1;
                        row.items += items;
                        row.ends[ENDS.iter().position(|known| *known == end).unwrap()] += 1;
                    }
                    Err(wrong) => {
                        let text = render::text(shape, 4);
                        failures.lock().unwrap().push(format!("{again}\n{text}\n{wrong}"));
                        break;
                    }
                }
            }
            let mut rows = rows.lock().unwrap();
            let all = rows.entry(shape.family).or_default();
            all.shapes += row.shapes;
            all.runs += row.runs;
            all.items += row.items;
            all.ends.iter_mut().zip(row.ends).for_each(|(all, more)| *all += more);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    println!("{}", table(&rows.into_inner().unwrap()));
    println!("seed {seed}, {:?}", started.elapsed());
    let failures = failures.into_inner().unwrap();
    if let Some(first) = failures.iter().min_by_key(|failure| failure.len()) {
        let names: Vec<_> = failures.iter().filter_map(|failure| failure.lines().next()).collect();
        let all = number("AQUEDUCT_ALL").map_or(String::new(), |_| failures.join("\n\n"));
        panic!("{all}{} shapes failed:\n{}\n\nthe shortest:\n{first}", failures.len(), names.join("\n"));
    }
}

fn table(rows: &BTreeMap<&str, Row>) -> String {
    let mut text = format!("{:<12}{:>7}{:>7}{:>9}", "around", "shapes", "runs", "items");
    for end in ENDS {
        let _ = write!(text, "{:>9}", format!("{end:?}").to_lowercase());
    }
    let mut sum = Row::default();
    let mut line = |name: &str, row: &Row| {
        let _ = write!(text, "\n{name:<12}{:>7}{:>7}{:>9}", row.shapes, row.runs, row.items);
        for count in row.ends {
            let _ = write!(text, "{count:>9}");
        }
    };
    for (name, row) in rows {
        line(name, row);
        sum.shapes += row.shapes;
        sum.runs += row.runs;
        sum.items += row.items;
        sum.ends.iter_mut().zip(row.ends).for_each(|(all, more)| *all += more);
    }
    line("all", &sum);
    text
}

/// The text that is compiled is that of the generator.
#[test]
fn the_shapes_are_those_of_the_generator() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/graphs/shapes");
    let files = shapes::files(&generate::all());
    let write = std::env::var("AQUEDUCT_SHAPES").is_ok_and(|value| value == "write");
    for (name, text) in files {
        let path = folder.join(name);
        if write {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, text).unwrap();
        } else {
            let found = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(found == text, "{}: AQUEDUCT_SHAPES=write makes it anew", path.display());
        }
    }
}
