//! The two signals of a link, Pause and Drain, and those who watch them.
//!
//! The signals themselves are a bit in the link's state (`link/state.rs`): a level, read again after registering a waker
//! (`L7`). What is here are the *events*: copies for observers, made when the bit changes. Read [`observers`] next; the stalls of a
//! pipeline (`watch/stall.rs`) are told to observers in the same way.

mod observers;

pub use observers::Signals;
pub(crate) use observers::{Event, Observers, Subscription, Woken};

use tokio::time::Instant;

use crate::Name;

/// What a link tells the stage above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Signal {
    /// Stop: the link is full (`L2`).
    Pause,
    /// Go on: the link has come down to its low mark (`L3`). Never a shutdown.
    Drain,
}

/// One signal of one link, as an observer sees it.
///
/// The events of a link alternate strictly, beginning with Pause (`L3`).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignalEvent {
    /// The stage above the link, in the text: the one that is told.
    pub from: Name,
    /// The stage below the link, in the text.
    pub to: Name,
    /// The link's name.
    pub link: Name,
    /// What was signalled.
    pub signal: Signal,
    /// How much the link held then: the capacity at a Pause, the low mark at a Drain; in items, or in bytes for a byte link,
    /// where the level may be below the mark, and below the capacity while a heavier item waits outside (`G6`).
    pub len: usize,
    /// When.
    pub at: Instant,
    /// How many events this observer has lost since the one before, because it was more than 1,024 behind.
    pub missed: u64,
}
