//! Cases of Reactive Streams, Node, WPT and Pekko in our terms: capacities, drains, weights, pace. `rules/peers` says which is whose.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aqueduct::testkit::Gate;
use aqueduct::{BoxError, Control, Signal, Sink, Source, Weigh, inlet, pipeline};
use aqueduct_tests::ends::within;
use aqueduct_tests::flow::{Dice, logged, settle};
use aqueduct_tests::pieces::an_hour;
use futures_util::StreamExt as _;

/// Set while a call is in progress; a second call meanwhile fails the test.
#[derive(Clone, Default)]
struct Busy(Arc<AtomicBool>);

impl Busy {
    async fn call(&self) {
        assert!(!self.0.swap(true, Ordering::SeqCst), "two calls at once");
        tokio::task::yield_now().await;
        assert!(self.0.swap(false, Ordering::SeqCst));
    }
}

/// A source and a sink whose calls take a while.
struct OneCall(Busy, u64);

impl Source for OneCall {
    type Item = u64;

    async fn next(&mut self) -> Result<Option<u64>, BoxError> {
        self.0.call().await;
        self.1 = self.1.saturating_sub(1);
        Ok(Some(self.1).filter(|left| *left > 0))
    }

    async fn close(&mut self) {
        self.0.call().await;
    }
}

impl Sink<u64> for OneCall {
    type Output = u64;

    async fn write(&mut self, _: u64) -> Result<(), BoxError> {
        self.0.call().await;
        self.1 += 1;
        Ok(())
    }

    async fn finish(self) -> Result<u64, BoxError> {
        self.0.call().await;
        Ok(self.1)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_of_a_source_and_of_a_sink_never_overlap() {
    within(async {
        let (above, below) = (OneCall(Busy::default(), 2_001), OneCall(Busy::default(), 0));
        assert_eq!(pipeline! { #![queue = 2] from(above) -> into(below) }.run().await.unwrap(), 2_000);
    })
    .await;
}

/// What each step would add to the stack, so many steps would overflow.
#[test]
fn many_items_that_are_all_ready_do_not_deepen_the_stack() {
    let small = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(within(async {
            let sum = pipeline! {
                #![queue = 1]
                iter(0..20_000u64) -> filter(|n| n % 2 == 0) -> flat_map(|n| [n; 2]) -> queue(1) -> then(async |n| n)
                    -> match { n if n % 4 == 0 => n, n => n -> queue(1) } -> map_async(2, async |n| n) -> fold(0, |sum, n| sum + n)
            };
            sum.run_local().await.unwrap()
        }))
    });
    assert_eq!(small.unwrap().join().unwrap(), 2 * (0..20_000u64).step_by(2).sum::<u64>());
}

/// However the sink lets go of items, the source is asked for what that makes room for and no more.
#[tokio::test(start_paused = true)]
async fn l6_a_source_is_asked_as_the_sink_goes_on() {
    within(async {
        let mut dice = Dice(6);
        for _ in 0..20 {
            let (source, log) = logged(u64::MAX);
            let gate = Gate::new();
            let held = gate.clone();
            let (first, second) = (1 + dice.below(5) as usize, 1 + dice.below(5) as usize);
            let pipeline = pipeline! {
                from(source) -> queue(first) -> map(|n| n) -> queue(second) -> for_each_async(1, async move |_| held.pass().await)
            };
            let bound = pipeline.bound().unwrap();
            let running = pipeline.spawn();
            let mut passed = 0;
            for _ in 0..20 {
                settle().await;
                assert!(log.nexts() <= passed + bound, "{} asked, {passed} gone, {bound} inside at most", log.nexts());
                assert!(gate.arrived() > passed, "the sink has its next item");
                let n = 1 + dice.below(4) as usize;
                gate.allow(n);
                passed += n;
            }
            running.control().abort();
            running.await.unwrap_err();
        }
    })
    .await;
}

/// The last Pause of a link has its Drain too, though nothing will come any more.
#[tokio::test(start_paused = true)]
async fn l3_a_link_that_is_full_at_the_end_drains() {
    within(async {
        let gate = Gate::new();
        let held = gate.clone();
        let pipeline = pipeline! { iter(0..5) -> queue(4, low = 3) as middle -> for_each_async(1, async move |_| held.pass().await) };
        let (control, signals) = (pipeline.control(), pipeline.control().signals());
        let running = pipeline.spawn();
        an_hour().await;
        let link = control.snapshot().link("middle").unwrap().clone();
        assert_eq!((link.len, link.paused), (4, true), "one is in the sink's hand, and four are the rest");
        gate.open();
        running.await.unwrap();
        let heard: Vec<_> = signals.map(|event| (event.signal, event.len)).collect().await;
        assert_eq!(heard, [(Signal::Pause, 4), (Signal::Drain, 3)].repeat(2));
        assert!(!control.snapshot().link("middle").unwrap().paused);
    })
    .await;
}

/// Weighs one more each time it is asked.
struct Growing(AtomicUsize);

impl Weigh for Growing {
    fn weight(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

#[tokio::test(start_paused = true)]
async fn l1_bytes_an_item_that_has_entered_leaves_with_the_weight_it_had() {
    within(async {
        let gate = Gate::new();
        let held = gate.clone();
        let pipeline = pipeline! {
            iter((0..50).map(|_| Growing(AtomicUsize::new(0)))) -> queue(bytes = 4) as middle
            -> for_each_async(1, async move |item: Growing| { item.weight(); held.pass().await })
        };
        let control = pipeline.control();
        let running = pipeline.spawn();
        for passed in 0..50 {
            settle().await;
            let link = control.snapshot().link("middle").unwrap().clone();
            assert!(link.len <= 4, "{link:?} after {passed}");
            gate.allow(1);
        }
        running.await.unwrap();
        let link = control.snapshot().link("middle").unwrap().clone();
        assert_eq!((link.len, link.paused), (0, false), "{link:?}");
    })
    .await;
}

/// Weighs what it says.
struct Heavy(usize);

impl Weigh for Heavy {
    fn weight(&self) -> usize {
        self.0
    }
}

#[tokio::test(start_paused = true)]
async fn l1_bytes_the_heaviest_weights_that_there_are_pass_one_by_one() {
    within(async {
        let weights = [usize::MAX, 1, usize::MAX, usize::MAX, 0, usize::MAX - 1, 2];
        for capacity in [1, 3, usize::MAX] {
            let passed = pipeline! {
                iter(weights.map(Heavy)) -> queue(bytes = capacity) -> map(|item| item.0) -> collect::<Vec<_>>()
            };
            assert_eq!(passed.run().await.unwrap(), weights);
            let batches = pipeline! {
                iter(weights.map(Heavy)) -> batch(100, 1h, bytes = capacity) -> flatten() -> map(|item| item.0) -> collect::<Vec<_>>()
            };
            assert_eq!(batches.run().await.unwrap(), weights);
        }
    })
    .await;
}

/// What a pipeline gives to its own inlet comes back to it: nobody holds a lock while the user's code runs.
#[tokio::test(start_paused = true)]
async fn an_inlet_may_be_fed_from_inside_its_own_pipeline() {
    within(async {
        let (numbers, source) = inlet::<u64>(4);
        numbers.try_send(10).unwrap();
        let seen = pipeline! {
            from(source) -> queue(2) -> inspect(|n| if *n == 0 { numbers.close() } else { numbers.try_send(n - 1).unwrap() }) -> collect::<Vec<_>>()
        };
        assert_eq!(seen.run_local().await.unwrap(), (0..=10).rev().collect::<Vec<u64>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l12_each_sender_keeps_its_order() {
    within(async {
        let (numbers, source) = inlet::<(usize, u64)>(3);
        let running = pipeline! { from(source) -> queue(2) -> collect::<Vec<_>>() }.spawn();
        for sender in 0..6 {
            let numbers = numbers.clone();
            tokio::spawn(async move {
                for n in 0..300 {
                    numbers.send((sender, n)).await.unwrap();
                }
            });
        }
        drop(numbers);
        let all = running.await.unwrap();
        for sender in 0..6 {
            assert!(all.iter().filter(|(from, _)| *from == sender).map(|(_, n)| *n).eq(0..300), "sender {sender}");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn items_without_bytes_are_written_like_others() {
    within(async {
        for items in [vec![], vec!["", ""], vec!["", "a", "", "", "bc", ""]] {
            let mut written = Vec::new();
            let bytes = pipeline! { iter(items.clone()) -> write(&mut written) }.run_local().await.unwrap();
            assert_eq!((bytes as usize, written.as_slice()), (items.concat().len(), items.concat().as_bytes()));
            let mut written = Vec::new();
            let lines = pipeline! { iter(items.clone()) -> write_lines(&mut written) }.run_local().await.unwrap();
            let text: String = items.iter().map(|item| format!("{item}\n")).collect();
            assert_eq!((lines as usize, written.as_slice()), (items.len(), text.as_bytes()));
        }
    })
    .await;
}

/// A source that uses its pipeline's control whenever it hears a signal.
struct Meddling(u64, Arc<std::sync::Mutex<Option<Control>>>);

impl Source for Meddling {
    type Item = u64;

    async fn next(&mut self) -> Result<Option<u64>, BoxError> {
        self.0 += 1;
        Ok(Some(self.0).filter(|n| *n <= 100))
    }

    fn on_signal(&mut self, signal: Signal) {
        let control = self.1.lock().unwrap();
        let control = control.as_ref().unwrap();
        assert_eq!(control.snapshot().links.len(), 1);
        drop(control.signals());
        match signal {
            Signal::Pause => control.pause(),
            Signal::Drain => control.resume(),
        }
        control.resume();
    }
}

#[tokio::test(start_paused = true)]
async fn l6_who_hears_a_signal_may_use_the_pipelines_control() {
    within(async {
        let place = Arc::default();
        let pipeline = pipeline! {
            #![queue = 4]
            from(Meddling(0, Arc::clone(&place))) -> for_each_async(1, async |_| tokio::task::yield_now().await)
        };
        *place.lock().unwrap() = Some(pipeline.control());
        let control = pipeline.control();
        pipeline.run().await.unwrap();
        assert!(control.snapshot().links[0].pauses > 10);
        *place.lock().unwrap() = None;
    })
    .await;
}
