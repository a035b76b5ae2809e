//! What is told however a run ends: by a failure at an item or elsewhere, by `finish()`, by an abort, or when nobody waits for it.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use aqueduct::{ErrorKind, pipeline};
use aqueduct_tests::ends::within;
use aqueduct_tests::pieces::{an_hour, never};
use futures_util::stream;
use tokio::time::sleep;

use crate::kit::asked;
use crate::told;

/// Fails at item 3, in one way or another.
fn bad(n: usize) -> Result<usize, &'static str> {
    if n == 3 { Err("no") } else { Ok(n) }
}

fn panics(n: usize) -> usize {
    if n == 3 { std::panic::resume_unwind(Box::new("no")) } else { n }
}

async fn later(n: usize) -> usize {
    sleep(Duration::from_millis(1)).await;
    n
}

/// One that is to blame, and before it only such as are done, or are dropped with it.
macro_rules! only_3_failed {
    ($kind:ident; $($stages:tt)*) => {
        let (outcome, text) = told!(8; $($stages)*);
        assert_eq!(outcome, Err(ErrorKind::$kind), "{}", stringify!($($stages)*));
        assert_eq!((text.find('F'), text.matches('F').count()), (Some(3), 1), "{}: {text}", stringify!($($stages)*));
        assert!(!text[4..].contains('d'), "{}: {text}", stringify!($($stages)*));
    };
}

#[tokio::test(start_paused = true)]
async fn an_err_is_blamed_on_its_item_alone() {
    within(async {
        only_3_failed!(Failed; map(bad)? -> for_each(drop));
        only_3_failed!(Failed; queue(8) -> map(bad)? -> queue(8) -> for_each(drop));
        only_3_failed!(Failed; filter_map(|n| bad(n).map(Some).transpose())? -> for_each(drop));
        only_3_failed!(Failed; then(async |n| bad(later(n).await))? -> for_each(drop));
        only_3_failed!(Failed; map_async(3, async |n| bad(later(n).await))? -> for_each(drop));
        only_3_failed!(Failed; map_async_unordered(3, async |n| bad(later(n).await))? -> for_each(drop));
        only_3_failed!(Failed; map_async_keyed(3, |n: &usize| n % 2, async |n| bad(later(n).await))? -> for_each(drop));
        only_3_failed!(Failed; map_blocking(1, bad)? -> for_each(drop));
        only_3_failed!(Failed; for_each(|n| bad(n).map(drop))?);
        only_3_failed!(Failed; for_each_async(2, async |n| bad(later(n).await).map(drop))?);
        only_3_failed!(Failed; for_each_blocking(1, |n| bad(n).map(drop))?);
        only_3_failed!(Failed; flat_map(|n| vec![bad(n)]) -> map(|n| n)? -> for_each(drop));
        only_3_failed!(Failed; match {
            n if n < 3 => n -> for_each(drop),
            n => n -> map(bad)? -> for_each(drop),
        });
        only_3_failed!(Failed; broadcast { for_each(drop), map(bad)? -> for_each(drop) });
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_blamed_on_its_item_alone() {
    within(async {
        only_3_failed!(Panicked; map(panics) -> for_each(drop));
        only_3_failed!(Panicked; queue(8) -> map(panics) -> queue(8) -> for_each(drop));
        only_3_failed!(Panicked; filter(|n| panics(*n) < 9) -> for_each(drop));
        only_3_failed!(Panicked; filter_map(|n| Some(panics(n))) -> for_each(drop));
        only_3_failed!(Panicked; inspect(|n| { panics(*n); }) -> for_each(drop));
        only_3_failed!(Panicked; scan(0, |_: &mut usize, n| Some(panics(n))) -> for_each(drop));
        only_3_failed!(Panicked; take_while(|n| panics(*n) < 9) -> for_each(drop));
        only_3_failed!(Panicked; skip_while(|n| panics(*n) < 9) -> for_each(drop));
        only_3_failed!(Panicked; dedup_by_key(|n| panics(*n)) -> for_each(drop));
        only_3_failed!(Panicked; flat_map(|n| vec![panics(n)]) -> for_each(drop));
        only_3_failed!(Panicked; flat_map(|n| std::iter::once_with(move || panics(n))) -> for_each(drop));
        only_3_failed!(Panicked; filter_async(async |n: &usize| panics(later(*n).await) < 9) -> for_each(drop));
        only_3_failed!(Panicked; then(|n| std::future::ready(panics(n))) -> for_each(drop));
        only_3_failed!(Panicked; then(async |n| panics(later(n).await)) -> for_each(drop));
        only_3_failed!(Panicked; map_async(3, |n| std::future::ready(panics(n))) -> for_each(drop));
        only_3_failed!(Panicked; map_async(3, async |n| panics(later(n).await)) -> for_each(drop));
        only_3_failed!(Panicked; map_async_unordered(3, async |n| panics(later(n).await)) -> for_each(drop));
        only_3_failed!(Panicked; map_async_keyed(3, |n: &usize| n % 2, async |n| panics(later(n).await)) -> for_each(drop));
        only_3_failed!(Panicked; map_blocking(1, panics) -> for_each(drop));
        only_3_failed!(Panicked; match {
            n if panics(n) < 3 => n -> for_each(drop),
            n => n -> for_each(drop),
        });
        only_3_failed!(Panicked; for_each(|n| { panics(n); }));
        only_3_failed!(Panicked; for_each_async(2, async |n| { panics(later(n).await); }));
        only_3_failed!(Panicked; for_each_blocking(1, |n| { panics(n); }));
        only_3_failed!(Panicked; parallel(1) { map(panics) } -> for_each(drop));
        only_3_failed!(Panicked; map(|n| Box::pin(stream::once(async move { panics(n) }))) -> flatten_unordered(1) -> for_each(drop));
    })
    .await;
}

/// A stream of one number, which cannot be dropped in peace if that is 3.
struct Once(Option<usize>, usize);

impl stream::Stream for Once {
    type Item = usize;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<usize>> {
        Poll::Ready(self.0.take())
    }
}

impl Drop for Once {
    fn drop(&mut self) {
        panics(self.1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_inner_stream_is_dropped_before_its_item_is_done() {
    within(async {
        only_3_failed!(Panicked; map(|n| Once(Some(n), n)) -> flatten_unordered(1) -> for_each(drop));
    })
    .await;
}

/// Cannot be copied if it is 3.
struct Fragile(usize);

impl Clone for Fragile {
    fn clone(&self) -> Self {
        Self(panics(self.0))
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_copy_is_blamed_on_the_item_that_is_copied() {
    within(async {
        only_3_failed!(Panicked; map(Fragile) -> broadcast { for_each(drop), for_each(drop) });
        // In runs.
        only_3_failed!(Panicked; queue(8) -> map(Fragile) -> broadcast { queue(8) -> for_each(drop), queue(8) -> for_each(drop) });
        only_3_failed!(Panicked; map(Fragile) -> tap { queue(8) -> for_each(drop) } -> for_each(drop));
    })
    .await;
}

/// Items that became one fail together; nobody else does.
#[tokio::test(start_paused = true)]
async fn what_is_gathered_when_an_item_fails_is_dropped() {
    within(async {
        let (outcome, text) = told!(6; chunks(3) -> for_each(|chunk: Vec<usize>| { panics(chunk[0]); }));
        assert_eq!((outcome, &*text), (Err(ErrorKind::Panicked), "dddFFF"));
        let (outcome, text) = told!(6; map(bad)? -> chunks(5) -> for_each(drop));
        assert_eq!((outcome, &*text), (Err(ErrorKind::Failed), "---F.."));
        let (outcome, text) = told!(6; fold(0, |sum, n| sum + panics(n)));
        assert_eq!(outcome, Err(ErrorKind::Panicked));
        assert_eq!((text.find('F'), text.matches('F').count()), (Some(3), 1), "{text}");
        assert!(!text.contains('d'), "{text}");
        let (outcome, text) = told!(6; fold(0, |sum, n| bad(n).map(|n| sum + n))?);
        assert_eq!(outcome, Err(ErrorKind::Failed));
        assert_eq!((text.find('F'), text.contains('d')), (Some(3), false), "{text}");
        let (outcome, text) = told!(6; reduce(|a, b| a + panics(b)));
        assert_eq!(outcome, Err(ErrorKind::Panicked));
        assert_eq!((text.find('F'), text.contains('d')), (Some(3), false), "{text}");
    })
    .await;
}

/// A panic in one run is not blamed on what is dropped by another later, on the same thread.
#[tokio::test(start_paused = true)]
async fn each_panic_is_blamed_on_its_own_item() {
    within(async {
        for _ in 0..3 {
            only_3_failed!(Panicked; map(panics) -> for_each(drop));
            only_3_failed!(Panicked; map_async(2, async |n| panics(later(n).await)) -> for_each(drop));
            let (source, told) = asked(3);
            let running = pipeline! { from(source) -> for_each_async(1, never) }.spawn();
            an_hour().await;
            running.control().abort();
            running.await.unwrap_err();
            assert_eq!(told.text(), "---");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_elsewhere_is_blamed_on_no_item() {
    within(async {
        let (source, told) = asked(3);
        let outcome = pipeline! { from(source.fails()) -> queue(8) -> for_each_async(1, never) }.run().await;
        assert_eq!((outcome.unwrap_err().kind(), &*told.text()), (ErrorKind::Failed, "---"));
        let (source, told) = asked(3);
        let outcome = pipeline! {
            from(source.waits()) -> for_each_async(1, never);
            once(()) -> delay(1s) -> for_each(|()| Err("no"))?
        }
        .run()
        .await;
        assert_eq!((outcome.unwrap_err().kind(), &*told.text()), (ErrorKind::Failed, "---"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn after_finish_all_that_was_given_is_done() {
    within(async {
        let (source, told) = asked(100);
        let running = pipeline! {
            from(source.slow()) -> map_async(4, later) -> batch(7, 1s) -> queue(2) -> for_each_async(1, async |_| { later(0).await; })
        }
        .spawn();
        sleep(Duration::from_millis(50)).await;
        running.control().finish();
        running.await.unwrap();
        let text = told.text();
        let given = text.trim_end_matches('.');
        assert!(given.len() >= 40 && given.len() < 60 && given.chars().all(|told| told == 'd'), "{text}");
    })
    .await;
}

/// What has not left is dropped: by an abort, by the deadline of `finish_within`, and when nobody waits for the run any more.
#[tokio::test(start_paused = true)]
async fn what_is_inside_at_an_abort_is_dropped() {
    macro_rules! ends {
        ($running:ident => $end:expr) => {
            let (source, told) = asked(6);
            let $running = pipeline! {
                from(source.waits()) -> map_async(2, later) -> queue(3)
                    -> for_each_async(1, async |n| if n > 1 { never(n).await })
            }
            .spawn();
            an_hour().await;
            assert_eq!(told.text(), "dd....");
            $end;
            an_hour().await;
            assert_eq!(told.text(), "dd----", "{}", stringify!($end));
        };
    }
    within(async {
        ends!(running => { running.control().abort(); running.await.unwrap_err() });
        ends!(running => { running.control().finish_within(Duration::from_millis(1)); running.await.unwrap_err() });
        ends!(running => drop(running));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped_drops_its_items() {
    within(async {
        let (source, told) = asked(4);
        let run = pipeline! { from(source) -> queue(8) -> for_each_async(1, never) }.run();
        assert!(tokio::time::timeout(Duration::from_secs(1), run).await.is_err());
        an_hour().await;
        assert_eq!(told.text(), "----");

        let (source, told) = asked(4);
        let run = pipeline! { from(source) -> queue(8) -> for_each_async(1, never) }.run_local();
        assert!(tokio::time::timeout(Duration::from_secs(1), run).await.is_err());
        assert_eq!(told.text(), "----");

        let (source, told) = asked(4);
        drop(pipeline! { from(source) -> for_each(drop) });
        assert_eq!(told.text(), "....", "nothing was given");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_detached_run_tells_all() {
    within(async {
        let (source, told) = asked(4);
        pipeline! { from(source.slow()) -> map_async(2, later) -> collect::<Vec<_>>() }.spawn().detach();
        an_hour().await;
        assert_eq!(told.text(), "dddd");
    })
    .await;
}

/// The runtime goes, with all that is inside.
#[test]
fn what_is_inside_when_the_runtime_goes_is_dropped() {
    let (source, told) = asked(4);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(within(async {
        pipeline! { from(source.waits()) -> queue(8) -> for_each_async(1, never) }.spawn().detach();
        an_hour().await;
        assert_eq!(told.text(), "....");
    }));
    drop(runtime);
    assert_eq!(told.text(), "----");
}
