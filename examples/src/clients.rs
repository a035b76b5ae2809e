//! Clients of `service`: they send events over HTTP, and wait when they are told to.

use std::net::SocketAddr;
use std::time::Duration;

use aqueduct::BoxError;
use futures_util::future::try_join_all;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::time::sleep;

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
pub async fn send(to: SocketAddr, events: u64, clients: u64) -> Result<Answers, BoxError> {
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
    let each = (0..clients).map(|first| send_every(&client, to, (first..events).step_by(clients as usize)));
    let mut sum = Answers::default();
    for answers in try_join_all(each).await? {
        sum.accepted.extend(answers.accepted);
        sum.put_off += answers.put_off;
    }
    Ok(sum)
}

/// One client. What is on its way when the service stops is not counted: without an answer, nothing is known of it.
async fn send_every(client: &Client, to: SocketAddr, ids: impl Iterator<Item = u64>) -> Result<Answers, BoxError> {
    let mut answers = Answers::default();
    for id in ids {
        loop {
            let event = json!({ "id": id, "text": format!("event {id}") });
            let Ok(answer) = client.post(format!("http://{to}/events")).json(&event).send().await else {
                return Ok(answers);
            };
            match answer.status() {
                StatusCode::ACCEPTED => break,
                StatusCode::TOO_MANY_REQUESTS => {
                    let seconds = answer.headers().get(RETRY_AFTER).ok_or("429 without `Retry-After`")?;
                    answers.put_off += 1;
                    sleep(Duration::from_secs(seconds.to_str()?.parse()?)).await;
                }
                StatusCode::SERVICE_UNAVAILABLE => return Ok(answers),
                other => return Err(format!("event {id}: {other}").into()),
            }
        }
        answers.accepted.push(id);
    }
    Ok(answers)
}
