//! Prints how we compare, a row a case: `ratios [WORD]… [PAIRS] [--raw FILE] [--strongest] [--cpu] [--markdown] [--check]`.
//!
//! `--cpu` measures how long a run keeps the processor, for a machine that has other work to do; only of the cases on one thread.
//! `--strongest` shows, of the rows of one job on as many threads, only that of the peer it fares worst against. Only the cases whose name or peer contains one of the words are run. `--check` compares the results of both sides and measures nothing.

use std::io;
use std::process::ExitCode;

use aqueduct_benches::cases;
use aqueduct_benches::harness::{Case, Clock};
use aqueduct_benches::report::{Layout, Raw};

const USAGE: &str = "ratios [WORD]... [PAIRS] [--raw FILE] [--strongest] [--cpu] [--markdown] [--check]";

struct Arguments {
    words: Vec<String>,
    pairs: usize,
    layout: Layout,
    raw: Option<String>,
    strongest: bool,
    clock: Clock,
    check: bool,
}

impl Arguments {
    fn read() -> Option<Self> {
        let mut read = Self {
            words: Vec::new(),
            pairs: 9,
            layout: Layout::Plain,
            raw: None,
            strongest: false,
            clock: Clock::Wall,
            check: false,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--markdown" => read.layout = Layout::Markdown,
                "--strongest" => read.strongest = true,
                "--cpu" => read.clock = Clock::Processor,
                "--check" => read.check = true,
                "--raw" => read.raw = Some(arguments.next()?),
                option if option.starts_with('-') => return None,
                word => match word.parse() {
                    Ok(0) => return None,
                    Ok(pairs) => read.pairs = pairs,
                    Err(_) => read.words.push(argument),
                },
            }
        }
        Some(read)
    }
}

fn main() -> ExitCode {
    let Some(arguments) = Arguments::read() else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let measured = |case: &Case| arguments.clock == Clock::Wall || case.is_single();
    let cases = cases::all().into_iter().filter(|case| case.matches(&arguments.words) && measured(case));
    let cases: Vec<Case> = cases.collect();
    if cases.is_empty() {
        eprintln!("no case that can be measured so has any of the words {:?}", arguments.words);
        return ExitCode::FAILURE;
    }
    if arguments.check {
        return check(&cases);
    }
    match measure(&cases, &arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the raw figures: {error}");
            ExitCode::FAILURE
        }
    }
}

fn check(cases: &[Case]) -> ExitCode {
    let mut all = ExitCode::SUCCESS;
    for case in cases {
        if let Err(difference) = case.check() {
            eprintln!("{}, against {}: {difference}", case.name, case.against);
            all = ExitCode::FAILURE;
        }
    }
    println!("{} cases compared", cases.len());
    all
}

fn measure(cases: &[Case], arguments: &Arguments) -> io::Result<()> {
    let mut raw = arguments.raw.as_deref().map(|path| Raw::create(path, arguments.clock)).transpose()?;
    arguments.layout.head();
    for job in cases.chunk_by(|one, next| one.name == next.name && one.workers == next.workers) {
        let mut rows = Vec::new();
        for case in job {
            let measured = case.measure(arguments.pairs, arguments.clock);
            if let Some(raw) = &mut raw {
                raw.add(case, &measured)?;
            }
            if !arguments.strongest {
                arguments.layout.row(case, &measured);
            }
            rows.push((case, measured));
        }
        let strongest = rows.iter().min_by(|(_, one), (_, other)| one.ratio().0.total_cmp(&other.ratio().0));
        if let Some((case, measured)) = strongest.filter(|_| arguments.strongest) {
            arguments.layout.row(case, measured);
        }
    }
    Ok(())
}
