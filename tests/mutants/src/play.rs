//! Runs test programs with a mutant switched on, until one of their tests fails.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use std::{fmt, fs};

use crate::known::Outcomes;
use crate::list::Mutant;
use crate::tree::Program;

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This test failed, or its program.
    Caught(String),
    /// This program did not end.
    Hung(String),
    /// All tests passed, up to the suite of this number.
    Missed(usize),
    /// It does not compile.
    Unviable,
}

/// What outcomes are called.
pub const MISSED: &str = "missed";
pub const UNVIABLE: &str = "does not compile";

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caught(by) => write!(f, "caught by {by}"),
            Self::Hung(program) => write!(f, "hung: {program}"),
            Self::Missed(suite) => write!(f, "{MISSED} {suite}"),
            Self::Unviable => f.write_str(UNVIABLE),
        }
    }
}

/// A program and what it does without a mutant.
pub struct Known {
    program: Program,
    takes: Duration,
    /// The mutants it comes to; of a build for one of them it is not known.
    reaches: Option<BTreeSet<usize>>,
}

/// Runs each program once, without a mutant, if it has not been run since it was built; the quickest come first.
pub fn know(programs: Vec<Program>, folder: &Path) -> Result<Vec<Known>, String> {
    let folder = folder.join("reached");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let time = |file: &Path| fs::metadata(file).and_then(|data| data.modified()).ok();
    let mut known = Vec::new();
    for program in programs {
        let built = program.file.file_name().unwrap_or_default().to_string_lossy();
        let file = folder.join(format!("{built} {}", program.name()));
        if time(&file).is_none_or(|run| time(&program.file).is_none_or(|built| run <= built)) {
            let (reached, start) = (folder.join("now"), Instant::now());
            fs::write(&reached, "").map_err(|error| error.to_string())?;
            let environment = ("MUTANTS_REACHED", reached.to_string_lossy().into_owned());
            if let Some(outcome) = run(&program, environment, SURELY) {
                return Err(format!("without a mutant: {outcome}"));
            }
            let text = fs::read_to_string(&reached).unwrap_or_default();
            let text = format!("{text}{} ms\n", start.elapsed().as_millis());
            fs::write(&file, text).map_err(|error| error.to_string())?;
        }
        let text = fs::read_to_string(&file).unwrap_or_default();
        let takes = text.lines().find_map(|line| line.strip_suffix(" ms")?.parse().ok()).unwrap_or(0);
        let reaches: BTreeSet<usize> = text.lines().filter_map(|line| line.parse().ok()).collect();
        println!("{:30} {takes:6} ms, comes to {} mutants", program.name(), reaches.len());
        known.push(Known { program, takes: Duration::from_millis(takes), reaches: Some(reaches) });
    }
    known.sort_by_key(|known| known.takes);
    Ok(known)
}

/// Programs built for one mutant.
pub fn know_nothing(programs: Vec<Program>) -> Vec<Known> {
    programs.into_iter().map(|program| Known { program, takes: SURELY, reaches: None }).collect()
}

/// Runs what reaches each of `mutants`; twice as many at a time as there are processors, for what hangs only waits.
pub fn play(mutants: &[&Mutant], known: &[Known], suite: usize, outcomes: &Outcomes) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 * thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(mutant) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    outcomes.tell(mutant, &one(mutant.id, known, suite));
                }
            });
        }
    });
}

/// Runs the programs with the mutant on, one after the other. A failure counts if it comes a second time, and so does it when a program hangs:
/// where the machine is busy, a test may be too slow once.
pub fn one(id: usize, known: &[Known], suite: usize) -> Outcome {
    let reaches = |known: &&Known| known.reaches.as_ref().is_none_or(|reaches| reaches.contains(&id));
    let mut outcomes = known.iter().filter(reaches).filter_map(|Known { program, takes, .. }| {
        let attempt = || run(program, ("MUTANT", id.to_string()), *takes);
        attempt().and_then(|_| attempt())
    });
    outcomes.next().unwrap_or(Outcome::Missed(suite))
}

/// No program takes longer than this without a mutant.
const SURELY: Duration = Duration::from_secs(60);

/// Runs a program until a test fails; gives nothing if none does. It gets 4 GB of memory, for a mutant may ask for more and more, and some times
/// what it `takes` without one: of the clock's time, which other programs share, much; of the processor's, little, so that what turns in
/// circles is soon stopped. `RUNNER` is what it is run by.
fn run(program: &Program, environment: (&str, String), takes: Duration) -> Option<Outcome> {
    let limits = format!("ulimit -v 4000000; ulimit -t {}", (Duration::from_secs(5) + takes * 4).as_secs());
    let child = Command::new("sh")
        .args(["-c", &format!("{limits}; exec $RUNNER \"$0\" --color never \"$@\"")])
        .arg(&program.file)
        .args(&program.arguments)
        .current_dir(&program.folder)
        .env("CARGO_MANIFEST_DIR", &program.folder)
        .env("RUST_BACKTRACE", "0")
        .envs([environment])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        return Some(Outcome::Caught(format!("{}, which cannot be run", program.name())));
    };
    let (sender, lines) = mpsc::channel();
    let stdout = child.stdout.take();
    thread::spawn(move || {
        let lines = stdout.into_iter().flat_map(|stdout| BufReader::new(stdout).lines());
        lines.map_while(Result::ok).all(|line| sender.send(line).is_ok())
    });
    let until = Instant::now() + Duration::from_secs(60) + takes * 10;
    let outcome = loop {
        match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                // `test name ... FAILED`
                let failed = line.strip_suffix(" ... FAILED").and_then(|line| line.strip_prefix("test "));
                if let Some(test) = failed {
                    break Some(Outcome::Caught(format!("{}: {test}", program.name())));
                }
            }
            Err(mpsc::RecvTimeoutError::Timeout) => break Some(Outcome::Hung(program.name())),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                let ended = child.wait().is_ok_and(|status| status.success());
                break (!ended).then(|| Outcome::Caught(format!("{}, which did not end as it should", program.name())));
            }
        }
    };
    let _ = child.kill();
    let _ = child.wait();
    outcome
}
