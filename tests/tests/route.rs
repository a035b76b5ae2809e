//! `match`, the typed router (F2), and what the other rules say of it.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::{Gate, Tracker};
use aqueduct::{ErrorKind, Signal, pipeline};
use aqueduct_tests::ends::{After, assert_failed, assert_panicked, recorded, within};
use aqueduct_tests::flow::logged;
use aqueduct_tests::pieces::{an_hour, links, never, stages};

#[tokio::test]
async fn f2_the_first_arm_that_fits_gets_the_item() {
    let p = pipeline! {
        iter(0..10u32) -> match {
            n if n % 3 == 0 => n -> map(|n| n * 100) -> collect::<Vec<_>>(),
            n if n % 2 == 0 => n,
            n => n + 1000,
        } -> collect::<Vec<_>>()
    };
    assert_eq!(p.bound(), Some(1));
    let (threes, rest) = within(p.run()).await.unwrap();
    assert_eq!(threes, [0, 300, 600, 900]);
    // All open arms are synchronous: the input's order.
    assert_eq!(rest, [1001, 2, 4, 1005, 1007, 8]);
    let p = pipeline! {
        iter(0..10u32) -> match {
            n if n % 3 == 0 => n -> queue(2) -> collect::<Vec<_>>(),
            n => n -> map_async(2, |n| async move { n * 2 }) -> filter(|n| n % 4 == 0) -> count(),
        }
    };
    assert_eq!(within(p.run()).await.unwrap(), (vec![0, 3, 6, 9], 3));
}

#[derive(Debug, Clone)]
enum Event {
    Text(String),
    Number { value: i64, sign: bool },
    Pair(u8, Option<u8>),
    End,
}

fn events() -> Vec<Event> {
    vec![
        Event::Text("a".into()),
        Event::Number { value: 4, sign: true },
        Event::Pair(1, None),
        Event::Pair(2, Some(3)),
        Event::Text("later".into()),
        Event::Number { value: 5, sign: false },
        Event::End,
    ]
}

#[tokio::test]
async fn f2_patterns_guards_and_heads_are_rusts() {
    let limit = 3;
    let p = pipeline! {
        iter(events()) -> match {
            // Bound by value, looked at by the guard, which captures.
            Event::Text(text) if text.len() > limit => text.len() -> collect::<Vec<_>>(),
            Event::Text(ref text) => format!("<{text}>"),
            Event::Number { value: n @ 0..=4, .. } => n.to_string(),
            Event::Number { value, sign } => {
                let value = if sign { value } else { -value };
                value as f64 / 2.0
            } -> collect::<Vec<f64>>(),
            Event::Pair(a, Some(_)) | Event::Pair(a, None) if a == 2 => (a, a as usize + limit) -> last(),
            Event::Pair(..) => String::from("pair"),
            Event::End => match limit { 3 => "end", _ => "?" }.to_owned() -> map(|end| end + "!"),
        } -> collect::<Vec<_>>()
    };
    let (long, numbers, pair, rest) = within(p.run_local()).await.unwrap();
    assert_eq!((long, numbers, pair), (vec![5], vec![-2.5], Some((2, 5))));
    assert_eq!(rest, ["<a>", "4", "pair", "end!"]);
}

#[tokio::test]
async fn f2_a_pattern_may_borrow() {
    let words = [Some("one".to_owned()), None, Some("three".to_owned())];
    let longest = Cell::new(0);
    let p = pipeline! {
        iter(&words) -> match {
            Some(word) if word.len() > 3 => &**word -> inspect(|word| longest.set(word.len())) -> collect::<Vec<&str>>(),
            Some(word) => word.as_str(),
            None => "nothing",
        } -> collect::<Vec<_>>()
    };
    assert_eq!(within(p.run_local()).await.unwrap(), (vec!["three"], vec!["one", "nothing"]));
    assert_eq!(longest.get(), 5);
}

#[tokio::test]
async fn f2_match_move_takes_what_it_captures() {
    fn split(limit: u32, name: String) -> impl Future<Output = (Vec<String>, u64)> {
        let p = pipeline! {
            iter(0..6u32) -> match move {
                n if n < limit && !name.is_empty() => format!("{name}{n}") -> collect::<Vec<_>>(),
                n => n,
            } -> count()
        };
        async { p.run().await.unwrap() }
    }
    let low = within(tokio::spawn(split(2, "n".into()))).await.unwrap();
    assert_eq!(low, (vec!["n0".to_owned(), "n1".to_owned()], 4));
    // Without, under `run_local`, it borrows, also mutably.
    let (mut seen, shared) = (0, Rc::new(7));
    let p = pipeline! {
        iter(0..6u32) -> match { n if { seen += 1; n % 2 == 0 } => n + *shared -> count(), n => n } -> discard()
    };
    assert_eq!(within(p.run_local()).await.unwrap(), (3, ()));
    assert_eq!(seen, 6);
}

#[tokio::test(start_paused = true)]
async fn f2_an_item_for_an_arm_that_is_paused_waits_and_what_is_behind_it() {
    let (source, log) = logged(100);
    let gate = Gate::new();
    let inside = gate.clone();
    let others = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&others);
    let running = pipeline! {
        from(source) -> match {
            n if n % 5 == 4 => n -> queue(2) -> for_each_async(1, async move |_| inside.pass().await),
            n => n -> for_each(move |n| noted.lock().unwrap().push(n)),
        }
    }
    .spawn();
    within(async {
        an_hour().await;
        // 4 in flight, 9 and 14 in the link, 19 waits; all before it has gone on.
        assert_eq!(log.nexts(), 20);
        assert_eq!(*others.lock().unwrap(), (0..19).filter(|n| n % 5 != 4).collect::<Vec<_>>());
        gate.allow(1);
        an_hour().await;
        // The link has come down to 1: 19 goes in, and 24 waits.
        assert_eq!(log.nexts(), 25);
        gate.open();
        running.await.unwrap();
    })
    .await;
    assert_eq!(others.lock().unwrap().len(), 80);
    log.assert_not_asked_while_paused();
}

#[tokio::test(start_paused = true)]
async fn f2_closed_arms_flow_while_the_open_output_is_paused() {
    let (source, log) = logged(100);
    let running = pipeline! {
        from(source) -> match {
            n if n % 10 != 9 => n -> count(),
            n => n -> map(|n| n),
        } -> queue(2) -> for_each_async(1, async |_| tokio::time::sleep(Duration::from_secs(7200)).await)
    }
    .spawn();
    within(async {
        an_hour().await;
        // 9 in flight, 19 and 29 in the link, 39 waits.
        assert_eq!(log.nexts(), 40);
        assert_eq!(
            log.signals(),
            [Signal::Pause, Signal::Drain, Signal::Pause],
            "at 29 and at 39: what is before them is taken"
        );
        assert_eq!(running.control().snapshot().stage("count").unwrap().items_in, 36);
        assert_eq!(running.await.unwrap(), (90, ()));
    })
    .await;
    // L6: it is not told to pause before it is no longer asked.
    log.assert_not_asked_while_paused();
    // A block in an open arm waits with it.
    let (source, log) = logged(60);
    let running = pipeline! {
        from(source) -> match {
            n if n % 2 == 0 => n -> match { n if n % 10 == 0 => n, n => n -> count() } -> map(|n| n),
            n if n == 41 => n,
            n => n -> count(),
        } -> queue(1) -> for_each_async(1, never)
    }
    .spawn();
    within(an_hour()).await;
    // 0 in flight, 10 in the link: whatever the first arm does with it, 12 is for an open arm, and waits.
    assert_eq!(log.nexts(), 13);
    log.assert_not_asked_while_paused();
    drop(running);
}

#[tokio::test(start_paused = true)]
async fn f2_items_for_an_arm_that_has_finished_are_dropped_and_counted() {
    let p = pipeline! {
        iter(0..100u32) -> match {
            n if n % 10 == 0 => n -> take(3) -> collect::<Vec<_>>(),
            n if n % 10 == 1 => n -> first(),
            n if n % 10 == 2 => n -> take(4),
            n => n,
        } as router -> count()
    };
    let control = p.control();
    assert_eq!(within(p.run()).await.unwrap(), (vec![0, 10, 20], Some(1), 74));
    let stage = control.snapshot().stage("router").cloned().unwrap();
    assert_eq!((stage.items_in, stage.items_out, stage.dropped), (100, 78, 7 + 9 + 6));
    // An open arm, of which what is behind the block wants no more.
    let p = pipeline! { iter(0..100u32) -> match { n if n % 2 == 0 => n -> count(), n => n } as router -> take(5) -> count() };
    let control = p.control();
    assert_eq!(within(p.run()).await.unwrap(), (50, 5));
    assert_eq!(control.snapshot().stage("router").unwrap().dropped, 45);
}

#[tokio::test(start_paused = true)]
async fn f2_when_all_arms_have_finished_the_source_is_closed() {
    let (source, record) = recorded(20, After::Wait);
    let p = pipeline! {
        from(source) -> match {
            n if n % 4 == 0 => n -> first(),
            n if n % 4 == 1 => n -> queue(2) -> take(2) -> count(),
            n if n % 4 == 2 => n -> take(1),
            n => n,
        } -> take(4) -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), (Some(0), 2, 4));
    record.assert_closed_once();
    let (source, record) = recorded(2, After::Wait);
    let p = pipeline! { from(source) -> match { 0 => () -> first(), _ => () -> first() } };
    assert_eq!(within(p.run_local()).await.unwrap(), (Some(()), Some(())));
    record.assert_closed_once();
    let (source, record) = recorded(2, After::Wait);
    let p = pipeline! { from(source) -> match { 0 => 0 -> take(0) -> count(), n => n -> take(0) } -> count() };
    assert_eq!(within(p.run()).await.unwrap(), (0, 0));
    assert_eq!(record.nexts(), 0);
    record.assert_closed_once();
}

#[tokio::test]
async fn f2_arms_with_tasks_keep_their_own_order() {
    let p = pipeline! {
        iter(0..500u32) -> match {
            n if n % 3 == 0 => n -> map_async(4, async |n| n),
            n if n % 3 == 1 => n -> queue(2) -> flat_map(|n| [n, n]),
            n => n,
        } as router -> collect::<Vec<_>>()
    };
    assert_eq!(stages(p.graph()), "iter:0 router:0 map_async:1 flat_map:2 router/merge:3 collect:3");
    let all = within(p.run()).await.unwrap();
    let of = |rest| all.iter().copied().filter(|n| n % 3 == rest).collect::<Vec<_>>();
    assert_eq!(of(0), (0..500).step_by(3).collect::<Vec<_>>());
    assert_eq!(of(1), (1..500).step_by(3).flat_map(|n| [n, n]).collect::<Vec<_>>());
    assert_eq!(of(2), (2..500).step_by(3).collect::<Vec<_>>());
}

#[tokio::test]
async fn f2_three_deep() {
    let p = pipeline! {
        iter(0..64u32) -> match {
            n if n & 1 == 0 => n -> match {
                n if n & 2 == 0 => n -> match {
                    n if n & 4 == 0 => n -> collect::<Vec<_>>(),
                    n => n -> queue(1) -> map(|n| n),
                },
                n => n -> chunks(3) -> flatten(),
            } -> map(|n| n + 1_000),
            n => n -> count(),
        } -> collect::<Vec<_>>()
    };
    let (eights, odd, mut rest) = within(p.run()).await.unwrap();
    assert_eq!((eights, odd), ((0..64).step_by(8).collect(), 32));
    rest.sort_unstable();
    assert_eq!(rest, (0..64).filter(|n| n % 2 == 0 && n % 8 != 0).map(|n| n + 1_000).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn l9_what_waits_for_a_nested_arm_does_not_spin() {
    let held = pipeline! {
        iter(0..99u32) -> match {
            n if n < 1_000 => n -> match { n if n % 2 == 0 => n -> queue(2) -> for_each_async(1, never), n => n },
            n => n,
        } -> count()
    };
    let copied = pipeline! {
        iter(0..99u32) -> match {
            n if n < 1_000 => n -> broadcast { queue(2) -> for_each_async(1, never), map(|n| n) },
            n => n,
        } -> count()
    };
    let above = pipeline! {
        iter(0..9u32) -> flat_map(|_| 0..100) -> match { n if n % 2 == 0 => n -> queue(2) -> for_each_async(1, never), n => n } -> count()
    };
    let over = pipeline! {
        iter(0..99u32) -> match {
            n if n < 1_000 => n -> match { n if n % 2 == 0 => n -> queue(2) -> for_each_async(1, never), n => n },
            n => n,
        } -> take(1) -> count()
    };
    let closed = pipeline! {
        let (a, b) = iter(0..99u32) -> broadcast;
        a -> match { n if n % 2 == 0 => n -> discard(), n => n } -> queue(3) -> for_each_async(1, never);
        b -> count()
    };
    for running in [held.boxed().spawn(), copied.boxed().spawn(), above.boxed().spawn(), over.boxed().spawn()] {
        within(an_hour()).await;
        running.control().finish();
        within(an_hour()).await;
        running.control().abort();
        assert_eq!(within(running).await.unwrap_err().kind(), ErrorKind::Aborted);
    }
    // F2: the closed arm, and the other copy, take what does not meet the open one.
    let running = closed.spawn();
    within(an_hour()).await;
    // 1 is worked on, 3 and 5 are in the link, which drains at 1; 7 waits.
    assert_eq!(running.control().snapshot().stage("count").unwrap().items_in, 8);
    running.control().abort();
    within(running).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn f2_what_is_parked_for_an_inner_arm_reaches_it() {
    let slowly = async |n| {
        tokio::time::sleep(Duration::from_millis(1)).await;
        n
    };
    let p = pipeline! {
        iter(0..10u32) -> match {
            n if n < 20 => n -> flat_map(|n| [n; 3]) -> broadcast { take(1), queue(1) -> then(slowly) -> count() },
            n => n,
        } -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), (30, 1));
    let p = pipeline! {
        iter(0..10u32) -> match {
            n if n < 20 => n -> match { n if n % 2 == 0 => n -> flat_map(|n| [n, n]), n => n -> count() } -> first(),
            n => n -> count(),
        }
    };
    assert_eq!(within(p.run()).await.unwrap(), (5, Some(0), 0));
    let p = pipeline! {
        iter(0..10u32) -> take(1) -> flat_map(|_| 0..3_000)
            -> match { n if n % 2 == 0 => n -> queue(2) -> then(slowly) -> count(), n => n -> count() }
    };
    assert_eq!(within(p.run()).await.unwrap(), (1_500, 1_500));
}

#[tokio::test]
async fn e1_a_question_mark_in_an_arm() {
    let p = pipeline! {
        iter(["1", "x", "2"]) -> map(|word| word.parse::<u32>().map_err(|_| "no number")) -> match {
            Ok(n) => Ok::<_, &str>(n) -> filter(|_| true)? -> count(),
            Err(bad) => Err::<u32, _>(bad) -> map(|bad| bad)? as reject -> count(),
        }
    };
    assert_failed(within(p.run()).await, "reject", ErrorKind::Failed, "no number");
    let p = pipeline! { iter(0..9u32) -> match { n if n < 5 => n -> count(), n => n -> map(|n| if n == 7 { Err("seven") } else { Ok(n) })? as open } -> count() };
    assert_failed(within(p.run()).await, "open", ErrorKind::Failed, "seven");
    let p = pipeline! { iter(0..9u32) -> match { n if n < 5 => n -> queue(1) -> for_each_async(1, async |n| if n == 3 { Err("three") } else { Ok(()) })? as sink, n => n } -> count() };
    assert_failed(within(p.run()).await, "sink", ErrorKind::Failed, "three");
    // E3: the others are full.
    let p = pipeline! { iter(0..99u32) -> match { n if n % 2 == 0 => n -> queue(20) -> for_each_async(1, never), n => n -> for_each(|n| if n == 9 { Err("nine") } else { Ok(()) })? } };
    assert_failed(within(p.run_local()).await, "for_each", ErrorKind::Failed, "nine");
}

#[tokio::test]
async fn e2_panics_in_patterns_guards_and_heads_are_the_blocks() {
    let p = pipeline! { iter(0..9u32) -> match { n if { assert!(n < 5, "guard"); n > 9 } => n -> count(), n => n } as router -> count() };
    assert_panicked(within(p.run()).await, "router", "guard");
    let p = pipeline! { iter(0..9u32) -> match { n if n > 9 => n -> count(), n => { assert!(n < 5, "head"); n } } as router -> count() };
    assert_panicked(within(p.run()).await, "router", "head");
    let p = pipeline! { iter(0..9u32) -> match { n if n > 9 => n, n => n -> match { n if { assert!(n != 5, "inner"); n > 9 } => n -> discard(), n => n } as inner } as outer -> count() };
    assert_panicked(within(p.run_local()).await, "inner", "inner");
    let p = pipeline! { iter(0..9u32) -> match { n if n > 9 => n, n => n -> map(|n| { assert!(n < 5, "map"); n }) } -> count() };
    assert_panicked(within(p.run()).await, "map", "map");
}

#[tokio::test(start_paused = true)]
async fn g4_the_bound_holds_with_arms_that_are_stalled() {
    let (tx, _rx) = tokio::sync::mpsc::channel(1);
    let tracker = Tracker::default();
    let p = pipeline! {
        iter(tracker.items(0..100)) -> match { n if n.number() % 2 == 0 => n -> queue(3) -> send(tx), n => n -> queue(2) -> for_each_async(2, never) }
    };
    assert_eq!(p.bound(), Some(3 + 3 + 2 + 2));
    let running = p.spawn();
    within(an_hour()).await;
    // All but what the channel holds, and of the second sink's hand, which works on all it takes.
    assert_eq!(tracker.peak() - 1, 3 + 1 + 1 + 4);
    drop(running);
    // Each nested block that keeps an item is one more.
    let (tx, _rx) = tokio::sync::mpsc::channel(1);
    let tracker = Tracker::default();
    let p = pipeline! {
        iter(tracker.items(0..100)) -> match {
            n if n.number() < 1_000 => n -> match { n if n.number() < 1_000 => n -> match { n => n -> queue(1) -> send(tx) }, n => n -> discard() },
            n => n -> discard(),
        }
    };
    assert_eq!(p.bound(), Some(1 + 2 + 2));
    let running = p.spawn();
    within(an_hour()).await;
    assert!(tracker.peak() - 1 <= 5, "{}", tracker.peak());
    drop(running);
}

#[tokio::test]
async fn g2_an_error_route_costs_a_branch() {
    let p = pipeline! {
        iter(["1", "x"]) -> map(|word| word.parse::<u32>()) -> match { Ok(n) => n, Err(bad) => bad.to_string() -> collect::<Vec<_>>() } -> map(|n| n) -> fold(0, |a, b| a + b)
    };
    assert_eq!(stages(p.graph()), "iter:0 map_1:0 match:0 collect:0 map_2:0 fold:0");
    assert_eq!((links(p.graph()), p.bound()), (String::new(), Some(1)));
    let (bad, sum) = within(p.run()).await.unwrap();
    assert_eq!((bad.len(), sum), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn e5_finish_lets_out_what_waits_for_an_arm() {
    let (source, record) = recorded(100, After::Wait);
    let running = pipeline! {
        from(source) -> match {
            n if n % 2 == 0 => n -> queue(2) -> for_each_async(1, async |_| tokio::time::sleep(Duration::from_secs(1)).await) as slow,
            n => n -> chunks(1_000),
        } -> map(|all| all.len()) -> collect::<Vec<_>>()
    }
    .spawn();
    let control = running.control();
    within(async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        control.pause();
        control.finish();
        let ((), odd) = running.await.unwrap();
        // 0 in flight, 2 and 4 in the link, 6 held: 1, 3 and 5 before it.
        assert_eq!(odd, [3]);
        assert_eq!(control.snapshot().stage("slow").unwrap().items_in, 4);
    })
    .await;
    record.assert_closed_once();
}
