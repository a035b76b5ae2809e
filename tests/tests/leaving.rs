//! Who has nothing more to do keeps neither items nor those below it.

use aqueduct::pipeline;
use aqueduct::testkit::{Gate, GatedSink, Tracked, Tracker};
use aqueduct_tests::ends::within;
use aqueduct_tests::flow::{at_rest, logged};
use aqueduct_tests::pieces::never;
use futures_util::FutureExt;

#[tokio::test(start_paused = true)]
async fn s5_those_below_a_source_end_while_it_is_being_closed() {
    within(async {
        let (gate, sink) = (Gate::new(), GatedSink::new());
        let (source, log) = logged(4);
        let watch = sink.watch();
        watch.open();
        let mut running = pipeline! { from(source.closing_at(&gate)) -> queue(2) -> into(sink) }.spawn();
        at_rest().await;
        assert_eq!((watch.items(), watch.is_finished()), (vec![0, 1, 2, 3], true));
        assert!((&mut running).now_or_never().is_none(), "`close` has not ended");
        gate.open();
        running.await.unwrap();
        log.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_results_that_nobody_wants_are_dropped_while_the_stage_lets_out_its_rest() {
    let tracker = Tracker::default();
    let ten = |item: Tracked| {
        drop(item);
        0..10
    };
    let running = pipeline! {
        iter(tracker.items(0..9)) -> map_async(4, async |item| item) -> take(1) -> flat_map(ten) -> queue(1)
        -> for_each_async(1, never)
    }
    .spawn();
    within(at_rest()).await;
    assert!(!running.control().snapshot().ended, "there is no room for the ten");
    assert_eq!(tracker.live(), 0);
}
