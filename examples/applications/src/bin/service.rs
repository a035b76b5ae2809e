//! An HTTP service in front of a slow store. What it accepts goes into an inlet; while that is paused, clients are told to come
//! again later (`429`, with `Retry-After`), so that what waits stays little however many there are. Nothing that was accepted is lost
//! when the service finishes.
//!
//! Without `--listen` it demonstrates itself: it serves on a free port, sends itself more than it can take, and finishes.
//!
//! ```text
//! cargo run -p aqueduct-applications --bin service -- [--listen ADDRESS] [--output FILE]
//! curl -i http://127.0.0.1:8080/events -H 'content-type: application/json' -d '{"id": 1, "text": "hello"}'
//! ```

use std::io::{Write, stdout};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use aqueduct::{BoxError, Control, Inlet, LinkSnapshot, PipelineError, Sink, TrySendError, inlet, pipeline};
use aqueduct_applications::clients::{self, Answers};
use aqueduct_examples::outcome;
use aqueduct_examples::watch::{self, Watch};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use lexopt::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::signal::ctrl_c;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

const HELP: &str = "\
Takes events over HTTP and stores them in a file, in batches; tells clients to come again later while the store is behind.

Usage: service [OPTIONS]

  --listen ADDRESS   serve there until Ctrl-C, for example on 127.0.0.1:8080
                     (default: a demonstration on a free port, with clients of its own)
  --output FILE      where events are appended, as JSON lines (default: aqueduct-events.jsonl in the directory for
                     temporary files)
  --latency MS       how long the store takes for a batch (default: 100)
";

/// How long requests that are under way may take when the service finishes.
const GRACE: Duration = Duration::from_secs(3);

/// The largest request, in bytes. With the pipeline's bound it bounds the memory that waiting events take.
const LARGEST: usize = 16 * 1024;

#[derive(Deserialize, Serialize)]
struct Event {
    id: u64,
    text: String,
}

/// What the handlers of requests share.
#[derive(Clone)]
struct Service {
    events: Inlet<Event>,
    control: Control,
}

/// `POST /events`. It never waits: a request that cannot be taken now costs the service nothing but the answer.
///
/// `202` says that the event will be stored, not that it has been.
async fn accept(State(service): State<Service>, Json(event): Json<Event>) -> Response {
    match service.events.try_send(event) {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(TrySendError::Full(_)) => {
            (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "1")], "the store is behind\n").into_response()
        }
        Err(TrySendError::Closed(_)) => (StatusCode::SERVICE_UNAVAILABLE, "finishing\n").into_response(),
    }
}

/// `GET /status`: each link, for people.
async fn status(State(service): State<Service>) -> String {
    let links = service.control.snapshot().links;
    let line = |link: &LinkSnapshot| {
        let paused = if link.paused { ", paused" } else { "" };
        format!("{}: {} of {}{paused}\n", link.name, link.len, link.capacity)
    };
    links.iter().map(line).collect()
}

/// A file of JSON lines behind a slow disk. Its output is how many events it has stored.
struct Store {
    file: File,
    latency: Duration,
    stored: u64,
}

impl Sink<Vec<Event>> for Store {
    type Output = u64;

    async fn write(&mut self, events: Vec<Event>) -> Result<(), BoxError> {
        let mut lines = Vec::new();
        for event in &events {
            serde_json::to_writer(&mut lines, event)?;
            lines.push(b'\n');
        }
        sleep(self.latency).await;
        self.file.write_all(&lines).await?;
        self.file.flush().await?;
        self.stored += events.len() as u64;
        Ok(())
    }

    async fn finish(self) -> Result<u64, BoxError> {
        self.file.sync_all().await?;
        Ok(self.stored)
    }
}

async fn service(args: &Args) -> Result<(), BoxError> {
    let address = args.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
    let listener = TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let address = listener.local_addr()?;
    let output = args.output.display();
    let file = File::options().create(true).append(true).open(&args.output).await;
    let file = file.map_err(|error| format!("cannot open {output}: {error}"))?;

    let (events, source) = inlet(16);
    let storing = pipeline! {
        from(source) as requests
            -> queue(16) as waiting
            -> batch(8, 50ms)
            -> queue(1) as batches            // the default would let 256 of them wait
            -> into(Store { file, latency: args.latency, stored: 0 }) as store
    };
    let control = storing.control();
    let mut storing = storing.spawn();

    let (stop, stopped) = oneshot::channel::<()>();
    let app = Router::new()
        .route("/events", post(accept))
        .route("/status", get(status))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Service { events: events.clone(), control: control.clone() });
    let server = axum::serve(listener, app).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());
    writeln!(stdout(), "listening on http://{address}")?;

    let serving = async {
        let mut outcome = None;
        let answers = tokio::select! {
            answers = work(args.listen.is_none().then_some(address)) => answers?,
            // While there is an inlet, the pipeline ends only because it has failed, or because somebody who watches it has ended it.
            ended = &mut storing => {
                outcome = Some(ended);
                None
            }
        };
        let finishing = async {
            // First those who ask: no more connections, and the requests under way are answered. Then the inlet, so that whoever is
            // too late is told so. What was accepted comes out.
            let _ = stop.send(());
            let _ = timeout(GRACE, server).await;
            events.close();
            match outcome {
                Some(outcome) => outcome,
                None => storing.await,
            }
        };
        tokio::select! {
            stored = finishing => Ok((answers, stored.map_err(explain)?)),
            Ok(()) = ctrl_c() => Err("stopped before all events were stored".into()), // dropped, the pipeline is aborted
        }
    };
    let served: Result<_, BoxError> = args.watch.beside(&control, serving).await;
    let (answers, stored) = served?;
    if let Some(Answers { accepted, put_off }) = answers {
        writeln!(stdout(), "{} requests accepted, {put_off} put off and sent again", accepted.len())?;
    }
    writeln!(stdout(), "finished: {stored} events stored in {output}")?;
    Ok(())
}

/// Waits for Ctrl-C, or sends events to the service there, and gives the answers.
async fn work(demonstrate: Option<SocketAddr>) -> Result<Option<Answers>, BoxError> {
    let Some(address) = demonstrate else {
        ctrl_c().await?;
        eprintln!("finishing: what was accepted is still stored (Ctrl-C again: stop at once)");
        return Ok(None);
    };
    tokio::select! {
        answers = clients::send(address, 120, 8) => Ok(Some(answers?)),
        Ok(()) = ctrl_c() => Ok(None),
    }
}

fn explain(error: PipelineError) -> BoxError {
    format!("{error:?}").into()
}

struct Args {
    listen: Option<SocketAddr>,
    output: PathBuf,
    latency: Duration,
    watch: Watch,
}

/// What the command line says; `None` when it asks for help.
fn args() -> Result<Option<Args>, lexopt::Error> {
    let (mut listen, mut latency, mut watch) = (None, 100, Watch::default());
    let mut output = std::env::temp_dir().join("aqueduct-events.jsonl");
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("dashboard") => watch.takes_dashboard(&mut parser)?,
            _ if watch.takes(&arg)? => {}
            Long("listen") => listen = Some(parser.value()?.parse()?),
            Long("output") => output = parser.value()?.into(),
            Long("latency") => latency = parser.value()?.parse()?,
            Short('h') | Long("help") => return Ok(None),
            _ => return Err(arg.unexpected()),
        }
    }
    Ok(Some(Args { listen, output, latency: Duration::from_millis(latency), watch }))
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match args() {
        Ok(Some(args)) => service(&args).await,
        Ok(None) => {
            print!("{HELP}{}", watch::HELP);
            Ok(())
        }
        Err(error) => Err(format!("{error}; see --help").into()),
    };
    outcome::exit("service", outcome)
}
