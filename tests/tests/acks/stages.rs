//! What stages do with the token of an item: those for which it goes along, those that leave items out, make several of one or one of several.

use std::future::ready;
use std::time::Duration;

use aqueduct::ErrorKind;
use aqueduct_tests::ends::within;
use futures_util::stream;
use tokio::time::sleep;

use crate::{stuck, told};

/// A row for stages: what is told while all that comes out of them waits below, and that all is done in a run that ends well.
macro_rules! row {
    ($expected:literal; $($stages:tt)*) => {
        let (before, after) = stuck!(6; $($stages)*);
        assert_eq!(before, $expected, "stuck: {}", stringify!($($stages)*));
        assert_eq!(after, $expected.replace('.', "-"), "aborted: {}", stringify!($($stages)*));
        assert_eq!(told!(6; $($stages)* -> for_each(drop)), (Ok(()), "dddddd".into()), "{}", stringify!($($stages)*));
    };
}

#[tokio::test(start_paused = true)]
async fn the_token_goes_along_with_the_one_item_that_comes_of_one() {
    within(async {
        row!("......"; map(|n| n + 1));
        row!("......"; inspect(|_| ()));
        row!("......"; scan(0, |sum: &mut usize, n| { *sum += n; Some(*sum) }));
        row!("......"; enumerate());
        row!("......"; filter_map(Some));
        row!("......"; then(ready));
        row!("......"; then(async |n| { sleep(Duration::from_millis(1)).await; n }));
        row!("......"; map_async(3, ready));
        row!("......"; map_async(3, async |n: usize| { sleep(Duration::from_millis(6 - n as u64)).await; n }));
        row!("......"; map_async_unordered(3, async |n: usize| { sleep(Duration::from_millis(6 - n as u64)).await; n }));
        row!("......"; map_async_keyed(3, |n: &usize| n % 2, ready));
        row!("......"; map_blocking(2, |n| n));
        row!("......"; delay(1ms));
        row!("......"; throttle(1, 1ms));
        row!("......"; queue(3) -> map(|n| n));
        row!("......"; map(Ok::<_, std::fmt::Error>)?);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_left_out_on_purpose_is_done_at_once() {
    within(async {
        row!(".d.d.d"; filter(|n| n % 2 == 0));
        row!(".d.d.d"; filter_map(|n| (n % 2 == 0).then_some(n)));
        row!(".d.d.d"; filter_async(async |n: &usize| n.is_multiple_of(2)));
        row!("ddd..."; skip(3));
        row!("ddd..."; skip_while(|n| *n < 3));
        row!(".d.d.d"; step_by(2));
        row!(".d.d.d"; map(|n| n / 2) -> dedup());
        row!(".d.d.d"; dedup_by_key(|n| n / 2));
        row!(".d.d.d"; flat_map(|n| (n % 2 == 0).then_some(n)));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_item_that_several_come_of_is_done_when_all_are() {
    within(async {
        row!("d....."; flat_map(|n| vec![n; n]));
        row!("d....."; map(|n| vec![n; n]) -> flatten());
        row!("d....."; map(|n| stream::iter(vec![n; n])) -> flatten_unordered(2));
        // Of the last of each three, not of the others: those are gone.
        row!("d.d.d."; flat_map(|n| vec![n % 2; n % 2]) -> filter(|n| *n == 1));
    })
    .await;
}

/// Items 0 to 3 give 0 to 3 pieces.
#[tokio::test(start_paused = true)]
async fn an_item_is_done_with_its_last_piece_and_not_before() {
    within(async {
        let three = told!(4; flat_map(|n| vec![n; n]) -> take(3) -> for_each(drop));
        assert_eq!(three, (Ok(()), "dd-.".into()), "nobody has asked whether there is a third piece of 2");
        let four = told!(4; flat_map(|n| vec![n; n]) -> take(4) -> for_each(drop));
        assert_eq!(four, (Ok(()), "ddd-".into()), "3 has given one piece of three");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn one_item_of_several_has_the_tokens_of_all() {
    within(async {
        row!("......"; chunks(4));
        row!("......"; batch(4, 1s));
        row!("......"; ready_chunks(4));
        row!("......"; windows(3));
        row!("......"; chunks(4) -> flatten());
    })
    .await;
}

/// The first part of a chunk has gone, the rest waits.
#[tokio::test(start_paused = true)]
async fn the_items_of_a_chunk_are_done_together() {
    within(async {
        let taken = told!(6; chunks(3) -> flatten() -> take(4) -> for_each(drop));
        assert_eq!(taken, (Ok(()), "ddd---".into()), "of the second chunk one item has left");
        let failed =
            told!(6; chunks(3) -> for_each(|chunk: Vec<usize>| if chunk[0] == 3 { Err("no") } else { Ok(()) })?);
        assert_eq!(failed, (Err(ErrorKind::Failed), "dddFFF".into()));
    })
    .await;
}

/// Of six items four windows of three come; two of them leave.
#[tokio::test(start_paused = true)]
async fn an_item_is_done_when_all_its_windows_are() {
    within(async {
        let two = told!(6; windows(3) -> take(2) -> for_each(drop));
        assert_eq!(two, (Ok(()), "dd--..".into()), "2 and 3 are in windows that have not come");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_overwritten_is_done_and_what_replaces_it_waits() {
    within(async {
        let (before, after) = stuck!(6; debounce(10ms));
        assert_eq!((&*before, &*after), ("ddddd.", "ddddd-"));
        let (before, after) = stuck!(6; sample(10ms));
        assert!(before.starts_with("dddd") && !after.contains('.'), "{before} {after}");
        assert_eq!(told!(6; latest() -> for_each(drop)), (Ok(()), "dddddd".into()));
        assert_eq!(told!(6; debounce(10ms) -> for_each(drop)), (Ok(()), "dddddd".into()));
        assert_eq!(told!(6; sample(10ms) -> for_each(drop)), (Ok(()), "dddddd".into()));
    })
    .await;
}

/// What is folded while there is no room below is nobody's loss: it waits with the item it went into.
#[tokio::test(start_paused = true)]
async fn what_conflate_folds_is_done_with_what_it_became() {
    within(async {
        row!("......"; conflate(|a, b| a + b));
        let all =
            told!(6; conflate(|a, b| a + b) -> for_each_async(1, async |_| sleep(Duration::from_millis(1)).await));
        assert_eq!(all, (Ok(()), "dddddd".into()));
        let failed = told!(6; conflate(|a, b| a + b) -> queue(1) -> for_each_async(1, async |n| {
            sleep(Duration::from_millis(1)).await;
            if n > 2 { Err("too much") } else { Ok(()) }
        })?);
        let (kind, text) = failed;
        assert_eq!(kind, Err(ErrorKind::Failed));
        assert!(text.contains("FF") && text.starts_with('d'), "those that were folded fail together: {text}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_comes_behind_the_last_item_wanted_is_dropped() {
    within(async {
        assert_eq!(told!(6; queue(8) -> take(3) -> for_each(drop)), (Ok(()), "ddd---".into()));
        assert_eq!(told!(6; take(3) -> for_each(drop)), (Ok(()), "ddd...".into()));
        // The one that ends it is left out on purpose.
        assert_eq!(told!(6; queue(8) -> take_while(|n| *n < 3) -> for_each(drop)), (Ok(()), "dddd--".into()));
        assert_eq!(
            told!(6; queue(8) -> map_while(|n| (n < 3).then_some(n)) -> for_each(drop)),
            (Ok(()), "dddd--".into())
        );
        assert_eq!(
            told!(6; queue(8) -> scan(0, |_: &mut usize, n| (n < 3).then_some(n)) -> for_each(drop)),
            (Ok(()), "dddd--".into())
        );
        let late = async |n| {
            sleep(Duration::from_millis(10)).await;
            n
        };
        let until = told!(6; then(late) -> take_until(sleep(Duration::from_millis(35))) -> for_each(drop));
        assert_eq!(until, (Ok(()), "ddd---".into()));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_item_that_comes_too_late_was_not_at_fault() {
    within(async {
        let late = async |n: usize| {
            sleep(Duration::from_millis(if n == 2 { 100 } else { 1 })).await;
            n
        };
        let told = told!(4; then(late) -> timeout(50ms) -> for_each(drop));
        assert_eq!(told, (Err(ErrorKind::TimedOut), "dd--".into()));
        row!("......"; timeout(2h));
    })
    .await;
}
