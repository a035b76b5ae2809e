//! The feature `tracing`: what a subscriber hears of a run, word for word, and that it hears nothing for each item.

#![cfg(not(loom))]

use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::testkit::Gate;
use aqueduct::{inlet, pipeline};
use aqueduct_tests::ends::{Broken, within};
use tokio::time::sleep;
use tracing::Level;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::format::FmtSpan;

/// Notes what is traced on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn of(level: Level, spans: FmtSpan) -> (Self, DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_span_events(spans)
            .with_ansi(false)
            .without_time()
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// The lines that are ours, without the blanks before the level.
    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().filter(|line| line.contains("aqueduct: ")).map(|line| line.trim().to_owned()).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_tells_of_its_tasks_its_signals_and_its_end() {
    within(async {
        let (log, _guard) = Log::of(Level::DEBUG, FmtSpan::NEW);
        let run = pipeline! {
            #![name = "import"]
            iter(0..3) -> map(|n| n + 1) as parse -> queue(2, low = 0) as waiting -> for_each_async(1, async |_| sleep(Duration::from_secs(1)).await) as store
        };
        run.run().await.unwrap();
        let (above, below) = (r#"task{pipeline=import stages=iter, parse}"#, "task{pipeline=import stages=store}");
        let link = "pipeline=import link=waiting from=parse to=store";
        assert_eq!(
            log.lines(),
            [
                format!("INFO {above}: aqueduct: new"),
                format!("INFO {below}: aqueduct: new"),
                format!("DEBUG {above}: aqueduct: pause {link} len=2"),
                format!("DEBUG {below}: aqueduct: drain {link} len=0"),
                format!("INFO {below}: aqueduct: finished pipeline=import elapsed=3s"),
            ]
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_names_the_stage_and_its_causes_once() {
    within(async {
        let (log, _guard) = Log::of(Level::DEBUG, FmtSpan::NONE);
        let failing = pipeline! {
            iter(["1", "x", "y"]) -> map(str::parse::<u32>)? as parse -> then(async |n| n) -> discard()
        };
        let failed = failing.run().await.unwrap_err();
        let panicking = pipeline! { iter(0..3) -> for_each(|n| assert!(n < 1, "no more")) };
        let panicked = panicking.run().await.unwrap_err();
        assert_eq!(
            log.lines(),
            [
                format!(
                    "ERROR task{{pipeline=pipeline stages=iter, parse}}: aqueduct: failed pipeline=pipeline stage=\"parse\" \
                     kind=Failed error=\"{failed}: invalid digit found in string\""
                ),
                format!(
                    "ERROR task{{pipeline=pipeline stages=iter, for_each}}: aqueduct: failed pipeline=pipeline stage=\"for_each\" \
                     kind=Panicked error=\"{panicked}: no more\""
                ),
            ]
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn of_two_failures_the_first_is_told() {
    within(async {
        let (log, _guard) = Log::of(Level::DEBUG, FmtSpan::NONE);
        let failing = pipeline! {
            iter(0..2) -> broadcast {
                for_each_async(1, async |_| Err(Broken("one")))? as one,
                for_each_async(1, async |_| Err(Broken("two")))? as two,
            }
        };
        let error = failing.run().await.unwrap_err();
        let lines = log.lines();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains(&format!("stage={:?}", error.stage())), "{lines:?}");
    })
    .await;
}

/// An abort is what somebody has asked for; a pipeline that was never run has no end to tell of.
#[tokio::test(start_paused = true)]
async fn an_abort_is_no_error_and_a_run_that_never_was_is_silent() {
    within(async {
        let (log, _guard) = Log::of(Level::DEBUG, FmtSpan::NONE);
        let running = pipeline! { stream(futures_util::stream::pending::<u8>()) -> discard() }.spawn();
        running.control().abort();
        running.await.unwrap_err();
        drop(pipeline! { iter(0..3) -> discard() });
        assert_eq!(log.lines(), ["INFO aqueduct: aborted pipeline=pipeline"]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_stall_is_a_warning_that_names_the_bottleneck() {
    within(async {
        let (log, _guard) = Log::of(Level::WARN, FmtSpan::NONE);
        let line = line!() + 3;
        let running = pipeline! {
            #![stall = 30s]
            iter(0..100) -> queue(8) -> for_each_async(1, async |_| pending::<()>().await) as store
        }
        .spawn();
        sleep(Duration::from_secs(600)).await;
        let lines = log.lines();
        assert_eq!(lines.len(), 1, "{lines:?}");
        let place = format!("bottleneck=store location={}:{line}:", file!());
        for word in ["WARN aqueduct: stalled pipeline=pipeline lasted=30s ", &place, "advice=\""] {
            assert!(lines[0].contains(word), "{word:?} is not in {:?}", lines[0]);
        }
        drop(running);
    })
    .await;
}

/// What user code traces stands in the span of its task.
#[tokio::test(start_paused = true)]
async fn what_a_closure_traces_stands_in_the_span_of_its_task() {
    within(async {
        let (log, _guard) = Log::of(Level::INFO, FmtSpan::NONE);
        let local = pipeline! {
            iter(0..2) -> then(async |n| { tracing::info!(target: "aqueduct", n); n }) as ask -> discard()
        };
        local.run_local().await.unwrap();
        let span = "task{pipeline=pipeline stages=ask, discard}";
        assert_eq!(log.lines()[..2], [format!("INFO {span}: aqueduct: n=0"), format!("INFO {span}: aqueduct: n=1")]);
    })
    .await;
}

/// A subscriber may look at the pipeline, also while it hears of a signal: it is told when no lock is held.
#[tokio::test(start_paused = true)]
async fn a_subscriber_may_look_at_the_pipeline() {
    within(async {
        let (inlet, source) = inlet(1);
        let gate = Gate::new();
        let passes = gate.clone();
        let run = pipeline! {
            from(source) -> queue(1) as ring -> for_each_async(1, async move |()| passes.pass().await)
        };
        let control = run.control();
        let looks = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&looks);
        let look = move || {
            let snapshot = control.snapshot();
            seen.lock().unwrap().push(snapshot.links.len());
            io::sink()
        };
        let subscriber = tracing_subscriber::fmt().with_max_level(Level::DEBUG).with_writer(look).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let running = run.spawn();
        for _ in 0..3 {
            inlet.send(()).await.unwrap();
        }
        gate.open();
        inlet.close();
        running.await.unwrap();
        assert!(looks.lock().unwrap().len() > 4, "{looks:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_traced_for_each_item() {
    const ITEMS: u32 = 100_000;
    within(async {
        let (log, _guard) = Log::of(Level::TRACE, FmtSpan::FULL);
        let run = pipeline! {
            iter(0..ITEMS) -> map(|n| n) -> queue(1024) -> filter(|n| n % 2 == 0) -> queue(1024) -> count()
        };
        assert_eq!(run.run().await.unwrap(), u64::from(ITEMS) / 2);
        let lines = log.lines().len();
        assert!((20..ITEMS as usize / 50).contains(&lines), "{lines} lines");
    })
    .await;
}

/// tokio-console reads the names of tasks from tokio's own spans, which are there in a build with `--cfg tokio_unstable` only.
#[cfg(tokio_unstable)]
#[tokio::test(start_paused = true)]
async fn tokio_console_is_told_the_names_of_the_stages() {
    within(async {
        let (log, _guard) = Log::of(Level::TRACE, FmtSpan::NEW);
        pipeline! { #![name = "import"] iter(0..3) -> map(|n| n) as parse -> queue(2) -> count() }.run().await.unwrap();
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        for name in ["task.name=import: iter, parse", "task.name=import: count"] {
            assert!(text.contains(name), "{name:?} is not in\n{text}");
        }
    })
    .await;
}
