//! The watchdog: `#![stall = 30s]` has a look at the run every 30 seconds.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::trace;
use crate::graph::Graph;
use crate::signal::{Event, Subscription};
use crate::stage::{Role, Run};
use crate::{Snapshot, StageState};

/// A run in which nothing moves, although items are inside.
///
/// Told to [`Control::stalls`](crate::Control::stalls) in a pipeline with the option `#![stall = …]`.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Stall {
    /// How long nothing has moved, at least.
    pub lasted: Duration,
    /// The pipeline as it stands: [`Snapshot::bottleneck`] names the stage that holds it.
    pub snapshot: Snapshot,
    /// How many stalls this observer has lost since the one before, because it was more than 16 behind.
    pub missed: u64,
}

impl Event for Stall {
    const KEPT: usize = 16;

    fn set_missed(&mut self, missed: u64) {
        self.missed = missed;
    }
}

/// A pipeline's stalls as a stream, which ends with the pipeline. Made by [`Control::stalls`](crate::Control::stalls).
///
/// # Cancel safety
/// Waiting for the next stall may be cancelled; none is lost by it.
#[derive(Debug)]
#[must_use = "a stream of stalls does nothing unless it is read"]
pub struct Stalls(pub(crate) Subscription<Stall>);

impl futures_core::Stream for Stalls {
    type Item = Stall;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Stall>> {
        Pin::new(&mut self.0).poll_next(cx)
    }
}

/// Looks at the run once a period, and tells of each stall once; until the run ends. Without the option there is nothing to do.
pub(crate) async fn watch_stalls(run: Arc<Run>) {
    let Some(period) = run.stall() else { return };
    let mut end = Arc::clone(&run).end();
    let mut known = Standing::of(&run.snapshot());
    let (mut since, mut told) = (Instant::now(), false);
    while timeout(period, &mut end).await.is_err() {
        let snapshot = run.snapshot();
        let now = Standing::of(&snapshot);
        if now != known {
            (known, since, told) = (now, Instant::now(), false);
        } else if !told && is_inside(&snapshot, run.graph()) {
            told = true;
            let stall = Stall { lasted: since.elapsed(), snapshot, missed: 0 };
            trace::stalled(&stall);
            drop(run.stalls().publish(|| stall));
        }
    }
}

/// Where the items of a run stand: another one when any has moved.
#[derive(PartialEq, Eq)]
struct Standing {
    /// All that was counted, together: it only grows.
    counted: u64,
    in_links: usize,
    in_flight: usize,
}

impl Standing {
    fn of(snapshot: &Snapshot) -> Self {
        let Snapshot { stages, links, .. } = snapshot;
        let by_stages = stages.iter().flat_map(|stage| [stage.items_in, stage.items_out, stage.dropped]);
        let by_links = links.iter().map(|link| link.dropped);
        Self {
            counted: by_stages.chain(by_links).fold(0, u64::wrapping_add),
            in_links: links.iter().map(|link| link.len).sum(),
            in_flight: stages.iter().map(|stage| stage.in_flight).sum(),
        }
    }
}

/// Whether there are items in a link, or in the hands of a stage. A source that waits has none yet.
fn is_inside(snapshot: &Snapshot, graph: &Graph) -> bool {
    let begins = |task: usize| graph.stages.iter().any(|stage| stage.task == task && stage.role == Role::Source);
    let Snapshot { stages, links, .. } = snapshot;
    links.iter().any(|link| link.len > 0)
        || stages.iter().any(|stage| stage.in_flight > 0 || (stage.state == StageState::Waiting && !begins(stage.task)))
}
