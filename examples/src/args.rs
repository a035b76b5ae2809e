//! The arguments of `slow_network`.

use std::path::PathBuf;

use lexopt::prelude::*;

use crate::BIRDSTRIKES;
use crate::watch::Watch;

/// What `--help` prints, before the options of [`watch`](crate::watch).
pub const HELP: &str = "\
Streams a file through a link of 256 KiB to a slow receiver, and shows the link fill, pause and drain.

Usage: slow_network [OPTIONS] [FILE]

  FILE                    what to send (default: examples/data/birdstrikes.csv)
  --rate MIB              how many MiB the receiver reads in a second (default: 0.4)
  --hang-up-after BYTES   the receiver closes the connection after so many bytes
  --report-memory         print the peak resident memory at the end (Linux)
";

/// What the command line says.
#[derive(Debug)]
pub struct Args {
    /// The file to send.
    pub file: PathBuf,
    /// Bytes a second.
    pub rate: f64,
    /// After how many bytes the receiver closes the connection.
    pub hang_up_after: Option<u64>,
    /// Whether to print the peak resident memory.
    pub report_memory: bool,
    /// How the run is shown.
    pub watch: Watch,
}

impl Args {
    /// Reads the command line; `None` when it asks for help.
    ///
    /// # Errors
    /// An option that is not known, a value that cannot be read, a second file.
    pub fn from_env() -> Result<Option<Self>, lexopt::Error> {
        let mut file = None;
        let mut rate = 0.4;
        let mut hang_up_after = None;
        let mut report_memory = false;
        let mut watch = Watch::default();
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("dashboard") => watch.takes_dashboard(&mut parser)?,
                _ if watch.takes(&arg)? => {}
                Long("rate") => rate = parser.value()?.parse_with(read_rate)?,
                Long("hang-up-after") => hang_up_after = Some(parser.value()?.parse()?),
                Long("report-memory") => report_memory = true,
                Short('h') | Long("help") => return Ok(None),
                Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
                _ => return Err(arg.unexpected()),
            }
        }
        let file = file.unwrap_or_else(|| BIRDSTRIKES.into());
        Ok(Some(Self { file, rate: rate * 1024.0 * 1024.0, hang_up_after, report_memory, watch }))
    }
}

fn read_rate(text: &str) -> Result<f64, &'static str> {
    match text.parse() {
        Ok(rate) if (0.001..=1e6).contains(&rate) => Ok(rate),
        _ => Err("a rate is a number of MiB a second, from 0.001 to 1000000"),
    }
}
