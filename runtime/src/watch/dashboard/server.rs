//! Who answers: the connections, the way to each answer, and what every answer has.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::board::{Board, EACH};
use super::events::{self, Hub};
use super::guard::Doors;
use super::{page, prometheus};
use crate::Control;

/// How many connections are served at once; others wait.
const CONNECTIONS: usize = 64;

/// How long a client may take for the head of a request, and leave its connection idle.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long no connection is taken after the system had none to give.
const REST: Duration = Duration::from_secs(1);

/// How often a page may ask for snapshots, in milliseconds, and how often it gets them unasked.
const FASTEST: u64 = 100;
const SLOWEST: u64 = 60_000;
const USUAL: u64 = 500;

/// What every answer has: the page takes nothing from elsewhere, stands in no other page, and nothing of it is kept.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        HeaderName::from_static("content-security-policy"),
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
    ),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("referrer-policy"), "no-referrer"),
    (HeaderName::from_static("x-content-type-options"), "nosniff"),
    (HeaderName::from_static("x-frame-options"), "DENY"),
    (CACHE_CONTROL, "no-store"),
];

/// What the answers are made from.
#[derive(Clone)]
struct Shared {
    board: Arc<Board>,
    doors: Arc<Doors>,
    hub: Arc<Hub>,
}

/// The address a request came to.
#[derive(Clone, Copy)]
struct Local(SocketAddr);

/// Serves until it is dropped. What it has started ends with it: its tasks are in sets that abort them.
pub(super) async fn serve(listener: TcpListener, board: Board, doors: Doors) -> io::Result<()> {
    let shared = Shared { board: Arc::new(board), doors: Arc::new(doors), hub: Arc::default() };
    let router = router(shared.clone());
    let mut watchers = JoinSet::new();
    for (pipeline, shown) in shared.board.pipelines.iter().enumerate() {
        watchers.spawn(Arc::clone(&shared.hub).watch(pipeline, shown.control.clone()));
    }
    let mut connections = JoinSet::new();
    let mut samples = interval(EACH);
    samples.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = samples.tick() => shared.board.sample(),
            accepted = accept(&listener), if connections.len() < CONNECTIONS => {
                if let Ok(local) = accepted.local_addr() {
                    connections.spawn(connection(accepted, Local(local), router.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(_) => sleep(REST).await, // too many files are open
        }
    }
}

/// Serves one connection to its end; what goes wrong on it is the client's affair.
async fn connection(stream: TcpStream, local: Local, router: Router) {
    let answers = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(local);
        answers.call(request)
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

fn router(shared: Shared) -> Router {
    let mut router = Router::new()
        .route("/api/pipelines", get(pipelines))
        .route("/api/pipelines/{pipeline}/{action}", post(act))
        .route("/api/snapshot", get(snapshot))
        .route("/api/events", get(events))
        .route("/metrics", get(metrics));
    for file in &page::FILES {
        router = router.route(file.path, get(async move || file));
    }
    router.layer(middleware::from_fn_with_state(shared.clone(), guarded)).with_state(shared)
}

/// Only requests for a known host are answered, and what is answered has all headers.
async fn guarded(
    State(shared): State<Shared>,
    Extension(Local(local)): Extension<Local>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match shared.doors.knows_host(request.uri(), request.headers(), local) {
        Ok(()) => next.run(request).await,
        Err(why) => (StatusCode::FORBIDDEN, why).into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, axum::http::HeaderValue::from_static(value));
    }
    response
}

async fn pipelines(State(shared): State<Shared>) -> Response {
    Json(shared.board.overview()).into_response()
}

async fn snapshot(State(shared): State<Shared>) -> Response {
    Json(shared.board.views()).into_response()
}

async fn metrics(State(shared): State<Shared>) -> impl IntoResponse {
    ([(CONTENT_TYPE, prometheus::TYPE)], prometheus::text(&shared.board.snapshots()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    every: Option<u64>,
}

async fn events(State(shared): State<Shared>, Query(asked): Query<Asked>) -> Response {
    let every = asked.every.unwrap_or(USUAL);
    if !(FASTEST..=SLOWEST).contains(&every) {
        let why = format!("`every` is a number of milliseconds, from {FASTEST} to {SLOWEST}\n");
        return (StatusCode::BAD_REQUEST, why).into_response();
    }
    Sse::new(events::stream(shared.board, shared.hub, Duration::from_millis(every))).into_response()
}

/// What a page may ask of a pipeline, if it may.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Pause,
    Resume,
    Finish,
    Abort,
}

async fn act(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    Path((pipeline, action)): Path<(usize, Action)>,
) -> Result<StatusCode, (StatusCode, &'static str)> {
    shared.doors.may_control(&uri, &headers).map_err(|why| (StatusCode::FORBIDDEN, why))?;
    let shown = shared.board.pipelines.get(pipeline).ok_or((StatusCode::NOT_FOUND, "there is no such pipeline\n"))?;
    let action = match action {
        Action::Pause => Control::pause,
        Action::Resume => Control::resume,
        Action::Finish => Control::finish,
        Action::Abort => Control::abort,
    };
    action(&shown.control);
    Ok(StatusCode::NO_CONTENT)
}
