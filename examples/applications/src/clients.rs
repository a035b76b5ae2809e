//! Clients of `service`: they send events over HTTP, and wait when they are told to.

use std::net::SocketAddr;
use std::time::Duration;

use aqueduct::BoxError;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use futures_util::future::try_join_all;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use tokio::time::{sleep, timeout};

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(30);

/// A client of the service at an address, with connections of its own.
#[derive(Clone, Debug)]
pub struct Client {
    http: hyper_util::client::legacy::Client<HttpConnector, Body>,
    to: SocketAddr,
}

/// What the service has said.
#[derive(Debug)]
pub struct Answer {
    /// Whether it has done what was asked for.
    pub status: StatusCode,
    /// What it says about that.
    pub headers: HeaderMap,
    /// The rest, which is text.
    pub text: String,
}

impl Client {
    /// It connects when it first asks.
    #[must_use]
    pub fn new(to: SocketAddr) -> Self {
        Self { http: hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build_http(), to }
    }

    /// Posts an event, as JSON.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn post(&self, event: impl Into<Body>) -> Result<Answer, BoxError> {
        self.ask(Method::POST, "/events", event.into()).await
    }

    /// Asks how the service does.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn status(&self) -> Result<Answer, BoxError> {
        self.ask(Method::GET, "/status", Body::empty()).await
    }

    async fn ask(&self, method: Method, path: &str, body: Body) -> Result<Answer, BoxError> {
        let uri = format!("http://{}{path}", self.to);
        let request = Request::builder().method(method).uri(uri).header(CONTENT_TYPE, "application/json").body(body)?;
        let answer = async {
            let (head, body) = self.http.request(request).await?.into_parts();
            let text = String::from_utf8(to_bytes(Body::new(body), 1 << 20).await?.into())?;
            Ok(Answer { status: head.status, headers: head.headers, text })
        };
        timeout(LIMIT, answer).await?
    }
}

/// What clients have been told.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// The ids of the events that were accepted, in the order of the answers.
    pub accepted: Vec<u64>,
    /// How often one was told to come again later.
    pub put_off: u64,
}

/// Sends the events `0..events`, as `clients` clients at once. An event that is put off is sent again after the time the answer says.
///
/// It ends at the first answer, or the lack of one, that says that the service has stopped.
///
/// # Errors
/// An answer that no client should get.
pub async fn send(to: SocketAddr, events: u64, clients: usize) -> Result<Answers, BoxError> {
    let each = (0..events).take(clients).map(|first| send_every(Client::new(to), (first..events).step_by(clients)));
    let mut sum = Answers::default();
    for answers in try_join_all(each).await? {
        sum.accepted.extend(answers.accepted);
        sum.put_off += answers.put_off;
    }
    Ok(sum)
}

/// One client. What is on its way when the service stops is not counted: without an answer, nothing is known of it.
async fn send_every(client: Client, ids: impl Iterator<Item = u64>) -> Result<Answers, BoxError> {
    let mut answers = Answers::default();
    for id in ids {
        loop {
            let event = json!({ "id": id, "text": format!("event {id}") });
            let Ok(answer) = client.post(event.to_string()).await else { return Ok(answers) };
            match answer.status {
                StatusCode::ACCEPTED => break,
                StatusCode::TOO_MANY_REQUESTS => {
                    let seconds = answer.headers.get(RETRY_AFTER).ok_or("429 without `Retry-After`")?;
                    answers.put_off += 1;
                    sleep(Duration::from_secs(seconds.to_str()?.parse()?)).await;
                }
                StatusCode::SERVICE_UNAVAILABLE => return Ok(answers),
                other => return Err(format!("event {id}: {other}: {}", answer.text).into()),
            }
        }
        answers.accepted.push(id);
    }
    Ok(answers)
}
