//! A graph: the rows of a real file, those without a speed down an error route into a file of rejects, the others both counted by
//! species and stored in batches in an SQLite database. At the end the database's own counts are held against the pipeline's.
//!
//! Ctrl-C finishes: what has been read is still counted and stored, and both files are whole.
//!
//! ```text
//! cargo run --release -p aqueduct-applications --bin birdstrikes -- [OPTIONS] [INPUT] [DIRECTORY]
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use aqueduct::{BoxError, pipeline};
use aqueduct_examples::BIRDSTRIKES;
use aqueduct_examples::finish::until_told;
use aqueduct_examples::outcome;
use aqueduct_examples::watch::{self, Watch};
use csv::StringRecord;
use lexopt::prelude::*;
use rusqlite::Connection;
use serde::Deserialize;
use tokio::fs::File;

const HELP: &str = "\
Sorts the rows of a CSV file: those without a speed into a file of rejects, the others into an SQLite database.

Usage: birdstrikes [OPTIONS] [INPUT] [DIRECTORY]

  INPUT          bird strikes as CSV (default: examples/data/birdstrikes.csv)
  DIRECTORY      where birdstrikes.sqlite and rejects.txt are written, created if it is not there
                 (default: aqueduct-birdstrikes in the directory for temporary files)
  --latency MS   how much longer the database takes for a batch (default: 0)
";

/// What is of interest in a row.
#[derive(Deserialize)]
struct Row {
    #[serde(rename = "Flight Date")]
    date: String,
    #[serde(rename = "Wildlife Species")]
    species: String,
    #[serde(rename = "Speed IAS in knots")]
    knots: Option<u32>,
}

/// A row that has a speed.
#[derive(Clone)]
struct Strike {
    date: String,
    species: String,
    knots: u32,
}

/// A row that cannot be used: a line of the file of rejects.
struct Reject {
    line: u64,
    reason: String,
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl Strike {
    fn read(record: &StringRecord, heading: &StringRecord) -> Result<Self, Reject> {
        let reject = |reason| Reject { line: record.position().map_or(0, csv::Position::line), reason };
        let row: csv::Result<Row> = record.deserialize(Some(heading));
        let Row { date, species, knots } = row.map_err(|error| match error.kind() {
            csv::ErrorKind::Deserialize { err, .. } => reject(err.to_string()), // without the line, which it has already
            _ => reject(error.to_string()),
        })?;
        let knots = knots.ok_or_else(|| reject(format!("no speed: {species}, {date}")))?;
        Ok(Self { date, species, knots })
    }
}

/// How often a species was struck, and how fast in all.
#[derive(Debug, Default, PartialEq)]
struct Sum {
    strikes: u64,
    knots: u64,
}

type BySpecies = BTreeMap<String, Sum>;

fn add(mut sums: BySpecies, strike: Strike) -> BySpecies {
    let sum = sums.entry(strike.species).or_default();
    sum.strikes += 1;
    sum.knots += u64::from(strike.knots);
    sums
}

/// A new database, and the one connection that writes to it.
struct Database {
    connection: Mutex<Connection>,
    latency: Duration,
}

impl Database {
    fn create(path: &Path, latency: Duration) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        // No journal on the disk: what is not finished is thrown away as a whole.
        connection.execute_batch(
            "PRAGMA journal_mode = MEMORY;
             CREATE TABLE strikes (date TEXT NOT NULL, species TEXT NOT NULL, knots INTEGER NOT NULL)",
        )?;
        Ok(Self { connection: Mutex::new(connection), latency })
    }

    /// A batch is a transaction: of what was stored before a failure, none is there by half.
    fn insert(&self, batch: Vec<Strike>) -> rusqlite::Result<()> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare("INSERT INTO strikes (date, species, knots) VALUES (?1, ?2, ?3)")?;
            for Strike { date, species, knots } in batch {
                insert.execute((date, species, knots))?;
            }
        }
        transaction.commit()?;
        sleep(self.latency);
        Ok(())
    }

    /// What the file at `path` says itself.
    fn counts(path: &Path) -> rusqlite::Result<BySpecies> {
        let connection = Connection::open(path)?;
        let mut query = connection.prepare("SELECT species, count(*), sum(knots) FROM strikes GROUP BY species")?;
        let rows = query.query_map((), |row| {
            let (strikes, knots) = (row.get::<_, i64>(1)?, row.get::<_, i64>(2)?);
            Ok((row.get(0)?, Sum { strikes: strikes.unsigned_abs(), knots: knots.unsigned_abs() }))
        })?;
        rows.collect()
    }
}

/// A file that is being written, under another name: only one that is whole gets the name that was asked for, any other is removed.
struct Part {
    path: PathBuf,
    part: PathBuf,
}

impl Part {
    /// Creates it empty.
    fn create(directory: &Path, name: &str) -> Result<(std::fs::File, Self), String> {
        let path = directory.join(name);
        if path.is_dir() {
            return Err(format!("cannot write {}: it is a directory", path.display()));
        }
        let part = path.with_added_extension("part");
        let file =
            std::fs::File::create(&part).map_err(|error| format!("cannot create {}: {error}", part.display()))?;
        Ok((file, Self { path, part }))
    }

    fn keep(self) -> Result<PathBuf, String> {
        let rename = std::fs::rename(&self.part, &self.path);
        rename.map_err(|error| format!("cannot rename {} to {}: {error}", self.part.display(), self.path.display()))?;
        Ok(self.path.clone())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.part); // gone already if it was kept
    }
}

async fn birdstrikes(args: &Args) -> Result<(), BoxError> {
    let (heading, records) = open(&args.input)?;
    let directory = args.directory.display();
    std::fs::create_dir_all(&args.directory).map_err(|error| format!("cannot create {directory}: {error}"))?;
    let (rejects, rejects_part) = Part::create(&args.directory, "rejects.txt")?;
    let (_, strikes_part) = Part::create(&args.directory, "birdstrikes.sqlite")?;
    let database = Arc::new(Database::create(&strikes_part.part, args.latency)?);
    let store = Arc::clone(&database);

    let sorting = pipeline! {
        iter_blocking(records)? as csv
            -> map(move |record| Strike::read(&record, &heading)) as read
            -> match {
                Ok(strike) => strike,
                Err(reject) => reject -> write_lines(File::from_std(rejects)) as rejects,
            }
            -> broadcast {
                fold(BySpecies::new(), add) as species,
                batch(100, 1s) -> queue(2) -> for_each_blocking(1, move |batch| store.insert(batch))? as sqlite,
            }
    };
    writeln!(stdout(), "{}", sorting.graph().to_mermaid())?;
    let control = sorting.control();
    let outcome = args.watch.beside(&control, until_told(sorting.run(), &control)).await;
    // After a failure a call of `insert` may still run; here it is waited for. Then the connection is closed.
    drop(database.connection.lock());
    drop(database);
    let (rejected, by_species, ()) = outcome.map_err(|error| format!("{error:?}"))?;

    let stored = Database::counts(&strikes_part.part)?;
    if stored != by_species {
        return Err(format!("the database has {stored:?}; the pipeline counted {by_species:?}").into());
    }
    let (strikes, rejects) = (strikes_part.keep()?, rejects_part.keep()?);
    report(&by_species, &strikes, rejected, &rejects)?;
    Ok(())
}

fn report(by_species: &BySpecies, strikes: &Path, rejected: u64, rejects: &Path) -> std::io::Result<()> {
    let mut out = stdout();
    let mut most: Vec<_> = by_species.iter().collect();
    most.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.strikes));
    for (species, sum) in most.into_iter().take(5) {
        writeln!(out, "{species}: {} strikes, at {} knots on average", sum.strikes, sum.knots / sum.strikes)?;
    }
    let stored: u64 = by_species.values().map(|sum| sum.strikes).sum();
    writeln!(out, "{stored} strikes of {} species in {}, as counted", by_species.len(), strikes.display())?;
    writeln!(out, "{rejected} rows rejected, see {}", rejects.display())
}

/// The heading is read here, so that a file that cannot be used at all is refused before anything is written.
fn open(path: &Path) -> Result<(StringRecord, csv::StringRecordsIntoIter<std::fs::File>), String> {
    let cannot = |error: &dyn fmt::Display| format!("cannot read {}: {error}", path.display());
    let mut input = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(|error| cannot(&error))?;
    let heading = input.headers().map_err(|error| cannot(&error))?.clone();
    for column in ["Flight Date", "Wildlife Species", "Speed IAS in knots"] {
        if !heading.iter().any(|name| name == column) {
            return Err(cannot(&format!("it has no column `{column}`")));
        }
    }
    Ok((heading, input.into_records()))
}

struct Args {
    input: PathBuf,
    directory: PathBuf,
    latency: Duration,
    watch: Watch,
}

/// What the command line says; `None` when it asks for help.
fn args() -> Result<Option<Args>, lexopt::Error> {
    let mut paths = Vec::new();
    let mut latency = 0;
    let mut watch = Watch::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("dashboard") => watch.takes_dashboard(&mut parser)?,
            _ if watch.takes(&arg)? => {}
            Long("latency") => latency = parser.value()?.parse()?,
            Short('h') | Long("help") => return Ok(None),
            Value(path) if paths.len() < 2 => paths.push(PathBuf::from(path)),
            _ => return Err(arg.unexpected()),
        }
    }
    let mut paths = paths.into_iter();
    let input = paths.next().unwrap_or_else(|| BIRDSTRIKES.into());
    let directory = paths.next().unwrap_or_else(|| std::env::temp_dir().join("aqueduct-birdstrikes"));
    Ok(Some(Args { input, directory, latency: Duration::from_millis(latency), watch }))
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match args() {
        Ok(Some(args)) => birdstrikes(&args).await,
        Ok(None) => {
            print!("{HELP}{}", watch::HELP);
            Ok(())
        }
        Err(error) => Err(format!("{error}; see --help").into()),
    };
    outcome::exit("birdstrikes", outcome)
}
