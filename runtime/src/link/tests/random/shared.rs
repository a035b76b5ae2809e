use std::cell::Cell;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::model::Model;
use super::{Dice, Feed, Item, Ledger, Sleeper, cases, planned_panic, survive};
use crate::ErrorKind;
use crate::link::state::LinkState;
use crate::link::tests::{read, watched};
use crate::link::{Overflow, SharedLink, SharedReceiver, SharedSender};
use crate::signal::Signals;
use crate::stage::{Consumer, Demand, Head, Taken};

/// Rules: L1, L2, L3, L4, L5, L8, L10, L11
#[test]
fn shared_core_keeps_its_rules_in_random_play() {
    cases(4_000, |dice| Game::new(dice).play(dice));
}

const MOVES: usize = 150;

/// A link behind a lock and its model.
struct Game {
    ledger: Ledger,
    state: Arc<LinkState>,
    signals: Signals,
    sender: Option<SharedSender<Item>>,
    receiver: Option<SharedReceiver<Item>>,
    above: Sleeper,
    below: Sleeper,
    overflow: Overflow,
    /// Items weigh up to this; 1: the link counts items.
    heaviest: usize,
    model: Model,
    may_send: bool,
}

impl Game {
    fn new(dice: &mut Dice) -> Self {
        let capacity = 1 + dice.below(9);
        let low = dice.below(capacity);
        let (state, _, signals) = watched(capacity, low);
        let overflow = [Overflow::Block, Overflow::Block, Overflow::DropOldest, Overflow::DropNewest, Overflow::Fail]
            [dice.below(5)];
        let link = SharedLink::new(Arc::clone(&state));
        Self {
            ledger: Ledger::new(MOVES * 14),
            state,
            signals,
            sender: Some(SharedSender::new(Arc::clone(&link), overflow, |item: &Item| item.weight)),
            receiver: Some(SharedReceiver::new(link)),
            above: Sleeper::default(),
            below: Sleeper::default(),
            overflow,
            heaviest: [1, 4, capacity + 3][dice.below(3)],
            model: Model { capacity, low, ..Model::default() },
            may_send: false,
        }
    }

    fn play(mut self, dice: &mut Dice) {
        for _ in 0..MOVES {
            match dice.below(20) {
                0..4 => self.ask_for_room(),
                4..9 if self.may_send => self.send(dice),
                9..13 => self.ask_for_items(),
                13..19 => self.take(dice),
                19 if dice.one_in(12) => self.end(dice),
                _ => {}
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

    fn ask_for_room(&mut self) {
        let Some(sender) = &mut self.sender else { return };
        let demand = sender.poll_ready(&mut Context::from_waker(&self.above.waker()));
        self.above.told(demand.is_pending());
        let model = &mut self.model;
        if !model.gone
            && !model.paused
            && let Some(item) = model.waiting.take()
        {
            model.push(item);
            if model.waiting.is_none() {
                self.below.expect_woken();
            }
        }
        let expected = match (model.gone, model.paused) {
            (true, _) => Poll::Ready(Demand::Gone),
            (_, true) => Poll::Pending,
            _ => Poll::Ready(Demand::Open),
        };
        assert_eq!(demand, expected);
        self.may_send = demand == Poll::Ready(Demand::Open);
    }

    fn send(&mut self, dice: &mut Dice) {
        let Some(sender) = &mut self.sender else { return };
        let feed = Feed::roll(dice, 12);
        let first = self.ledger.made();
        let given = Cell::new(0);
        let mut weights = Vec::new();
        let heaviest = self.heaviest;
        let taken = survive(|| {
            sender.consume(feed.items(&self.ledger, &given, || {
                weights.push(dice.below(heaviest + 1));
                weights.last().copied().unwrap_or_default()
            }))
        });
        let mut outcome = Some(true);
        for (place, weight) in weights.into_iter().enumerate() {
            assert_eq!(outcome, Some(true), "given after the link had no more room");
            outcome = self.model.offer((first + place, weight.max(1)), self.overflow);
        }
        match (taken, outcome) {
            (None, _) => assert_eq!(feed.panic_at, Some(given.get())),
            (Some(Err(failure)), outcome) => {
                assert_eq!(failure.kind(), ErrorKind::Overflow);
                assert_eq!(outcome, None);
            }
            (Some(Ok(Taken::All)), outcome) => assert!(outcome == Some(true) && given.get() == feed.items),
            (Some(Ok(Taken::Full)), outcome) => assert_eq!(outcome, Some(false)),
        }
        self.may_send = false;
        if !self.model.inside.is_empty() {
            self.below.expect_woken();
        }
        assert!(!self.model.paused || sender.is_paused());
    }

    fn ask_for_items(&mut self) {
        let Some(receiver) = &mut self.receiver else { return };
        let filled = receiver.poll_items(&mut Context::from_waker(&self.below.waker()));
        self.below.told(filled.is_pending());
        let expected = if !self.model.inside.is_empty() {
            Poll::Ready(true)
        } else if self.model.ended {
            Poll::Ready(false)
        } else {
            Poll::Pending
        };
        assert_eq!(filled.map(Result::unwrap), expected);
    }

    fn take(&mut self, dice: &mut Dice) {
        let Some(receiver) = &mut self.receiver else { return };
        let limit = dice.below(12);
        let stop = dice.below(limit + 2);
        let panics = dice.one_in(12);
        let mut taken = 0;
        let paused = self.model.paused;
        let model = &mut self.model;
        survive(|| {
            for item in receiver.items(limit) {
                taken += 1;
                assert_eq!(model.take(), Some((item.number, item.weight.max(1))), "out of order");
                if taken == stop && panics {
                    planned_panic();
                }
                if taken == stop {
                    break;
                }
            }
        });
        assert!(taken <= limit && (taken == limit || taken == stop || model.inside.is_empty()));
        assert_eq!(receiver.settle(), taken as u64);
        if paused && !model.paused {
            self.above.expect_woken();
        }
    }

    /// One side ends or goes.
    fn end(&mut self, dice: &mut Dice) {
        match dice.below(3) {
            0 => {
                // The end waits for the item outside, but not for room (L8).
                self.ask_for_room();
                let Some(sender) = &mut self.sender else { return };
                let end = sender.poll_finish(&mut Context::from_waker(&self.above.waker()));
                let waits = self.model.waiting.is_some() && !self.model.gone;
                assert_eq!(end.is_pending(), waits);
                if !waits {
                    self.sender = None;
                    self.model.ended = true;
                    self.below.expect_woken();
                }
            }
            1 => self.sender = None,
            _ => {
                if let Some(mut receiver) = self.receiver.take() {
                    receiver.cancel();
                    self.model.gone = true;
                    self.model.inside.clear();
                    self.above.expect_woken();
                }
            }
        }
    }

    /// What holds after every move.
    fn check(&mut self) {
        let model = &mut self.model;
        assert_eq!(read(&mut self.signals), std::mem::take(&mut model.signals));
        let snapshot = self.state.snapshot();
        assert_eq!(snapshot.len, model.len());
        assert!(model.len() <= model.capacity || model.inside.len() == 1, "too full (L1)");
        assert_eq!((snapshot.paused, snapshot.pauses), (model.paused, model.pauses));
        assert_eq!(snapshot.max_len, model.max_len);
        assert_eq!(snapshot.dropped, model.dropped);
        assert!(model.inside.iter().all(|(number, _)| !self.ledger.is_dropped(*number)), "dropped inside");
        let kept = model.inside.len() + usize::from(model.waiting.is_some() && self.sender.is_some());
        let alive = (0..self.ledger.made()).filter(|number| !self.ledger.is_dropped(*number)).count();
        assert_eq!(alive, kept, "an item that left was not dropped");
    }
}
