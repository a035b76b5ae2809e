use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::{Dice, Feed, Item, Ledger, Sleeper, cases, planned_panic, survive};
use crate::Signal;
use crate::link::state::LinkState;
use crate::link::tests::{read, watched};
use crate::link::{Receiver, Sender, ring};
use crate::signal::Signals;
use crate::stage::{Consumer, Demand, Head, Taken};

/// Rules: L1, L2, L3, L4, L5, L8, L11, G6
#[test]
fn ring_keeps_its_rules_in_random_play() {
    cases(4_000, |dice| Game::new(dice).play(dice));
}

const MOVES: usize = 150;
const MOST: usize = MOVES * 14;

/// A ring and its model.
struct Game {
    ledger: Ledger,
    state: Arc<LinkState>,
    signals: Signals,
    sender: Option<Sender<Item>>,
    receiver: Option<Receiver<Item>>,
    above: Sleeper,
    below: Sleeper,
    /// The model: items are numbers, those inside are a range.
    inside: Range<usize>,
    /// How many of those inside the consumer sees for certain. It may see more: a run that filled the ring up publishes.
    seen: usize,
    paused: bool,
    ended: bool,
    gone: bool,
    /// The next move of the producer is to ask for room.
    may_send: bool,
    max_len: Range<usize>,
    pauses: u64,
}

impl Game {
    fn new(dice: &mut Dice) -> Self {
        let capacity = 1 + dice.below(9);
        let low = dice.below(capacity);
        let (state, _, signals) = watched(capacity, low);
        let (sender, receiver) = ring(Arc::clone(&state));
        Self {
            ledger: Ledger::new(MOST),
            state,
            signals,
            sender: Some(sender),
            receiver: Some(receiver),
            above: Sleeper::default(),
            below: Sleeper::default(),
            inside: 0..0,
            seen: 0,
            paused: false,
            ended: false,
            gone: false,
            may_send: false,
            max_len: 0..0,
            pauses: 0,
        }
    }

    fn play(mut self, dice: &mut Dice) {
        for _ in 0..MOVES {
            match dice.below(20) {
                0..4 => self.ask_for_room(),
                4..9 if self.may_send => self.send(dice),
                9..11 => self.publish(),
                11..14 => self.ask_for_items(),
                14..19 => self.take(dice),
                19 if dice.one_in(12) => self.end(dice),
                _ => {}
            }
            if self.sender.is_none() && self.receiver.is_none() {
                break;
            }
            self.check();
        }
        let Self { ledger, sender, receiver, .. } = self;
        if dice.one_in(2) {
            drop(sender);
            drop(receiver);
        } else {
            drop(receiver);
            drop(sender);
        }
        ledger.close();
    }

    fn full(&self) -> bool {
        self.inside.len() == self.state.capacity()
    }

    /// The link is full and the producer has noticed (L2).
    fn pause(&mut self) {
        assert_eq!(read(&mut self.signals), [(Signal::Pause, self.state.capacity())]);
        self.paused = true;
        self.pauses += 1;
        self.published();
    }

    fn published(&mut self) {
        if self.seen < self.inside.len() {
            self.seen = self.inside.len();
            self.max_len.start = self.max_len.start.max(self.seen);
        }
        if self.seen > 0 {
            self.below.expect_woken();
        }
    }

    fn ask_for_room(&mut self) {
        let Some(sender) = &mut self.sender else { return };
        let demand = sender.poll_ready(&mut Context::from_waker(&self.above.waker()));
        self.above.told(demand.is_pending());
        if self.gone {
            assert!(demand.is_ready());
        } else if self.paused || self.full() {
            assert_eq!(demand, Poll::Pending, "asked while paused");
            if !self.paused {
                self.pause();
            }
        } else {
            assert_eq!(demand, Poll::Ready(Demand::Open));
        }
        self.may_send = demand == Poll::Ready(Demand::Open);
        assert!(!self.may_send || self.sender.as_ref().is_some_and(|sender| sender.room() > 0));
    }

    fn send(&mut self, dice: &mut Dice) {
        let Some(sender) = &mut self.sender else { return };
        let room = self.state.capacity() - self.inside.len();
        assert!(self.gone || sender.room() <= room);
        let feed = Feed::roll(dice, 12);
        let given = Cell::new(0);
        let taken = survive(|| sender.consume(feed.items(&self.ledger, &given, || 0)).expect("a ring does not fail"));
        let given = given.get();
        self.inside.end += given;
        self.max_len.end = self.max_len.end.max(self.inside.len());
        match taken {
            None => assert_eq!(feed.panic_at, Some(given)),
            Some(Taken::All) => assert_eq!(given, feed.items),
            Some(Taken::Full) => assert_eq!(given, room.min(feed.items)),
        }
        self.may_send = false;
        if !self.gone && self.full() && taken.is_some() {
            self.pause();
        }
        assert_eq!(self.sender.as_ref().map(Consumer::is_paused), Some(self.paused));
    }

    fn publish(&mut self) {
        let Some(sender) = &mut self.sender else { return };
        sender.publish();
        self.published();
    }

    fn ask_for_items(&mut self) {
        let Some(receiver) = &mut self.receiver else { return };
        let filled = receiver.poll_items(&mut Context::from_waker(&self.below.waker()));
        self.below.told(filled.is_pending());
        match filled {
            Poll::Ready(Ok(true)) => {
                assert!(!self.inside.is_empty());
                self.seen = self.seen.max(1);
            }
            Poll::Ready(Ok(false)) => assert!(self.ended && self.inside.is_empty(), "the end came too early"),
            Poll::Pending => assert!(self.seen == 0 && !self.ended, "told to wait for what is there"),
            Poll::Ready(Err(failure)) => panic!("a ring does not fail: {failure:?}"),
        }
    }

    fn take(&mut self, dice: &mut Dice) {
        let Some(receiver) = &mut self.receiver else { return };
        let limit = dice.below(12);
        let stop = dice.below(limit + 2);
        let panics = dice.one_in(12);
        let cut =
            if self.paused { self.inside.len() - self.state.low() } else { self.state.capacity() - self.state.low() };
        let ledger = &self.ledger;
        let taken = Cell::new(0);
        let first = self.inside.start;
        survive(|| {
            for item in receiver.items(limit) {
                assert_eq!(item.number, first + taken.get(), "out of order");
                assert!(!ledger.is_dropped(item.number));
                taken.set(taken.get() + 1);
                if taken.get() == stop && panics {
                    planned_panic();
                }
                if taken.get() == stop {
                    break;
                }
            }
        });
        let taken = taken.get();
        assert!(taken <= limit.min(cut).min(self.inside.len()), "a run is cut (G6)");
        assert!(taken > 0 || self.seen == 0 || limit == 0, "there is an item");
        assert_eq!(receiver.settle(), taken as u64);
        self.inside.start += taken;
        self.seen = self.seen.saturating_sub(taken);
        if self.paused && self.inside.len() <= self.state.low() {
            assert_eq!(read(&mut self.signals), [(Signal::Drain, self.state.low())]);
            self.paused = false;
            self.above.expect_woken();
        }
    }

    /// One side ends or goes.
    fn end(&mut self, dice: &mut Dice) {
        match dice.below(3) {
            0 => {
                if let Some(mut sender) = self.sender.take() {
                    assert!(sender.poll_finish(&mut Context::from_waker(&self.above.waker())).is_ready());
                    self.above.told(false);
                    self.ended = true;
                    self.below.expect_woken();
                    self.published();
                }
            }
            1 => {
                if self.sender.take().is_some() {
                    self.above.told(false);
                    self.published();
                }
            }
            _ => {
                if let Some(mut receiver) = self.receiver.take() {
                    receiver.cancel();
                    self.below.told(false);
                    self.gone = true;
                    self.above.expect_woken();
                }
            }
        }
    }

    /// What holds after every move.
    fn check(&mut self) {
        assert_eq!(read(&mut self.signals), [], "a signal too many");
        let snapshot = self.state.snapshot();
        assert!(snapshot.len <= self.inside.len() && snapshot.len >= self.seen.min(self.inside.len()));
        assert!(self.gone || self.inside.len() <= self.state.capacity(), "too full (L1)");
        assert_eq!(snapshot.paused, self.paused);
        assert_eq!(snapshot.pauses, self.pauses);
        assert!(snapshot.max_len >= self.max_len.start && snapshot.max_len <= self.max_len.end, "{}", snapshot.max_len);
        assert!((0..self.inside.start).all(|number| self.ledger.is_dropped(number)), "taken items were dropped by us");
        assert!(self.inside.clone().all(|number| !self.ledger.is_dropped(number)), "dropped inside");
    }
}
