//! What is told as it happens: snapshots, the signals of links, the ends of pipelines.
//!
//! A client is served when it reads, from what is true then. Signals come to all clients from one [`Hub`], which reads them ten times a
//! second and only while there are clients; one that does not read loses them. So neither many signals nor a slow client cost memory, or hold
//! anybody.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::Error;
use axum::response::sse::Event;
use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};
use serde::Serialize;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep};

use super::board::Board;
use crate::{Control, Name, Signal, SignalEvent, Signals};

/// For how long signals are put together.
const WINDOW: Duration = Duration::from_millis(100);

/// How many windows a client may be behind.
const WINDOWS: usize = 16;

/// How many signals of a pipeline are read at once: as many as an observer keeps.
const SIGNALS: usize = 1024;

/// How often a client hears that nothing more will happen, so that a connection that is gone is noticed.
const STILL: Duration = Duration::from_secs(15);

/// The Pauses, or the Drains, of one link in one window.
#[derive(Debug, Serialize)]
struct Signalled {
    pipeline: usize,
    link: Name,
    from: Name,
    to: Name,
    signal: Signal,
    /// How much the link held at the last of them.
    len: usize,
    times: u64,
    /// Signals of the pipeline that were too many to be read.
    missed: u64,
}

/// What all clients are told: signals, or, without any, that a pipeline has ended.
type Told = Arc<[Signalled]>;

/// Reads the signals of pipelines, for all clients at once.
#[derive(Debug)]
pub(super) struct Hub {
    told: broadcast::Sender<Told>,
    clients: watch::Sender<usize>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { told: broadcast::Sender::new(WINDOWS), clients: watch::Sender::new(0) }
    }
}

impl Hub {
    /// Watches a pipeline to its end.
    pub(super) async fn watch(self: Arc<Self>, pipeline: usize, control: Control) {
        let mut clients = self.clients.subscribe();
        // The sender is in `self`: waiting for it cannot fail.
        while clients.wait_for(|count| *count > 0).await.is_ok() {
            let mut signals = control.signals();
            loop {
                let first = tokio::select! {
                    first = signals.next() => first,
                    _ = clients.wait_for(|count| *count == 0) => break,
                };
                let Some(first) = first else {
                    let _ = self.told.send(Arc::default());
                    return;
                };
                let _ = self.told.send(window(pipeline, first, &mut signals));
                sleep(WINDOW).await;
            }
        }
    }

    fn listen(self: Arc<Self>) -> Client {
        let told = self.told.subscribe();
        self.clients.send_modify(|count| *count += 1);
        Client { told, hub: self }
    }
}

/// The signals that are there to be read.
fn window(pipeline: usize, first: SignalEvent, signals: &mut Signals) -> Told {
    let mut window: Vec<Signalled> = Vec::new();
    let more = std::iter::from_fn(|| signals.next().now_or_never().flatten()).take(SIGNALS);
    for event in std::iter::once(first).chain(more) {
        let SignalEvent { link, from, to, signal, len, missed, .. } = event;
        match window.iter_mut().find(|other| other.link == link && other.signal == signal) {
            Some(other) => {
                other.len = len;
                other.times += 1;
                other.missed += missed;
            }
            None => window.push(Signalled { pipeline, link, from, to, signal, len, times: 1, missed }),
        }
    }
    window.into()
}

/// One who listens to the hub.
struct Client {
    told: broadcast::Receiver<Told>,
    hub: Arc<Hub>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.hub.clients.send_modify(|count| *count -= 1);
    }
}

/// The events for one client: a snapshot at once, and each `every`.
pub(super) fn stream(board: Arc<Board>, hub: Arc<Hub>, every: Duration) -> impl Stream<Item = Result<Event, Error>> {
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let ended = vec![false; board.pipelines.len()];
    let mut events = Events { board, client: hub.listen(), ticks, ended, ready: VecDeque::new() };
    events.look();
    stream::unfold(events, async |mut events| Some((events.next().await, events)))
}

struct Events {
    board: Arc<Board>,
    client: Client,
    ticks: Interval,
    /// Which pipelines' end has been told.
    ended: Vec<bool>,
    ready: VecDeque<Result<Event, Error>>,
}

impl Events {
    async fn next(&mut self) -> Result<Event, Error> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return event;
            }
            if self.ended.iter().all(|ended| *ended) {
                sleep(STILL).await;
                return Ok(Event::default().comment("all pipelines have ended"));
            }
            tokio::select! {
                _ = self.ticks.tick() => self.look(),
                told = self.client.told.recv() => match told {
                    Ok(signals) if signals.is_empty() => self.look(),
                    Ok(signals) => self.ready.extend(signals.iter().map(|signal| event("signal", signal))),
                    Err(_) => {} // too far behind: the next snapshot shows what came of it
                },
            }
        }
    }

    /// How all pipelines are now, and which have ended.
    fn look(&mut self) {
        let views = self.board.views();
        self.ready.push_back(event("snapshot", &views));
        for view in views.iter().filter(|view| view.snapshot.ended) {
            if !std::mem::replace(&mut self.ended[view.pipeline], true) {
                self.ready.push_back(event("end", &serde_json::json!({ "pipeline": view.pipeline })));
            }
        }
    }
}

fn event(name: &str, data: &impl Serialize) -> Result<Event, Error> {
    Event::default().event(name).json_data(data)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    /// In a minute of signals a client that reads nothing is told what was last, not all; and it hears the end.
    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_keeps_little() {
        let pausing = crate::pipeline! {
            #![crate = crate]
            iter(0..60_000u32) -> queue(1) -> then(async |n| { sleep(Duration::from_millis(1)).await; n }) -> count()
        };
        let (board, hub) = (Arc::new(Board::new(vec![pausing.control()], false)), Arc::new(Hub::default()));
        let watching = tokio::spawn(Arc::clone(&hub).watch(0, pausing.control()));
        let mut client = pin!(stream(Arc::clone(&board), Arc::clone(&hub), Duration::from_millis(500)));
        assert!(client.next().await.unwrap().is_ok());
        pausing.run().await.unwrap();
        watching.await.unwrap();

        assert!(board.views()[0].snapshot.links[0].pauses > 10_000);
        assert_eq!(hub.told.len(), WINDOWS);
        let mut events = 0;
        while tokio::time::timeout(STILL / 2, client.next()).await.is_ok() {
            events += 1;
        }
        // Two signals a window, two snapshots, the end.
        assert!((2..=2 * WINDOWS + 3).contains(&events), "{events} events");
        drop(hub);
    }
}
