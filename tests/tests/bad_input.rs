//! Values that make no sense: refused when the pipeline is built, by a panic that names the stage. And extremes that do make sense.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use aqueduct::testkit::Tracker;
use aqueduct::{ErrorKind, inlet, pipeline};
use aqueduct_tests::ends::{After, in_time, recorded, within};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

/// Fails unless building the pipeline panics with a message that has `stage` in backticks and all `words`.
#[track_caller]
fn assert_refused<R>(build: impl FnOnce() -> R, stage: &str, words: &[&str]) {
    let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(build()))) else { panic!("`{stage}` was built") };
    let message =
        payload.downcast_ref::<String>().cloned().or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string));
    let message = message.expect("a message");
    assert!(message.contains(&format!("`{stage}`")), "{message:?} does not name `{stage}`");
    for word in words {
        assert!(message.contains(word), "{message:?} does not say {word:?}");
    }
}

#[test]
fn a_count_of_zero_panics_when_the_pipeline_is_built_and_names_the_stage() {
    in_time(|| {
        let zero = 0usize;
        let numbers = || 0..9u32;
        assert_refused(
            || pipeline! { iter(numbers()) -> map_async(zero, async |n| n) -> discard() },
            "map_async",
            &["at least 1"],
        );
        assert_refused(
            || pipeline! { iter(numbers()) -> map_async(zero, |n| async move { n }) -> discard() },
            "map_async",
            &["at least 1"],
        );
        assert_refused(
            || pipeline! { iter(numbers()) -> for_each_async(zero, async |_| ()) },
            "for_each_async",
            &["at least 1"],
        );
        assert_refused(
            || pipeline! { iter(numbers()) -> for_each_async(zero, |_| async {}) },
            "for_each_async",
            &["at least 1"],
        );
        let run = || pipeline! { iter(numbers()) -> for_each_async(zero, async |_| Ok::<_, String>(()))? };
        assert_refused(run, "for_each_async", &["at least 1"]);
        let run = || pipeline! { iter(numbers()) -> for_each_async(zero, |_| async { Ok::<_, String>(()) })? };
        assert_refused(run, "for_each_async", &["at least 1"]);
        assert_refused(
            || pipeline! { iter(numbers()) -> batch(zero, 1s) -> discard() },
            "batch",
            &["`n`", "at least 1"],
        );
        let run = || pipeline! { iter(numbers()) -> map(|n| n.to_string()) -> batch(9, 1s, bytes = zero) -> discard() };
        assert_refused(run, "batch", &["`bytes`", "at least 1"]);
        assert_refused(|| pipeline! { iter(numbers()) -> chunks(zero) -> discard() }, "chunks", &["at least 1"]);
        assert_refused(
            || pipeline! { iter(numbers()) -> throttle(zero, 1s) -> discard() },
            "throttle",
            &["`n`", "at least 1"],
        );
        let run = || pipeline! { iter(numbers()) -> throttle(1, 1s, burst = zero) -> discard() };
        assert_refused(run, "throttle", &["`burst`", "at least 1"]);
        assert_refused(
            || pipeline! { lines(tokio::io::empty(), max = zero) -> discard() },
            "lines",
            &["`max`", "at least 1"],
        );
        assert_refused(
            || pipeline! { bytes(tokio::io::empty(), chunk = zero) -> discard() },
            "bytes",
            &["`chunk`", "at least 1"],
        );
    });
}

#[test]
fn a_period_of_zero_panics_when_the_pipeline_is_built_and_names_the_stage() {
    in_time(|| {
        let zero = Duration::ZERO;
        assert_refused(|| pipeline! { interval(zero) -> discard() }, "interval", &["longer than zero"]);
        assert_refused(|| pipeline! { iter(0..9u32) -> batch(9, zero) -> discard() }, "batch", &["longer than zero"]);
        assert_refused(
            || pipeline! { iter(0..9u32) -> throttle(9, zero) -> discard() },
            "throttle",
            &["longer than zero"],
        );
        assert_refused(|| pipeline! { iter(0..9u32) -> timeout(zero) -> discard() }, "timeout", &["longer than zero"]);
    });
}

#[test]
fn a_refusal_names_the_stage_as_it_was_named() {
    in_time(|| {
        let zero = 0usize;
        assert_refused(
            || pipeline! { iter(0..9u32) -> map_async(zero, async |n| n) as lookup -> discard() },
            "lookup",
            &[],
        );
        assert_refused(|| pipeline! { iter(0..9u32) -> chunks(2) -> chunks(zero) -> discard() }, "chunks_2", &[]);
    });
}

#[test]
fn a_capacity_of_zero_panics_when_the_pipeline_is_built_and_names_the_link() {
    in_time(|| {
        let zero = 0usize;
        let words = || ["a", "b"].map(String::from);
        assert_refused(|| pipeline! { iter(words()) -> queue(zero) as narrow -> discard() }, "narrow", &["at least 1"]);
        assert_refused(
            || pipeline! { iter(words()) -> queue(bytes = zero) as narrow -> discard() },
            "narrow",
            &["at least 1"],
        );
        assert_refused(
            || pipeline! { iter(words()) -> queue(zero, overflow = drop_oldest) as narrow -> discard() },
            "narrow",
            &["at least 1"],
        );
        assert_refused(
            || pipeline! { iter(words()) -> queue(zero, overflow = drop_newest) as narrow -> discard() },
            "narrow",
            &["at least 1"],
        );
        assert_refused(
            || pipeline! { iter(words()) -> queue(zero, overflow = fail) as narrow -> discard() },
            "narrow",
            &["at least 1"],
        );
        let run = || pipeline! { iter(words()) -> queue(bytes = zero, overflow = fail) as narrow -> discard() };
        assert_refused(run, "narrow", &["at least 1"]);
        let run = || pipeline! { #![queue = zero] iter(words()) -> queue(2) -> then(async |n| n) -> discard() };
        assert_refused(run, "queue", &["at least 1"]);
        let nothing = Duration::ZERO;
        let run = || pipeline! { #![stall = nothing] iter(words()) -> discard() };
        assert_refused(run, "stall", &["longer than zero"]);
        assert!(catch_unwind(|| inlet::<u8>(zero)).is_err());
    });
}

#[test]
fn a_low_mark_that_is_not_below_the_capacity_panics_and_names_the_link() {
    in_time(|| {
        let words = || ["a", "b"].map(String::from);
        for (capacity, low) in [(4usize, 4usize), (4, 5), (1, 1), (1, usize::MAX)] {
            assert_refused(
                || pipeline! { iter(words()) -> queue(capacity, low = low) as narrow -> discard() },
                "narrow",
                &["low"],
            );
            assert_refused(
                || pipeline! { iter(words()) -> queue(bytes = capacity, low = low) as narrow -> discard() },
                "narrow",
                &["low"],
            );
        }
        let (capacity, low) = (1, 0);
        drop(pipeline! { iter(words()) -> queue(capacity, low = low) -> discard() });
    });
}

/// What was refused has not begun: what it was given is dropped, once.
#[test]
fn a_refusal_drops_what_the_pipeline_was_given() {
    in_time(|| {
        let (source, record) = recorded(3, After::End);
        let (tracker, zero) = (Tracker::default(), 0usize);
        let items: Vec<_> = tracker.items(0..5).collect();
        assert_refused(|| pipeline! { iter(items) -> chunks(zero) -> discard() }, "chunks", &[]);
        tracker.assert_all_dropped_once();
        assert_refused(|| pipeline! { from(source) -> queue(2) -> batch(zero, 1s) -> discard() }, "batch", &[]);
        assert_eq!((record.nexts(), record.closes(), record.is_dropped()), (0, 0, true));
        let (inlet, source) = inlet::<u8>(1);
        assert_refused(|| pipeline! { from(source) -> chunks(zero) -> discard() }, "chunks", &[]);
        assert_eq!(inlet.try_send(1), Err(aqueduct::TrySendError::Closed(1)));
    });
}

#[tokio::test(start_paused = true)]
async fn take_of_zero_as_a_value_means_what_it_means_in_iterator() {
    within(async {
        let zero = 0usize;
        assert_eq!(pipeline! { iter(0..9u32) -> take(zero) -> count() }.run().await.unwrap(), 0);
    })
    .await;
}

// The largest values.

#[tokio::test(start_paused = true)]
async fn the_largest_counts_are_as_good_as_none() {
    within(async {
        let most = usize::MAX;
        let run = pipeline! {
            iter(0..100u32) -> take(most) -> map_async(most, async |n| n) -> batch(most, 1h) -> flatten() -> chunks(most) -> flatten()
            -> throttle(most, 1s, burst = most) -> for_each_async(most, async |_| ())
        };
        assert!(run.bound().is_some());
        run.run().await.unwrap();
        let run = pipeline! { iter(["a"]) -> map(String::from) -> queue(bytes = most) -> batch(9, 1h, bytes = most) -> count() };
        assert_eq!(run.run().await.unwrap(), 1);
        assert_eq!(pipeline! { lines(&b"a\nb"[..], max = most)? -> count() }.run().await.unwrap(), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_longest_times_never_come() {
    within(async {
        let ever = Duration::MAX;
        assert_eq!(pipeline! { iter(0..5u32) -> batch(2, ever) -> count() }.run().await.unwrap(), 3);
        assert_eq!(pipeline! { iter(0..5u32) -> timeout(ever) -> count() }.run().await.unwrap(), 5);
        assert_eq!(pipeline! { once(1) -> throttle(1, ever) -> count() }.run().await.unwrap(), 1);
        let start = Instant::now();
        assert_eq!(pipeline! { iter(0..5u32) -> throttle(10, ever, burst = 5) -> count() }.run().await.unwrap(), 5);
        assert_eq!(start.elapsed(), Duration::ZERO);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_longest_interval_ticks_once() {
    within(async {
        let ever = Duration::MAX;
        let running = pipeline! { interval(ever) -> count() }.spawn();
        sleep(Duration::from_secs(1000)).await;
        running.control().finish();
        assert_eq!(running.await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_longest_timeout_stands_a_pause() {
    within(async {
        let ever = Duration::MAX;
        let (sender, receiver) = mpsc::channel(2);
        let running = pipeline! { recv(receiver) -> timeout(ever) -> count() }.spawn();
        sleep(Duration::from_secs(1)).await;
        running.control().pause();
        sleep(Duration::from_secs(1)).await;
        running.control().resume();
        sleep(Duration::from_secs(1)).await;
        sender.send(1u8).await.unwrap();
        drop(sender);
        assert_eq!(running.await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_interval_shorter_than_the_clock_can_tell_does_not_hang() {
    within(async {
        let tiny = Duration::from_nanos(1);
        let ticks = pipeline! { interval(tiny) -> take(3) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]));
        let running = pipeline! { interval(tiny) -> queue(2) -> discard() }.spawn();
        sleep(Duration::from_secs(10)).await;
        running.control().abort();
        assert_eq!(running.await.unwrap_err().kind(), ErrorKind::Aborted);
    })
    .await;
}

/// "Unbounded" is not to be had: a link's places are made when it is built.
#[test]
fn a_capacity_that_memory_cannot_hold_panics_and_names_the_link() {
    in_time(|| {
        for capacity in [usize::MAX, usize::MAX / 2, 1 << 60] {
            let built = catch_unwind(|| pipeline! { iter(0..3u64) -> queue(capacity) as wide -> count() }.bound());
            let panic = built.expect_err("no memory for it");
            let text = panic.downcast_ref::<String>().expect("a text");
            assert!(text.contains("link `wide`") && text.contains(&capacity.to_string()), "{text}");
        }
    });
}

/// Items without a size need no memory; but a link counts them, with three bits of a word for other things.
#[test]
fn a_capacity_that_a_link_cannot_count_panics_and_names_the_link() {
    in_time(|| {
        let largest = usize::MAX >> 3;
        for capacity in [usize::MAX, usize::MAX >> 1, usize::MAX >> 2, largest + 1] {
            let built = catch_unwind(|| pipeline! { iter([(), ()]) -> queue(capacity) as wide -> count() }.bound());
            let text = *built.expect_err("it cannot be counted").downcast::<String>().expect("a text");
            assert!(text.contains("link `wide`") && text.contains(&capacity.to_string()), "{text}");
        }
        assert_eq!(pipeline! { iter([(), ()]) -> queue(largest) -> count() }.bound(), Some(largest + 2));
    });
}

/// Items without a size need no memory, however many; a large ring is not touched before it fills.
#[test]
fn a_large_capacity_costs_nothing_while_the_link_is_empty() {
    in_time(|| {
        let units = pipeline! { iter([(), ()]) -> queue(1 << 40) -> count() };
        assert_eq!(units.bound(), Some((1 << 40) + 2));
        let begun = std::time::Instant::now();
        let numbers = pipeline! { iter(0..3u64) -> queue(1 << 27) -> count() };
        assert_eq!(numbers.bound(), Some((1 << 27) + 2));
        assert!(begun.elapsed() < Duration::from_secs(5), "a GiB was written");
    });
}
