//! Asking again while the broker gives no answer.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::RemoteError;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);

/// Asks until there is an answer, or `limit` is over.
pub(super) async fn insist<T, F>(limit: Option<Duration>, ask: impl Fn() -> F) -> Result<T, RemoteError>
where
    F: Future<Output = Result<T, RemoteError>>,
{
    let mut retry = Retry::new(limit);
    loop {
        match ask().await {
            Err(error) if retry.goes_on(&error) => retry.rest().await,
            answer => return answer,
        }
    }
}

/// One question that is asked until there is an answer, or the link's patience is over.
pub(super) struct Retry {
    limit: Option<Duration>,
    since: Instant,
    next: Duration,
}

impl Retry {
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self { limit, since: Instant::now(), next: FIRST }
    }

    /// Whether to ask again after this error.
    pub(super) fn goes_on(&self, error: &RemoteError) -> bool {
        error.is_passing() && self.limit.is_none_or(|limit| self.since.elapsed() < limit)
    }

    pub(super) async fn rest(&mut self) {
        sleep(self.next).await;
        self.next = LONGEST.min(self.next * 2);
    }
}
