//! How measurements are shown and kept.

use std::fs::File;
use std::io::{self, Write};
use std::process::Command;

use crate::harness::{Case, Clock, Measured};

const COLUMNS: [&str; 8] = ["case", "against", "threads", "ns an item", "theirs", "ratio", "spread", "wanted"];

/// How a row is laid out.
#[derive(Clone, Copy)]
pub enum Layout {
    /// Columns for a terminal.
    Plain,
    /// A table ready for a README.
    Markdown,
}

impl Layout {
    pub fn head(self) {
        self.line(COLUMNS.map(str::to_owned));
        if let Self::Markdown = self {
            println!("|---|---|--:|--:|--:|--:|---|---|");
        }
    }

    pub fn row(self, case: &Case, measured: &Measured) {
        let (ratio, least, greatest) = measured.ratio();
        let wanted = case.wanted.map(|wanted| {
            let verdict = if ratio >= wanted { "met" } else { "missed" };
            format!("{}: {verdict}", figure(wanted))
        });
        self.line([
            case.name.to_owned(),
            case.against.to_owned(),
            case.threads().to_string(),
            figure(measured.ours()),
            figure(measured.theirs()),
            figure(ratio),
            format!("{}..{}", figure(least), figure(greatest)),
            wanted.unwrap_or_default(),
        ]);
    }

    fn line(self, cells: [String; COLUMNS.len()]) {
        match self {
            Self::Plain => {
                let [case, against, threads, ours, theirs, ratio, spread, wanted] = cells;
                println!(
                    "{case:<34} {against:<34} {threads:>7} {ours:>10} {theirs:>10} {ratio:>7} {spread:>16}  {wanted}"
                );
            }
            Self::Markdown => println!("| {} |", cells.join(" | ")),
        }
    }
}

/// As many digits as one would say aloud.
fn figure(value: f64) -> String {
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.digits$}")
}

/// A file of every pair, one a line, headed by where and when and of what it was measured.
pub struct Raw(File);

impl Raw {
    pub fn create(path: &str, clock: Clock) -> io::Result<Self> {
        let mut file = File::create(path)?;
        writeln!(file, "# clock: {}", if clock == Clock::Wall { "wall" } else { "processor" })?;
        for (what, value) in facts() {
            writeln!(file, "# {what}: {value}")?;
        }
        writeln!(file, "case\tagainst\tthreads\tpair\tours_ns\ttheirs_ns\tours_items\ttheirs_items")?;
        Ok(Self(file))
    }

    pub fn add(&mut self, case: &Case, measured: &Measured) -> io::Result<()> {
        for (number, pair) in measured.0.iter().enumerate() {
            writeln!(
                self.0,
                "{}\t{}\t{}\t{number}\t{:.4}\t{:.4}\t{}\t{}",
                case.name,
                case.against,
                case.threads(),
                pair.ours,
                pair.theirs,
                case.ours.items,
                case.theirs.items
            )?;
        }
        Ok(())
    }
}

/// What a reader of figures must know.
pub fn facts() -> Vec<(&'static str, String)> {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    vec![
        ("machine", format!("{}, {cores} cores, {}", model.map_or("?", |(_, name)| name), said("uname", &["-srm"]))),
        ("commit", said("git", &["-C", env!("CARGO_MANIFEST_DIR"), "describe", "--always", "--dirty", "--exclude=*"])),
        ("date", said("date", &["-u", "+%F %R"])),
        ("rustc", said("rustc", &["--version"])),
        ("load", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned()),
    ]
}

fn said(program: &str, arguments: &[&str]) -> String {
    match Command::new(program).args(arguments).output() {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => "?".to_owned(),
    }
}
