//! `broadcast`, as a block and as copies with names (F1), and what the other rules say of it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracker};
use aqueduct::{ErrorKind, pipeline};
use aqueduct_tests::ends::{After, assert_failed, assert_panicked, recorded, within};
use aqueduct_tests::flow::{logged, settle};
use aqueduct_tests::pieces::{an_hour, links, never, stages};

#[tokio::test]
async fn f1_every_arm_gets_every_item() {
    let p = pipeline! {
        iter(0..10u32) -> broadcast {
            fold(0, |a, b| a + b),
            queue(3) -> map(|n| n * 2) -> collect::<Vec<_>>(),
            filter(|n| n % 2 == 0),
            map(|n| n + 100) -> take(2),
        } -> collect::<Vec<_>>()
    };
    let (sum, doubled, rest) = within(p.run()).await.unwrap();
    assert_eq!(sum, 45);
    assert_eq!(doubled, (0..10).map(|n| n * 2).collect::<Vec<_>>());
    assert_eq!(rest, [0, 100, 101, 2, 4, 6, 8]);
}

#[tokio::test(start_paused = true)]
async fn f1_the_slowest_arm_governs() {
    let (source, log) = logged(20);
    let gate = Gate::new();
    let inside = gate.clone();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let running = pipeline! {
        from(source) -> broadcast {
            for_each(move |n| noted.lock().unwrap().push(n)),
            queue(2) -> for_each_async(1, async move |_| inside.pass().await),
            filter(|n| n % 2 == 0),
        } -> count()
    }
    .spawn();
    within(async {
        an_hour().await;
        // One in flight, two in its link.
        assert_eq!((log.nexts(), &**seen.lock().unwrap()), (3, &[0, 1, 2][..]));
        gate.allow(2);
        an_hour().await;
        // Its link drains at 1.
        assert_eq!(log.nexts(), 5);
        gate.open();
        assert_eq!(running.await.unwrap(), ((), (), 10));
    })
    .await;
    assert_eq!(*seen.lock().unwrap(), (0..20).collect::<Vec<_>>());
    log.assert_not_asked_while_paused();
}

#[tokio::test(start_paused = true)]
async fn f1_the_open_output_governs_too() {
    let (source, log) = logged(20);
    let running = pipeline! {
        from(source) -> broadcast { count(), map(|n| n) } -> queue(2) -> for_each_async(1, never)
    }
    .spawn();
    within(an_hour()).await;
    // The last was taken when there was room for it, and waits for nothing but its turn.
    let (asked, counted) = (log.nexts(), running.control().snapshot().stage("count").unwrap().items_in);
    assert!((3..=4).contains(&asked), "{asked}");
    assert!((3..=4).contains(&counted), "{counted}");
    running.control().finish();
    within(an_hour()).await;
    assert_eq!(log.closes(), 1);
    drop(running);
}

#[tokio::test(start_paused = true)]
async fn f1_an_arm_that_finishes_early_drops_out() {
    let (ends, told) = tokio::sync::oneshot::channel::<()>();
    let stop = Arc::new(Mutex::new(Some(ends)));
    let (source, log) = logged(1_000);
    let p = pipeline! {
        from(source) -> broadcast {
            first(),
            take(3) -> collect::<Vec<_>>(),
            queue(2) -> take(5) -> map_async(1, async |n| n) -> collect::<Vec<_>>(),
            take_while(|n| *n < 4) -> count(),
            inspect(move |n| if *n == 700 { drop(stop.lock().unwrap().take()) }) -> count(),
            take_until(async move { drop(told.await) }) -> count(),
        }
    };
    let (first, three, five, four, all, until) = within(p.run()).await.unwrap();
    assert_eq!((first, three, five, four, all), (Some(0), vec![0, 1, 2], vec![0, 1, 2, 3, 4], 4, 1_000));
    assert!(until < 1_000);
    assert_eq!(log.nexts(), 1_001);
}

#[tokio::test(start_paused = true)]
async fn f1_when_all_arms_have_finished_the_source_is_closed() {
    let (source, record) = recorded(7, After::Wait);
    let p = pipeline! {
        from(source) -> broadcast {
            first(),
            take(3) -> collect::<Vec<_>>(),
            queue(2) -> take(4) -> count(),
        }
    };
    assert_eq!(within(p.run()).await.unwrap(), (Some(0), vec![0, 1, 2], 4));
    record.assert_closed_once();
    // With an open output that has had enough, inside or behind the block.
    for enough in [0, 1, 5] {
        let (source, record) = recorded(7, After::Wait);
        let p = pipeline! {
            from(source) -> broadcast { take(enough), first(), map(|n| n) } -> take(6) -> count()
        };
        assert_eq!(within(p.run()).await.unwrap(), (Some(0), 6));
        record.assert_closed_once();
        let (source, record) = recorded(7, After::Wait);
        let p = pipeline! {
            from(source) -> broadcast { take(enough), take(2) -> count() } -> queue(9) -> count()
        };
        assert_eq!(within(p.run()).await.unwrap(), (2, enough as u64));
        record.assert_closed_once();
    }
    // None wants anything: none is asked for.
    let (source, record) = recorded(7, After::Wait);
    let p = pipeline! { from(source) -> broadcast { take(0) -> count(), take(0) } -> count() };
    assert_eq!(within(p.run_local()).await.unwrap(), (0, 0));
    assert_eq!(record.nexts(), 0);
    record.assert_closed_once();
}

#[tokio::test]
async fn f1_one_clone_less_than_there_are_arms() {
    let tracker = Tracker::default();
    let p = pipeline! {
        iter(tracker.items(0..100)) -> broadcast { count(), map(|n| n), count(), queue(3) -> count() } -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), (100, 100, 100, 100));
    assert_eq!((tracker.clones(), tracker.live()), (300, 0));
    // Only links: copied in runs.
    let tracker = Tracker::default();
    let p = pipeline! {
        iter(tracker.items(0..1_000)) -> broadcast { queue(64) -> count(), queue(3) -> count(), filter(|_| true) -> queue(9) -> count() }
    };
    assert_eq!(within(p.run()).await.unwrap(), (1_000, 1_000, 1_000));
    assert_eq!(tracker.clones(), 2_000);
    // Two open arms.
    let tracker = Tracker::default();
    let p = pipeline! { iter(tracker.items(0..100)) -> broadcast { map(|n| n), map(|n| n) } -> queue(1) -> count() };
    assert_eq!(within(p.run()).await.unwrap(), 200);
    assert_eq!(tracker.clones(), 100);
    // With names.
    let tracker = Tracker::default();
    let p = pipeline! {
        let (a, b, c) = iter(tracker.items(0..100)) -> broadcast;
        c -> count();
        a -> discard();
        b -> queue(2) -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), (100, (), 100));
    assert_eq!(tracker.clones(), 200);
}

#[tokio::test]
async fn f1_who_has_left_gets_no_clone() {
    let tracker = Tracker::default();
    let p =
        pipeline! { iter(tracker.items(0..100)) -> broadcast { take(10) -> count(), count(), take(20) } -> count() };
    assert_eq!(within(p.run()).await.unwrap(), (10, 100, 20));
    assert_eq!(tracker.clones(), 30);
    // Nor an open arm when what is behind the block wants no more.
    for arms in [3, 4] {
        let tracker = Tracker::default();
        let all = if arms == 3 {
            within(
                pipeline! { iter(tracker.items(0..100)) -> broadcast { count(), map(|n| n) } -> take(5) -> count() }
                    .run(),
            )
            .await
        } else {
            within(
                pipeline! { iter(tracker.items(0..100)) -> broadcast { map(|n| n), count() } -> take(5) -> count() }
                    .run(),
            )
            .await
        };
        assert_eq!(all.unwrap(), (100, 5));
        assert_eq!(tracker.clones(), 5, "{arms}");
    }
}

#[tokio::test(start_paused = true)]
async fn f1_what_waits_in_the_block_reaches_closed_arms_when_nobody_else_wants_it() {
    let p = pipeline! { iter(0..10u32) -> take(1) -> broadcast { map(|n| n), collect::<Vec<_>>() } -> first() };
    assert_eq!(within(p.run()).await.unwrap(), (vec![0], Some(0)));
    // The rest of what is above the block, when that has had enough.
    let p =
        pipeline! { iter(0..10u32) -> take(1) -> flat_map(|_| 0..3_000) -> broadcast { queue(2) -> count(), count() } };
    assert_eq!(within(p.run()).await.unwrap(), (3_000, 3_000));
    let p = pipeline! {
        iter(0..10u32) -> broadcast {
            chunks(3) -> broadcast { map(|c| c.len()) -> collect::<Vec<_>>(), map(|v| v) },
            map(|n| vec![n]),
        } -> first()
    };
    assert_eq!(within(p.run()).await.unwrap(), (vec![3, 3, 3, 1], Some(vec![0])));
    // What waits for an open arm whose block nobody wants any more is in nobody's way.
    let p =
        pipeline! { iter(0..10u32) -> broadcast { broadcast { flat_map(|n| [n, n]), count() } -> first(), count() } };
    assert_eq!(within(p.run()).await.unwrap(), (10, Some(0), 10));
    let slowly = async |n| {
        tokio::time::sleep(Duration::from_millis(1)).await;
        n
    };
    let p = pipeline! {
        iter(0..10u32)
            -> broadcast { flat_map(|n| [n; 3]) -> broadcast { take(1), queue(1) -> then(slowly) -> count() }, map(|n| n) }
            -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), (30, 11));
}

#[tokio::test(start_paused = true)]
async fn l9_what_is_parked_above_an_arm_that_is_paused_does_not_spin() {
    let above = pipeline! {
        iter(0..9) -> flat_map(|_| 0..100) -> broadcast { queue(2) -> for_each_async(1, never), map(|n| n) } -> count()
    };
    let inside = pipeline! {
        iter(0..9) -> broadcast { count(), flat_map(|n| [n; 9]) -> broadcast { queue(2) -> for_each_async(1, never), map(|n| n) } } -> count()
    };
    let ended = pipeline! {
        iter(0..9) -> take(1) -> flat_map(|_| 0..100) -> broadcast { queue(2) -> for_each_async(1, never), map(|n| n) } -> count()
    };
    for running in [above.boxed().spawn(), ended.boxed().spawn()] {
        within(an_hour()).await;
        running.control().abort();
        within(running).await.unwrap_err();
    }
    let running = inside.spawn();
    within(an_hour()).await;
    running.control().finish_within(Duration::from_secs(1));
    within(running).await.unwrap_err();
}

#[tokio::test]
async fn f1_blocks_in_arms() {
    let p = pipeline! {
        iter(0..12u32) -> broadcast {
            broadcast { broadcast { count(), map(|n| n + 1_000) } -> filter(|n| n % 2 == 0), take(1) -> count() } -> collect::<Vec<_>>(),
            match { n if n % 3 == 0 => n -> broadcast { count(), count() }, n => n } -> map(|n| n * 10),
        } -> collect::<Vec<_>>()
    };
    let all = within(p.run()).await.unwrap();
    assert_eq!((all.0, all.1, all.3, all.4), (12, 1, 4, 4));
    assert_eq!(all.2, [1000, 1002, 1004, 1006, 1008, 1010]);
    assert_eq!(all.5, [10, 20, 40, 50, 70, 80, 100, 110]);
}

#[tokio::test]
async fn f1_copies_with_names() {
    let p = pipeline! {
        let (a, b) = iter(0..1000u32) -> broadcast;
        let c = a -> map(|n| n + 1);
        zip(c, b -> map(|n| n * 2)) -> fold(0u64, |sum, (x, y)| sum + u64::from(x) + u64::from(y))
    };
    assert_eq!(links(p.graph()), "map_1->zip:256 map_2->zip:256");
    assert_eq!(within(p.run()).await.unwrap(), 999 * 500 * 3 + 1000);
    // Copies of copies, used out of order; a copy that leaves; a copy that is read last.
    let p = pipeline! {
        let (a, b) = iter(0..100u32) -> broadcast as first;
        let (c, d, e) = b -> map(|n| n + 1) -> broadcast as second;
        e -> take(5) -> count();
        merge(c, a) -> filter(|n| n % 2 == 0) -> count();
        d -> last()
    };
    assert_eq!(within(p.run()).await.unwrap(), (5, 100, Some(100)));
}

#[tokio::test(start_paused = true)]
async fn l10_an_arm_that_drops_never_holds_the_others() {
    let running = pipeline! {
        iter(0..1_000u64) -> broadcast {
            queue(2, overflow = drop_oldest) as lossy -> for_each_async(1, never),
            latest() as newest -> for_each_async(1, never),
            fold(0, |a, b| a + b),
        }
    }
    .spawn();
    within(an_hour()).await;
    let snapshot = running.control().snapshot();
    assert_eq!(snapshot.stage("fold").unwrap().items_in, 1_000);
    assert_eq!(snapshot.link("lossy").map(|link| (link.len, link.pauses)), Some((1, 0)));
    let (lossy, newest) = (snapshot.link("lossy").unwrap().dropped, snapshot.link("newest").unwrap().dropped);
    assert_eq!((lossy, newest), (998, 999));
    running.control().abort();
    within(running).await.unwrap_err();
}

#[tokio::test]
async fn e1_a_failure_in_one_arm_is_the_pipelines() {
    let (source, record) = recorded(1_000, After::Wait);
    let p = pipeline! {
        from(source) -> broadcast {
            count(),
            map(|n| if n == 7 { Err("seven") } else { Ok(n) })? as check -> queue(2) -> for_each_async(1, never),
        }
    };
    // It stands in front of a full link: the arm takes it only when there is room, so it is not reached.
    let running = p.spawn();
    settle().await;
    running.control().abort();
    within(running).await.unwrap_err();
    record.assert_closed_once();

    let (source, record) = recorded(1_000, After::Wait);
    let p = pipeline! {
        from(source) -> broadcast {
            queue(500) -> for_each_async(1, never),
            map(|n| if n == 7 { Err("seven") } else { Ok(n) })? as check -> count(),
            for_each(|_| Ok::<_, String>(()))?,
            map(|n| n),
        } -> discard()
    };
    assert_failed(within(p.run()).await, "check", ErrorKind::Failed, "seven");
    record.assert_closed_once();
    let p = pipeline! { iter(0..) -> broadcast { for_each(|n| if n == 9 { Err("nine") } else { Ok(()) })? as sink, map(|n| n) } -> discard() };
    assert_failed(within(p.run()).await, "sink", ErrorKind::Failed, "nine");
    let p = pipeline! { iter(0..) -> broadcast { map(|n| if n == 9 { Err("nine") } else { Ok(n) })? as open, queue(1) -> discard() } -> discard() };
    assert_failed(within(p.run_local()).await, "open", ErrorKind::Failed, "nine");
}

struct Delicate(u32);

impl Clone for Delicate {
    fn clone(&self) -> Self {
        assert!(self.0 < 5, "too delicate");
        Self(self.0)
    }
}

#[tokio::test]
async fn e2_panics_are_blamed_on_the_stage_that_did_it() {
    let p = pipeline! { iter((0..9).map(Delicate)) -> broadcast { count(), map(|n| n.0) } as copies -> count() };
    assert_panicked(within(p.run()).await, "copies", "too delicate");
    let p = pipeline! { iter((0..900).map(Delicate)) -> broadcast { queue(100) -> count(), queue(100) -> count() } as copies };
    assert_panicked(within(p.run()).await, "copies", "too delicate");
    let p = pipeline! { iter(0..9) -> broadcast { count(), map(|n| { assert!(n < 5, "odd"); n }) as inner } as copies -> count() };
    assert_panicked(within(p.run()).await, "inner", "odd");
    let p = pipeline! { iter(0..9) -> broadcast { for_each(|n| assert!(n < 5, "odd")) as inner, count() } as copies };
    assert_panicked(within(p.run_local()).await, "inner", "odd");
    let p = pipeline! { iter(0..9) -> broadcast { map_async(2, async |n| assert!(n < 5, "odd")) as inner -> count(), count() } };
    assert_panicked(within(p.run()).await, "inner", "odd");
}

#[tokio::test]
async fn g2_arms_run_in_the_task_above() {
    let p = pipeline! {
        iter(0..9u32) -> broadcast { map(|n| n) -> count(), filter(|_| true) } -> map(|n| n) -> count()
    };
    assert_eq!(stages(p.graph()), "iter:0 broadcast:0 map_1:0 count_1:0 filter:0 map_2:0 count_2:0");
    assert_eq!((links(p.graph()), p.bound()), (String::new(), Some(1)));
    // A closed arm's first asynchronous step has the arm's link; a `queue` at its head sets that up.
    let p = pipeline! {
        iter(0..9u32) -> broadcast { map_async(3, async |n| n) -> count(), queue(7) -> map_async(2, async |n| n) -> discard() }
    };
    assert_eq!(stages(p.graph()), "iter:0 broadcast:0 map_async_1:1 count:1 map_async_2:2 discard:2");
    assert_eq!(
        (links(p.graph()).as_str(), p.bound()),
        ("broadcast->map_async_1:256 queue:7", Some(3 + 256 + 7 + 3 + 2))
    );
    // An open arm with a task: the block ends in a fan-in.
    let p = pipeline! {
        iter(0..9u32) -> broadcast { queue(3), map(|n| n), count() } as copies -> count()
    };
    assert_eq!(stages(p.graph()), "iter:0 copies:0 map:0 count_1:0 copies/merge:1 count_2:1");
    assert_eq!((links(p.graph()).as_str(), p.bound()), ("queue:3 map->copies/merge:256", Some(2 + 3 + 256)));
    assert_eq!(within(p.run()).await.unwrap(), (9, 18));
}

#[tokio::test(start_paused = true)]
async fn g4_the_bound_holds() {
    // Arms that are stalled: one item in hand, what is in the links, and what the sinks work on.
    let tracker = Tracker::default();
    let p = pipeline! {
        iter(tracker.items(0..100)) -> broadcast { queue(3) -> for_each_async(2, never), queue(1) -> for_each_async(1, never), map(|n| n) }
            -> queue(2) -> for_each_async(1, never)
    };
    let bound = p.bound().unwrap();
    assert_eq!(bound, 4 + 3 + 1 + 2 + 2 + 1 + 1);
    let running = p.spawn();
    within(an_hour()).await;
    assert!(tracker.peak() <= bound, "{} of {bound}", tracker.peak());
    drop(running);
    // Blocks in blocks, each of which keeps something.
    let tracker = Tracker::default();
    let (tx, _rx) = tokio::sync::mpsc::channel(1);
    let [a, b, c] = [tx.clone(), tx.clone(), tx];
    let p = pipeline! {
        iter(tracker.items(0..100)) -> broadcast {
            match { n if n.number() > 1_000 => n -> discard(), n => n -> queue(1) -> send(a) },
            match { n if n.number() > 1_000 => n -> discard(), n => n -> queue(1) -> send(b) },
            broadcast { map(|n| n), map(|n| n) } -> broadcast { map(|n| n), map(|n| n) },
        } -> queue(1) -> send(c)
    };
    let bound = p.bound().unwrap();
    let running = p.spawn();
    within(an_hour()).await;
    assert!(tracker.peak() - 1 <= bound, "{} of {bound}", tracker.peak());
    drop(running);
}

#[tokio::test(start_paused = true)]
async fn e5_finish_lets_all_out_of_all_arms() {
    let (source, record) = recorded(10, After::Wait);
    let running = pipeline! {
        from(source) -> broadcast {
            batch(100, 1h) -> map(|all| all.len()) -> collect::<Vec<_>>(),
            chunks(4) -> map(|all| all.len()),
            queue(3) -> then(async |n| { tokio::time::sleep(Duration::from_secs(1)).await; n as usize }) -> count(),
        } -> collect::<Vec<_>>()
    }
    .spawn();
    within(async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        running.control().pause();
        running.control().finish();
        let (batches, slow, chunks) = running.await.unwrap();
        assert_eq!(batches.iter().sum::<usize>() as u64, slow);
        assert_eq!(chunks.iter().sum::<usize>() as u64, slow);
        assert!((3..=10).contains(&slow), "{slow}");
    })
    .await;
    record.assert_closed_once();
}

#[tokio::test(start_paused = true)]
async fn e7_pause_holds_the_source_and_what_is_inside_flows_on() {
    let (source, log) = logged(u64::MAX);
    let running = pipeline! {
        from(source) -> broadcast { queue(4) -> then(async |n| { tokio::time::sleep(Duration::from_secs(1)).await; n }) -> count(), count() }
    }
    .spawn();
    let control = running.control();
    within(async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        control.pause();
        let asked = log.nexts();
        an_hour().await;
        assert_eq!(log.nexts(), asked);
        assert_eq!(
            control.snapshot().stage("count_1").unwrap().items_in,
            control.snapshot().stage("count_2").unwrap().items_in
        );
        control.resume();
        an_hour().await;
        assert!(log.nexts() > 3_000);
        control.abort();
        assert_eq!(running.await.unwrap_err().kind(), ErrorKind::Aborted);
    })
    .await;
    assert_eq!(log.closes(), 1);
}

#[tokio::test]
async fn run_local_takes_arms_that_borrow_and_share() {
    let words = ["a".to_owned(), "bc".to_owned(), "def".to_owned()];
    let longest = RefCell::new(0);
    let lens = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&lens);
    let p = pipeline! {
        iter(&words) -> broadcast {
            for_each(|word| { longest.replace_with(|most| word.len().max(*most)); }) as longest,
            queue(1) -> for_each_async(1, async |word| { tokio::task::yield_now().await; noted.borrow_mut().push(word.len()) }),
            map(|word| &**word),
        } -> collect::<Vec<&str>>()
    };
    let all = within(p.run_local()).await.unwrap();
    assert_eq!(all.2, ["a", "bc", "def"]);
    assert_eq!((*longest.borrow(), &**lens.borrow()), (3, &[1, 2, 3][..]));
}
