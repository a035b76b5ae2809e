//! What blocks do with tokens: a `match` routes them, a `broadcast` splits them, a `tap`'s copies have none, a `parallel` takes them along.

use std::future::pending;

use aqueduct::{ErrorKind, pipeline};
use aqueduct_tests::ends::within;
use aqueduct_tests::pieces::{an_hour, never};

use crate::kit::asked;
use crate::told;

#[tokio::test(start_paused = true)]
async fn a_match_takes_the_token_into_the_arm() {
    within(async {
        let (source, told) = asked(6);
        let running = pipeline! {
            from(source) -> match {
                n if n % 3 == 0 => n -> queue(8) -> for_each_async(1, never),
                n if n % 3 == 1 => n -> queue(8) -> for_each(drop),
                n => n -> map(|n| n),
            } -> queue(8) -> for_each_async(1, never)
        }
        .spawn();
        an_hour().await;
        assert_eq!(told.text(), ".d..d.", "of each arm's items, what has left it");
        running.control().abort();
        running.await.unwrap_err();
        assert_eq!(told.text(), "-d--d-");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_rejected_is_done_when_the_reject_is_written() {
    within(async {
        let told = told!(6; map(|n| if n % 2 == 0 { Ok(n) } else { Err(n) }) -> match {
            Err(n) => n -> queue(2) -> map(|n: usize| n) -> write_lines(Vec::new()),
            Ok(n) => n -> map(|n| n),
        } -> for_each(drop));
        assert_eq!(told, (Ok(()), "dddddd".into()));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_comes_to_an_arm_that_has_finished_is_done() {
    within(async {
        let (source, told) = asked(8);
        let running = pipeline! {
            from(source) -> match {
                n if n % 2 == 0 => n -> take(1) -> for_each(drop),
                n => n -> map(|n| n),
            } -> queue(8) -> for_each_async(1, never)
        }
        .spawn();
        an_hour().await;
        assert_eq!(told.text(), "d.d.d.d.", "dropping was asked for");
        running.control().abort();
        running.await.unwrap_err();
        assert_eq!(told.text(), "d-d-d-d-");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_item_is_done_when_all_its_copies_are() {
    within(async {
        let (source, told) = asked(4);
        let running = pipeline! {
            from(source) -> broadcast {
                queue(8) -> for_each(drop),
                queue(8) -> for_each_async(1, async |n| if n == 2 { pending().await }),
            }
        }
        .spawn();
        an_hour().await;
        assert_eq!(told.text(), "dd..", "of 2 and 3 one copy is inside");
        running.control().abort();
        running.await.unwrap_err();
        assert_eq!(told.text(), "dd--");
        let all =
            told!(4; broadcast { map(|n| n), filter(|n| n % 2 == 0), queue(2) -> map(|n: usize| n) } -> for_each(drop));
        assert_eq!(all, (Ok(()), "dddd".into()));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn copies_with_names_are_split_too() {
    within(async {
        let (source, told) = asked(4);
        let running = pipeline! {
            let (a, b) = from(source) -> broadcast;
            a -> filter(|n| n % 2 == 0) -> queue(8) -> for_each_async(1, never);
            b -> queue(8) -> for_each(drop)
        }
        .spawn();
        an_hour().await;
        assert_eq!(told.text(), ".d.d");
        running.control().abort();
        running.await.unwrap_err();
        assert_eq!(told.text(), "-d-d");
    })
    .await;
}

/// An arm that has all it wants no longer counts.
#[tokio::test(start_paused = true)]
async fn an_arm_that_has_finished_early_holds_no_copy_back() {
    within(async {
        let fused = told!(6; broadcast { take(2) -> for_each(drop), for_each(drop) });
        assert_eq!(fused, (Ok(()), "dddddd".into()));
        let open = told!(6; broadcast { take(2), map(|n| n) } -> for_each(drop));
        assert_eq!(open, (Ok(()), "dddddd".into()));
        let all_early = told!(6; queue(8) -> broadcast { take(2) -> for_each(drop), take(3) -> for_each(drop) });
        assert_eq!(all_early, (Ok(()), "ddd---".into()));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_copies_of_a_tap_are_not_asked_about() {
    within(async {
        let (source, told) = asked(4);
        let running = pipeline! {
            from(source) -> tap { queue(2) -> for_each_async(1, never) } -> for_each(drop)
        }
        .spawn();
        an_hour().await;
        assert_eq!(told.text(), "dddd");
        running.control().abort();
        running.await.unwrap_err();
        assert_eq!(told.text(), "dddd");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_copies_of_a_parallel_take_the_token_along() {
    within(async {
        let (source, told) = asked(6);
        let running = pipeline! {
            from(source) -> parallel(2) { then(async |n| { if n == 5 { pending().await } n }) } -> for_each(drop)
        }
        .spawn();
        an_hour().await;
        assert_eq!(told.text(), "ddddd.");
        running.control().abort();
        running.await.unwrap_err();
        assert_eq!(told.text(), "ddddd-");
        let closed = told!(6; parallel(2) { map(|n| if n == 3 { Err("no") } else { Ok(n) })? -> for_each(drop) });
        assert_eq!(closed.0, Err(ErrorKind::Failed));
        assert_eq!(closed.1.find('F'), Some(3), "{}", closed.1);
    })
    .await;
}
