//! Asks for messages as there is room for them (C1).

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use super::hand::{Arrived, Hand, Verdict};
use super::settle::REST;
use crate::remote::broker::{ASK_LASTS, Arrival, Broker, Inbox, Lane, Over, Settle};

/// How long after its end an ask is given up whose end nobody has told.
const SLACK: Duration = Duration::from_secs(1);
/// How long not to ask when the broker was not there.
const RETRY: Duration = Duration::from_millis(200);
/// How long to take what still comes after leaving.
const GRACE: Duration = Duration::from_millis(250);

/// What has been asked for and is still to come, and when it is given up; the oldest first.
struct Asks {
    live: VecDeque<(usize, Instant)>,
    /// How many there have been.
    made: u64,
    /// Nothing is asked for before then.
    rest: Instant,
}

enum Event {
    Over(Over),
    Time,
    Changed,
}

/// Fetches until the consumer leaves; then gives back what still comes, until all is settled.
pub(super) async fn fetch<B: Broker>(
    hand: Arc<Hand<B>>,
    lane: Lane,
    mut inbox: B::Inbox,
    arrived: mpsc::UnboundedSender<Arrived>,
    verdicts: mpsc::UnboundedSender<Verdict>,
) {
    let mut asks = Asks { live: VecDeque::new(), made: 0, rest: Instant::now() };
    loop {
        let mut changed = pin!(hand.changed());
        if hand.is_leaving() {
            break;
        }
        asks.more(&hand, lane, &mut inbox).await;
        let until = asks.until();
        let mut time = pin!(sleep_until(until.unwrap_or_else(Instant::now)));
        let event = poll_fn(|cx| {
            while let Poll::Ready(arrival) = inbox.poll_next(cx) {
                let delivery = match arrival {
                    Arrival::Message(delivery) => delivery,
                    Arrival::Over(over) => return Poll::Ready(Event::Over(over)),
                };
                asks.came();
                // Whoever has left drops it, and so gives it back.
                match hand.take_in(lane, delivery, &verdicts) {
                    Some(message) => drop(arrived.send(message)),
                    None => return Poll::Ready(Event::Changed),
                }
            }
            if changed.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Event::Changed);
            }
            if until.is_some() { time.as_mut().poll(cx).map(|()| Event::Time) } else { Poll::Pending }
        });
        match event.await {
            Event::Over(over) => asks.over(&over),
            Event::Time => asks.give_up(),
            Event::Changed => {}
        }
    }
    drop((arrived, verdicts));
    give_back(&hand, &mut inbox, !asks.live.is_empty()).await;
}

impl Asks {
    async fn more<B: Broker>(&mut self, hand: &Hand<B>, lane: Lane, inbox: &mut B::Inbox) {
        let now = Instant::now();
        let wanted = hand.demand(lane, self.live.iter().map(|(left, _)| left).sum());
        if wanted == 0 || self.rest > now {
            return;
        }
        match inbox.ask(wanted).await {
            Ok(()) => {
                self.live.push_back((wanted, now + ASK_LASTS + SLACK));
                self.made += 1;
            }
            Err(_) => self.rest = now + RETRY,
        }
    }

    /// When to look again whatever comes.
    fn until(&self) -> Option<Instant> {
        let rest = Some(self.rest).filter(|rest| *rest > Instant::now());
        self.live.front().map(|(_, until)| *until).into_iter().chain(rest).min()
    }

    fn came(&mut self) {
        // There is none when it comes late, of an ask that was given up.
        if let Some((left, _)) = self.live.front_mut() {
            *left -= 1;
            if *left == 0 {
                self.live.pop_front();
            }
        }
    }

    fn over(&mut self, over: &Over) {
        let before = self.made - self.live.len() as u64;
        self.live.drain(..(over.asks.saturating_sub(before) as usize).min(self.live.len()));
        if over.absent {
            self.rest = Instant::now() + RETRY;
        }
    }

    /// Those whose end nobody has told in time.
    fn give_up(&mut self) {
        let now = Instant::now();
        self.live.retain(|(_, until)| *until > now);
    }
}

/// A message that comes to who has left would be away for `ack_wait`: it is given back at once (C4).
async fn give_back<B: Broker>(hand: &Hand<B>, inbox: &mut B::Inbox, more_may_come: bool) {
    let settled = async {
        loop {
            let changed = hand.changed();
            if hand.is_empty() {
                break;
            }
            changed.await;
        }
        if more_may_come {
            sleep(GRACE).await;
        }
    };
    let mut settled: Pin<_> = pin!(settled);
    loop {
        let late = poll_fn(|cx| {
            if let Poll::Ready(arrival) = inbox.poll_next(cx) {
                return Poll::Ready(Some(arrival));
            }
            settled.as_mut().poll(cx).map(|()| None)
        });
        match late.await {
            Some(Arrival::Message(delivery)) => {
                // Not confirmed: then it is away for `ack_wait`, which loses nothing.
                let _ = hand.broker.settle(&delivery.ticket, Settle::Again(REST)).await;
            }
            Some(Arrival::Over(_)) => {}
            None => return,
        }
    }
}
