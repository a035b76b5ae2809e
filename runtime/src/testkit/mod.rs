//! Parts for tests of pipelines: needs the feature `testkit`.
//!
//! ```toml
//! [dev-dependencies]
//! aqueduct = { version = "0.1", features = ["testkit"] }
//! tokio = { version = "1", features = ["macros", "rt-multi-thread", "test-util"] }
//! ```
//!
//! A pipeline that is a function of its input is tested with `iter(…)` and `collect`. What is here is for the rest: what a pipeline
//! does when one end is slow, fails, or never answers; and that nothing is lost on the way.
//!
//! | part | for |
//! |---|---|
//! | [`ScriptedSource`] | items, waits and failures at the moments the test wants; records the signals and the closing |
//! | [`GatedSink`] | backpressure: takes nothing until it is allowed to; fails or panics when the test wants |
//! | [`Gate`] | the same for any closure of the pipeline, and to hold a source |
//! | [`Probe`] | waits until a link is paused, has drained, or holds so much; says how all links are when it does not come so |
//! | [`Tracker`] | items that are counted: none lost, none doubled, each dropped once |
//! | [`expect_tasks`] | no task is left behind |
//! | [`run_shuffled`] | the same run in another order: each seed polls the pipeline's tasks in an order of its own |
//!
//! # Backpressure, step by step
//!
//! The sink's gate is closed, so the link above it fills and pauses, and the source hears it. When the sink has taken enough, the link
//! drains.
//!
//! ```
//! use aqueduct::testkit::{GatedSink, Probe, ScriptedSource, expect_tasks};
//! use aqueduct::{Signal, pipeline};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), aqueduct::PipelineError> {
//! let (source, sink) = (ScriptedSource::new().items(0..20), GatedSink::new());
//! let (asked, stored) = (source.watch(), sink.watch());
//! let running = pipeline! { from(source) -> queue(4, low = 1) as waiting -> into(sink) }.spawn();
//! let mut waiting = Probe::new(&running.control(), "waiting");
//!
//! let link = waiting.expect_paused().await;
//! assert_eq!((link.max_len, asked.nexts()), (4, 4)); // it was filled, and the source was not asked for more
//! waiting.expect_len(3).await; // one item stands at the sink's gate
//!
//! stored.allow(1);
//! waiting.expect_len(2).await;
//! assert_eq!(asked.signals(), [Signal::Pause]); // not yet at the low mark
//! stored.allow(1);
//! waiting.expect_drained().await;
//!
//! stored.open();
//! running.await?;
//! assert_eq!(stored.take(), Vec::from_iter(0..20));
//! asked.assert_not_asked_while_paused();
//! asked.assert_closed_once();
//! expect_tasks(0).await;
//! # Ok(())
//! # }
//! ```
//!
//! # Failures
//!
//! Whatever fails, nobody is left waiting, the source is closed, and every item is dropped once.
//!
//! ```
//! use std::time::Duration;
//!
//! use aqueduct::testkit::{GatedSink, ScriptedSource, Tracker, expect_tasks};
//! use aqueduct::{ErrorKind, pipeline};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! let tracker = Tracker::new();
//! let source = ScriptedSource::new().items(tracker.items(0..10)).wait(Duration::from_secs(60)).pending();
//! let (closed, sink) = (source.watch(), GatedSink::new().fail_after(7, "disk full"));
//! let stored = sink.watch();
//! stored.open();
//! let error = pipeline! { from(source) -> queue(4) -> into(sink) as disk }.run().await.unwrap_err();
//! assert_eq!((error.stage(), error.kind()), ("disk", ErrorKind::Failed));
//!
//! assert_eq!(stored.take().len(), 7);
//! tracker.assert_all_dropped_once();
//! closed.assert_closed_once();
//! expect_tasks(0).await;
//! # }
//! ```
//!
//! # The clock
//!
//! All parts work on both of tokio's runtimes, and with its clock running or paused (`start_paused = true`, tokio's feature `test-util`). Prefer it
//! paused: waits take no time, and an expectation that is wrong fails at once, when nothing else can happen. A paused clock
//! stands still while any task has work: a pipeline that never waits needs a gate, and a test a limit of real time, such as the
//! test runner's. Under [`run_local`](crate::Pipeline::run_local) the pipeline is polled where it is awaited: join it with what the test does
//! ([`Gate`] has an example).

mod gate;
mod items;
mod probe;
mod shuffled;
mod sink;
mod source;
mod tasks;

use std::time::Duration;

pub use gate::Gate;
pub use items::{Tracked, Tracker};
pub use probe::Probe;
pub use shuffled::run_shuffled;
pub use sink::{GatedSink, SinkWatch};
pub use source::{ScriptedSource, SourceCall, SourceWatch};
pub use tasks::expect_tasks;

/// How long an expectation waits.
const PATIENCE: Duration = Duration::from_secs(5);
