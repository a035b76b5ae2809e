//! Items that can be copied: how many there are, have been, and how often one was cloned. And what tests of blocks ask of a graph.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aqueduct::{Graph, Signal};

use crate::flow::Told;

/// Counts the [`Piece`]s it has made, and their copies.
#[derive(Clone, Debug, Default)]
pub struct Stock(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    made: AtomicUsize,
    live: AtomicUsize,
    peak: AtomicUsize,
    clones: AtomicUsize,
}

/// An item that its [`Stock`] counts.
#[derive(Debug)]
pub struct Piece {
    /// Which one it is.
    pub number: u64,
    stock: Stock,
}

impl Stock {
    /// A new item.
    #[must_use]
    pub fn piece(&self, number: u64) -> Piece {
        self.0.made.fetch_add(1, Ordering::Relaxed);
        self.enter();
        Piece { number, stock: self.clone() }
    }

    /// The items `0..n`, made as they are asked for.
    pub fn pieces(&self, n: u64) -> impl Iterator<Item = Piece> + Send + 'static {
        let stock = self.clone();
        (0..n).map(move |number| stock.piece(number))
    }

    fn enter(&self) {
        let live = self.0.live.fetch_add(1, Ordering::Relaxed) + 1;
        self.0.peak.fetch_max(live, Ordering::Relaxed);
    }

    /// How many were made, without copies.
    #[must_use]
    pub fn made(&self) -> usize {
        self.0.made.load(Ordering::Relaxed)
    }

    /// How many there are, with copies.
    #[must_use]
    pub fn live(&self) -> usize {
        self.0.live.load(Ordering::Relaxed)
    }

    /// The most there have been at once.
    #[must_use]
    pub fn peak(&self) -> usize {
        self.0.peak.load(Ordering::Relaxed)
    }

    /// How many copies were made.
    #[must_use]
    pub fn clones(&self) -> usize {
        self.0.clones.load(Ordering::Relaxed)
    }
}

impl Clone for Piece {
    fn clone(&self) -> Self {
        self.stock.0.clones.fetch_add(1, Ordering::Relaxed);
        self.stock.enter();
        Self { number: self.number, stock: self.stock.clone() }
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.stock.0.live.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Never done.
pub async fn never<T>(_: T) {
    std::future::pending().await
}

/// On a clock that is paused this returns only when no task of the runtime has anything to do: what spins keeps it from ever coming (L9).
pub async fn an_hour() {
    tokio::time::sleep(Duration::from_secs(3600)).await;
}

/// Fails if the source was asked for an item between Pause and Drain, or if they do not alternate (L6).
#[track_caller]
pub fn assert_not_asked_while_paused(told: &[Told]) {
    let mut paused = false;
    for (at, told_now) in told.iter().enumerate() {
        match told_now {
            Told::Next => assert!(!paused, "asked at {at} while paused: {told:?}"),
            Told::Signal(signal) => {
                assert_ne!(paused, *signal == Signal::Pause, "{signal:?} again at {at}: {told:?}");
                paused = !paused;
            }
            Told::Close => {}
        }
    }
}

/// The stages with their tasks, as text: `iter:0 map:0`.
#[must_use]
pub fn stages(graph: &Graph) -> String {
    let all: Vec<_> = graph.stages.iter().map(|stage| format!("{}:{}", stage.name, stage.task)).collect();
    all.join(" ")
}

/// The links with their capacities, as text: `iter->map:256`.
#[must_use]
pub fn links(graph: &Graph) -> String {
    let all: Vec<_> = graph.links.iter().map(|link| format!("{}:{}", link.name, link.capacity)).collect();
    all.join(" ")
}
