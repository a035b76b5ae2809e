//! Counts instructions instead of time: `instructions [WORD]…`. Words as for `ratios`; without any, the cases P1, P1v, P2, P5 and G1.
//!
//! Each side runs twice under valgrind's callgrind, over n and over 2n items, so that what it costs to start is subtracted. Only cases
//! on one thread are counted: on two, the waiting for each other is in the figure.

use std::process::{Command, ExitCode};

use aqueduct_benches::cases;
use aqueduct_benches::harness::{Case, Side};

const IDS: [&str; 5] = ["p1", "p1v", "p2", "p5", "g1"];
const ITEMS: u64 = 100_000;
/// What this program is asked by itself: `--run NAME AGAINST ours|theirs ITEMS`.
const RUN: &str = "--run";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let cases = cases::all().into_iter().filter(|case| case.workers == 0 && !case.theirs.is_apart());
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [RUN, name, against, side, items] => {
            let case = cases.into_iter().find(|case| case.name == name && case.against == against).expect("a case");
            run(&case, side, items.parse().expect("a number"));
            ExitCode::SUCCESS
        }
        [option, ..] if option.starts_with('-') => {
            eprintln!("instructions [WORD]...");
            ExitCode::FAILURE
        }
        _ => {
            let wanted =
                |case: &Case| if arguments.is_empty() { IDS.contains(&case.id()) } else { case.matches(&arguments) };
            match count(cases.filter(wanted)) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    eprintln!("{error}");
                    ExitCode::FAILURE
                }
            }
        }
    }
}

fn run(case: &Case, side: &str, items: u64) {
    let side: &Side = if side == "ours" { &case.ours } else { &case.theirs };
    side.result(&case.runtime(), items);
}

fn count(cases: impl Iterator<Item = Case>) -> Result<(), String> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Err("there is no valgrind: install it (on Debian and Ubuntu: apt-get install valgrind)".to_owned());
    }
    println!("{:<34} {:<34} {:>12} {:>12}", "case", "against", "instructions", "theirs");
    for case in cases {
        let (ours, theirs) = (an_item(&case, "ours")?, an_item(&case, "theirs")?);
        println!("{:<34} {:<34} {ours:>12.1} {theirs:>12.1}", case.name, case.against);
    }
    Ok(())
}

fn an_item(case: &Case, side: &str) -> Result<f64, String> {
    let items = ITEMS.min(case.ours.items).min(case.theirs.items);
    let (once, twice) = (executed(case, side, items)?, executed(case, side, 2 * items)?);
    Ok((twice as f64 - once as f64) / items as f64)
}

/// All instructions of one process.
fn executed(case: &Case, side: &str, items: u64) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([RUN, case.name, case.against, side, &items.to_string()])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    collected.filter(|_| output.status.success()).ok_or_else(|| format!("valgrind has counted nothing:\n{said}"))
}
