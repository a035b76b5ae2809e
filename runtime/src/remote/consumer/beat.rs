//! Signs of life, so that what takes long is not given to another (C2).

use std::sync::Arc;

use tokio::time::sleep;

use super::hand::Hand;
use crate::remote::broker::{Broker, Settle};

/// Never ends.
pub(super) async fn beat<B: Broker>(hand: Arc<Hand<B>>) {
    let ack_wait = hand.layout.ack_wait();
    loop {
        sleep(ack_wait / 3).await;
        for ticket in hand.older_than(ack_wait / 6) {
            // One that does not arrive is made good by the next.
            if hand.broker.settle(&ticket, Settle::Alive).await.is_ok() {
                hand.count(|figures| figures.beats += 1);
            }
        }
    }
}
