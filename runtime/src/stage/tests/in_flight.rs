use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use crate::link::tests::random::{Dice, Sleeper, cases};
use crate::stage::InFlight;

/// Rules: L7, L9
#[test]
fn in_flight_polls_those_that_were_woken_in_random_play() {
    cases(2_000, play);
}

/// One future, from the outside.
#[derive(Clone, Default)]
struct Work(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    ready: bool,
    /// The next polls wake their own waker, so many times.
    wakes_itself: usize,
    /// Woken, by anyone, since the last poll.
    woken: bool,
    polls: usize,
    waker: Option<Waker>,
}

impl Work {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("nobody panics")
    }

    fn future(&self, number: usize) -> impl Future<Output = usize> + use<> {
        let work = self.clone();
        poll_fn(move |cx| {
            let mut inner = work.inner();
            inner.polls += 1;
            inner.woken = false;
            inner.waker = Some(cx.waker().clone());
            if inner.ready {
                return Poll::Ready(number);
            }
            if inner.wakes_itself > 0 {
                inner.wakes_itself -= 1;
                inner.woken = true;
                drop(inner);
                cx.waker().wake_by_ref();
            }
            Poll::Pending
        })
    }

    /// Wakes it, as what it waits for would, or without a reason.
    fn wake(&self, ready: bool) {
        let waker = {
            let mut inner = self.inner();
            inner.ready |= ready;
            inner.woken = true;
            inner.waker.clone()
        };
        waker.expect("it was polled").wake();
    }
}

fn play(dice: &mut Dice) {
    let mut flight = InFlight::new();
    let mut task = Sleeper::default();
    let mut running: BTreeMap<usize, (usize, Work)> = BTreeMap::new();
    let mut stale: Vec<Waker> = Vec::new();
    let (mut started, mut most) = (0, 0);
    for _ in 0..80 {
        flight.register(&Context::from_waker(&task.waker()));
        match dice.below(6) {
            0 | 1 => {
                let work = Work::default();
                work.inner().ready = dice.one_in(4);
                work.inner().wakes_itself = if dice.one_in(4) { 1 + dice.below(2) } else { 0 };
                most = most.max(running.len() + 1);
                match flight.push(work.future(started), started) {
                    Ok((number, token)) => {
                        assert_eq!((number, token), (started, started));
                        assert!(work.inner().ready);
                        stale.extend(work.inner().waker.take());
                    }
                    Err(slot) => {
                        assert!(!work.inner().ready && slot < most, "slots are used again");
                        assert!(running.insert(slot, (started, work)).is_none(), "a slot in use was given away");
                    }
                }
                started += 1;
            }
            2 | 3 if !running.is_empty() => {
                let (_, (_, work)) = running.iter().nth(dice.below(running.len())).expect("one of them");
                work.wake(dice.one_in(2));
                task.expect_woken();
            }
            4 if !stale.is_empty() => {
                // The waker of a future that has finished: whoever has its slot now is polled for nothing.
                stale[dice.below(stale.len())].wake_by_ref();
            }
            _ => {
                task.told(true);
                poll(&mut flight, &mut running, &mut stale);
            }
        }
        assert_eq!(flight.len(), running.len());
        assert_eq!(flight.is_empty(), running.is_empty());
    }
    // All that is left finishes.
    running.values().for_each(|(_, work)| work.wake(true));
    poll(&mut flight, &mut running, &mut stale);
    assert!(running.is_empty() && flight.is_empty());
}

/// Polls, and checks that all that were woken were polled, and that those that were ready have finished.
fn poll<F: Future<Output = usize>>(
    flight: &mut InFlight<F, usize>,
    running: &mut BTreeMap<usize, (usize, Work)>,
    stale: &mut Vec<Waker>,
) {
    let look = |work: &Work| {
        let inner = work.inner();
        (inner.polls, inner.woken)
    };
    let before: Vec<_> = running.iter().map(|(slot, (_, work))| (*slot, look(work))).collect();
    let mut finished = Vec::new();
    flight.poll(|slot, (number, token)| {
        assert_eq!(token, number, "a result came with the token of another");
        finished.push((slot, number));
    });
    for (slot, (polls, woken)) in before {
        let (number, work) = running[&slot].clone();
        assert!(!woken || work.inner().polls > polls, "a wake was lost");
        assert!(!(woken && work.inner().ready) || finished.contains(&(slot, number)), "a result was lost");
    }
    for (slot, number) in finished {
        let (expected, work) = running.remove(&slot).expect("it was running");
        assert_eq!(number, expected);
        stale.extend(work.inner().waker.take());
    }
}
