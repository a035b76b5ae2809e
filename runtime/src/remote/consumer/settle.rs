//! Tells the broker the verdicts, many at a time, each until it is confirmed (C3).

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::hand::{Hand, Held, How, Verdict};
use crate::remote::RemoteError;
use crate::remote::broker::{Broker, Settle};

const AT_A_TIME: usize = 256;
const TRIES: u32 = 4;
const BETWEEN: Duration = Duration::from_millis(100);
/// How long an item rests that was given back: its worker is about to fail, and the others shall not fail all at once. And longer than who leaves goes on
/// receiving, to whom it would come again: each time counts as an attempt.
pub(super) const REST: Duration = Duration::from_millis(300);
/// How long a message rests that could not be read: another worker may know how.
const UNREADABLE_REST: Duration = Duration::from_secs(5);

/// Ends when every handle has said its verdict and nobody can make another.
pub(super) async fn settle<B: Broker>(hand: Arc<Hand<B>>, mut told: mpsc::UnboundedReceiver<Verdict>) {
    let mut under_way = FuturesUnordered::new();
    poll_fn(|cx| {
        loop {
            while let Poll::Ready(Some(())) = under_way.poll_next_unpin(cx) {}
            if under_way.len() == AT_A_TIME {
                hand.note_untold(told.len());
                return Poll::Pending;
            }
            match told.poll_recv(cx) {
                Poll::Ready(Some(verdict)) => under_way.push(one(Arc::clone(&hand), verdict)),
                Poll::Ready(None) if under_way.is_empty() => return Poll::Ready(()),
                _ => {
                    hand.note_untold(0);
                    return Poll::Pending;
                }
            }
        }
    })
    .await;
}

async fn one<B: Broker>(hand: Arc<Hand<B>>, Verdict { key, how }: Verdict) {
    let decided = match how {
        How::Done => Ok(Settle::Done),
        How::GivenBack => Ok(Settle::Again(REST)),
        // Seldom, and so much that each verdict would need the space for it.
        How::Guilty => Box::pin(guilty(&hand, &hand.held(key))).await,
        How::Unreadable => Box::pin(unreadable(&hand, &hand.held(key))).await,
    };
    let confirmed = match decided {
        Ok(settle) => confirm(&hand, &hand.ticket(key), settle).await.map(|()| settle),
        Err(error) => Err(error),
    };
    hand.let_go(key, |figures| match confirmed {
        Ok(Settle::Done) => figures.done += 1,
        Ok(_) => figures.given_back += 1,
        Err(_) => figures.unconfirmed += 1,
    });
}

/// What to tell the broker of a message that failed, after what is to be set aside of it has been.
async fn guilty<B: Broker>(hand: &Hand<B>, held: &Held<B::Ticket>) -> Result<Settle, RemoteError> {
    if hand.layout.options.dead_letters { hand.suspect(held, REST).await } else { Ok(Settle::Again(REST)) }
}

/// The same of one that could not be read.
async fn unreadable<B: Broker>(hand: &Hand<B>, held: &Held<B::Ticket>) -> Result<Settle, RemoteError> {
    let options = &hand.layout.options;
    if options.dead_letters && held.delivery.attempt > options.attempts {
        return hand.bury(held, UNREADABLE_REST).await;
    }
    Ok(Settle::Again(UNREADABLE_REST))
}

/// Tells it again while there is no answer, for at least as long as the broker waits for it.
async fn confirm<B: Broker>(hand: &Hand<B>, ticket: &B::Ticket, how: Settle) -> Result<(), RemoteError> {
    let (start, mut tries) = (Instant::now(), 0);
    loop {
        let answer = hand.broker.settle(ticket, how).await;
        tries += 1;
        match answer {
            Err(error) if error.is_passing() && (tries < TRIES || start.elapsed() < hand.layout.ack_wait()) => {
                sleep(BETWEEN).await;
            }
            answer => return answer,
        }
    }
}
