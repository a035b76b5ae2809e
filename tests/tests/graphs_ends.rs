//! How graphs of blocks and fan-ins end (S3, S5, E1–E7), what they give, and how they are run.

use std::time::Duration;

use aqueduct::testkit::{Gate, ScriptedSource, SourceWatch, Tracker, expect_tasks};
use aqueduct::{Control, ErrorKind, Pipeline, Running, Source, pipeline};
use aqueduct_tests::ends::{After, assert_aborted, assert_failed, recorded, within};
use aqueduct_tests::flow::logged;
use aqueduct_tests::pieces::{an_hour, never};

type Outputs = (u64, Option<u64>, Vec<u64>, u64);

/// A graph with a block of each kind and two fan-ins; its two sources are watched, its last sink waits at the gate.
fn graph(a: ScriptedSource<u64>, b: ScriptedSource<u64>, gate: &Gate) -> Pipeline<Outputs> {
    let gate = gate.clone();
    pipeline! {
        #![queue = 4]
        let (copy, other) = from(a) as a -> broadcast;
        let odd = copy -> match { n if n % 2 == 0 => n -> count(), n => n };
        let both = merge(odd, from(b) as b);
        other -> tap { last() } -> parallel(2) { map_async(2, async |n| n) -> count() };
        both -> then(async move |n| { gate.pass().await; n }) as gated -> count()
    }
    .boxed()
}

fn watched() -> (SourceWatch, SourceWatch, Gate, Pipeline<Outputs>) {
    let [(from_a, a), (from_b, b)] = [(); 2].map(|()| recorded(40, After::Wait));
    let gate = Gate::default();
    let p = graph(from_a, from_b, &gate);
    (a, b, gate, p)
}

#[tokio::test(start_paused = true)]
async fn e5_finish_brings_everything_out() {
    for pause in [false, true] {
        let (a, b, gate, p) = watched();
        let running = p.spawn();
        let control = running.control();
        within(async {
            if pause {
                tokio::time::sleep(Duration::from_secs(1)).await;
                control.pause();
            } else {
                gate.open();
            }
            an_hour().await;
            control.finish();
            an_hour().await;
            gate.open();
            let (even, last, copies, all) = running.await.unwrap();
            let (from_a, from_b) = (a.nexts() as u64, b.nexts() as u64);
            if pause {
                assert!(from_a < 40 && from_b < 40, "{from_a} {from_b}");
                assert_eq!((even + all, copies.iter().sum()), (from_a + from_b, from_a));
            } else {
                assert_eq!((even, last, copies.iter().sum(), all), (20, Some(39), 40, 20 + 40));
            }
        })
        .await;
        a.assert_closed_once();
        b.assert_closed_once();
        expect_tasks(0).await;
    }
}

#[tokio::test(start_paused = true)]
async fn e6_abort_and_drop_end_everything() {
    let ends: [fn(Running<Outputs>) -> Option<Running<Outputs>>; 3] = [
        |running| {
            running.control().abort();
            Some(running)
        },
        |running| {
            running.control().finish_within(Duration::from_secs(1));
            Some(running)
        },
        |running| {
            drop(running);
            None
        },
    ];
    for end in ends {
        for wait in [Duration::ZERO, Duration::from_secs(1)] {
            let (a, b, _gate, p) = watched();
            let running = p.spawn();
            within(async {
                tokio::time::sleep(wait).await;
                if let Some(running) = end(running) {
                    match running.await {
                        // Told before it had begun.
                        Ok(outputs) => assert_eq!((outputs, wait), ((0, None, vec![0, 0], 0), Duration::ZERO)),
                        outcome => assert_aborted(outcome),
                    }
                } else {
                    an_hour().await;
                }
            })
            .await;
            a.assert_closed_once();
            b.assert_closed_once();
            expect_tasks(0).await;
        }
    }
    // A dropped `run_local` drops its sources without closing them.
    let (a, b, _gate, p) = watched();
    assert!(tokio::time::timeout(Duration::from_secs(1), within(p.run_local())).await.is_err());
    assert_eq!((a.closes(), a.is_dropped(), b.closes(), b.is_dropped()), (0, true, 0, true));
}

#[tokio::test(start_paused = true)]
async fn e7_pause_holds_all_sources() {
    let (a, b, gate, p) = watched();
    p.control().pause();
    let running = p.spawn();
    let control = running.control();
    within(async {
        an_hour().await;
        assert_eq!((a.nexts(), b.nexts()), (0, 0));
        control.resume();
        an_hour().await;
        let asked = (a.nexts(), b.nexts());
        assert!(asked.0 > 0 && asked.1 > 0);
        control.pause();
        gate.open();
        an_hour().await;
        assert_eq!((a.nexts(), b.nexts()), asked);
        assert!(control.snapshot().links.iter().all(|link| link.len == 0), "what is inside flows on");
        control.resume();
        an_hour().await;
        // Each waits in its last `next`.
        assert_eq!((a.nexts(), b.nexts()), (41, 41));
        control.finish();
        assert_eq!(running.await.unwrap().3, 60);
    })
    .await;
    // L6: Pause and Drain alternate, for a source with several links below.
    let told = a.signals();
    assert!(!told.is_empty() && told.chunks(2).all(|pair| pair[0] == aqueduct::Signal::Pause), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn e1_e3_a_failure_ends_all_though_links_are_full() {
    let (waiting, a) = recorded(9, After::Wait);
    let tracker = Tracker::default();
    let p = pipeline! {
        #![queue = 2]
        let full = merge(iter(tracker.items(0..99)), iter(tracker.items(0..99)) -> tap { for_each_async(1, never) });
        full -> parallel(2) { queue(1) -> for_each_async(1, never) };
        from(waiting) -> broadcast {
            queue(1) -> for_each_async(1, never),
            timeout(5s) as impatient -> count(),
        };
    };
    let outcome = within(p.run()).await;
    assert_eq!(
        outcome.as_ref().map_err(|error| (error.stage().to_owned(), error.kind())).unwrap_err(),
        ("impatient".to_owned(), ErrorKind::TimedOut)
    );
    a.assert_closed_once();
    assert_eq!(tracker.live(), 0);
    expect_tasks(0).await;
}

#[tokio::test]
async fn e1_the_first_failure_wins_and_sources_that_fail_are_closed() {
    let (failing, a) = recorded(50, After::Fail);
    let (waiting, b) = recorded(5, After::Wait);
    let p = pipeline! {
        merge(from(failing) as failing, from(waiting)) -> broadcast { count(), match { n => n -> count() } }
    };
    assert_failed(within(p.run()).await, "failing", ErrorKind::Failed, "dry");
    a.assert_closed_once();
    b.assert_closed_once();
}

#[tokio::test]
async fn outputs_stand_in_the_order_of_the_text() {
    let one =
        pipeline! { iter(0..9u64) -> match { n if n < 100 => n -> count(), n => n -> filter(|_| false) } -> discard() };
    assert_eq!(within(one.run()).await.unwrap(), (9, ()));
    let one: Pipeline<u64> = pipeline! { iter(0..9u64) -> broadcast { count() } }.boxed();
    assert_eq!(within(one.run_local()).await.unwrap(), 9);
    // Sinks of statements, of arms, in other orders than those of their streams.
    let p = pipeline! {
        let (a, b) = iter(0..3u8) -> broadcast;
        let rest = a -> match { 0 => "zero" -> collect::<Vec<_>>(), n => n };
        b -> fold(String::new(), |all, n| all + &n.to_string());
        iter([1.5]) -> last();
        rest -> tap { first() } -> collect::<Vec<_>>()
    };
    let (zero, text, float, first, rest) = within(p.run()).await.unwrap();
    assert_eq!((zero, text, float, first, rest), (vec!["zero"], "012".to_owned(), Some(1.5), Some(1), vec![1, 2]));
    // More than the tuples that std knows how to compare.
    let p = pipeline! {
        iter(0..2u32) -> broadcast {
            fold(1, |a, _| a), fold(2, |a, _| a), fold(3, |a, _| a), fold(4, |a, _| a), fold(5, |a, _| a), fold(6, |a, _| a), fold(7, |a, _| a),
            fold(8, |a, _| a), fold(9, |a, _| a), fold("ten", |a, _| a), queue(1) -> fold(11, |a, _| a), discard(), count(),
        }
    };
    let all = within(p.run()).await.unwrap();
    assert_eq!((all.0, all.1, all.2, all.3, all.4, all.5, all.6), (1, 2, 3, 4, 5, 6, 7));
    assert_eq!((all.7, all.8, all.9, all.10, all.11, all.12), (8, 9, "ten", 11, (), 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_to_run_gives_the_same() {
    macro_rules! graph {
        () => {
            pipeline! {
                #![name = "mixed"]
                let (a, b, c) = iter(0..500u64) -> queue(7) -> broadcast;
                let low = a -> match { n if n >= 250 => n -> count(), n => n -> map_async(4, async |n| n), };
                let pairs = zip(b -> skip(1) -> queue(64), c -> queue(64)) -> map(|(next, n)| next - n);
                merge(low, pairs -> parallel(3) { map(|n| n * 1_000) }) -> fold(0, |sum, n| sum + n)
            }
        };
    }
    let expected = (250, (0..250).sum::<u64>() + 499 * 1_000);
    assert_eq!(within(graph!().run()).await.unwrap(), expected);
    assert_eq!(within(graph!().run_local()).await.unwrap(), expected);
    assert_eq!(within(graph!().spawn()).await.unwrap(), expected);
    assert_eq!(within(graph!().boxed().run()).await.unwrap(), expected);
    assert_eq!(within(graph!().boxed().run_local()).await.unwrap(), expected);
    let (plain, boxed) = (graph!(), graph!().boxed());
    assert_eq!(plain.graph().to_mermaid(), boxed.graph().to_mermaid());
    assert_eq!((plain.bound(), &*plain.graph().name), (boxed.bound(), "mixed"));
    let control: Control = boxed.spawn().detach();
    within(async {
        while control.snapshot().stage("fold").unwrap().items_in < 749 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn l6_a_source_above_blocks_is_not_asked_while_it_is_paused() {
    let (source, log) = logged(300);
    let slowly = async |_| tokio::time::sleep(Duration::from_millis(1)).await;
    let p = pipeline! {
        #![queue = 3]
        from(source) -> match {
            n if n % 7 == 0 => n -> queue(1) -> for_each_async(1, slowly),
            n if n % 7 < 3 => n -> broadcast { queue(2) -> for_each_async(1, slowly), map(|n| n) },
            n => n,
        } -> flat_map(|n| [n, n]) -> broadcast {
            parallel(2) { for_each_async(1, slowly) },
            queue(5) -> for_each_async(2, slowly),
            map(|n| n),
        } -> queue(4) -> for_each_async(1, slowly)
    };
    within(p.run()).await.unwrap();
    assert!(log.signals().len() > 20);
    log.assert_not_asked_while_paused();
    assert_eq!(log.nexts(), 301);
}

#[tokio::test(start_paused = true)]
async fn s3_only_what_feeds_nobody_else_is_cancelled() {
    let [(from_a, a), (from_b, b), (from_c, c)] = [(); 3].map(|()| recorded(30, After::Wait));
    let running = pipeline! {
        let (left, right) = from(from_a) -> broadcast;
        merge(left, from(from_b)) -> take(5) -> count();
        merge(right, from(from_c)) -> count()
    }
    .spawn();
    within(async {
        an_hour().await;
        b.assert_closed_once();
        assert_eq!((a.closes(), c.closes()), (0, 0));
        running.control().finish();
        assert_eq!(running.await.unwrap(), (5, 60));
    })
    .await;
    a.assert_closed_once();
    c.assert_closed_once();
}

#[tokio::test(start_paused = true)]
async fn g4_each_link_keeps_to_its_capacity() {
    let tracker = Tracker::default();
    let p = pipeline! {
        #![queue = 2]
        let (a, b) = iter(tracker.items(0..400)) -> broadcast;
        let c = a -> match { n if n.number() % 3 == 0 => n -> batch(4, 1s) -> flatten(), n => n -> queue(3), };
        merge(c, b -> parallel(2) { map_async(2, async |n| { tokio::time::sleep(Duration::from_millis(3)).await; n }) } -> chunks(3) -> flatten())
            -> tap { queue(1) -> for_each_async(1, async |_| tokio::time::sleep(Duration::from_secs(1)).await) }
            -> for_each_async(2, async |_| tokio::time::sleep(Duration::from_millis(1)).await)
    };
    let bound = p.bound().unwrap();
    let control = p.control();
    within(p.run()).await.unwrap();
    assert!(tracker.peak() <= bound, "{} of {bound}", tracker.peak());
    for link in control.snapshot().links {
        assert!(link.max_len <= link.capacity && link.len == 0, "{link:?}");
    }
    assert_eq!(tracker.live(), 0);
}

#[tokio::test]
async fn s2_a_rest_is_the_last_also_behind_what_is_parked() {
    fn chunked() -> impl Source<Item = Vec<u32>> {
        pipeline! { iter(0..10u32) -> take(1) -> flat_map(|_| 0..5_000u32) -> chunks(7) -> _ }
    }
    let expected: Vec<usize> = (0..5_000usize.div_ceil(7)).map(|at| if at < 714 { 7 } else { 2 }).collect();
    let p = pipeline! { iter(0..10u32) -> take(1) -> flat_map(|_| 0..5_000u32) -> chunks(7) -> map(|all| all.len()) -> collect::<Vec<_>>() };
    assert_eq!(within(p.run()).await.unwrap(), expected);
    let p = pipeline! { iter(0..10u32) -> take(1) -> flat_map(|_| 0..5_000u32) -> broadcast { chunks(7), count() } -> map(|all| all.len()) -> collect::<Vec<_>>() };
    assert_eq!(within(p.run()).await.unwrap(), (5_000, expected.clone()));
    let p = pipeline! { from(chunked()) -> map(|all| all.len()) -> collect::<Vec<_>>() };
    assert_eq!(within(p.run()).await.unwrap(), expected);
}
