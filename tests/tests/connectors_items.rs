//! Sources and sinks of items: rows of a CSV file on the blocking pool, a file written there, channels; and what an end in
//! mid-flight leaves of each.

use std::error::Error as _;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use aqueduct::testkit::{Gate, Tracked, Tracker, expect_tasks};
use aqueduct::{ErrorKind, pipeline};
use aqueduct_tests::connectors::{after, counted};
use aqueduct_tests::ends::{assert_aborted, assert_failed, within};
use aqueduct_tests::flow::settle;
use aqueduct_tests::watched::Came;
use tokio::sync::mpsc;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data").join(name)
}

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("connectors_items_{name}"))
}

/// All rows of the file, read by hand.
fn rows(name: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(data(name)).unwrap().into_records().map(Result::unwrap).collect()
}

// iter_blocking over a CSV reader

#[tokio::test]
async fn rows_of_a_csv_file_come_as_its_reader_gives_them() {
    within(async {
        let reader = csv::Reader::from_path(data("birdstrikes.csv")).unwrap();
        let all = pipeline! { iter_blocking(reader.into_records())? -> queue(64) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(all.len(), 10_000);
        assert!(all == rows("birdstrikes.csv"));

        let reader = csv::Reader::from_path(data("seattle-weather.csv")).unwrap();
        type Day = (String, f64, f64, f64, f64, String);
        let wettest = pipeline! {
            iter_blocking(reader.into_deserialize::<Day>())?
            -> map_async(4, async |day| day)
            -> fold((String::new(), 0.0), |most: (String, f64), (date, rain, ..)| if rain > most.1 { (date, rain) } else { most })
        };
        assert_eq!(wettest.run().await.unwrap(), ("2015-03-15".to_owned(), 55.9));
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test]
async fn a_row_that_is_wrong_fails_the_pipeline_and_says_where() {
    within(async {
        let text = "a,b\n1,2\n3,4\n5,6,7\n8,9\n";
        let came = Came::default();
        let (tracker, seen) = (Tracker::new(), came.clone());
        let run = pipeline! {
            iter_blocking(csv::Reader::from_reader(text.as_bytes()).into_records())? as rows
            -> map(move |row| tracker.item(row[0].parse().unwrap())) -> for_each(move |item| seen.note(&item))
        };
        let error = run.run().await.unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("rows", ErrorKind::Failed));
        let cause = error.source().unwrap().downcast_ref::<csv::Error>().unwrap();
        assert_eq!(cause.position().map(csv::Position::line), Some(4), "{cause}");
        // Without `?` each row is a `Result`, and the reader goes on behind the one that is wrong.
        let reader = csv::Reader::from_reader(text.as_bytes());
        let good = pipeline! { iter_blocking(reader.into_records()) -> map(|row| row.is_ok()) -> collect::<Vec<_>>() };
        assert_eq!(good.run().await.unwrap(), [true, true, false, true]);
    })
    .await;
}

#[tokio::test]
async fn an_end_in_the_middle_of_a_csv_file_leaves_a_beginning_of_its_rows() {
    within(async {
        let expected = rows("birdstrikes.csv");
        for (n, finishes) in [(1, true), (500, true), (1, false), (500, false)] {
            let reader = csv::Reader::from_path(data("birdstrikes.csv")).unwrap();
            let (sender, mut came) = mpsc::unbounded_channel();
            let (count, seen) = mpsc::unbounded_channel();
            let running = pipeline! {
                iter_blocking(reader.into_records())? -> inspect(counted(count)) -> queue(8)
                -> for_each_async(1, async move |row| { tokio::task::yield_now().await; sender.send(row).unwrap_or_default() })
            }
            .spawn();
            let control = running.control();
            after(n, seen, || if finishes { control.finish() } else { control.abort() }).await;
            assert_eq!(running.await.is_ok(), finishes);
            let mut all = Vec::new();
            while let Ok(row) = came.try_recv() {
                all.push(row);
            }
            assert!(expected.starts_with(&all), "in order, none lost, none doubled");
            assert!(all.len() < expected.len(), "it ended before its input");
            if finishes {
                assert!(all.len() >= n, "what was taken came out: {} of {n}", all.len());
            }
            expect_tasks(0).await;
        }
    })
    .await;
}

// for_each_blocking into a file

#[tokio::test]
async fn a_file_written_on_the_blocking_pool_is_whole_when_the_run_ends() {
    within(async {
        for finishes in [true, false] {
            let path = scratch("written");
            let file = Mutex::new(BufWriter::with_capacity(100, std::fs::File::create(&path).unwrap()));
            let (count, seen) = mpsc::unbounded_channel();
            let lines = if finishes { u64::MAX } else { 5000 };
            let running = pipeline! {
                #![queue = 16]
                iter(0..lines) -> inspect(counted(count)) -> for_each_blocking(1, move |n| writeln!(file.lock().unwrap(), "line {n}"))?
            }
            .spawn();
            let control = running.control();
            after(300, seen, || if finishes { control.finish() }).await;
            running.await.unwrap();
            // The closure, and the writer in it, were dropped before the run ended: what was buffered is in the file.
            let text = std::fs::read_to_string(&path).unwrap();
            let count = text.lines().count() as u64;
            assert!(text.lines().eq((0..count).map(|n| format!("line {n}"))) && text.ends_with('\n'));
            assert!(if finishes { count >= 300 } else { count == 5000 }, "{count}");
        }
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test]
async fn a_disk_that_is_full_fails_for_each_blocking() {
    within(async {
        struct Full(usize);
        impl std::io::Write for Full {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0 += bytes.len();
                if self.0 > 100 { Err(std::io::ErrorKind::StorageFull.into()) } else { Ok(bytes.len()) }
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let disk = Mutex::new(Full(0));
        let run = pipeline! { iter(0..) -> for_each_blocking(2, move |n: u32| disk.lock().unwrap().write_all(&n.to_be_bytes()))? as disk };
        assert_failed(run.run().await, "disk", ErrorKind::Failed, &std::io::Error::from(std::io::ErrorKind::StorageFull).to_string());
    })
    .await;
}

// Channels

#[tokio::test(start_paused = true)]
async fn recv_gives_all_that_it_took_and_the_rest_goes_with_the_channel() {
    within(async {
        for finishes in [true, false] {
            let (tracker, came, gate) = (Tracker::new(), Came::default(), Gate::new());
            let (sender, receiver) = mpsc::channel(4);
            let (seen, held) = (came.clone(), gate.clone());
            let running = pipeline! {
                #![queue = 2]
                recv(receiver) -> for_each_async(1, async move |item: Tracked| { held.pass().await; seen.note(&item); })
            }
            .spawn();
            // Three are taken: one is in the sink, two in the link. Four more wait in the channel, and one more outside.
            for n in 0..7 {
                sender.send(tracker.item(n)).await.unwrap();
                settle().await;
            }
            assert_eq!(sender.capacity(), 0);
            let waiting = tokio::spawn({
                let (sender, item) = (sender.clone(), tracker.item(7));
                async move { sender.send(item).await.unwrap_err().0.number() }
            });
            settle().await;
            if finishes {
                running.control().finish()
            } else {
                running.control().abort()
            }
            assert_eq!(waiting.await.unwrap(), 7, "it is told that nobody takes its item");
            gate.open();
            if finishes {
                running.await.unwrap();
                assert_eq!(came.all(), [0, 1, 2]);
            } else {
                assert_aborted(running.await);
                assert_eq!(came.all(), [0; 0]);
            }
            assert_eq!(tracker.live(), 0);
            assert!(sender.is_closed());
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn send_delivers_all_at_finish_and_at_abort_a_beginning_each_once() {
    within(async {
        for finishes in [true, false] {
            let tracker = Tracker::new();
            let made = tracker.clone();
            let (sender, mut receiver) = mpsc::channel(2);
            let running = pipeline! {
                #![queue = 2] iter((0..100).map(move |n| made.item(n))) -> send(sender)
            }
            .spawn();
            settle().await;
            // Two in the channel, one that waits for a place, two in the link.
            assert_eq!(tracker.live(), 2 + 1 + 2);
            let first = receiver.recv().await.unwrap();
            settle().await;
            if finishes {
                running.control().finish()
            } else {
                running.control().abort()
            }
            settle().await;
            let mut numbers = vec![first.number()];
            while let Some(item) = receiver.recv().await {
                numbers.push(item.number());
            }
            assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
            drop(first);
            if finishes {
                assert_eq!(running.await.unwrap(), numbers.len() as u64);
                assert_eq!(numbers.len(), tracker.made(), "all that was made");
            } else {
                assert_aborted(running.await);
                assert_eq!(numbers.len(), 1 + 2, "those that were in the channel");
            }
            assert_eq!(tracker.live(), 0);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn into_a_futures_sink_delivers_all_at_finish_and_at_abort_a_beginning_each_once() {
    within(async {
        for finishes in [true, false] {
            let tracker = Tracker::new();
            let made = tracker.clone();
            let (sender, mut receiver) = mpsc::channel(2);
            let sink = futures_util::sink::unfold(sender, async |sender, item: Tracked| {
                sender.send(item).await.map_err(|_| "nobody")?;
                Ok::<_, &str>(sender)
            });
            let running = pipeline! { #![queue = 2] iter((0..100).map(move |n| made.item(n))) -> into(sink) }.spawn();
            settle().await;
            let inside = tracker.live();
            assert!((5..=7).contains(&inside), "{inside}");
            if finishes {
                running.control().finish()
            } else {
                running.control().abort()
            }
            settle().await;
            let mut numbers = Vec::new();
            while let Some(item) = receiver.recv().await {
                numbers.push(item.number());
            }
            let expected = if finishes { tracker.made() as u64 } else { 2 };
            assert_eq!(numbers, (0..expected).collect::<Vec<_>>());
            assert_eq!(running.await.is_ok(), finishes);
            assert_eq!(tracker.live(), 0);
        }
    })
    .await;
}

/// `unfold` drops the future that is in progress, and the state with it; what came before has come out.
#[tokio::test(start_paused = true)]
async fn a_step_of_unfold_in_progress_is_dropped_at_finish() {
    within(async {
        let (tracker, came) = (Tracker::new(), Came::default());
        let (made, seen, gate) = (Arc::new(tracker.clone()), came.clone(), Gate::new());
        let held = gate.clone();
        let running = pipeline! {
            unfold(made.item(1000), async move |state| {
                if state.number() == 1003 { held.pass().await; }
                Some((made.item(state.number() - 1000), made.item(state.number() + 1)))
            })
            -> for_each(move |item| seen.note(&item))
        }
        .spawn();
        settle().await;
        assert_eq!((came.all(), gate.arrived(), tracker.live()), (vec![0, 1, 2], 1, 1));
        running.control().finish();
        running.await.unwrap();
        gate.open();
        assert_eq!((came.all().len(), gate.passed(), tracker.live()), (3, 0, 0));
    })
    .await;
}
