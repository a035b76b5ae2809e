//! Sees the end of a run, and has the queue mended (C5, C8).

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::hand::Hand;
use crate::remote::RemoteError;
use crate::remote::broker::{Broker, Lane};
use crate::remote::mend::{Found, Mending};

/// How often an idle worker looks.
const LOOK: Duration = Duration::from_millis(500);
/// How often a busy one does.
const SELDOM: Duration = Duration::from_secs(5);
/// A stream that is not there may come back with a server that is starting. Then it is an error.
const ABSENT: Duration = Duration::from_secs(10);

/// Never ends; the run's end and failures end the consumer.
pub(super) async fn watch<B: Broker>(hand: Arc<Hand<B>>) {
    let mut lanes = [Lane::Items, Lane::Isolated].map(Mending::new);
    let (mut messages, mut looked, mut trouble) = (0, Instant::now(), None);
    loop {
        sleep(LOOK).await;
        let idle = hand.is_empty() && std::mem::replace(&mut messages, hand.figures().messages) == messages;
        if !idle && looked.elapsed() < SELDOM {
            continue;
        }
        looked = Instant::now();
        match look(&hand, &mut lanes).await {
            Ok(()) => trouble = None,
            Err(error) => {
                let limit = match &error {
                    RemoteError::Unreachable(_) => hand.layout.options.give_up_after,
                    _ => Some(ABSENT),
                };
                if limit.is_some_and(|limit| trouble.get_or_insert(looked).elapsed() >= limit) {
                    hand.fail(error);
                }
            }
        }
    }
}

async fn look<B: Broker>(hand: &Hand<B>, lanes: &mut [Mending]) -> Result<(), RemoteError> {
    let mut is_empty = true;
    for lane in lanes {
        let found = lane.look(&hand.broker, &hand.layout).await?;
        is_empty &= found == Found::Empty;
        hand.count(|figures| figures.remade += u64::from(found == Found::Mended));
    }
    if is_empty { end(hand).await } else { Ok(()) }
}

/// The run is over when it was marked as complete before the queue was seen empty, and no suspect is left.
async fn end<B: Broker>(hand: &Hand<B>) -> Result<(), RemoteError> {
    let broker = &hand.broker;
    let empty = hand.has_ended().await?
        && broker.level(Lane::Items).await?.messages == 0
        && broker.level(Lane::Isolated).await?.messages == 0
        && hand.is_empty();
    if empty {
        hand.leave();
    }
    Ok(())
}
