//! The rules of links, L1 to L8, as far as they are those of a queue that a broker keeps. The broker is in memory, and the clock is paused.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::remote::{MemoryBroker, RemoteQueue, in_memory};
use aqueduct::testkit::{Gate, ScriptedSource, SourceWatch, run_shuffled};
use aqueduct::{Control, ErrorKind, LinkSnapshot, Pipeline, PipelineError, Signal, SignalEvent, pipeline};
use aqueduct_remote_tests::items::within;
use futures_util::{FutureExt, StreamExt};
use tokio::time::{Instant, sleep, timeout};

/// In items.
const CAPACITY: usize = 64;
const LOW: usize = 32;
/// How many items are above the queue at most: three messages of four on their way, waiting and being filled, and one item in hand.
const ABOVE: usize = (1 + 2) * 4 + 1;

fn queue() -> RemoteQueue<MemoryBroker> {
    in_memory("numbers").per_message(4).window(1).room(8).run("once")
}

fn numbers(n: u64) -> (ScriptedSource<u64>, SourceWatch) {
    let source = ScriptedSource::new().items(0..n);
    let watch = source.watch();
    (source, watch)
}

/// The part above the queue.
fn ingest(queue: &RemoteQueue<MemoryBroker>, source: ScriptedSource<u64>) -> Pipeline<Option<()>> {
    pipeline! {
        #![role = Some("ingest")]
        from(source) -> queue(queue.clone(), capacity = CAPACITY, low = LOW, role = "work") as numbers -> discard()
    }
    .boxed()
}

type Seen = Arc<Mutex<Vec<u64>>>;

/// The part below it. Each item waits at the gate, which is as if it took long.
fn work(queue: &RemoteQueue<MemoryBroker>, gate: &Gate, seen: &Seen) -> Pipeline<Option<()>> {
    let (gate, seen) = (gate.clone(), Arc::clone(seen));
    pipeline! {
        #![role = Some("work")]
        iter(0..0u64) -> queue(queue.clone(), capacity = CAPACITY, low = LOW, role = "work") as numbers
            -> then(async move |item| { gate.pass().await; item })
            -> for_each(move |item| seen.lock().unwrap().push(item))
    }
    .boxed()
}

async fn seconds(n: u64) {
    sleep(Duration::from_secs(n)).await;
}

#[track_caller]
fn link(control: &Control) -> LinkSnapshot {
    control.snapshot().link("numbers").expect("a link of that name").clone()
}

/// How many items the broker has, at most.
async fn stored(control: &Control) -> usize {
    // Open by then; and whoever reads it has it asked.
    seconds(1).await;
    link(control);
    seconds(1).await;
    let figures = link(control).queue.expect("the queue is open");
    figures.level.expect("the broker has answered").items as usize
}

fn of_the_queue(signals: aqueduct::Signals) -> Vec<SignalEvent> {
    let all: Vec<_> = signals.collect().now_or_never().expect("the run has ended, and its signals with it");
    all.into_iter().filter(|event| event.link == "numbers").collect()
}

#[tokio::test(start_paused = true)]
async fn l1_a_remote_queue_never_holds_more_than_its_capacity() {
    within(async {
        let (queue, gate, seen, n) = (queue(), Gate::new(), Seen::default(), 1_000);
        let (source, watch) = numbers(n);
        let above = ingest(&queue, source).spawn();
        assert_eq!(stored(&above.control()).await, CAPACITY, "nobody takes");
        assert!(watch.nexts() <= CAPACITY + ABOVE, "{}", watch.nexts());
        let below = work(&queue, &gate, &seen).spawn();
        while seen.lock().unwrap().len() < n as usize {
            gate.allow(40);
            let stored = stored(&below.control()).await;
            assert!(stored <= CAPACITY, "{stored}");
            assert!(watch.nexts() <= seen.lock().unwrap().len() + CAPACITY + ABOVE);
        }
        above.await.unwrap();
        below.await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l2_a_remote_queue_that_is_full_pauses_and_takes_nothing() {
    within(async {
        let queue = queue();
        let (source, watch) = numbers(1_000);
        let above = ingest(&queue, source).spawn();
        let (control, mut signals) = (above.control(), above.control().signals());
        let event = signals.next().await.unwrap();
        assert_eq!((event.signal, event.len, &*event.link), (Signal::Pause, CAPACITY, "numbers"));
        let (full, asked) = (link(&control), watch.nexts());
        assert_eq!((full.paused, full.pauses, full.len), (true, 1, CAPACITY));
        seconds(60).await;
        assert_eq!((watch.nexts(), stored(&control).await), (asked, CAPACITY));
        assert!(signals.next().now_or_never().is_none());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l3_a_remote_queue_drains_at_its_mark_and_not_before() {
    within(async {
        let (queue, gate, seen, n) = (queue(), Gate::new(), Seen::default(), 1_000);
        let (source, watch) = numbers(n);
        let above = ingest(&queue, source).spawn();
        let (control, signals) = (above.control(), above.control().signals());
        seconds(1).await;
        let asked = watch.nexts();
        let below = work(&queue, &gate, &seen).spawn();
        // A message is gone when its last item is.
        gate.allow(CAPACITY - LOW - 1);
        seconds(10).await;
        assert_eq!((link(&control).paused, watch.nexts()), (true, asked));
        gate.allow(1);
        seconds(1).await;
        assert!(watch.nexts() > asked, "it has gone on");
        gate.open();
        above.await.unwrap();
        below.await.unwrap();
        let told = of_the_queue(signals);
        assert!(told.len() > 20, "{}", told.len());
        for (event, expected) in told.iter().zip([Signal::Pause, Signal::Drain].into_iter().cycle()) {
            assert_eq!(event.signal, expected, "{told:?}");
        }
        assert_eq!(told.last().map(|event| event.signal), Some(Signal::Drain));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l4_items_leave_a_remote_queue_in_the_order_in_which_they_entered() {
    within(async {
        let (gate, n) = (Gate::new(), 10_000u64);
        let held = gate.clone();
        let pipeline = pipeline! {
            iter(0..n) -> queue(queue(), capacity = CAPACITY, low = LOW) as numbers
                -> inspect(move |_| held.allow(1)) -> map_async(3, async move |item| { gate.pass().await; item })
                -> collect::<Vec<_>>()
        };
        let control = pipeline.control();
        assert_eq!(pipeline.run().await.unwrap(), (0..n).collect::<Vec<_>>());
        assert!(link(&control).pauses >= 50, "{}", link(&control).pauses);
    })
    .await;
}

/// The ingest is cut off in the middle of whatever it waits for, and started again.
#[tokio::test(start_paused = true)]
async fn l5_what_is_cut_off_while_it_waits_is_neither_lost_nor_doubled() {
    within(async {
        let (queue, gate, seen, n) = (queue().resume(true), Gate::new(), Seen::default(), 2_000);
        let below = work(&queue, &gate, &seen).spawn();
        let mut cut_off = 0;
        for time in (0..37).cycle() {
            let (source, watch) = numbers(n);
            let above = ingest(&queue, source).run();
            if let Ok(ended) = timeout(Duration::from_millis(time), above).await {
                ended.unwrap();
                break;
            }
            let came = seen.lock().unwrap().len();
            assert!(watch.nexts() <= came + CAPACITY + ABOVE + 8, "it takes only what there is room for");
            cut_off += 1;
            gate.allow(20);
        }
        gate.open();
        below.await.unwrap();
        assert!(cut_off > 50, "{cut_off}");
        assert_eq!(*seen.lock().unwrap(), (0..n).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l6_a_full_remote_queue_is_felt_up_to_the_source() {
    within(async {
        let (queue, gate, seen, n) = (queue(), Gate::new(), Seen::default(), 1_000);
        let (source, watch) = numbers(n);
        let above = pipeline! {
            #![role = Some("ingest")]
            from(source) -> queue(16) as above -> then(async |item| item)
                -> queue(queue.clone(), capacity = CAPACITY, low = LOW, role = "work") as numbers -> discard()
        };
        let control = above.control();
        let above = above.spawn();
        seconds(1).await;
        let inner = control.snapshot().link("above").unwrap().clone();
        assert_eq!((inner.len, inner.paused, link(&control).paused), (16, true, true));
        let (asked, told) = (watch.nexts(), watch.signals());
        assert_eq!(told.last(), Some(&Signal::Pause));
        seconds(60).await;
        assert_eq!((watch.nexts(), watch.signals()), (asked, told.clone()));
        gate.open();
        work(&queue, &gate, &seen).run().await.unwrap();
        above.await.unwrap();
        watch.assert_not_asked_while_paused();
        assert_eq!(watch.signals()[told.len()], Signal::Drain);
        assert_eq!(seen.lock().unwrap().len(), n as usize);
    })
    .await;
}

/// Whatever the order in which tasks get their turns, and whatever the sizes, it goes on and ends: by being woken, not by asking again after a time.
#[tokio::test(start_paused = true)]
async fn l7_no_wake_up_of_a_remote_queue_is_lost() {
    for seed in 0..100 {
        let draw = |n: u64, end: u64| ((seed * 2_654_435_761 + n * 40_503) >> 7) as usize % end as usize;
        let per_message = 1 + draw(1, 7);
        let capacity = per_message * (4 + draw(2, 9));
        let remote = in_memory("numbers").run("once").per_message(per_message);
        let remote = remote.window(1 + draw(3, 5)).room(per_message * (2 + draw(4, 5)));
        let (link, at_once, n) = (1 + draw(5, 6), 1 + draw(6, 4), 200);
        let pipeline = pipeline! {
            iter(0..n) -> queue(link) -> then(async |item| { tokio::task::yield_now().await; item })
                -> queue(remote, capacity = capacity, low = draw(7, capacity as u64))
                -> map_async(at_once, async |item| { tokio::task::yield_now().await; item })
                -> queue(link) -> collect::<Vec<_>>()
        };
        let start = Instant::now();
        assert_eq!(within(run_shuffled(pipeline, seed)).await.unwrap(), (0..n).collect::<Vec<_>>());
        assert!(start.elapsed() < Duration::from_secs(5), "seed {seed} takes {:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn l8_the_end_passes_a_full_remote_queue() {
    within(async {
        let (queue, gate, seen) = (queue(), Gate::new(), Seen::default());
        // Nobody takes anything yet.
        let above = ingest(&queue, numbers(CAPACITY as u64).0);
        let control = above.control();
        above.run().await.unwrap();
        assert_eq!(stored(&control).await, CAPACITY);
        gate.open();
        work(&queue, &gate, &seen).run().await.unwrap();
        assert_eq!(seen.lock().unwrap().len(), CAPACITY);
    })
    .await;
}

/// How a run ends whose queue is full, with nobody below; it has to be soon.
async fn ends<O>(run: impl Future<Output = Result<O, PipelineError>>) -> PipelineError {
    let outcome = timeout(Duration::from_secs(3), run).await.expect("it ends although the queue is full");
    outcome.map(drop).expect_err("it fails")
}

/// A pipeline above a queue from which nobody takes; its stage fails at this item, and works two ahead.
fn failing_at(failing: u64) -> Pipeline<Option<()>> {
    pipeline! {
        #![role = Some("ingest")]
        iter(0..1_000u64) -> map_async(2, async move |item| if item == failing { Err("fails") } else { Ok(item) })?
            -> queue(queue(), capacity = CAPACITY, low = LOW, role = "work") as numbers -> discard()
    }
    .boxed()
}

#[tokio::test(start_paused = true)]
async fn l8_a_failure_passes_a_full_remote_queue() {
    within(async {
        let full = failing_at(u64::MAX).spawn();
        seconds(1).await;
        assert!(link(&full.control()).paused);
        let taken = full.control().snapshot().stage("map_async").unwrap().items_out;
        // At the last of these the queue is full, and the item stands before it: it is the first for which there is no room.
        for failing in 0..=taken {
            let error = ends(failing_at(failing).run()).await;
            assert_eq!((error.kind(), error.stage()), (ErrorKind::Failed, "map_async"), "item {failing} of {taken}");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l8_a_failure_below_a_full_remote_queue_passes_it() {
    within(async {
        let error = ends(
            pipeline! {
                iter(0u64..) -> queue(queue(), capacity = CAPACITY, low = LOW)
                    -> then(async |item| { seconds(1).await; if item == 0 { Err("fails") } else { Ok(item) } })? -> discard()
            }
            .run(),
        )
        .await;
        assert_eq!((error.kind(), error.stage()), (ErrorKind::Failed, "then"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l8_an_abort_passes_a_full_remote_queue() {
    within(async {
        let queue = queue();
        let above = ingest(&queue, numbers(1_000).0).spawn();
        seconds(1).await;
        assert!(link(&above.control()).paused);
        above.control().abort();
        assert_eq!(ends(above).await.kind(), ErrorKind::Aborted);
    })
    .await;
}
