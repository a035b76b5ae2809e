//! What the publisher's handle and its pump share.

use std::collections::VecDeque;
use std::fmt;

use crate::Signal;
use crate::remote::frame::Frame;

const CHANGES_KEPT: usize = 1024;

/// Why a remote link is paused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Reason {
    /// The queue holds its capacity, or nearly so.
    Full,
    /// The broker gives no answer; the words say how, and what to do.
    Disconnected(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the queue is full"),
            Self::Disconnected(why) => f.write_str(why),
        }
    }
}

/// A remote link has paused or drained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which of the two.
    pub signal: Signal,
    /// Why it paused, or had been paused last.
    pub reason: Reason,
}

/// What a publisher has sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Sent {
    /// All items before this position are stored: a source above may be told so.
    pub position: u64,
    /// Messages that the broker has stored.
    pub messages: u64,
    /// Messages that the broker had already.
    pub repeated: u64,
    /// How often the queue was full.
    pub full: u64,
    /// How often it had to be found out what is stored.
    pub recoveries: u64,
    /// Questions for how full the queue is.
    pub looks: u64,
}

pub(super) struct Desk {
    /// Closed frames that have not been sent, or must be sent again.
    pub(super) queue: VecDeque<Frame>,
    /// How many frames are on their way.
    pub(super) on_the_way: usize,
    pub(super) finishing: bool,
    pub(super) paused: Option<Reason>,
    pub(super) changes: VecDeque<Change>,
    pub(super) figures: Sent,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self {
            queue: VecDeque::new(),
            on_the_way: 0,
            finishing: false,
            paused: None,
            changes: VecDeque::new(),
            figures: Sent::default(),
        }
    }

    /// Whether all closed frames are stored.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.on_the_way == 0
    }

    /// How many frames may still be begun, the open one included: `window` on their way, one that waits, one that is filled.
    pub(super) fn room(&self, window: usize) -> usize {
        if self.paused.is_some() { 0 } else { (window + 2).saturating_sub(self.queue.len() + self.on_the_way) }
    }

    /// The oldest of the closed frames; it is on its way from here on.
    pub(super) fn next_frame(&mut self) -> Option<Frame> {
        let frame = self.queue.pop_front()?;
        self.on_the_way += 1;
        Some(frame)
    }

    /// Pauses, or gives another reason for the pause there is.
    pub(super) fn pause(&mut self, reason: Reason) {
        if self.paused.is_none() {
            self.note(Change { signal: Signal::Pause, reason: reason.clone() });
        }
        self.paused = Some(reason);
    }

    pub(super) fn drain(&mut self) {
        if let Some(reason) = self.paused.take() {
            self.note(Change { signal: Signal::Drain, reason });
        }
    }

    fn note(&mut self, change: Change) {
        if self.changes.len() == CHANGES_KEPT {
            self.changes.pop_front();
        }
        self.changes.push_back(change);
    }
}
