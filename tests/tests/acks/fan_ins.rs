//! What fan-ins do with tokens, of inputs that all ask, and where only some do.

use aqueduct::{ErrorKind, pipeline};
use aqueduct_tests::ends::within;
use aqueduct_tests::pieces::{an_hour, never};

use crate::kit::asked;

/// The items of both inputs wait below, then are dropped; and are done in a run that ends well. The second input may not ask.
macro_rules! both {
    ($fan:ident) => {
        let ((one, told_one), (two, told_two)) = (asked(3), asked(3));
        let running = pipeline! { $fan(from(one), from(two)) -> queue(16) -> for_each_async(1, never) }.spawn();
        an_hour().await;
        assert_eq!((told_one.text(), told_two.text()), ("...".into(), "...".into()), stringify!($fan));
        running.control().abort();
        running.await.unwrap_err();
        assert_eq!((told_one.text(), told_two.text()), ("---".into(), "---".into()), stringify!($fan));

        let ((one, told_one), (two, told_two)) = (asked(3), asked(3));
        pipeline! { $fan(from(one), from(two)) -> for_each(drop) }.run().await.unwrap();
        assert_eq!((told_one.text(), told_two.text()), ("ddd".into(), "ddd".into()), stringify!($fan));

        let (one, told) = asked(3);
        pipeline! { $fan(from(one), iter(0..3usize)) -> for_each(drop) }.run().await.unwrap();
        assert_eq!(told.text(), "ddd", "{}: the other does not ask", stringify!($fan));

        let (two, told) = asked(3);
        let running = pipeline! { $fan(iter(0..3usize), from(two)) -> queue(16) -> for_each_async(1, never) }.spawn();
        an_hour().await;
        assert_eq!(told.text(), "...", "{}: the first does not ask", stringify!($fan));
        running.control().abort();
        running.await.unwrap_err();
        assert_eq!(told.text(), "---", "{}: the first does not ask", stringify!($fan));
    };
}

#[tokio::test(start_paused = true)]
async fn the_token_goes_along_through_a_fan_in() {
    within(async {
        both!(merge);
        both!(concat);
        both!(interleave);
        both!(prefer);
        both!(zip);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn partners_are_done_together_and_one_without_is_dropped() {
    within(async {
        let ((one, told_one), (two, told_two)) = (asked(4), asked(2));
        pipeline! { zip(from(one), from(two)) -> for_each(drop) }.run().await.unwrap();
        assert_eq!(told_two.text(), "dd");
        let text = told_one.text();
        assert!(text.starts_with("dd") && !text[2..].contains(['d', 'F']), "{text}");

        let ((one, told_one), (two, told_two)) = (asked(3), asked(3));
        let outcome = pipeline! {
            zip(from(one), from(two)) -> map(|(one, two)| if one == 1 { Err("no") } else { Ok(one + two) })? -> for_each(drop)
        }
        .run()
        .await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Failed);
        for text in [told_one.text(), told_two.text()] {
            assert!(text.starts_with("dF") && !text.ends_with('d'), "the pair has failed, so both: {text}");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn of_three_inputs_those_that_ask_are_told() {
    within(async {
        let ((one, told_one), (two, told_two)) = (asked(3), asked(5));
        pipeline! { merge(from(one), iter(0..9usize), from(two) -> filter(|n| n % 2 == 0)) -> for_each(drop) }
            .run()
            .await
            .unwrap();
        assert_eq!((told_one.text(), told_two.text()), ("ddd".into(), "ddddd".into()));
        let ((one, told_one), (two, told_two)) = (asked(3), asked(3));
        pipeline! { zip(iter(0..), from(one), from(two)) -> for_each(drop) }.run().await.unwrap();
        assert_eq!((told_one.text(), told_two.text()), ("ddd".into(), "ddd".into()));
    })
    .await;
}
