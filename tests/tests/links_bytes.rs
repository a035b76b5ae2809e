//! The rules of links that count bytes: `queue(bytes = …)`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::{Gate, SourceCall, Tracked, Tracker};
use aqueduct::{Control, ErrorKind, LinkSnapshot, Signal, SignalEvent, Weigh, pipeline};
use aqueduct_tests::flow::{Dice, at_rest, logged, turns, within};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::mpsc;

const LIMIT: Duration = Duration::from_secs(60);

#[track_caller]
fn link(control: &Control) -> LinkSnapshot {
    control.snapshot().link("middle").expect("a link of that name").clone()
}

/// A pipeline over one byte link, whose sink holds the first item: it weighs 1 and is number 0.
struct Stalled {
    tracker: Tracker,
    sender: Option<mpsc::Sender<Tracked>>,
    next: u64,
    gate: Gate,
    running: aqueduct::Running<()>,
    control: Control,
    signals: aqueduct::Signals,
    seen: Arc<Mutex<Vec<u64>>>,
}

macro_rules! stalled {
    ($($queue:tt)*) => {{
        let gate = Gate::new();
        let held = gate.clone();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let (sender, receiver) = mpsc::channel(100);
        let pipeline = pipeline! {
            recv(receiver) -> $($queue)* as middle
            -> for_each_async(1, async move |item: Tracked| { held.pass().await; noted.lock().unwrap().push(item.number()) })
        };
        let signals = pipeline.control().signals();
        let running = pipeline.spawn();
        let control = running.control();
        let mut stalled = Stalled { tracker: Tracker::new(), sender: Some(sender), next: 0, gate, running, control, signals, seen };
        stalled.send(1).await;
        stalled
    }};
}

impl Stalled {
    /// Sends an item of that weight, and waits until it has come as far as it can.
    async fn send(&mut self, weight: usize) {
        let item = self.tracker.item(self.next).weighing(weight);
        self.next += 1;
        self.sender.as_ref().unwrap().send(item).await.unwrap();
        at_rest().await;
    }

    /// Lets the sink have its next item.
    async fn take(&self) {
        self.gate.allow(1);
        at_rest().await;
    }

    fn stands(&self) -> (usize, bool, u64) {
        let link = link(&self.control);
        (link.len, link.paused, link.pauses)
    }

    /// Lets all out: what the sink has seen, and the signals.
    async fn end(mut self) -> (Vec<u64>, Vec<SignalEvent>) {
        self.sender = None;
        self.gate.open();
        self.running.await.unwrap();
        assert_eq!(self.tracker.live(), 0);
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        (seen, self.signals.collect().now_or_never().unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn l1_bytes_capacity_is_hard() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 100));
        pipe.send(60).await;
        assert_eq!(pipe.stands(), (60, false, 0));
        pipe.send(41).await;
        assert_eq!(pipe.stands(), (60, true, 1), "one byte too many: it waits outside");
        pipe.send(1).await;
        assert_eq!(pipe.stands(), (60, true, 1), "what would fit waits behind it (L4)");
        assert!(link(&pipe.control).max_len <= 100);
        let (seen, _) = pipe.end().await;
        assert_eq!(seen, [0, 1, 2, 3]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l1_bytes_an_item_heavier_than_the_capacity_is_taken_alone() {
    within(LIMIT, async {
        // Into a link that is empty it goes at once.
        let mut pipe = stalled!(queue(bytes = 10));
        pipe.send(1_000).await;
        assert_eq!(pipe.stands(), (1_000, true, 1));
        pipe.send(1).await;
        assert_eq!(pipe.stands(), (1_000, true, 1), "alone");
        pipe.take().await;
        assert_eq!(pipe.stands(), (1, false, 1));
        // Into one that is not it goes when that is empty, not before.
        pipe.send(2).await;
        pipe.send(1_000).await;
        assert_eq!(pipe.stands(), (3, true, 2));
        pipe.take().await;
        assert_eq!(pipe.stands(), (2, true, 2));
        pipe.take().await;
        assert_eq!(pipe.stands(), (1_000, true, 3));
        let (seen, signals) = pipe.end().await;
        assert_eq!(seen, [0, 1, 2, 3, 4]);
        let signals: Vec<_> = signals.iter().map(|event| (event.signal, event.len)).collect();
        use Signal::{Drain, Pause};
        assert_eq!(signals, [(Pause, 1_000), (Drain, 0), (Pause, 3), (Drain, 0), (Pause, 1_000), (Drain, 0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l1_bytes_a_weight_of_0_counts_as_1() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 3));
        for len in 1..=3 {
            pipe.send(0).await;
            assert_eq!(pipe.stands(), (len, len == 3, u64::from(len == 3)));
        }
        pipe.send(0).await;
        assert_eq!(pipe.stands().0, 3);
        assert_eq!(pipe.end().await.0, [0, 1, 2, 3, 4]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l2_bytes_the_push_that_fills_the_link_pauses_it() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 100));
        pipe.send(99).await;
        assert_eq!(pipe.stands(), (99, false, 0));
        pipe.send(1).await;
        assert_eq!(pipe.stands(), (100, true, 1));
        assert_eq!(pipe.end().await.0, [0, 1, 2]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l3_bytes_it_drains_at_or_below_its_low_mark() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 100, low = 30));
        for weight in [40, 25, 20, 15] {
            pipe.send(weight).await;
        }
        assert_eq!(pipe.stands(), (100, true, 1), "nothing waits outside: the mark is the low mark");
        pipe.take().await;
        assert_eq!(pipe.stands(), (60, true, 1));
        pipe.take().await;
        assert_eq!(pipe.stands(), (35, true, 1));
        pipe.take().await;
        assert_eq!(pipe.stands(), (15, false, 1));
        let (_, signals) = pipe.end().await;
        assert_eq!((signals[1].signal, signals[1].len), (Signal::Drain, 15));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l3_bytes_a_waiting_item_lowers_the_mark() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 100, low = 50));
        for weight in [30, 25, 25, 15] {
            pipe.send(weight).await;
        }
        pipe.send(80).await;
        assert_eq!(pipe.stands(), (95, true, 1), "80 does not fit: the mark is 100 - 80 = 20");
        for len in [65, 40] {
            pipe.take().await;
            assert_eq!(pipe.stands(), (len, true, 1), "below the low mark it is still paused");
        }
        pipe.take().await;
        assert_eq!(pipe.stands(), (95, false, 1), "at 15 it has drained, and 80 went in");
        let (seen, signals) = pipe.end().await;
        assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
        let signals: Vec<_> = signals.iter().map(|event| (event.signal, event.len)).collect();
        assert_eq!(signals, [(Signal::Pause, 95), (Signal::Drain, 15)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l3_bytes_a_light_item_waits_for_the_low_mark() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 100, low = 20));
        for weight in [30, 30, 30, 5] {
            pipe.send(weight).await;
        }
        pipe.send(10).await;
        assert_eq!(pipe.stands(), (95, true, 1));
        for len in [65, 35] {
            pipe.take().await;
            assert_eq!(pipe.stands(), (len, true, 1), "it would fit, but the mark is min(20, 90)");
        }
        pipe.take().await;
        assert_eq!(pipe.stands(), (15, false, 1));
        pipe.end().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l3_bytes_low_0_empties_the_link() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 3, low = 0));
        for _ in 0..5 {
            pipe.send(1).await;
        }
        assert_eq!(pipe.stands(), (3, true, 1));
        pipe.take().await;
        pipe.take().await;
        assert_eq!(pipe.stands(), (1, true, 1));
        pipe.take().await;
        assert_eq!(pipe.stands(), (2, false, 1), "it was empty, and the two that waited went in");
        pipe.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l3_bytes_pause_and_drain_alternate_strictly() {
    within(LIMIT, async {
        let mut dice = Dice(3);
        let mut seen = 0;
        for _ in 0..40 {
            let capacity = 1 + dice.below(40) as usize;
            let low = dice.below(capacity as u64) as usize;
            let tracker = Tracker::new();
            let (made, mut weights) = (tracker.clone(), dice.clone());
            // At most one pause an item, so that the observer keeps all signals.
            let pipeline = pipeline! {
                iter((0..500).map(move |n| made.item(n).weighing(weights.below(50) as usize)))
                -> queue(bytes = capacity, low = low) as middle
                -> then(async |item: Tracked| { turns(usize::from(item.number().is_multiple_of(9))).await; item.number() })
                -> collect::<Vec<_>>()
            };
            dice.below(1);
            let control = pipeline.control();
            let signals = control.signals();
            let all = pipeline.run().await.unwrap();
            assert!(all.into_iter().eq(0..500));
            let events: Vec<SignalEvent> = signals.collect().now_or_never().unwrap();
            assert_eq!(events.iter().filter(|event| event.signal == Signal::Pause).count() as u64, {
                let snapshot = control.snapshot();
                snapshot.link("middle").unwrap().pauses
            });
            for (index, event) in events.iter().filter(|event| event.link == "middle").enumerate() {
                assert_eq!(event.missed, 0);
                assert_eq!(event.signal, if index % 2 == 0 { Signal::Pause } else { Signal::Drain });
                match event.signal {
                    // Lighter than the capacity while an item waits; heavier when one was taken alone.
                    Signal::Pause => assert!(event.len > 0 && event.len < capacity + 50),
                    Signal::Drain => assert!(event.len <= low, "{} at a drain, low {low}", event.len),
                }
            }
            seen += events.len();
        }
        assert!(seen > 1_000, "{seen} signals: this test has seen too little");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l4_l7_bytes_all_come_out_in_order() {
    within(LIMIT, async {
        let mut dice = Dice(47);
        for round in 0..60 {
            let capacity = 1 + dice.below(30) as usize;
            let low = dice.below(capacity as u64) as usize;
            let tracker = Tracker::new();
            let (made, mut weights) = (tracker.clone(), Dice(round));
            let all = pipeline! {
                iter((0..1_000).map(move |n| made.item(n).weighing(weights.below(40) as usize)))
                -> queue(bytes = capacity, low = low) -> map(|item| item) -> queue(bytes = 7) -> map(|item| item.number())
                -> collect::<Vec<_>>()
            }
            .run()
            .await
            .unwrap();
            assert!(all.into_iter().eq(0..1_000), "capacity {capacity}, low {low}");
            assert_eq!(tracker.live(), 0);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l5_bytes_what_waits_outside_is_neither_lost_nor_doubled() {
    within(LIMIT, async {
        // Ended by `finish()` while an item waits outside a full link: it was taken from the source, so it comes out.
        let mut pipe = stalled!(queue(bytes = 10));
        pipe.send(9).await;
        pipe.send(9).await;
        assert_eq!(pipe.stands(), (9, true, 1));
        pipe.control.finish();
        at_rest().await;
        assert_eq!(pipe.end().await.0, [0, 1, 2]);

        // Aborted then: it is dropped, once.
        let mut pipe = stalled!(queue(bytes = 10));
        pipe.send(9).await;
        pipe.send(9).await;
        pipe.control.abort();
        assert_eq!(pipe.running.await.unwrap_err().kind(), ErrorKind::Aborted);
        assert_eq!((pipe.tracker.made(), pipe.tracker.live()), (3, 0));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l5_bytes_one_item_waits_outside_and_no_more_are_taken() {
    within(LIMIT, async {
        let (tracker, gate) = (Tracker::new(), Gate::new());
        let (made, held) = (tracker.clone(), gate.clone());
        let running = pipeline! {
            iter((0..100).map(move |n| made.item(n).weighing(4))) -> map(|item| item) -> queue(bytes = 10, low = 9) as middle
            -> for_each_async(1, async move |item: Tracked| { held.pass().await; drop(item) })
        }
        .spawn();
        at_rest().await;
        assert_eq!(tracker.made(), 4, "two in the link, one in the sink's hand, one outside");
        assert_eq!(link(&running.control()).len, 8);
        gate.open();
        running.await.unwrap();
        assert_eq!(gate.passed(), 100);
        // 10 bytes, and one item in each hand.
        assert!(tracker.peak() <= 4, "{}", tracker.peak());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l6_bytes_the_source_hears_pause_and_is_not_asked() {
    within(LIMIT, async {
        let (source, log) = logged(30);
        let gate = Gate::new();
        let held = gate.clone();
        let running = pipeline! {
            from(source) -> map(|_| [0u8; 4]) -> queue(bytes = 10) as middle -> for_each_async(1, async move |_| held.pass().await)
        }
        .spawn();
        at_rest().await;
        // The sink has one, the link two of eight bytes, and the fourth did not fit.
        assert_eq!(log.nexts(), 4);
        assert_eq!(log.signals().last(), Some(&Signal::Pause));
        assert_eq!((link(&running.control()).len, link(&running.control()).paused), (8, true));
        gate.open();
        running.await.unwrap();
        let mut paused = false;
        for told in log.calls() {
            match told {
                SourceCall::Next => assert!(!paused, "`next` while the link below is paused"),
                SourceCall::Signal(signal) => {
                    assert_eq!(signal, if paused { Signal::Drain } else { Signal::Pause });
                    paused = !paused;
                }
                SourceCall::Close => {}
            }
        }
        assert_eq!(log.nexts(), 31);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l8_bytes_the_end_passes_a_full_link() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 10));
        pipe.send(10).await;
        assert_eq!(pipe.stands(), (10, true, 1));
        // The channel ends while the link is full.
        assert_eq!(pipe.end().await.0, [0, 1]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l10_bytes_drop_oldest_makes_room_for_the_newest() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 100, overflow = drop_oldest));
        for weight in [30, 30, 40] {
            pipe.send(weight).await;
        }
        assert_eq!((pipe.stands(), link(&pipe.control).dropped), ((100, false, 0), 0), "full, and not paused");
        pipe.send(35).await;
        assert_eq!((pipe.stands().0, link(&pipe.control).dropped), (75, 2), "30 and 30 made room for 35");
        pipe.send(1_000).await;
        assert_eq!(
            (pipe.stands().0, link(&pipe.control).dropped),
            (1_000, 4),
            "what is heavier than the capacity stands alone"
        );
        pipe.send(5).await;
        assert_eq!((pipe.stands().0, link(&pipe.control).dropped), (5, 5));
        assert_eq!(pipe.tracker.live(), 2);
        let (seen, signals) = pipe.end().await;
        assert_eq!(seen, [0, 6]);
        assert!(signals.is_empty(), "it never pauses");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l10_bytes_drop_newest_drops_what_does_not_fit() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 100, overflow = drop_newest));
        for weight in [60, 41, 40, 1, 0] {
            pipe.send(weight).await;
        }
        assert_eq!((pipe.stands(), link(&pipe.control).dropped), ((100, false, 0), 3));
        let (seen, signals) = pipe.end().await;
        assert_eq!(seen, [0, 1, 3]);
        assert!(signals.is_empty(), "it never pauses");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l10_bytes_fail_fails_the_pipeline() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 100, overflow = fail));
        pipe.send(1_000).await;
        assert_eq!(pipe.stands(), (1_000, false, 0), "alone, into an empty link");
        pipe.send(1).await;
        let error = pipe.running.await.unwrap_err();
        assert_eq!((error.kind(), error.stage()), (ErrorKind::Overflow, "middle"));
        assert_eq!(pipe.tracker.live(), 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l11_bytes_an_item_in_hand_is_not_in_the_link() {
    within(LIMIT, async {
        let mut pipe = stalled!(queue(bytes = 100));
        assert_eq!(pipe.stands().0, 0, "the sink has it");
        pipe.send(7).await;
        assert_eq!(pipe.stands().0, 7);
        pipe.take().await;
        assert_eq!(pipe.stands().0, 0);
        pipe.end().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn g4_bytes_count_in_the_bound() {
    within(LIMIT, async {
        let (tracker, gate) = (Tracker::new(), Gate::new());
        let (made, held) = (tracker.clone(), gate.clone());
        let pipeline = pipeline! {
            iter((0..100).map(move |n| made.item(n).weighing(1))) -> queue(bytes = 1KiB, low = 10) -> map(|item: Tracked| item)
            -> queue(bytes = 10, low = 9) -> for_each_async(1, async move |item: Tracked| { held.pass().await; drop(item) })
        };
        // Two links, three tasks, one in flight.
        assert_eq!(pipeline.bound(), Some(1024 + 10 + 3 + 1));
        assert_eq!(pipeline.graph().links.iter().map(|link| link.unit).collect::<Vec<_>>(), ["bytes", "bytes"]);
        let running = pipeline.spawn();
        at_rest().await;
        gate.open();
        running.await.unwrap();
        assert!(tracker.peak() <= 1024 + 10 + 3 + 1);
    })
    .await;
}

#[test]
fn l1_bytes_the_weights_of_what_is_usually_sent() {
    assert_eq!("four".weight() + String::from("four").weight() + b"four".weight() + vec![0u8; 4].weight(), 16);
    assert_eq!(bytes::Bytes::from_static(b"four").weight(), 4);
}
