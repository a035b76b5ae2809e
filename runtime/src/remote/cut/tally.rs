use std::sync::{Arc, Mutex, PoisonError};

use crate::Signal;
use crate::link::state::LinkState;
use crate::remote::{Change, Gauge};

/// How full the queue is, as far as this process knows: what it has put in and what it knows to be done. Shown as the link's level.
pub(super) struct Tally {
    state: Arc<LinkState>,
    level: Mutex<usize>,
}

impl Tally {
    pub(super) fn new(state: Arc<LinkState>) -> Self {
        Self { state, level: Mutex::new(0) }
    }

    pub(super) fn state(&self) -> &LinkState {
        &self.state
    }

    /// A half is open.
    pub(super) fn gauged(&self, gauge: Gauge) {
        self.state.add_gauge(gauge);
    }

    /// So many more items are stored.
    pub(super) fn entered(&self, items: usize) {
        if items > 0 {
            let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
            *level += items;
            self.state.mirror_entered(items, *level);
        }
    }

    /// So many items are done. Those that another process has stored are not known here.
    pub(super) fn left(&self, items: usize) {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        let known = items.min(*level);
        *level -= known;
        self.state.mirror_left(known);
    }

    /// The queue was full, or has run low; the signal goes to whoever listens.
    pub(super) fn signal(&self, change: &Change) {
        match change.signal {
            Signal::Pause => {
                let mut seen = self.state.head();
                // What is done meanwhile changes nothing: it is the broker that says so.
                while let Err(moved) = self.state.try_pause(seen, self.state.len()) {
                    seen = moved;
                }
            }
            Signal::Drain => drop(self.state.drain(self.state.len())),
        }
    }
}
