//! When sinks call an item done.

use std::future::{pending, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use aqueduct::{BoxError, ErrorKind, Sink, pipeline};
use aqueduct_tests::ends::within;
use aqueduct_tests::pieces::an_hour;
use tokio::io::AsyncWrite;
use tokio::time::sleep;

use crate::kit::{Told, asked};
use crate::told;

/// Texts that were noted on the way.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn note(&self, told: &Told) {
        self.0.lock().unwrap().push(told.text());
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

#[tokio::test(start_paused = true)]
async fn for_each_is_done_with_an_item_when_its_closure_has_returned() {
    within(async {
        let (source, told) = asked(3);
        let (notes, seen, hears) = (Notes::default(), Notes::default(), told.clone());
        let noting = seen.clone();
        pipeline! { from(source) -> for_each(move |_| noting.note(&hears)) }.run().await.unwrap();
        notes.note(&told);
        assert_eq!(seen.all(), ["...", "d..", "dd."]);
        assert_eq!(notes.all(), ["ddd"]);
        let failed = told!(4; for_each(|n| if n == 2 { Err("no") } else { Ok(()) })?);
        assert_eq!(failed, (Err(ErrorKind::Failed), "ddF.".into()));
        assert_eq!(told!(4; discard()), (Ok(()), "dddd".into()));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn for_each_async_is_done_with_an_item_when_its_future_is() {
    within(async {
        let (source, told) = asked(4);
        let running = pipeline! {
            from(source) -> for_each_async(2, async |n: usize| if n == 1 { pending().await })
        }
        .spawn();
        an_hour().await;
        assert_eq!(told.text(), "d.dd", "one of the two places is taken for good");
        drop(running);
        an_hour().await;
        assert_eq!(told.text(), "d-dd");

        let failed = told!(6; for_each_async(2, async |n: usize| {
            sleep(Duration::from_millis(n as u64)).await;
            if n == 3 { Err("no") } else { Ok(()) }
        })?);
        assert_eq!(failed.0, Err(ErrorKind::Failed));
        assert_eq!(&failed.1[..4], "dddF");
        assert!(failed.1[4..].chars().all(|told| told == '-'), "neighbours are dropped: {}", failed.1);
        // Without `?` an `Err` is a value like any other, which the sink is done with.
        assert_eq!(told!(2; for_each_async(1, async |_| { let _ = Err::<(), _>("no"); })), (Ok(()), "dd".into()));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn for_each_blocking_is_done_with_an_item_when_its_call_is() {
    within(async {
        assert_eq!(told!(4; for_each_blocking(2, drop)), (Ok(()), "dddd".into()));
        let failed = told!(4; for_each_blocking(1, |n| if n == 2 { Err("no") } else { Ok(()) })?);
        assert_eq!(failed, (Err(ErrorKind::Failed), "ddF-".into()));
    })
    .await;
}

/// What is collected is nobody's before the run has ended well.
#[tokio::test(start_paused = true)]
async fn an_output_is_done_when_the_run_has_ended_well() {
    macro_rules! output {
        ($before:literal, $failed:literal, $after:literal; $($sink:tt)*) => {
            let (source, told) = asked(4);
            let running = pipeline! { from(source.waits()) -> $($sink)* }.spawn();
            an_hour().await;
            assert_eq!(told.text(), $before, "before the end: {}", stringify!($($sink)*));
            running.control().finish();
            running.await.unwrap();
            assert_eq!(told.text(), "dddd", "{}", stringify!($($sink)*));

            let (source, told) = asked(4);
            let running = pipeline! { from(source.waits()) -> $($sink)* }.spawn();
            an_hour().await;
            running.control().abort();
            running.await.unwrap_err();
            assert_eq!(told.text(), $failed, "aborted: {}", stringify!($($sink)*));

            // The output is there, and another part of the run fails later.
            let (source, told) = asked(4);
            let outcome = pipeline! {
                from(source) -> $($sink)*;
                iter(0..2) -> then(async |n| sleep(Duration::from_secs(1 + n)).await) -> take_until(sleep(Duration::from_secs(60)))
                    -> for_each(|()| Err("no"))?
            }
            .run()
            .await;
            assert_eq!(outcome.map(drop).unwrap_err().kind(), ErrorKind::Failed);
            assert_eq!(told.text(), $after, "failed elsewhere: {}", stringify!($($sink)*));
        };
    }
    within(async {
        output!("....", "----", "----"; collect::<Vec<_>>());
        output!("....", "----", "----"; count());
        output!("....", "----", "----"; fold(0, |sum, n| sum + n));
        output!("....", "----", "----"; reduce(|a, b| a + b));
        output!("ddd.", "ddd-", "ddd-"; last());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_the_first_is_dropped() {
    within(async {
        assert_eq!(told!(3; queue(4) -> first()), (Ok(()), "d--".into()));
        let (source, told) = asked(3);
        let outcome = pipeline! {
            from(source) -> queue(4) -> first();
            once(()) -> delay(1s) -> for_each(|()| Err("no"))?
        }
        .run()
        .await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Failed);
        assert_eq!(told.text(), "---", "what it gives out goes nowhere");
    })
    .await;
}

/// Notes what was told at each write and each flush.
struct Writer {
    told: Told,
    writes: Notes,
    flushes: Notes,
    /// How many more flushes go well.
    good: usize,
}

impl AsyncWrite for Writer {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.writes.note(&self.told);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.flushes.note(&self.told);
        let Some(left) = self.good.checked_sub(1) else { return Poll::Ready(Err(std::io::Error::other("full"))) };
        self.good = left;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_written_is_done_after_the_flush_that_covers_it() {
    macro_rules! writes {
        ($($sink:tt)*) => {
            let (source, told) = asked(4);
            let writer = Writer { told: told.clone(), writes: Notes::default(), flushes: Notes::default(), good: 99 };
            let (writes, flushes) = (writer.writes.clone(), writer.flushes.clone());
            let running = pipeline! { from(source.waits()) -> $($sink)*(writer) }.spawn();
            an_hour().await;
            assert_eq!(told.text(), "dddd", "nothing waits to be written");
            assert!(writes.all().iter().all(|text| text == "...."), "one flush for all: {:?}", writes.all());
            assert_eq!(flushes.all()[0], "....");
            running.control().finish();
            running.await.unwrap();

            let (source, told) = asked(4);
            let writer = Writer { told: told.clone(), writes: Notes::default(), flushes: Notes::default(), good: 0 };
            let outcome = pipeline! { from(source.waits()) -> $($sink)*(writer) }.run().await;
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Failed);
            assert!(!told.text().contains('d'), "nothing was flushed: {}", told.text());
        };
    }
    within(async {
        writes!(write_lines);
        writes!(map(|n: usize| n.to_string().into_bytes()) -> write);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_is_done_when_the_channel_has_it() {
    within(async {
        let (source, told) = asked(5);
        let (sender, mut receiver) = tokio::sync::mpsc::channel(2);
        let running = pipeline! { from(source) -> send(sender) }.spawn();
        an_hour().await;
        assert_eq!(told.text(), "dd...");
        assert_eq!(receiver.recv().await, Some(0));
        an_hour().await;
        assert_eq!(told.text(), "ddd..");
        drop(receiver);
        assert_eq!(running.await.unwrap(), 3);
        assert_eq!(told.text(), "ddd--", "nobody takes the rest");
    })
    .await;
}

/// Writes an item in a second; fails at one.
struct Slow(Option<usize>);

impl Sink<usize> for Slow {
    type Output = ();

    async fn write(&mut self, item: usize) -> Result<(), BoxError> {
        sleep(Duration::from_secs(1)).await;
        if self.0 == Some(item) { Err("no".into()) } else { Ok(()) }
    }

    async fn finish(self) -> Result<(), BoxError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_sink_of_the_users_is_done_with_an_item_when_write_has_given_ok() {
    within(async {
        let (source, told) = asked(4);
        let running = pipeline! { from(source) -> into(Slow(None)) }.spawn();
        sleep(Duration::from_millis(2500)).await;
        assert_eq!(told.text(), "dd..");
        running.await.unwrap();
        assert_eq!(told.text(), "dddd");
        assert_eq!(told!(4; into(Slow(Some(2)))), (Err(ErrorKind::Failed), "ddF-".into()));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_futures_sink_is_done_with_an_item_after_the_flush_that_covers_it() {
    within(async {
        let (source, told) = asked(4);
        let (notes, hears) = (Notes::default(), told.clone());
        let taken = notes.clone();
        let sink = futures_util::sink::unfold(0, move |sum, n: usize| {
            taken.note(&hears);
            ready(Ok::<_, std::io::Error>(sum + n))
        });
        pipeline! { from(source) -> into(sink) }.run().await.unwrap();
        assert_eq!(told.text(), "dddd");
        assert_eq!(notes.all()[0], "....");

        let (source, told) = asked(3);
        let stuck = futures_util::sink::unfold((), |(), _: usize| pending::<Result<(), std::io::Error>>());
        let running = pipeline! { from(source) -> into(stuck) }.spawn();
        an_hour().await;
        assert_eq!(told.text(), "...", "it was taken, and is not flushed");
        running.control().abort();
        running.await.unwrap_err();
        assert_eq!(told.text(), "---");
    })
    .await;
}
