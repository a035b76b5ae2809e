//! What `finish`, `pause`, a failure and an abort do to each timed stage, as tables: a check is one macro, a row of it one operator.
//!
//! Each row has a source of one item a millisecond. Two states are tried: items flow, or the sink holds what it gets and everything
//! is full.

use std::future::pending;
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracked, expect_tasks};
use aqueduct::{ErrorKind, pipeline};
use aqueduct_tests::ends::{Broken, assert_aborted, assert_failed, within};
use aqueduct_tests::flow::settle;
use aqueduct_tests::watched::{Came, Carries as _, Watched, ms};
use tokio::time::{Instant, sleep};

/// A row of each timed stage that loses nothing, with what it may take to let out at finish what is inside.
macro_rules! each_lossless {
    ($check:ident) => {
        $check!("batch", 0; batch(4, 1h));
        $check!("batch by weight", 0; batch(1000, 1h, bytes = 4));
        $check!("ready_chunks", 0; ready_chunks(4));
        $check!("throttle", 3 * 10; throttle(1, 10ms));
        $check!("timeout", 0; timeout(20ms));
        $check!("delay", 25; queue(4, low = 3) -> delay(25ms));
        $check!("conflate", 0; map(|item: Tracked| vec![item]) -> conflate(|mut all: Vec<_>, more| { all.extend(more); all }));
    };
}

/// A row of each timed stage that keeps the latest and counts what it drops.
macro_rules! each_lossy {
    ($check:ident) => {
        $check!("debounce", 0; debounce(20ms));
        $check!("sample", 0; sample(20ms));
        $check!("latest", 0; latest());
    };
}

/// `from(source) -> STAGE -> queue(1) -> a sink that notes what comes when the gate lets it`, with links of two before the stage and one after it.
macro_rules! through {
    ($source:expr, $gate:expr, $came:expr; $($stage:tt)*) => {{
        let (gate, came) = ($gate.clone(), $came.clone());
        pipeline! {
            #![queue = 2]
            from($source) -> $($stage)* -> map(|value| value) -> queue(1)
            -> for_each_async(1, async move |value| { gate.pass().await; came.note(&value); }) as sink
        }
    }};
}

/// The states in which each check is made: the sink takes all at once, or holds its first value.
const OPEN: [bool; 2] = [true, false];

#[tokio::test(start_paused = true)]
async fn e5_at_finish_what_a_timed_stage_holds_comes_out_once_at_once_or_in_its_own_time() {
    macro_rules! finishes {
        ($name:literal, $takes:expr; $($stage:tt)*) => {
            for open in OPEN {
                let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
                if open {
                    gate.open();
                }
                let running = through!(watched.source(10_000, ms(1)), gate, came; $($stage)*).spawn();
                sleep(Duration::from_micros(102_500)).await;
                let made = watched.made();
                running.control().finish();
                settle().await;
                watched.assert_closed_once(&format!("{}, sink open: {open}", $name));
                let start = Instant::now();
                gate.open();
                running.await.unwrap();
                assert!(start.elapsed() <= ms($takes), "{}: {:?}, sink open: {open}", $name, start.elapsed());
                let own_time = open && $takes > 0;
                assert!(!own_time || start.elapsed() > ms($takes / 10), "{}: {:?}", $name, start.elapsed());
                assert!(watched.made() == made && made >= 4, "{}: {made}", $name);
                assert_eq!(came.all(), (0..made).collect::<Vec<_>>(), "{}, sink open: {open}", $name);
                watched.assert_all_gone($name).await;
                expect_tasks(0).await;
            }
        };
    }
    within(async {
        each_lossless!(finishes);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_at_finish_debounce_and_latest_give_their_last_and_sample_drops_it() {
    macro_rules! finishes {
        ($name:literal, $takes:expr; $($stage:tt)*) => {
            for open in OPEN {
                let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
                if open {
                    gate.open();
                }
                let running = through!(watched.source(10_000, ms(1)), gate, came; $($stage)*).spawn();
                let control = running.control();
                sleep(Duration::from_micros(102_500)).await;
                let made = watched.made();
                assert_eq!(made, 102, "{}: it never holds its source (L10)", $name);
                control.finish();
                settle().await;
                watched.assert_closed_once($name);
                let start = Instant::now();
                gate.open();
                running.await.unwrap();
                assert_eq!(start.elapsed(), Duration::ZERO, "{}", $name);
                let came = came.all();
                assert!(came.windows(2).all(|two| two[0] < two[1]), "{}: {came:?}", $name);
                let last = if $name == "sample" { came.last() < Some(&(made - 1)) } else { came.last() == Some(&(made - 1)) };
                assert!(last, "{}, sink open: {open}: {came:?}", $name);
                let dropped: u64 = control.snapshot().links.iter().map(|link| link.dropped).sum();
                assert_eq!(came.len() as u64 + dropped, made, "{}: each came or was counted", $name);
                watched.assert_all_gone($name).await;
                expect_tasks(0).await;
            }
        };
    }
    within(async {
        each_lossy!(finishes);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e7_under_pause_a_timed_stage_lets_out_what_it_holds_in_its_time() {
    macro_rules! pauses {
        ($name:literal, $takes:expr; $($stage:tt)*) => {
            for open in OPEN {
                let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
                if open {
                    gate.open();
                }
                let running = through!(watched.source(100_000, ms(1)), gate, came; $($stage)*).spawn();
                let control = running.control();
                sleep(Duration::from_micros(102_500)).await;
                let before = watched.made();
                control.pause();
                gate.open();
                // Longer than any stage waits.
                sleep(Duration::from_secs(7200)).await;
                let made = watched.made();
                assert!((before..=before + 1).contains(&made), "{}: a call of `next` may end, no other begins", $name);
                let dropped = |control: &aqueduct::Control| {
                    control.snapshot().links.iter().map(|link| link.dropped).sum::<u64>()
                };
                let all = came.all();
                assert_eq!(all.last(), Some(&(made - 1)), "{}: the last comes out too, sink open: {open}", $name);
                assert_eq!((all.len() as u64 + dropped(&control), watched.tracker.live()), (made, 0), "{}", $name);
                sleep(Duration::from_secs(7200)).await;
                assert_eq!(watched.made(), made, "{}: it stays so", $name);
                control.resume();
                sleep(ms(200)).await;
                assert!(watched.made() >= made + 18, "{}: it goes on: {} after {made}", $name, watched.made());
                control.finish();
                running.await.unwrap();
                let all = came.all();
                assert!(all.windows(2).all(|two| two[0] < two[1]), "{}: in order, each once: {all:?}", $name);
                assert_eq!(all.len() as u64 + dropped(&control), watched.made(), "{}: each came or was counted", $name);
                watched.assert_all_gone($name).await;
            }
        };
    }
    within(async {
        each_lossless!(pauses);
        each_lossy!(pauses);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_a_failure_above_a_timed_stage_drops_what_it_holds() {
    macro_rules! fails_above {
        ($name:literal, $takes:expr; $($stage:tt)*) => {
            let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
            let start = Instant::now();
            // Three find room wherever they wait.
            let outcome = through!(watched.failing(3), gate, came; $($stage)*).run().await;
            assert_failed(outcome, "from", ErrorKind::Failed, "dry");
            assert_eq!((start.elapsed(), watched.made()), (Duration::ZERO, 3), "{}", $name);
            watched.assert_all_gone($name).await;
            expect_tasks(0).await;
        };
    }
    within(async {
        each_lossless!(fails_above);
        each_lossy!(fails_above);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_a_failure_below_a_timed_stage_drops_what_it_holds() {
    macro_rules! fails_below {
        ($name:literal, $takes:expr; $($stage:tt)*) => {
            let watched = Watched::new();
            let start = Instant::now();
            let items = through_failing!(watched; $($stage)*);
            // The source pauses for ever after a hundred items, so that what waits for silence comes.
            assert_failed(items.run().await, "sink", ErrorKind::Failed, "snap");
            assert!(start.elapsed() <= ms(500 + 100 + 25), "{}: {:?}", $name, start.elapsed());
            watched.assert_all_gone($name).await;
            expect_tasks(0).await;
        };
    }
    /// As `through`, with a sink that holds its first value for half a second and fails then.
    macro_rules! through_failing {
        ($watched:ident; $($stage:tt)*) => {
            pipeline! {
                #![queue = 2]
                from($watched.source(100, ms(1))) -> $($stage)* -> map(|value| value) -> queue(1)
                -> for_each_async(1, async |value| {
                    sleep(ms(500)).await;
                    if value.numbers().is_empty() { Ok(()) } else { Err(Broken("snap")) }
                })? as sink
            }
        };
    }
    within(async {
        each_lossless!(fails_below);
        fails_below!("debounce", 0; debounce(20ms));
        fails_below!("sample", 0; sample(20ms));
        fails_below!("latest", 0; latest());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e6_an_abort_drops_what_a_timed_stage_holds() {
    macro_rules! aborts {
        ($name:literal, $takes:expr; $($stage:tt)*) => {
            for open in OPEN {
                for at in [7, 15, 104] {
                    let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
                    if open {
                        gate.open();
                    }
                    let running = through!(watched.source(1000, ms(1)), gate, came; $($stage)*).spawn();
                    sleep(ms(at)).await;
                    let start = Instant::now();
                    running.control().abort();
                    assert_aborted(running.await);
                    assert_eq!(start.elapsed(), Duration::ZERO, "{}", $name);
                    watched.assert_all_gone($name).await;
                    expect_tasks(0).await;
                }
            }
        };
    }
    within(async {
        each_lossless!(aborts);
        each_lossy!(aborts);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_a_failure_in_a_timed_stage_is_its_own() {
    fn third(item: Tracked) -> Result<Tracked, Broken> {
        if item.number() == 2 { Err(Broken("third")) } else { Ok(item) }
    }
    macro_rules! fails {
        ($name:literal; $($stage:tt)*) => {
            let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
            gate.open();
            let run = through!(watched.source(3, ms(30)), gate, came; map(third) -> $($stage)*? as culprit);
            assert_failed(run.run().await, "culprit", ErrorKind::Failed, "third");
            assert_eq!(came.all(), [0, 1], "{}: those before it had come", $name);
            watched.assert_all_gone($name).await;
            expect_tasks(0).await;
        };
    }
    within(async {
        fails!("throttle"; throttle(1, 10ms));
        fails!("timeout"; timeout(100ms));
        fails!("delay"; delay(10ms));
        fails!("debounce"; debounce(20ms));
        fails!("sample"; sample(7ms));
        fails!("conflate"; conflate(|_, newer| newer));

        // What `timeout` itself fails with, while all that came before waits above it or has left.
        let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
        gate.open();
        let start = Instant::now();
        let outcome = through!(watched.source(5, ms(10)), gate, came; timeout(20ms) as idle).run().await;
        assert_failed(outcome, "idle", ErrorKind::TimedOut, "no item came for 20ms");
        assert_eq!((start.elapsed(), came.all()), (ms(70), vec![0, 1, 2, 3, 4]));
        watched.assert_all_gone("timeout").await;

        // What a batch weighs is the user's code.
        struct Heavy(Tracked);
        impl aqueduct::Weigh for Heavy {
            fn weight(&self) -> usize {
                assert!(self.0.number() != 2, "too heavy");
                1
            }
        }
        let watched = Watched::new();
        let outcome = pipeline! {
            from(watched.source(9, Duration::ZERO)) -> map(Heavy) -> batch(5, 1h, bytes = 100) as gather
            -> for_each_async(1, async |_| pending::<()>().await)
        };
        assert_failed(outcome.run().await, "gather", ErrorKind::Panicked, "too heavy");
        watched.assert_all_gone("batch").await;
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e5_finish_within_does_not_wait_for_a_stage_that_takes_its_own_time() {
    macro_rules! aborts {
        ($name:literal; $($stage:tt)*) => {
            let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
            gate.open();
            let running = through!(watched.source(4, ms(1)), gate, came; $($stage)*).spawn();
            sleep(ms(10)).await;
            running.control().finish_within(ms(5));
            assert_aborted(running.await);
            assert_eq!(came.all().len(), usize::from($name == "throttle"), "{}", $name);
            watched.assert_all_gone($name).await;
            expect_tasks(0).await;
        };
    }
    within(async {
        aborts!("throttle"; throttle(1, 1h));
        aborts!("delay"; delay(1h));
        // What holds its items only as long as more may come gives them at once.
        let (watched, gate, came) = (Watched::new(), Gate::new(), Came::default());
        gate.open();
        let running = through!(watched.source(4, ms(1)), gate, came; debounce(1h) -> batch(9, 1h)).spawn();
        sleep(ms(10)).await;
        running.control().finish_within(ms(5));
        running.await.unwrap();
        assert_eq!(came.all(), [3]);
    })
    .await;
}

// ready_chunks: exact sizes.

#[tokio::test(start_paused = true)]
async fn ready_chunks_gives_n_while_more_than_n_wait_and_then_the_rest() {
    within(async {
        for (n, waiting, expected) in [
            (4, 10, vec![4, 4, 2]),
            (4, 8, vec![4, 4]),
            (5, 4, vec![4]),
            (1, 3, vec![1, 1, 1]),
            (1024, 1000, vec![1000]),
            (7, 1000, [vec![7; 142], vec![6]].concat()),
        ] {
            let (sender, receiver) = aqueduct::inlet(1000);
            let run = pipeline! {
                from(receiver) -> queue(1000) -> ready_chunks(n) -> map(|group: Vec<usize>| group.len()) -> queue(1000)
                -> collect::<Vec<_>>()
            };
            for item in 0..waiting {
                sender.send(item).await.unwrap();
            }
            let running = run.spawn();
            settle().await;
            // The input is still open: what waits has left all the same.
            running.control().finish();
            assert_eq!(running.await.unwrap(), expected, "{waiting} in groups of {n}");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn ready_chunks_gathers_what_comes_while_its_output_is_paused() {
    within(async {
        let (gate, came) = (Gate::new(), Came::default());
        let (held, seen) = (gate.clone(), came.clone());
        let (sender, receiver) = tokio::sync::mpsc::channel(8);
        let sizes = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let noted = std::sync::Arc::clone(&sizes);
        let running = pipeline! {
            recv(receiver) -> ready_chunks(5) -> queue(1)
            -> for_each_async(1, async move |group: Vec<Tracked>| {
                held.pass().await;
                seen.note(&group);
                noted.lock().unwrap().push(group.len());
            })
        }
        .spawn();
        let tracker = aqueduct::testkit::Tracker::new();
        for n in 0..15 {
            sender.send(tracker.item(n)).await.unwrap();
            settle().await;
        }
        // One each in the sink and in the link; the third group filled to five, and what came then waits in the link above.
        gate.open();
        drop(sender);
        running.await.unwrap();
        assert_eq!(came.all(), (0..15).collect::<Vec<_>>());
        assert_eq!(*sizes.lock().unwrap(), [1, 1, 5, 5, 3]);
    })
    .await;
}
