//! Orders, priced by a slow service and stored in a database: one pipeline, cut at a queue, in three roles of life.
//!
//! ```text
//! orders                                                  all in this process, the queue in its memory
//! orders --server nats://127.0.0.1:4222 --run monday      all in this process, the queue on NATS JetStream
//! orders --server … --run monday --role ingest            only what is above the queue: run it once,
//! orders --server … --run monday --role work              and this as often as you like, here or elsewhere
//! ```
//!
//! Kill a worker at any moment: the others do its work. Ctrl-C and SIGTERM let out what is inside. `orders/README.md` beside this
//! package runs it over three servers with TLS.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{env, io};

use aqueduct::remote::{Broker, RemoteQueue, in_memory, jetstream};
use aqueduct::{BoxError, Pipeline, pipeline};
use aqueduct_examples::finish::until_told;
use aqueduct_examples::outcome;
use aqueduct_examples::watch::{self, Watch};
use async_nats::{Client, ConnectOptions};
use lexopt::prelude::*;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio::io::AsyncRead;
use tokio::time::sleep;

const HELP: &str = "\
Prices orders and stores them, over a queue that may be on NATS JetStream.

Usage: orders [OPTIONS] [FILE]

  FILE             orders, one a line: NUMBER ARTICLE PIECES (default: 5,000 made up)
  --table FILE     the SQLite database (default: aqueduct-orders.sqlite in the directory for temporary files)
  --latency MS     how long the pricing of an order takes (default: 5)
  --server URLS    NATS servers, separated by commas (default: $NATS_URL; without either, a queue in memory)
  --run NAME       the job: the same name for all its processes, another for the next job
  --role ROLE      runs one part only: ingest or work (default: all)
  --replicas N     on how many servers each item is stored (default: 1)
  --graph          print the pipeline's graph, and run nothing

A server may ask who we are: $NATS_USER and $NATS_PASSWORD; one with TLS is trusted by the certificate in the file $NATS_CA.
";

/// What goes through the queue: as bytes, perhaps to another machine.
#[derive(Serialize, Deserialize)]
struct Order {
    number: u64,
    article: String,
    pieces: u32,
}

struct Priced {
    order: Order,
    cents: u64,
}

/// The part above the queue runs once, the one below it as often as is wanted. Arguments of a part that runs elsewhere are not evaluated: a worker opens no
/// file of orders, and the ingest no table.
fn shop<B: Broker>(queue: RemoteQueue<B>, args: &Args) -> Result<Pipeline<Option<()>>, BoxError> {
    let Args { file, table, role, latency, .. } = args.clone();
    let shop = pipeline! {
        #![role = role]
        lines(open(file.as_deref())?)?
            -> map(Order::parse)?
            -> queue(queue, capacity = 1_024, low = 512, role = "work") as orders
            -> map_async(16, async move |order| price(order, latency).await)
            -> batch(100, 200ms)
            -> for_each_blocking(1, Table::open(&table)?.into_insert())? as table
    };
    Ok(shop.boxed())
}

fn open(file: Option<&Path>) -> Result<Box<dyn AsyncRead + Send + Unpin>, BoxError> {
    let Some(path) = file else { return Ok(Box::new(Cursor::new(made_up(5_000)))) };
    let file = std::fs::File::open(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(Box::new(File::from_std(file)))
}

fn made_up(orders: u64) -> String {
    const ARTICLES: [&str; 5] = ["tea", "coffee", "cups", "sugar", "spoons"];
    let article = |number| ARTICLES[number as usize % ARTICLES.len()];
    (1..=orders).map(|number| format!("{number} {} {}\n", article(number), number % 12 + 1)).collect()
}

impl Order {
    fn parse(line: String) -> Result<Self, BoxError> {
        let wrong = || format!("`{line}` is no order: NUMBER ARTICLE PIECES");
        let mut words = line.split_whitespace();
        let (Some(number), Some(article), Some(pieces), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(wrong().into());
        };
        let number = number.parse().map_err(|error| format!("{}: {error}", wrong()))?;
        let pieces = pieces.parse().map_err(|error| format!("{}: {error}", wrong()))?;
        Ok(Self { number, article: article.to_owned(), pieces })
    }
}

/// Asks a service that takes its time.
async fn price(order: Order, latency: Duration) -> Priced {
    sleep(latency).await;
    let piece = 100 * order.article.len() as u64;
    Priced { cents: piece * u64::from(order.pieces), order }
}

/// The orders by their number. One may come a second time, when a worker was killed: then it is there already, and only that is noted.
struct Table(Connection);

impl Table {
    fn open(path: &Path) -> Result<Self, BoxError> {
        let open = || {
            let connection = Connection::open(path)?;
            // Several workers write, and one that waits for another is not late. Not by a write-ahead log: of two that begin one at once SQLite
            // refuses one, however long it would wait.
            connection.busy_timeout(Duration::from_secs(60))?;
            connection.execute_batch(
                "CREATE TABLE IF NOT EXISTS orders
                     (number INTEGER PRIMARY KEY, article TEXT NOT NULL, cents INTEGER NOT NULL, came INTEGER NOT NULL DEFAULT 1)",
            )?;
            Ok(Self(connection))
        };
        open().map_err(|error: rusqlite::Error| format!("cannot open {}: {error}", path.display()).into())
    }

    /// What stores a batch. When it has, the orders are done, and their messages leave the queue.
    fn into_insert(self) -> impl Fn(Vec<Priced>) -> rusqlite::Result<()> {
        let table = Mutex::new(self);
        move |batch| table.lock().unwrap_or_else(PoisonError::into_inner).insert(batch)
    }

    /// A batch is a transaction.
    fn insert(&mut self, batch: Vec<Priced>) -> rusqlite::Result<()> {
        let transaction = self.0.transaction()?;
        {
            let mut insert = transaction.prepare(
                "INSERT INTO orders (number, article, cents) VALUES (?1, ?2, ?3) ON CONFLICT (number) DO UPDATE SET came = came + 1",
            )?;
            for Priced { order, cents } in batch {
                insert.execute((order.number.cast_signed(), order.article, cents.cast_signed()))?;
            }
        }
        transaction.commit()
    }

    /// How many orders there are, what they cost in cents, and how many came more than once.
    fn sums(&self) -> rusqlite::Result<[u64; 3]> {
        let sums = "SELECT count(*), ifnull(sum(cents), 0), ifnull(sum(came > 1), 0) FROM orders";
        let sums: (i64, i64, i64) = self.0.query_one(sums, (), |row| row.try_into())?;
        Ok([sums.0, sums.1, sums.2].map(i64::unsigned_abs))
    }
}

/// The client, and with it TLS and who we are, is ours and not the pipeline's.
async fn connect(servers: &str) -> Result<Client, BoxError> {
    let mut options = ConnectOptions::new();
    if let Ok(user) = env::var("NATS_USER") {
        options = options.user_and_password(user, env::var("NATS_PASSWORD").unwrap_or_default());
    }
    if let Some(certificate) = env::var_os("NATS_CA") {
        options = options.add_root_certificates(certificate.into()).require_tls(true);
    }
    let client = options.connect(servers.split(',').collect::<Vec<_>>()).await;
    Ok(client.map_err(|error| format!("cannot connect to {servers}: {error}"))?)
}

async fn orders(args: &Args) -> Result<(), BoxError> {
    let pipeline = match &args.server {
        None => shop(in_memory("orders"), args)?,
        Some(servers) => {
            let queue = jetstream("orders", connect(servers).await?).replicas(args.replicas).run(&args.run);
            shop(queue, args)?
        }
    };
    let mut out = io::stdout();
    if args.graph {
        return Ok(writeln!(out, "{}", pipeline.graph().to_mermaid())?);
    }
    let control = pipeline.control();
    let outcome = args.watch.beside(&control, until_told(pipeline.run(), &control)).await;
    let stored = outcome.map_err(|error| format!("{error:?}"))?;
    if stored.is_none() {
        return Ok(writeln!(out, "all orders are in the queue")?);
    }
    let [count, cents, twice] = Table::open(&args.table)?.sums()?;
    let (euros, cents, path) = (cents / 100, cents % 100, args.table.display());
    writeln!(out, "{count} orders of {euros}.{cents:02} in {path}; {twice} came more than once")?;
    Ok(())
}

#[derive(Clone)]
struct Args {
    file: Option<PathBuf>,
    table: PathBuf,
    latency: Duration,
    server: Option<String>,
    run: String,
    role: Option<String>,
    replicas: usize,
    graph: bool,
    watch: Watch,
}

/// What the command line says; `None` when it asks for help.
fn args() -> Result<Option<Args>, lexopt::Error> {
    let (mut file, mut role, mut run) = (None, None, None);
    let mut table = env::temp_dir().join("aqueduct-orders.sqlite");
    let mut server = env::var("NATS_URL").ok();
    let (mut latency, mut replicas, mut graph, mut watch) = (5, 1, false, Watch::default());
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("dashboard") => watch.takes_dashboard(&mut parser)?,
            _ if watch.takes(&arg)? => {}
            Long("table") => table = parser.value()?.into(),
            Long("latency") => latency = parser.value()?.parse()?,
            Long("server") => server = Some(parser.value()?.string()?),
            Long("run") => run = Some(parser.value()?.string()?),
            Long("role") => role = Some(parser.value()?.string()?),
            Long("replicas") => replicas = parser.value()?.parse()?,
            Long("graph") => graph = true,
            Short('h') | Long("help") => return Ok(None),
            Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            _ => return Err(arg.unexpected()),
        }
    }
    if server.is_none() && role.is_some() {
        return Err("a role needs a queue that others can reach: add `--server`".into());
    }
    let run = match run {
        Some(run) => run,
        None if server.is_some() => {
            return Err("with a server give the job a name, another for each job: add `--run`".into());
        }
        None => "in memory".to_owned(),
    };
    let latency = Duration::from_millis(latency);
    Ok(Some(Args { file, table, latency, server, run, role, replicas, graph, watch }))
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match args() {
        Ok(Some(args)) => orders(&args).await,
        Ok(None) => {
            print!("{HELP}{}", watch::HELP);
            Ok(())
        }
        Err(error) => Err(format!("{error}; see --help").into()),
    };
    outcome::exit("orders", outcome)
}
