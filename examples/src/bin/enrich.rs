//! Records of a real file, each completed by a slow service that sometimes fails, and written as JSON lines through gzip.
//!
//! Ctrl-C finishes: what has been read is still completed and written, and the file is whole.
//!
//! ```text
//! cargo run --release -p aqueduct-examples --bin enrich -- [OPTIONS] [INPUT] [OUTPUT]
//! ```

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::{BoxError, pipeline};
use aqueduct_examples::BIRDSTRIKES;
use aqueduct_examples::finish::until_told;
use aqueduct_examples::outcome;
use aqueduct_examples::service::Service;
use async_compression::tokio::write::GzipEncoder;
use backon::{ExponentialBuilder, Retryable};
use lexopt::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::fs::{self, File};

const HELP: &str = "\
Completes the records of a CSV file with what a slow service knows, and writes JSON lines through gzip.

Usage: enrich [OPTIONS] [INPUT] [OUTPUT]

  INPUT                 bird strikes as CSV (default: examples/data/birdstrikes.csv)
  OUTPUT                what to write (default: birdstrikes.jsonl.gz in the directory for temporary files)
  --latency MS          how long the service takes for a call (default: 2)
  --failures PER_CENT   how many calls of a hundred fail (default: 1)
";

/// A row of the input, and half a line of the output.
#[derive(Deserialize, Serialize)]
struct Strike {
    #[serde(rename(deserialize = "Flight Date"))]
    date: String,
    #[serde(rename(deserialize = "Airport Name"))]
    airport: String,
    #[serde(rename(deserialize = "Wildlife Species"))]
    species: String,
    #[serde(rename(deserialize = "Speed IAS in knots"))]
    knots: Option<u32>,
}

#[derive(Serialize)]
struct Enriched {
    #[serde(flatten)]
    strike: Strike,
    group: &'static str,
}

/// Asks the service about one strike. Trying again is done here, where it is known what may be asked twice; what this gives up
/// fails the pipeline.
async fn complete(service: &Service, strike: Strike) -> Result<Enriched, BoxError> {
    let retries =
        ExponentialBuilder::default().with_min_delay(Duration::from_millis(20)).with_max_times(4).with_jitter();
    let ask = || service.group_of(&strike.species);
    let group = ask.retry(retries).await.map_err(|error| format!("gave up on `{}`: {error}", strike.species))?;
    Ok(Enriched { strike, group })
}

/// A batch as text, one line a record: a compressor works better on large pieces.
fn json_lines(batch: Vec<Enriched>) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    for record in &batch {
        serde_json::to_writer(&mut text, record)?;
        text.push(b'\n');
    }
    Ok(text)
}

async fn enrich(args: &Args) -> Result<(), BoxError> {
    let input = open(&args.input)?;
    let (file, part) = create(&args.output).await?;
    let service = Arc::new(Service::new(args.latency, args.failures));
    let asked = Arc::clone(&service);
    let mut done = 0;

    let enriching = pipeline! {
        iter_blocking(input.into_deserialize())? as csv
            -> map_async(16, async move |strike| complete(&asked, strike).await)? as service
            -> batch(500, 1s)
            -> inspect(move |batch| {
                done += batch.len();
                eprintln!("{done} records");
            })
            -> map(json_lines)? as json
            -> write(GzipEncoder::new(file)) as gzip
    };
    let control = enriching.control();
    if let Err(error) = until_told(enriching.run(), &control).await {
        let _ = fs::remove_file(&part).await; // the failure before is what matters
        return Err(format!("{error:?}").into());
    }
    let rename = fs::rename(&part, &args.output).await;
    rename.map_err(|error| format!("cannot rename {} to {}: {error}", part.display(), args.output.display()))?;

    let snapshot = control.snapshot();
    let records = snapshot.stage("service").map_or(0, |stage| stage.items_out);
    writeln!(stdout(), "{records} records, {} calls of the service", service.calls())?;
    writeln!(stdout(), "written to {}", args.output.display())?;
    Ok(())
}

/// The heading is read here, so that what is no CSV file at all is refused before anything is written.
fn open(path: &Path) -> Result<csv::Reader<std::fs::File>, String> {
    let cannot = |error| format!("cannot read {}: {error}", path.display());
    let mut input = csv::Reader::from_path(path).map_err(cannot)?;
    input.headers().map_err(cannot)?;
    Ok(input)
}

/// Creates the output under another name: only a file that is whole gets the name that was asked for.
async fn create(output: &Path) -> Result<(File, PathBuf), String> {
    if fs::metadata(output).await.is_ok_and(|data| !data.is_file()) {
        return Err(format!("{} is not a regular file", output.display()));
    }
    let part = output.with_added_extension("part");
    let file = File::create(&part).await.map_err(|error| format!("cannot create {}: {error}", part.display()))?;
    Ok((file, part))
}

struct Args {
    input: PathBuf,
    output: PathBuf,
    latency: Duration,
    failures: u64,
}

/// What the command line says; `None` when it asks for help.
fn args() -> Result<Option<Args>, lexopt::Error> {
    let mut paths = Vec::new();
    let (mut latency, mut failures) = (2, 1);
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("latency") => latency = parser.value()?.parse()?,
            Long("failures") => failures = parser.value()?.parse_with(per_cent)?,
            Short('h') | Long("help") => return Ok(None),
            Value(path) if paths.len() < 2 => paths.push(PathBuf::from(path)),
            _ => return Err(arg.unexpected()),
        }
    }
    let mut paths = paths.into_iter();
    let input = paths.next().unwrap_or_else(|| BIRDSTRIKES.into());
    let output = paths.next().unwrap_or_else(|| std::env::temp_dir().join("birdstrikes.jsonl.gz"));
    Ok(Some(Args { input, output, latency: Duration::from_millis(latency), failures }))
}

fn per_cent(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|number| *number <= 100).ok_or("of a hundred calls between 0 and 100 can fail")
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match args() {
        Ok(Some(args)) => enrich(&args).await,
        Ok(None) => {
            print!("{HELP}");
            Ok(())
        }
        Err(error) => Err(format!("{error}; see --help").into()),
    };
    outcome::exit("enrich", outcome)
}
