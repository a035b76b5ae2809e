use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use ::loom::future::block_on;
use ::loom::thread;

use crate::link::tests::loom::explore;
use crate::stage::InFlight;
use crate::sync::{AtomicBool, Ordering};

/// A future that is woken twice and finishes after the second news, though the first wake may still be under way: no wake is lost.
/// The future itself only loads, so the order of a wake and a poll is all that `InFlight` gives it.
///
/// Rules: L7
#[test]
fn a_wake_during_a_poll_is_not_lost() {
    explore(|| {
        let news = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        let waker = Arc::new(Mutex::new(None::<Waker>));
        let mut flight = InFlight::new();
        let (seen, given) = (Arc::clone(&news), Arc::clone(&waker));
        let future = poll_fn(move |cx| {
            let mut given = given.lock().expect("nobody panics");
            given.get_or_insert_with(|| cx.waker().clone());
            drop(given);
            if seen.iter().all(|news| news.load(Ordering::Acquire)) { Poll::Ready(7) } else { Poll::Pending }
        });
        assert_eq!(flight.push(future, 'a'), Err(0));
        let waker = waker.lock().expect("nobody panics").clone().expect("the future was polled");
        let elsewhere = thread::spawn(move || {
            for news in &*news {
                news.store(true, Ordering::Release);
                waker.wake_by_ref();
            }
        });
        let result = block_on(poll_fn(|cx| {
            flight.register(cx);
            let mut result = None;
            flight.poll(|slot, value| result = Some((slot, value)));
            result.map_or(Poll::Pending, Poll::Ready)
        }));
        assert_eq!(result, (0, (7, 'a')));
        assert!(flight.is_empty());
        elsewhere.join().expect("the waker ends");
    });
}

/// Two futures that are woken by two threads: each is heard.
///
/// Rules: L7
#[test]
fn wakes_from_two_threads_are_both_heard() {
    explore(|| {
        let mut flight = InFlight::new();
        let mut wakers = Vec::new();
        for place in 0..2 {
            let (news, waker) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None::<Waker>)));
            let (seen, given) = (Arc::clone(&news), Arc::clone(&waker));
            let future = poll_fn(move |cx| {
                *given.lock().expect("nobody panics") = Some(cx.waker().clone());
                if seen.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
            });
            assert_eq!(flight.push(future, ()), Err(place));
            wakers.push((news, waker.lock().expect("nobody panics").clone().expect("the future was polled")));
        }
        let threads: Vec<_> = wakers
            .into_iter()
            .map(|(news, waker)| {
                thread::spawn(move || {
                    news.store(true, Ordering::Release);
                    waker.wake();
                })
            })
            .collect();
        block_on(poll_fn(|cx| {
            flight.register(cx);
            flight.poll(|_, _| ());
            if flight.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        }));
        threads.into_iter().for_each(|thread| thread.join().expect("the waker ends"));
    });
}
