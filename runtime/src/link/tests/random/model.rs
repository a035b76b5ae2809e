use std::collections::VecDeque;

use crate::Signal;
use crate::link::Overflow;

/// The rules, written as simply as they read.
#[derive(Default)]
pub(super) struct Model {
    pub(super) capacity: usize,
    pub(super) low: usize,
    /// Numbers and weights.
    pub(super) inside: VecDeque<(usize, usize)>,
    pub(super) waiting: Option<(usize, usize)>,
    pub(super) paused: bool,
    pub(super) ended: bool,
    pub(super) gone: bool,
    pub(super) signals: Vec<(Signal, usize)>,
    pub(super) pauses: u64,
    pub(super) dropped: u64,
    pub(super) max_len: usize,
}

impl Model {
    pub(super) fn len(&self) -> usize {
        self.inside.iter().map(|(_, weight)| weight).sum()
    }

    fn fits(&self, weight: usize) -> bool {
        self.inside.is_empty() || self.len() + weight <= self.capacity
    }

    fn enter(&mut self, item: (usize, usize)) {
        self.inside.push_back(item);
        self.max_len = self.max_len.max(self.len());
    }

    fn pause(&mut self) {
        assert!(!self.paused, "signals alternate");
        self.paused = true;
        self.pauses += 1;
        self.signals.push((Signal::Pause, self.len()));
    }

    /// L2 and L3 for an item that may have to wait outside.
    pub(super) fn push(&mut self, item: (usize, usize)) {
        if self.gone || self.paused || !self.fits(item.1) {
            self.waiting = Some(item);
            if !self.gone && !self.paused {
                self.pause();
            }
        } else {
            self.enter(item);
            if self.len() >= self.capacity {
                self.pause();
            }
        }
    }

    /// L3: the level at which the pause ends.
    fn mark(&self) -> usize {
        self.waiting.map_or(self.low, |(_, weight)| self.low.min(self.capacity.saturating_sub(weight)))
    }

    pub(super) fn take(&mut self) -> Option<(usize, usize)> {
        let item = self.inside.pop_front()?;
        if self.paused && self.len() <= self.mark() {
            self.paused = false;
            self.signals.push((Signal::Drain, self.len()));
        }
        Some(item)
    }

    /// One item by the policy; whether the producer may go on, `None` when the pipeline fails.
    pub(super) fn offer(&mut self, item: (usize, usize), overflow: Overflow) -> Option<bool> {
        if overflow == Overflow::Block {
            self.push(item);
            return Some(!self.paused && !self.gone);
        }
        if self.gone {
            return Some(false);
        }
        if overflow == Overflow::DropOldest {
            while !self.fits(item.1) {
                self.inside.pop_front();
                self.dropped += 1;
            }
        }
        if self.fits(item.1) {
            self.enter(item);
            return Some(true);
        }
        self.dropped += 1;
        (overflow != Overflow::Fail).then_some(true)
    }
}
