//! Tokens through segments, within a pipeline and alone.

use aqueduct::{AckSource, ErrorKind, Sink, Source, Transform, pipeline};
use aqueduct_tests::ends::within;
use aqueduct_tests::pieces::{an_hour, never};
use futures_util::StreamExt;

use crate::kit::asked;
use crate::{stuck, told};

/// With a link and a block inside.
fn halves() -> impl Transform<usize, Out = usize> {
    pipeline! {
        _: usize -> map(|n| n) -> queue(2) -> match {
            n if n % 2 == 0 => n -> map(|n| n / 2),
            n => n -> discard(),
        } -> _
    }
}

fn refuses(at: usize) -> impl Sink<usize, Output = ()> {
    pipeline! { _: usize -> map(|n| n) -> queue(2) -> for_each_async(1, async move |n| if n == at { Err("no") } else { Ok(()) })? }
}

#[tokio::test(start_paused = true)]
async fn the_token_goes_through_a_segment_in_the_middle() {
    within(async {
        assert_eq!(stuck!(6; via(halves())), (".d.d.d".into(), "-d-d-d".into()));
        assert_eq!(told!(6; via(halves()) -> via(halves()) -> for_each(drop)), (Ok(()), "dddddd".into()));
        assert_eq!(
            told!(6; via(halves()) -> map(|n| if n == 2 { Err("no") } else { Ok(n) })? -> for_each(drop)).1.find('F'),
            Some(4)
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_token_goes_into_a_segment_at_the_end() {
    within(async {
        assert_eq!(told!(4; into(refuses(9))), (Ok(()), "dddd".into()));
        let (outcome, text) = told!(4; into(refuses(2)));
        assert_eq!(outcome, Err(ErrorKind::Failed));
        assert_eq!(&text[..3], "ddF");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn segments_run_where_nobody_asks() {
    within(async {
        let run =
            pipeline! { iter(0..6) -> via(halves()) -> broadcast { collect::<Vec<_>>(), into(refuses(9)) } }.run();
        assert_eq!(run.await.unwrap(), (vec![0, 1, 2], ()));
    })
    .await;
}

/// The tokens of a source that asks come out of none of them, but the items are told of as they leave by the outlet.
#[tokio::test(start_paused = true)]
async fn a_source_that_asks_and_runs_alone_is_told() {
    within(async {
        let (source, told) = asked(3);
        let (mut outlet, running) = AckSource::spawn(source);
        assert_eq!(outlet.next().await, Some(0));
        an_hour().await;
        assert!(told.text().starts_with("d."), "it has left by the outlet: {}", told.text());
        drop(outlet);
        running.await.unwrap();
        assert_eq!(told.text(), "d--");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_segment_that_runs_alone_needs_nobody_who_asks() {
    within(async {
        let (inlet, mut outlet, running) = halves().spawn();
        inlet.send(4).await.unwrap();
        drop(inlet);
        assert_eq!((outlet.next().await, outlet.next().await), (Some(2), None));
        running.await.unwrap();
        let (inlet, running) = refuses(9).spawn();
        inlet.send(1).await.unwrap();
        drop(inlet);
        running.await.unwrap();
        let source = pipeline! { iter(0..3usize) -> map(|n| n) -> _ };
        let (mut outlet, running) = source.spawn();
        assert_eq!(outlet.next().await, Some(0));
        drop(outlet);
        running.await.unwrap();
        let mixed = pipeline! { merge(from(asked(2).0), iter(0..2usize)) -> for_each_async(1, never) }.spawn();
        an_hour().await;
        drop(mixed);
    })
    .await;
}
