//! Inlets: L12, and what the other rules of links say of them.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracked, Tracker};
use aqueduct::{Closed, ErrorKind, Signal, TrySendError, inlet, pipeline};
use aqueduct_tests::flow::{assert_strict, at_rest, turns, within};
use futures_util::{FutureExt as _, SinkExt, StreamExt as _};

const LIMIT: Duration = Duration::from_secs(60);

/// Polls once, with the test's own waker.
async fn poll<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

fn full<T>(sent: Result<(), TrySendError<T>>) -> bool {
    matches!(sent, Err(TrySendError::Full(_)))
}

#[tokio::test(start_paused = true)]
async fn l1_l2_l3_an_inlet_pauses_at_its_capacity_and_drains_at_half() {
    within(LIMIT, async {
        let (numbers, source) = inlet::<u32>(4);
        let gate = Gate::new();
        let held = gate.clone();
        let pipeline = pipeline! { from(source) -> queue(1) -> for_each_async(1, async move |_| held.pass().await) };
        let control = pipeline.control();
        control.pause();
        let signals = control.signals();
        let running = pipeline.spawn();
        for n in 0..4 {
            assert!(!numbers.is_paused());
            numbers.try_send(n).unwrap();
        }
        assert!(numbers.is_paused(), "by the push that filled it");
        assert!(full(numbers.try_send(4)));
        let link = control.snapshot().links[0].clone();
        assert_eq!((link.len, link.capacity, link.low, link.paused, link.max_len), (4, 4, 2, true, 4));
        // The sink holds one and the next link one: three still in.
        control.resume();
        at_rest().await;
        assert!(!numbers.is_paused(), "it has come down to two");
        let link = control.snapshot().links[0].clone();
        assert_eq!((link.len, link.pauses), (2, 1));
        numbers.try_send(4).unwrap();
        numbers.close();
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 5);
        let events: Vec<_> = signals.collect().now_or_never().unwrap();
        let name = &link.name;
        assert_strict(&events, name, 4, 2);
        assert!(events.iter().any(|event| event.link == *name && event.signal == Signal::Drain && event.to == "from"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l12_waiting_senders_are_served_first_come_first_served() {
    within(LIMIT, async {
        for capacity in [1, 2, 5] {
            let (numbers, source) = inlet(capacity);
            let gate = Gate::new();
            let held = gate.clone();
            let seen = Arc::new(Mutex::new(Vec::new()));
            let noted = Arc::clone(&seen);
            let running = pipeline! {
                from(source) -> queue(1)
                -> for_each_async(1, async move |n: u64| { held.pass().await; noted.lock().unwrap().push(n) })
            }
            .spawn();
            let mut senders = Vec::new();
            for n in 0..40 {
                let numbers = numbers.clone();
                senders.push(tokio::spawn(async move { numbers.send(n).await }));
                at_rest().await;
            }
            // Somebody who does not wait does not overtake those who do.
            assert!(full(numbers.try_send(99)));
            for _ in 0..40 {
                gate.allow(1);
                turns(3).await;
                assert!(full(numbers.try_send(99)) || senders.iter().all(|sender| sender.is_finished()));
                if senders.iter().all(|sender| sender.is_finished()) {
                    break;
                }
            }
            gate.open();
            for sender in senders {
                sender.await.unwrap().unwrap();
            }
            numbers.close();
            running.await.unwrap();
            let seen = seen.lock().unwrap();
            assert!(seen.iter().copied().filter(|n| *n != 99).eq(0..40), "{seen:?}");
        }
    })
    .await;
}

/// Whoever is polled first after a drain is not served first for that.
#[tokio::test(start_paused = true)]
async fn l12_nobody_overtakes_those_who_wait() {
    within(LIMIT, async {
        let (numbers, source) = inlet::<u32>(1);
        numbers.try_send(0).unwrap();
        let mut first = pin!(numbers.send(1));
        let mut second = pin!(numbers.send(2));
        assert!(poll(first.as_mut()).await.is_pending());
        assert!(poll(second.as_mut()).await.is_pending());
        let running = pipeline! { from(source) -> collect::<Vec<_>>() }.spawn();
        turns(3).await;
        assert!(!numbers.is_paused(), "there is room, and the first has not been polled yet");
        let mut third = pin!(numbers.send(3));
        assert!(full(numbers.try_send(4)));
        assert!(poll(third.as_mut()).await.is_pending());
        assert!(poll(second.as_mut()).await.is_pending());
        assert!(poll(first.as_mut()).await.is_ready());
        turns(3).await;
        assert!(poll(third.as_mut()).await.is_pending());
        assert!(poll(second.as_mut()).await.is_ready());
        turns(3).await;
        assert!(poll(third.as_mut()).await.is_ready());
        turns(3).await;
        numbers.try_send(4).unwrap();
        numbers.close();
        assert_eq!(running.await.unwrap(), [0, 1, 2, 3, 4]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l12_a_cancelled_send_has_not_entered() {
    within(LIMIT, async {
        let tracker = Tracker::new();
        let (items, source) = inlet::<Tracked>(2);
        items.try_send(tracker.item(0)).unwrap();
        items.try_send(tracker.item(1)).unwrap();
        {
            let mut first = pin!(items.send(tracker.item(2)));
            let mut second = pin!(items.send(tracker.item(3)));
            assert!(poll(first.as_mut()).await.is_pending());
            assert!(poll(second.as_mut()).await.is_pending());
            assert_eq!(tracker.live(), 4);
        }
        assert_eq!(tracker.live(), 2, "the items of cancelled sends are dropped with them");
        let mut third = Box::pin(items.send(tracker.item(4)));
        assert!(poll(third.as_mut()).await.is_pending());
        let running = pipeline! { from(source) -> map(|item| item.number()) -> collect::<Vec<_>>() }.spawn();
        third.await.unwrap();
        items.close();
        assert_eq!(running.await.unwrap(), [0, 1, 4]);
        assert_eq!(tracker.live(), 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l12_a_cancelled_send_does_not_hold_those_behind_it() {
    within(LIMIT, async {
        // The first in the line is woken by the drain, and gives up before it is polled again.
        for (cancelled, drained_before) in [(0, true), (0, false), (1, true), (1, false)] {
            let (numbers, source) = inlet::<u32>(1);
            numbers.try_send(0).unwrap();
            let mut waiting: Vec<_> = (1..=3).map(|n| Box::pin(numbers.send(n))).collect();
            for send in &mut waiting {
                assert!(poll(send.as_mut()).await.is_pending());
            }
            let running = pipeline! { from(source) -> collect::<Vec<_>>() }.spawn();
            if drained_before {
                turns(3).await;
            }
            drop(waiting.remove(cancelled));
            let left: Vec<u32> = if cancelled == 0 { vec![0, 2, 3] } else { vec![0, 1, 3] };
            for send in waiting {
                let sent = tokio::time::timeout(Duration::from_secs(3600), send).await;
                sent.expect("the next in the line was not woken").unwrap();
            }
            numbers.close();
            assert_eq!(running.await.unwrap(), left);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l12_each_in_the_line_is_woken_though_those_before_it_gave_up() {
    within(LIMIT, async {
        let (numbers, source) = inlet::<u32>(2);
        numbers.try_send(0).unwrap();
        numbers.try_send(1).unwrap();
        let mut impatient = Vec::new();
        for n in 0..10 {
            let numbers = numbers.clone();
            impatient.push(tokio::spawn(async move {
                tokio::time::timeout(Duration::from_secs(1), numbers.send(100 + n)).await.is_err()
            }));
        }
        at_rest().await;
        let patient = {
            let numbers = numbers.clone();
            tokio::spawn(async move { numbers.send(2).await })
        };
        for sender in impatient {
            assert!(sender.await.unwrap(), "nobody takes anything yet");
        }
        let running = pipeline! { from(source) -> collect::<Vec<_>>() }.spawn();
        patient.await.unwrap().unwrap();
        numbers.close();
        assert_eq!(running.await.unwrap(), [0, 1, 2]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l12_many_senders_lose_and_double_nothing() {
    within(LIMIT, async {
        for capacity in [1, 2, 16] {
            let (numbers, source) = inlet::<(u64, u64)>(capacity);
            let pipeline = pipeline! { from(source) -> queue(2) -> collect::<Vec<_>>() };
            let control = pipeline.control();
            let running = pipeline.spawn();
            let senders: Vec<_> = (0..8)
                .map(|sender| {
                    let numbers = numbers.clone();
                    tokio::spawn(async move {
                        for n in 0..300 {
                            if n % 5 == 0 {
                                // A send that is given up while it waits; if it was done, it counts.
                                let mut sent = Box::pin(numbers.send((sender, n)));
                                let first = poll(sent.as_mut()).await;
                                drop(sent);
                                if first.is_ready() {
                                    continue;
                                }
                            }
                            numbers.send((sender, n)).await.unwrap();
                        }
                    })
                })
                .collect();
            drop(numbers);
            for sender in senders {
                sender.await.unwrap();
            }
            // The last clone is gone: the stream ends by itself.
            let all = running.await.unwrap();
            for sender in 0..8 {
                let of_it = all.iter().filter(|(from, _)| *from == sender).map(|(_, n)| *n);
                assert!(of_it.eq(0..300), "sender {sender}");
            }
            assert!(control.snapshot().links[0].max_len <= capacity, "L1");
        }
    })
    .await;
}

/// Else a loop of `try_send` and `ready` would go round for ever, and who waits would have no turn to send.
#[tokio::test(start_paused = true)]
async fn l12_ready_lets_those_who_wait_to_send_go_first() {
    within(LIMIT, async {
        let (numbers, source) = inlet::<u32>(1);
        numbers.try_send(0).unwrap();
        let tries = numbers.clone();
        let trying = tokio::spawn(async move {
            while full(tries.try_send(1)) {
                tries.ready().await.unwrap();
            }
        });
        at_rest().await;
        let sends = numbers.clone();
        let sending = tokio::spawn(async move { sends.send(2).await });
        at_rest().await;
        let running = pipeline! { from(source) -> collect::<Vec<_>>() }.spawn();
        trying.await.unwrap();
        sending.await.unwrap().unwrap();
        drop(numbers);
        assert_eq!(running.await.unwrap(), [0, 2, 1]);
    })
    .await;
}

/// The last in the line gives up while there is room: who waits for `ready` is told.
#[tokio::test(start_paused = true)]
async fn l12_ready_comes_when_the_last_in_the_line_has_given_up() {
    within(LIMIT, async {
        let (numbers, source) = inlet::<u32>(1);
        numbers.try_send(0).unwrap();
        let mut sending = Box::pin(numbers.send(1));
        assert!(poll(sending.as_mut()).await.is_pending());
        let running = pipeline! { from(source) -> count() }.spawn();
        at_rest().await;
        // Drained, but somebody stands in the line, who has a turn coming.
        assert!(full(numbers.try_send(2)));
        let waits = numbers.clone();
        let ready = tokio::spawn(async move { waits.ready().await });
        at_rest().await;
        assert!(!ready.is_finished());
        drop(sending);
        ready.await.unwrap().unwrap();
        numbers.try_send(2).unwrap();
        drop(numbers);
        assert_eq!(running.await.unwrap(), 2);
    })
    .await;
}

/// The end reaches all who wait, also behind one that nobody polls any more (E5).
#[tokio::test(start_paused = true)]
async fn l12_the_end_wakes_the_whole_line() {
    within(LIMIT, async {
        let (numbers, source) = inlet::<u32>(1);
        numbers.try_send(0).unwrap();
        let mut first = pin!(numbers.send(1));
        assert!(poll(first.as_mut()).await.is_pending());
        let sends = numbers.clone();
        let second = tokio::spawn(async move { sends.send(2).await });
        at_rest().await;
        drop(source);
        assert_eq!(second.await.unwrap(), Err(Closed(2)));
        assert_eq!(first.await, Err(Closed(1)));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l12_ready_wakes_all_who_wait() {
    within(LIMIT, async {
        let (numbers, source) = inlet::<u32>(2);
        numbers.ready().await.unwrap();
        numbers.try_send(0).unwrap();
        numbers.try_send(1).unwrap();
        let waiting: Vec<_> = (0..5)
            .map(|_| {
                let numbers = numbers.clone();
                tokio::spawn(async move { numbers.ready().await })
            })
            .collect();
        at_rest().await;
        assert!(waiting.iter().all(|ready| !ready.is_finished()));
        let running = pipeline! { from(source) -> count() }.spawn();
        for ready in waiting {
            ready.await.unwrap().unwrap();
        }
        numbers.close();
        assert_eq!(running.await.unwrap(), 2);
        assert_eq!(numbers.ready().await, Err(Closed(())));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l12_after_close_what_was_accepted_comes_out_and_those_who_wait_are_told() {
    within(LIMIT, async {
        let tracker = Tracker::new();
        let (items, source) = inlet::<Tracked>(2);
        items.try_send(tracker.item(0)).unwrap();
        items.try_send(tracker.item(1)).unwrap();
        let waiting = {
            let (items, item) = (items.clone(), tracker.item(2));
            tokio::spawn(async move { items.send(item).await })
        };
        let ready = {
            let items = items.clone();
            tokio::spawn(async move { items.ready().await })
        };
        at_rest().await;
        items.close();
        let Err(Closed(item)) = waiting.await.unwrap() else { panic!("it did not enter") };
        assert_eq!(item.number(), 2);
        assert_eq!(ready.await.unwrap(), Err(Closed(())));
        assert!(matches!(items.try_send(tracker.item(3)), Err(TrySendError::Closed(item)) if item.number() == 3));
        assert!(matches!(items.send(tracker.item(4)).await, Err(Closed(item)) if item.number() == 4));
        let all = pipeline! { from(source) -> map(|item| item.number()) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(all, [0, 1]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l8_the_end_of_the_pipeline_passes_a_full_inlet() {
    within(LIMIT, async {
        // By a satisfied sink, by an abort, by a source that is never used.
        for end in 0..3 {
            let tracker = Tracker::new();
            let (items, source) = inlet::<Tracked>(2);
            let sender = {
                let (items, tracker) = (items.clone(), tracker.clone());
                tokio::spawn(async move {
                    for n in 0.. {
                        items.send(tracker.item(n)).await?;
                    }
                    Ok::<(), Closed<Tracked>>(())
                })
            };
            at_rest().await;
            assert!(items.is_paused());
            match end {
                0 => {
                    let first = pipeline! { from(source) -> first() }.run().await.unwrap();
                    assert_eq!(first.unwrap().number(), 0);
                }
                1 => {
                    let gate = Gate::new();
                    let running = pipeline! {
                        from(source) -> for_each_async(1, async move |item| { gate.pass().await; drop(item) })
                    }
                    .spawn();
                    at_rest().await;
                    running.control().abort();
                    assert_eq!(running.await.unwrap_err().kind(), ErrorKind::Aborted);
                }
                _ => drop(source),
            }
            assert!(sender.await.unwrap().is_err());
            assert_eq!(tracker.live(), 0, "end {end}");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l6_a_held_pipeline_fills_its_inlet() {
    within(LIMIT, async {
        let (numbers, source) = inlet::<u32>(3);
        let pipeline = pipeline! { from(source) -> collect::<Vec<_>>() };
        let control = pipeline.control();
        control.pause();
        let running = pipeline.spawn();
        for n in 0..3 {
            numbers.send(n).await.unwrap();
        }
        at_rest().await;
        assert!(numbers.is_paused());
        let mut fourth = pin!(numbers.send(3));
        assert!(fourth.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        control.resume();
        fourth.await.unwrap();
        numbers.close();
        assert_eq!(running.await.unwrap(), [0, 1, 2, 3]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l12_an_inlet_is_a_futures_sink() {
    within(LIMIT, async {
        let (mut numbers, source) = inlet::<u32>(1);
        let running = pipeline! { from(source) -> collect::<Vec<_>>() }.spawn();
        numbers.send_all(&mut futures_util::stream::iter((0..50).map(Ok))).await.unwrap();
        SinkExt::close(&mut numbers).await.unwrap();
        assert!(running.await.unwrap().into_iter().eq(0..50));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l12_a_futures_sink_waits_in_the_line_too() {
    within(LIMIT, async {
        let (numbers, source) = inlet::<u32>(1);
        numbers.try_send(0).unwrap();
        let mut as_sink = numbers.clone();
        let mut fed = Box::pin(async move {
            as_sink.feed(1).await.unwrap();
            as_sink.flush().await.unwrap();
        });
        assert!(poll(fed.as_mut()).await.is_pending());
        let mut second = Box::pin(numbers.send(2));
        assert!(poll(second.as_mut()).await.is_pending());
        let running = pipeline! { from(source) -> collect::<Vec<_>>() }.spawn();
        tokio::join!(fed, async { second.await.unwrap() });
        numbers.close();
        assert_eq!(running.await.unwrap(), [0, 1, 2]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g4_an_inlets_link_counts_in_the_bound() {
    within(LIMIT, async {
        let (_items, source) = inlet::<u32>(7);
        let pipeline = pipeline! { from(source) -> map(|n| n) -> queue(3) -> count() };
        assert_eq!(pipeline.bound(), Some(7 + 3 + 2));
        let capacities: Vec<_> = pipeline.graph().links.iter().map(|link| link.capacity).collect();
        assert_eq!(capacities, [7, 3]);
    })
    .await;
}

#[test]
fn l12_an_inlet_without_capacity_is_refused() {
    assert!(std::panic::catch_unwind(|| drop(inlet::<u32>(0))).is_err());
}

#[tokio::test(start_paused = true)]
async fn l9_a_waiting_sender_is_not_polled() {
    within(LIMIT, async {
        let (numbers, source) = inlet::<u32>(1);
        numbers.try_send(0).unwrap();
        let mut polls = 0;
        let mut waiting = Box::pin(numbers.send(1));
        {
            let counted = poll_fn(|cx| {
                polls += 1;
                waiting.as_mut().poll(cx).map(drop)
            });
            let outcome = tokio::time::timeout(Duration::from_secs(24 * 3600), counted).await;
            assert!(outcome.is_err());
        }
        assert!(polls <= 2, "{polls} polls: when it began, and when the day was over");
        let running = pipeline! { from(source) -> count() }.spawn();
        assert!(matches!(waiting.await, Ok(())));
        numbers.close();
        assert_eq!(running.await.unwrap(), 2);
        assert!(matches!(numbers.send(2).now_or_never(), Some(Err(Closed(2)))));
    })
    .await;
}
