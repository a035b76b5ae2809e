//! Prints how we compare, a row a case: `ratios [WORD]… [PAIRS] [--raw FILE] [--markdown] [--check]`.
//!
//! Only the cases whose name or peer contains one of the words are run. `--check` compares the results of both sides and measures nothing.

use std::io;
use std::process::ExitCode;

use aqueduct_benches::cases;
use aqueduct_benches::harness::Case;
use aqueduct_benches::report::{Layout, Raw};

const USAGE: &str = "ratios [WORD]... [PAIRS] [--raw FILE] [--markdown] [--check]";

struct Arguments {
    words: Vec<String>,
    pairs: usize,
    layout: Layout,
    raw: Option<String>,
    check: bool,
}

impl Arguments {
    fn read() -> Option<Self> {
        let mut read = Self { words: Vec::new(), pairs: 9, layout: Layout::Plain, raw: None, check: false };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--markdown" => read.layout = Layout::Markdown,
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
    let cases: Vec<Case> = cases::all().into_iter().filter(|case| case.matches(&arguments.words)).collect();
    if cases.is_empty() {
        eprintln!("no case has any of the words {:?}", arguments.words);
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
    let mut raw = arguments.raw.as_deref().map(Raw::create).transpose()?;
    arguments.layout.head();
    for case in cases {
        let measured = case.measure(arguments.pairs);
        arguments.layout.row(case, &measured);
        if let Some(raw) = &mut raw {
            raw.add(case, &measured)?;
        }
    }
    Ok(())
}
