//! Arms that run inside the task above them: what is parked in one leaves in its turn, what one fails with ends all, and what comes out of them is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use aqueduct::testkit::SourceWatch;
use aqueduct::{ErrorKind, PipelineError, Running, Source, pipeline};
use aqueduct_tests::ends::within;
use aqueduct_tests::flow::{logged, turns};
use aqueduct_tests::pieces::{an_hour, never};

#[tokio::test(start_paused = true)]
async fn f1_what_an_open_arm_makes_of_one_item_leaves_in_many_runs() {
    let p = pipeline! { iter(0..2u32) -> broadcast { count(), flat_map(|_| 0..5_000u32) } -> count() };
    assert_eq!(within(p.run()).await.unwrap(), (2, 10_000));
    let p = pipeline! {
        iter(0..4u32) -> match {
            n if n % 2 == 0 => n -> count(),
            n => n -> flat_map(|_| 0..5_000u32),
        } -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), (2, 10_000));
}

#[tokio::test(start_paused = true)]
async fn f1_arms_that_are_links_lose_nothing_of_an_item_that_becomes_many() {
    let p = pipeline! {
        iter(0..20u32) -> flat_map(|n| (0..50).map(move |m| n * 50 + m)) -> broadcast {
            queue(4) -> map_async(1, async |n| n) -> collect::<Vec<_>>(),
            queue(7) -> map_async(1, async |n| n) -> collect::<Vec<_>>(),
        }
    };
    let all: Vec<u32> = (0..1_000).collect();
    assert_eq!(within(p.run()).await.unwrap(), (all.clone(), all));
}

/// Nor of one that becomes many in the arm, or finds no room in a block there.
#[tokio::test(start_paused = true)]
async fn f1_arms_that_end_in_links_are_given_no_more_than_fits() {
    let slowly = async |n| {
        tokio::time::sleep(Duration::from_millis(1)).await;
        n
    };
    let p = pipeline! {
        iter(0..100u32) -> broadcast {
            flat_map(|n| [n; 3]) -> queue(4) -> then(slowly) -> count(),
            flat_map(|n| [n; 3]) -> queue(7) -> then(slowly) -> count(),
        }
    };
    assert_eq!(within(p.run()).await.unwrap(), (300, 300));
    let p = pipeline! {
        iter(0..100u32) -> broadcast {
            match { n if n % 2 == 0 => n -> queue(1) -> then(slowly) -> count(), n => n } -> queue(8) -> count(),
            match { n if n % 2 == 0 => n -> queue(1) -> then(slowly) -> count(), n => n } -> queue(8) -> count(),
        }
    };
    assert_eq!(within(p.run()).await.unwrap(), (50, 50, 50, 50));
    let p = pipeline! {
        iter(0..100u32) -> match { n if n % 2 == 0 => n -> flat_map(|n| [n; 3]), n => n } -> queue(4) -> then(slowly) -> count()
    };
    assert_eq!(within(p.run()).await.unwrap(), 50 * 3 + 50);
}

#[tokio::test(start_paused = true)]
async fn g5_one_item_that_becomes_many_in_an_arm_does_not_keep_the_task() {
    let seen = Arc::new(AtomicUsize::new(0));
    let noted = Arc::clone(&seen);
    let running = pipeline! {
        once(()) -> broadcast {
            flat_map(|()| 0..50_000) -> for_each(move |_| _ = noted.fetch_add(1, Ordering::Relaxed)),
            discard(),
        }
    }
    .spawn();
    // A task beside it gets a turn as often as it does.
    let watcher = tokio::spawn(async move {
        let mut before = 0;
        while before < 50_000 {
            turns(1).await;
            let now = seen.load(Ordering::Relaxed);
            assert!(now - before <= 4 * 1024, "{} items between two turns of the scheduler", now - before);
            before = now;
        }
    });
    within(watcher).await.unwrap();
    within(running).await.unwrap();
}

/// Checks that a run which fails has ended with the item that fails: `last` is the last that another arm has got.
#[track_caller]
fn assert_ended<O>(outcome: Result<O, PipelineError>, last: &AtomicU32, item: u32) {
    assert!(outcome.is_err());
    let last = last.load(Ordering::Relaxed);
    assert!(last <= item, "after item {item} of one arm had failed, another got item {last}");
}

#[tokio::test(start_paused = true)]
async fn e1_when_an_arm_has_failed_no_other_gets_a_further_item() {
    let last = Arc::new(AtomicU32::new(0));
    let note = || {
        let noted = Arc::clone(&last);
        move |n| noted.store(n, Ordering::Relaxed)
    };
    let check = |n| if n == 8 { Err("eight") } else { Ok(n) };
    let p = pipeline! { iter(0..1_000u32) -> broadcast { map(check)? -> discard(), for_each(note()) } };
    assert_ended(within(p.run()).await, &last, 8);
    let p = pipeline! { iter(0..1_000u32) -> broadcast { map(check)?, for_each(note()) } -> discard() };
    assert_ended(within(p.run()).await, &last, 8);
    let p = pipeline! {
        iter(0..1_000u32) -> match { n if n % 2 == 0 => n -> map(check)? -> discard(), n => n -> for_each(note()) }
    };
    assert_ended(within(p.run()).await, &last, 8);
    // A link that is full: its fifth item fails.
    let p = pipeline! {
        iter(0..1_000u32) -> broadcast { queue(4, overflow = fail) -> for_each_async(1, never), for_each(note()) }
    };
    assert_ended(within(p.run()).await, &last, 4);
}

#[tokio::test(start_paused = true)]
async fn e1_an_err_in_one_arm_is_told_although_the_next_arm_would_panic_at_that_item() {
    let check = |n| if n == 8 { Err("eight") } else { Ok(n) };
    let strict = |n| assert_ne!(n, 8);
    #[track_caller]
    fn assert_told(outcome: Result<(), PipelineError>) {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.stage()), (ErrorKind::Failed, "checked"), "{error}");
    }
    let p = pipeline! { iter(0..100u32) -> broadcast { map(check)? as checked -> discard(), for_each(strict) } };
    assert_told(within(p.run()).await.map(|_| ()));
    let p = pipeline! { iter(0..100u32) -> broadcast { map(check)? as checked, for_each(strict) } -> discard() };
    assert_told(within(p.run()).await.map(|_| ()));
    // Links take whole runs.
    let p = pipeline! {
        iter(0..100u32) -> broadcast { map(check)? as checked -> queue(32) -> discard(), map(strict) -> queue(32) -> discard() }
    };
    assert_told(within(p.run()).await.map(|_| ()));
}

/// Its drop panics, at 9; its copies' does not.
struct Heavy(u32);

impl Clone for Heavy {
    fn clone(&self) -> Self {
        Self(self.0 + 1_000)
    }
}

impl Drop for Heavy {
    fn drop(&mut self) {
        assert!(self.0 != 9 || std::thread::panicking(), "nine");
    }
}

#[tokio::test(start_paused = true)]
async fn e1_an_err_in_one_arm_is_told_although_the_drop_of_a_further_item_panics() {
    let check = |item: Heavy| if item.0 == 8 { Err("eight") } else { Ok(item.0) };
    let p = pipeline! {
        iter((0..100).map(Heavy)) -> broadcast { queue(32) -> discard(), map(check)? as checked -> queue(32) -> discard() }
    };
    let error = within(p.run()).await.unwrap_err();
    assert_eq!((error.kind(), error.stage()), (ErrorKind::Failed, "checked"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn g6_what_comes_out_of_arms_is_counted_once() {
    let running = pipeline! {
        iter(0..10u32)
            -> broadcast { discard(), map(|n| n), map(|n| n) }
            -> map(Ok::<_, String>)?
            -> map(|n| n) as copied
            -> match { n if n % 2 == 0 => n, n => n -> map(|n| n) }
            -> map(|n| n) as sorted
            -> discard()
    }
    .spawn();
    let control = running.control();
    within(running).await.unwrap();
    let snapshot = control.snapshot();
    for name in ["copied", "sorted"] {
        let stage = snapshot.stage(name).unwrap();
        assert_eq!((stage.items_in, stage.items_out), (20, 20), "{name}");
    }
}

/// Two arms that have enough after one item. What the first has made of it finds no room, so the task does not end.
macro_rules! stuck_after_one {
    ($($head:tt)*) => {
        pipeline! {
            $($head)* -> broadcast { take(1) -> flat_map(|_| 0..10) -> queue(1) -> for_each_async(1, never), first() }
        }
        .spawn()
    };
}

#[tokio::test(start_paused = true)]
async fn s3_when_all_arms_have_enough_the_sources_are_closed_although_one_is_stuck() {
    fn segment(source: impl Source<Item = u64> + Send + 'static) -> impl Source<Item = u64> {
        pipeline! { from(source) -> queue(4) -> map(|n| n + 1) -> _ }
    }
    async fn assert_closed(running: Running<((), Option<impl Send>)>, logs: &[&SourceWatch]) {
        within(an_hour()).await;
        logs.iter().for_each(|log| log.assert_closed_once());
        drop(running);
    }
    let ((a, a_log), (b, b_log)) = (logged(1_000), logged(1_000));
    assert_closed(stuck_after_one!(from(a) -> batch(1, 1s)), &[&a_log]).await;
    assert_closed(stuck_after_one!(from(b) -> then(async |n| n)), &[&b_log]).await;
    let ((a, a_log), (b, b_log)) = (logged(1_000), logged(1_000));
    assert_closed(stuck_after_one!(merge(from(a), from(b))), &[&a_log, &b_log]).await;
    let ((a, a_log), (b, b_log)) = (logged(1_000), logged(1_000));
    assert_closed(stuck_after_one!(zip(from(a), from(b))), &[&a_log, &b_log]).await;
    let (a, a_log) = logged(1_000);
    assert_closed(stuck_after_one!(from(segment(a))), &[&a_log]).await;
}

#[test]
fn g4_a_broadcast_may_keep_an_item_only_if_it_has_an_open_arm() {
    let open = pipeline! {
        iter(0..9u32) -> broadcast { discard(), map(|n| n) } -> broadcast { discard(), map(|n| n) } -> discard()
    };
    assert_eq!(open.bound(), Some(2), "the one in hand, and one that the first keeps while the second keeps that");
    let closed = pipeline! {
        iter(0..9u32) -> broadcast { discard(), map(|n| n) } -> broadcast { discard(), discard() }
    };
    assert_eq!(closed.bound(), Some(1));
}
