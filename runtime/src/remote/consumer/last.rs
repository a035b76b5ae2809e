//! Ends the input of a worker that keeps the last of a run (C5).

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::hand::Hand;
use crate::remote::RemoteError;
use crate::remote::broker::{Broker, Lane};

/// How often to look.
const LOOK: Duration = Duration::from_millis(500);

/// A stage below that gathers items, as `chunks` does, lets go of the last of them when its input ends, and they are not done before. So a worker that has
/// messages in hand leaves when nothing more will come: when all that is not done is in its hands, or when it has been idle for so long that whatever a worker
/// had that died has come to another.
pub(super) async fn last<B: Broker>(hand: Arc<Hand<B>>) {
    let (mut before, mut idle_since) = (hand.progress(), Instant::now());
    loop {
        sleep(LOOK).await;
        let now = hand.progress();
        if hand.is_empty() || std::mem::replace(&mut before, now) != now {
            idle_since = Instant::now();
            continue;
        }
        // Without an answer it looks again.
        if !hand.is_leaving() && is_left(&hand, idle_since.elapsed()).await.unwrap_or(false) {
            hand.leave();
        }
    }
}

/// Whether what this worker has in hand is all that will ever come to it.
async fn is_left<B: Broker>(hand: &Hand<B>, idle: Duration) -> Result<bool, RemoteError> {
    if !hand.has_ended().await? {
        return Ok(false);
    }
    let mut alone = true;
    for lane in [Lane::Items, Lane::Isolated] {
        let Some(workers) = hand.broker.progress(lane).await? else { return Ok(false) };
        if workers.pending > 0 {
            return Ok(false);
        }
        alone &= workers.unacked <= hand.held_of(lane);
    }
    Ok(alone || idle > hand.layout.ack_wait())
}
