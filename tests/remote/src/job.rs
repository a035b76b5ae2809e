//! The job that the tests run, in one process or in several: numbers go through a queue into a table, which counts how often each came.

use std::ops::Range;
use std::path::Path;
use std::str::FromStr;
use std::sync::Mutex;
use std::time::Duration;

use aqueduct::remote::{JetStream, QueueFigures, Received, RemoteQueue, Sent, jetstream};
use aqueduct::{BoxError, Control, Pipeline, PipelineError, pipeline};
use async_nats::Client;
use tokio::sync::watch;

use crate::{Folder, Table};

/// Of the queue of a job with several processes, in items.
pub const CAPACITY: usize = 8_000;
/// So many items a worker of theirs fetches ahead.
pub const ROOM: usize = 256;
/// The number that does [`Harm`] to its worker.
pub const POISON: u64 = 777;

/// The queue that the processes share. An ingest that is started again skips what is stored: a server that is killed forgets the ids of what has been taken.
pub fn queue(client: Client) -> RemoteQueue<JetStream> {
    jetstream("job", client).run("monday").resume(true).room(ROOM).ack_wait(Duration::from_secs(2))
}

/// The job, in one of its roles; without one, all of it. `work` is done to each item before it is inserted into the table.
///
/// # Panics
/// When the table cannot be opened where it is needed.
pub fn job<W: Future<Output = Result<u64, BoxError>> + Send + 'static>(
    role: Option<&str>,
    queue: RemoteQueue<JetStream>,
    capacity: usize,
    items: Range<u64>,
    table: &Path,
    work: impl FnMut(u64) -> W + Send + 'static,
) -> Pipeline<Option<()>> {
    pipeline! {
        #![role = role]
        #![queue = 64]
        iter(items)
            -> queue(queue, capacity = capacity, low = capacity / 2, role = "work") as job
            -> map_async(16, work)?
            -> batch(128, 20ms)
            -> for_each_blocking(1, {
                let table = Mutex::new(Table::open(table).expect("the table can be opened"));
                move |rows: Vec<u64>| table.lock().expect("no insertion panics").insert(&rows)
            })?
    }
    .boxed()
}

/// What the number [`POISON`] does to its worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// Nothing.
    None,
    /// Its stage fails with an `Err`, through `?`.
    Fails,
    /// Its stage panics.
    Panics,
    /// The process is gone at once.
    Aborts,
}

impl Harm {
    /// The word for it, as processes are told.
    #[must_use]
    pub fn word(self) -> String {
        format!("{self:?}")
    }

    /// Does it.
    ///
    /// # Errors
    /// If it is to fail.
    ///
    /// # Panics
    /// If it is to panic.
    pub fn befall(self) -> Result<(), BoxError> {
        match self {
            Self::None => Ok(()),
            Self::Fails => Err("poison".into()),
            Self::Panics => panic!("poison"),
            Self::Aborts => std::process::abort(),
        }
    }
}

impl FromStr for Harm {
    type Err = BoxError;

    fn from_str(word: &str) -> Result<Self, BoxError> {
        let all = [Self::None, Self::Fails, Self::Panics, Self::Aborts];
        all.into_iter().find(|harm| harm.word() == word).ok_or_else(|| format!("no harm is called {word}").into())
    }
}

/// What became of a job.
#[derive(Debug)]
pub struct Outcome {
    /// How many items are not in the table.
    pub lost: u64,
    /// How many times an item is there again.
    pub repeated: u64,
    /// How many stand behind a greater one.
    pub late: u64,
    /// What the part above the queue says of it.
    pub sent: Sent,
    /// What the part below says of it.
    pub received: Received,
}

/// What this process's half of the job's queue says of itself; nothing before it is open.
#[must_use]
pub fn figures(control: &Control) -> QueueFigures {
    control.snapshot().link("job").and_then(|link| link.queue.clone()).unwrap_or_default()
}

/// A complete job of `n` items, its two parts side by side with a queue of their own each. When so many items have come out, the fault of the same number happens
/// while both go on.
///
/// # Errors
/// Those of both parts.
///
/// # Panics
/// When the job is over before the last fault.
pub async fn run(
    above: RemoteQueue<JetStream>,
    below: RemoteQueue<JetStream>,
    n: u64,
    capacity: usize,
    faults: &[u64],
    mut fault: impl AsyncFnMut(usize),
) -> Result<Outcome, PipelineError> {
    let folder = Folder::new();
    let file = folder.path("table");
    let (come, mut seen) = watch::channel(0);
    let above = job(Some("ingest"), above, capacity, 0..n, &file, done).spawn();
    let below = job(Some("work"), below, capacity, 0..0, &file, move |item| {
        come.send_if_modified(|come| std::mem::replace(come, item.max(*come)) < item);
        done(item)
    });
    let (above_control, below_control) = (above.control(), below.control());
    let below = tokio::spawn(below.run());
    for (number, at) in faults.iter().enumerate() {
        // Who has failed does not come so far, and says why below.
        if seen.wait_for(|come| come >= at).await.is_err() {
            break;
        }
        assert!(!below.is_finished(), "the job is over before fault {number}");
        fault(number).await;
    }
    below.await.expect("no panic")?;
    above.await?;
    let table = Table::open(&file).expect("the table can be opened");
    let (lost, repeated) = table.lost_and_repeated(n).expect("the table can be read");
    let outcome = Outcome {
        lost,
        repeated,
        late: table.late().expect("the table can be read"),
        sent: figures(&above_control).sent.expect("it has a publisher"),
        received: figures(&below_control).received.expect("it has a consumer"),
    };
    println!("{outcome:?}");
    Ok(outcome)
}

/// Work that is none.
///
/// # Errors
/// Never.
pub async fn done(item: u64) -> Result<u64, BoxError> {
    Ok(item)
}
