//! Whose turn it is under `run_local` (G5).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aqueduct::testkit::Gate;
use aqueduct::{ErrorKind, Sink, pipeline};
use aqueduct_tests::flow::{turns, within};
use futures_util::StreamExt as _;
use futures_util::stream::poll_fn;

const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn g5_run_local_returns_to_the_runtime_after_at_most_64_polls() {
    let watched = within(LIMIT, async {
        // Over a link of one each poll of a task moves one item at most; a task that always finds work moves 1,024.
        let items = AtomicUsize::new(0);
        let narrow = pipeline! {
            repeat_with(|| 1u32) -> queue(1) -> map(|n| { items.fetch_add(1, Ordering::Relaxed); n }) -> queue(1) -> map(|n| n)
            -> queue(1) -> discard()
        };
        let control = narrow.control();
        let mut narrow = std::pin::pin!(narrow.run_local());
        for _ in 0..1_000 {
            let before = items.load(Ordering::Relaxed);
            assert!(narrow.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            let moved = items.load(Ordering::Relaxed) - before;
            assert!(moved <= 64, "{moved} items in one poll");
        }
        assert!(items.load(Ordering::Relaxed) > 500);
        control.abort();
        assert_eq!(narrow.await.unwrap_err().kind(), ErrorKind::Aborted);

        let items = AtomicUsize::new(0);
        let mut wide = std::pin::pin!(
            pipeline! { repeat_with(|| 1u32) -> for_each(|_| { items.fetch_add(1, Ordering::Relaxed); }) }.run_local()
        );
        for _ in 0..10 {
            let before = items.load(Ordering::Relaxed);
            assert!(wide.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            let moved = items.load(Ordering::Relaxed) - before;
            assert!((1..=64 * 1024).contains(&moved), "{moved} items in one poll");
        }
    });
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(watched);
}

#[test]
fn g5_run_local_returns_to_the_runtime_before_all_of_many_tasks_have_begun() {
    /// Two tasks, one of which counts that it has begun.
    fn beginning(begun: Arc<AtomicUsize>) -> impl Sink<u32, Output = ((), ())> {
        let source = poll_fn(move |_| {
            begun.fetch_add(1, Ordering::Relaxed);
            Poll::<Option<u32>>::Pending
        });
        pipeline! { _: u32 -> discard(); stream(source) -> discard() }
    }
    let watched = within(LIMIT, async {
        let begun = Arc::new(AtomicUsize::new(0));
        let many = pipeline! { iter(0..1u32) -> parallel(100) { into(beginning(Arc::clone(&begun))) } };
        let mut many = std::pin::pin!(many.run_local());
        let mut before = 0;
        while before < 100 {
            assert!(many.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            let now = begun.load(Ordering::Relaxed);
            assert!(now - before <= 64, "{} tasks in one poll", now - before);
            before = now;
        }
    });
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(watched);
}

#[test]
fn g5_run_local_polls_only_tasks_that_were_woken() {
    let watched = within(LIMIT, async {
        let (polls, flag) = (AtomicUsize::new(0), AtomicBool::new(true));
        let gate = Gate::new();
        // The source waits and counts its polls; the sink is woken again and again.
        let mut local = std::pin::pin!(
            pipeline! {
                stream(futures_util::stream::iter([1u32]).chain(poll_fn(|_| -> Poll<Option<u32>> {
                    polls.fetch_add(1, Ordering::Relaxed);
                    Poll::Pending
                })))
                -> for_each_async(1, async |_| {
                    while flag.load(Ordering::Relaxed) {
                        turns(1).await;
                    }
                    gate.pass().await;
                })
            }
            .run_local()
        );
        for _ in 0..500 {
            assert!(local.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        let polls = polls.load(Ordering::Relaxed);
        assert!((1..=2).contains(&polls), "the source was polled {polls} times, though nothing woke it");
        flag.store(false, Ordering::Relaxed);
        for _ in 0..10 {
            assert!(local.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        assert_eq!(gate.arrived(), 1);
    });
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(watched);
}
