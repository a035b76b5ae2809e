//! Random graphs: every block and fan-in, within and behind each other, run many times with random parameters against a sequential
//! model, and with faults at random points.
//!
//! `generate` makes the shapes as trees, `render` writes them as `pipeline!` text (`shapes/`, compiled here), `model` says what must come out of
//! them. `world`, `kit` and `user` have a run's parameters, functions and types, `plan` says what is done to it; `run` does one run and
//! `check` checks it, `asked` what its sources were told; `sweep` does many. `faults` lets each of them go wrong everywhere. `found` has the smallest graphs that went wrong once.
//!
//! Most runs are always the same, and some have another seed each time. A run that fails is told with the line that has it alone: `AQUEDUCT_SEED=… AQUEDUCT_SHAPE=… AQUEDUCT_RUN=… cargo test …`. Other variables:
//!
//! * `AQUEDUCT_GRAPHS`: how many runs
//! * `AQUEDUCT_ALL=1`: tells every failure, not only the shortest
//! * `AQUEDUCT_THREADS=1`: on three threads and in real time, to hunt for races; not deterministic
//! * `AQUEDUCT_SHAPES=write`: writes `shapes/` anew, after the generator was changed

mod asked;
mod check;
mod faults;
mod found;
mod generate;
mod kit;
mod model;
mod plan;
mod render;
mod run;
mod shapes;
mod sweep;
mod tree;
mod user;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct_tests::flow::{Dice, Watchdog};

use kit::Mode;
use plan::{Act, After};
use run::ENDS;
use sweep::sweep;
use world::World;

/// How many runs there are, unless the environment says so.
const GRAPHS: u64 = 12_000;

/// How many pipelines are run in different orders, unless the environment says so, and in how many.
const ORDERED: u64 = 1_200;
const ORDERS: usize = 4;

#[derive(Default)]
struct Row {
    shapes: BTreeSet<String>,
    runs: usize,
    items: usize,
    ends: [usize; ENDS.len()],
}

/// Rules: L4, L5, G4, S3, F1, F2, F3, F4, F5, F7, E1, E5, E6
#[test]
fn random_graphs_do_what_the_model_says() {
    let _watchdog = Watchdog::new(Duration::from_secs(600), "random graphs");
    let rows = Mutex::new(BTreeMap::<&str, Row>::new());
    sweep("random_graphs", GRAPHS, |shape, make, seed| {
        let mut dice = Dice(seed);
        let world = Arc::new(World::draw(shape, &mut dice));
        let mode = Mode::draw(&mut dice);
        let report = run::run(shape, make, &world, mode, &acts(&mut dice))?;
        let mut rows = rows.lock().unwrap();
        let row = rows.entry(shape.family).or_default();
        row.shapes.insert(shape.name.clone());
        row.runs += 1;
        row.items += report.items;
        row.ends[ENDS.iter().position(|known| *known == report.end).unwrap()] += 1;
        Ok(())
    });
    println!("{}", table(&rows.into_inner().unwrap()));
}

/// The same pipeline, its tasks polled in many orders, with polls and waits that nobody has asked for: it comes to the same end.
///
/// Rules: L3, L4, L5, L7, G4, F1, F2, F3, F4, F6
#[test]
fn any_order_of_turns_does_what_the_model_says() {
    let _watchdog = Watchdog::new(Duration::from_secs(3600), "orders");
    sweep("any_order", ORDERED, |shape, make, seed| {
        let mut dice = Dice(seed);
        let drawn = World::draw(shape, &mut dice);
        for _ in 0..ORDERS {
            let world = Arc::new(drawn.again(shape, Vec::new()));
            let mode = Mode::Shuffled(dice.below(u64::MAX));
            run::run(shape, make, &world, mode, &[])?;
        }
        Ok(())
    });
}

fn acts(dice: &mut Dice) -> Vec<(After, Act)> {
    let mut acts = Vec::new();
    for _ in 0..[0, 0, 1, 1, 2][dice.below(5) as usize] {
        let act = [
            Act::Look,
            Act::Pause,
            Act::Finish,
            Act::Finish,
            Act::FinishWithin(dice.below(200)),
            Act::Abort,
            Act::Drop,
        ][dice.below(7) as usize];
        let late = [1, 10, 100, 1000][dice.below(4) as usize];
        let after =
            if dice.below(3) == 0 { After::Turns(dice.below(40) as usize) } else { After::Ms(dice.below(late)) };
        acts.push((after, act));
        if act == Act::Pause {
            acts.push((After::Ms(dice.below(300)), if dice.below(4) == 0 { Act::Finish } else { Act::Resume }));
        }
    }
    acts
}

fn table(rows: &BTreeMap<&str, Row>) -> String {
    let mut text = format!("{:<12}{:>7}{:>7}{:>9}", "around", "shapes", "runs", "items");
    for end in ENDS {
        let _ = write!(text, "{:>9}", format!("{end:?}").to_lowercase());
    }
    let mut sum = Row::default();
    let mut line = |name: &str, row: &Row| {
        let _ = write!(text, "\n{name:<12}{:>7}{:>7}{:>9}", row.shapes.len(), row.runs, row.items);
        for count in row.ends {
            let _ = write!(text, "{count:>9}");
        }
    };
    for (name, row) in rows {
        line(name, row);
        sum.shapes.extend(row.shapes.iter().cloned());
        sum.runs += row.runs;
        sum.items += row.items;
        sum.ends.iter_mut().zip(row.ends).for_each(|(all, more)| *all += more);
    }
    line("all", &sum);
    text
}

/// Operators that no shape has, and why.
const NOT_DRAWN: &[(&str, &str)] = &[
    ("bytes", "reads what `connectors_io` plays with"),
    ("dedup", "compares items as `dedup_by_key` does keys"),
    ("discard", "`for_each` that calls nothing"),
    ("enumerate", "calls nothing of the user's"),
    ("interval", "calls nothing of the user's"),
    ("last", "calls nothing of the user's"),
    ("latest", "another word for `queue(1, overflow = drop_oldest)`"),
    ("lines", "as `bytes`"),
    ("once", "calls nothing of the user's"),
    ("recv", "a channel, whose tests are in `connectors_items`"),
    ("send", "as `recv`"),
    ("step_by", "calls nothing of the user's"),
    ("stream", "a source that is awaited and not closed, as `unfold` is"),
    ("windows", "copies items: what the model knows of copies is those of `broadcast`"),
    ("write", "as `bytes`"),
    ("write_lines", "as `bytes`"),
];

/// Every operator of the language stands in a shape, or the list says why not: also of some that call the user's code, which others like them do here.
#[test]
fn every_operator_is_drawn_or_has_a_reason() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../macros/src/operators");
    let texts: String = generate::all().iter().map(|shape| render::text(shape, 0)).collect();
    let has = |operator: &str| {
        texts.match_indices(operator).any(|(at, _)| {
            let (before, after) = (&texts[..at], &texts[at + operator.len()..]);
            !before.ends_with(|c: char| c.is_alphanumeric() || "_.".contains(c)) && after.starts_with(['(', ':'])
        })
    };
    let mut operators = 0;
    for entry in std::fs::read_dir(folder).expect("the macro's operators").flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        let Some(operator) = file.strip_suffix(".rs").filter(|name| !["mod", "descriptor"].contains(name)) else {
            continue;
        };
        operators += 1;
        let reason = NOT_DRAWN.iter().find(|(name, _)| *name == operator);
        assert!(has(operator) != reason.is_some(), "`{operator}`: drawn {}, and {reason:?}", has(operator));
    }
    assert!(operators > 60, "{operators} operators");
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
