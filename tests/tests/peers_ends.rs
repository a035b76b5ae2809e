//! Cases of Reactive Streams, Node, WPT and Pekko in our terms: failures and aborts in flight, ends that come early. `rules/peers` says which
//! is whose.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aqueduct::{BoxError, Closed, Emitter, ErrorKind, Sink, Source, Transform, inlet, pipeline};
use aqueduct_tests::ends::{After, Broken, assert_aborted, assert_failed, recorded, within};
use aqueduct_tests::flow::settle;
use aqueduct_tests::pieces::never;
use aqueduct_tests::watched::ms;
use tokio::time::sleep;

/// How often each of its calls was made, and how many writes were dropped before they were done.
#[derive(Clone, Default)]
struct Calls(Arc<[AtomicUsize; 3]>);

impl Calls {
    fn count(&self, call: usize) {
        self.0[call].fetch_add(1, Ordering::SeqCst);
    }

    /// Calls, finishes, calls that were dropped.
    fn all(&self) -> [usize; 3] {
        [0, 1, 2].map(|call| self.0[call].load(Ordering::SeqCst))
    }
}

struct InProgress<'a>(&'a Calls);

impl Drop for InProgress<'_> {
    fn drop(&mut self) {
        self.0.count(2);
    }
}

/// Fails at the third call.
struct FailsAtThree(Calls);

impl FailsAtThree {
    fn call(&self) -> Result<(), BoxError> {
        self.0.count(0);
        if self.0.all()[0] >= 3 { Err(Broken("three").into()) } else { Ok(()) }
    }
}

impl Source for FailsAtThree {
    type Item = u64;

    async fn next(&mut self) -> Result<Option<u64>, BoxError> {
        self.call().map(|()| Some(0))
    }
}

impl Transform<u64> for FailsAtThree {
    type Out = u64;

    async fn apply(&mut self, item: u64, out: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        self.call()?;
        out.emit(item).await;
        Ok(())
    }

    async fn finish(&mut self, _: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        self.0.count(1);
        Ok(())
    }
}

impl Sink<u64> for FailsAtThree {
    type Output = ();

    async fn write(&mut self, _: u64) -> Result<(), BoxError> {
        self.call()
    }

    async fn finish(self) -> Result<(), BoxError> {
        self.0.count(1);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn e4_what_has_failed_is_left_alone() {
    within(async {
        let calls = Calls::default();
        let outcome = pipeline! { from(FailsAtThree(calls.clone())) -> queue(1) -> discard() }.run().await;
        assert_failed(outcome, "from", ErrorKind::Failed, "three");
        assert_eq!(calls.all(), [3, 0, 0]);
        let calls = Calls::default();
        let outcome = pipeline! { iter(0..) -> via(FailsAtThree(calls.clone())) -> discard() }.run().await;
        assert_failed(outcome, "via", ErrorKind::Failed, "three");
        assert_eq!(calls.all(), [3, 0, 0]);
        let calls = Calls::default();
        let outcome = pipeline! { iter(0..) -> into(FailsAtThree(calls.clone())) }.run().await;
        assert_failed(outcome, "into", ErrorKind::Failed, "three");
        assert_eq!(calls.all(), [3, 0, 0]);
    })
    .await;
}

/// Each write takes an hour.
struct AnHour(Calls);

impl Sink<u64> for AnHour {
    type Output = ();

    async fn write(&mut self, _: u64) -> Result<(), BoxError> {
        self.0.count(0);
        let unfinished = InProgress(&self.0);
        sleep(ms(3_600_000)).await;
        std::mem::forget(unfinished);
        Ok(())
    }

    async fn finish(self) -> Result<(), BoxError> {
        self.0.count(1);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn e6_an_abort_drops_a_write_in_progress() {
    within(async {
        let calls = Calls::default();
        let (source, watch) = recorded(9, After::Wait);
        let running = pipeline! { from(source) -> into(AnHour(calls.clone())) }.spawn();
        sleep(ms(5)).await;
        assert_eq!(calls.all(), [1, 0, 0]);
        running.control().abort();
        settle().await;
        assert_eq!(calls.all(), [1, 0, 1], "at once, and without a finish");
        assert_aborted(running.await);
        watch.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e6_an_abort_overtakes_a_finish_in_progress() {
    within(async {
        let calls = Calls::default();
        let running = pipeline! { iter(0..9) -> into(AnHour(calls.clone())) }.spawn();
        let control = running.control();
        sleep(ms(5)).await;
        control.finish();
        settle().await;
        assert_eq!(calls.all(), [1, 0, 0], "the items inside come out in their time");
        control.abort();
        control.finish();
        control.resume();
        assert_aborted(running.await);
        assert_eq!(calls.all(), [1, 0, 1]);
    })
    .await;
}

/// A transform whose end takes for ever, and a sink whose end takes an hour.
struct LongEnd(Calls);

impl Transform<u64> for LongEnd {
    type Out = u64;

    async fn apply(&mut self, _: u64, _: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        Ok(())
    }

    async fn finish(&mut self, out: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        self.0.count(1);
        let _unfinished = InProgress(&self.0);
        loop {
            out.emit(7).await;
        }
    }
}

impl Sink<u64> for LongEnd {
    type Output = ();

    async fn write(&mut self, _: u64) -> Result<(), BoxError> {
        Ok(())
    }

    async fn finish(self) -> Result<(), BoxError> {
        self.0.count(1);
        let _unfinished = InProgress(&self.0);
        sleep(ms(3_600_000)).await;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn s4_a_finish_that_emits_without_end_is_cancelled_when_nothing_more_is_wanted() {
    within(async {
        let calls = Calls::default();
        let taken = pipeline! { #![queue = 2] iter(0..3) -> via(LongEnd(calls.clone())) -> queue(1) -> take(5) -> collect::<Vec<_>>() };
        assert_eq!(taken.run().await.unwrap(), [7; 5]);
        assert_eq!(calls.all(), [0, 1, 1]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e6_an_abort_drops_a_finish_in_progress() {
    within(async {
        let calls = Calls::default();
        let running = pipeline! { iter(0..3) -> into(LongEnd(calls.clone())) }.spawn();
        sleep(ms(5)).await;
        assert_eq!(calls.all(), [0, 1, 0]);
        running.control().abort();
        assert_aborted(running.await);
        assert_eq!(calls.all(), [0, 1, 1]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn e1_a_failure_drops_what_is_in_progress_above_it_and_below() {
    within(async {
        let calls = Calls::default();
        let (source, watch) = recorded(2, After::Wait);
        let outcome = pipeline! {
            from(source) -> queue(4)
            -> then(async |n| if n == 1 { sleep(ms(5)).await; Err(Broken("middle")) } else { Ok(n) })? -> into(AnHour(calls.clone()))
        };
        assert_failed(outcome.run().await, "then", ErrorKind::Failed, "middle");
        assert_eq!(calls.all(), [1, 0, 1], "one write, dropped in progress, and no finish");
        assert_eq!(watch.unanswered(), 1, "the `next` in progress is dropped");
        watch.assert_closed_once();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn s3_take_until_what_has_already_happened_gives_nothing() {
    within(async {
        let (source, watch) = recorded(9, After::Wait);
        let none = pipeline! { from(source) -> take_until(std::future::ready(())) -> count() };
        assert_eq!(none.run().await.unwrap(), 0);
        watch.assert_closed_once();
    })
    .await;
}

/// How a pipeline whose inlet is full ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Finish,
    Abort,
    Drop,
    Failure,
    Panic,
    Satisfied,
}

#[tokio::test(start_paused = true)]
async fn l12_each_end_gives_waiting_sends_their_items_back() {
    within(async {
        for end in [End::Finish, End::Abort, End::Drop, End::Failure, End::Panic, End::Satisfied] {
            let (numbers, source) = inlet::<u64>(1);
            let (tell, mut told) = tokio::sync::mpsc::channel::<()>(1);
            let running = pipeline! {
                from(source) -> queue(1)
                -> then(async move |n| {
                    told.recv().await;
                    assert!(!matches!(end, End::Panic), "burst");
                    if matches!(end, End::Failure) { Err(Broken("failed")) } else { Ok(n) }
                })?
                -> take(1) -> then(never::<u64>) -> discard()
            };
            let running = running.spawn();
            let sends: Vec<_> = (0..6)
                .map(|n| {
                    let numbers = numbers.clone();
                    tokio::spawn(async move { numbers.send(n).await })
                })
                .collect();
            sleep(ms(1)).await;
            let waiting: Vec<u64> = (0..6).filter(|n| !sends[*n as usize].is_finished()).collect();
            assert!(waiting.len() >= 2, "{end:?}: {waiting:?}");
            match end {
                End::Finish => running.control().finish(),
                End::Abort => running.control().abort(),
                End::Drop => drop(running),
                End::Failure | End::Panic | End::Satisfied => tell.send(()).await.unwrap(),
            }
            for (n, send) in (0..).zip(sends) {
                let back = send.await.unwrap();
                assert!(
                    if waiting.contains(&n) { back == Err(Closed(n)) } else { back.is_ok() },
                    "{end:?}: {n} got {back:?}"
                );
            }
            assert_eq!(numbers.send(7).await, Err(Closed(7)), "{end:?}");
        }
    })
    .await;
}
