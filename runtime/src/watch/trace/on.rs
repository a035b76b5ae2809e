use std::error::Error;
use std::fmt::{self, Write as _};
use std::time::Duration;

use tracing::span::EnteredSpan;
use tracing::{Level, Span, debug, enabled, error, info, info_span, warn};

use super::super::Stall;
use crate::stage::TaskCell;
use crate::{ErrorKind, Name, PipelineError, Signal, SignalEvent};

/// What all spans and events have as their target.
const TARGET: &str = "aqueduct";

/// The span of a task, entered whenever the task is polled.
#[derive(Debug)]
pub(crate) struct TaskSpan(Span);

impl TaskSpan {
    pub(crate) fn new(cell: &TaskCell) -> Self {
        Self(info_span!(target: TARGET, "task", pipeline = %cell.run().name(), stages = %Listed(&cell.stage_names())))
    }

    pub(crate) fn enter(&self) -> EnteredSpan {
        self.0.clone().entered()
    }
}

/// What tokio-console calls a task.
#[cfg(tokio_unstable)]
pub(crate) fn task_name(cell: &TaskCell) -> String {
    format!("{}: {}", cell.run().name(), Listed(&cell.stage_names()))
}

/// `parse, price`
struct Listed<'a>(&'a [Name]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, name) in self.0.iter().enumerate() {
            f.write_str(if n > 0 { ", " } else { "" })?;
            f.write_str(name)?;
        }
        Ok(())
    }
}

/// The signals that are to be told of, each with its pipeline.
#[derive(Debug, Default)]
pub(crate) struct Signalled(Vec<(Name, SignalEvent)>);

impl Signalled {
    /// One more, if anybody listens.
    pub(crate) fn add(&mut self, pipeline: &Name, event: impl FnOnce() -> SignalEvent) {
        if enabled!(target: TARGET, Level::DEBUG) {
            self.0.push((pipeline.clone(), event()));
        }
    }

    pub(crate) fn append(&mut self, more: &mut Self) {
        self.0.append(&mut more.0);
    }

    pub(crate) fn tell(&mut self) {
        for (pipeline, SignalEvent { from, to, link, signal, len, .. }) in self.0.drain(..) {
            match signal {
                Signal::Pause => debug!(target: TARGET, %pipeline, %link, %from, %to, len, "pause"),
                Signal::Drain => debug!(target: TARGET, %pipeline, %link, %from, %to, len, "drain"),
            }
        }
    }
}

/// A failure in words, made before it is known whether it is the run's first.
pub(crate) struct Failed {
    stage: String,
    kind: ErrorKind,
    /// With its causes.
    error: String,
}

impl Failed {
    pub(crate) fn new(failure: &PipelineError) -> Self {
        let mut error = failure.to_string();
        let mut cause = failure.source();
        while let Some(further) = cause {
            // Writing to a string does not fail; if the cause's own words do, they are left out.
            let _ = write!(error, ": {further}");
            cause = further.source();
        }
        Self { stage: failure.stage().to_owned(), kind: failure.kind(), error }
    }

    pub(crate) fn tell(self, pipeline: &Name) {
        let Self { stage, kind, error } = self;
        match kind {
            ErrorKind::Aborted => info!(target: TARGET, %pipeline, "aborted"),
            kind => error!(target: TARGET, %pipeline, stage, ?kind, error, "failed"),
        }
    }
}

/// The run has come to its end.
pub(crate) fn finished(pipeline: &Name, elapsed: Duration) {
    info!(target: TARGET, %pipeline, ?elapsed, "finished");
}

/// Nothing moves.
pub(crate) fn stalled(stall: &Stall) {
    let Stall { lasted, snapshot, .. } = stall;
    let pipeline = &snapshot.name;
    match snapshot.bottleneck() {
        Some(cause) => {
            let (bottleneck, location, advice) = (&cause.stage, &cause.location, cause.advice);
            warn!(target: TARGET, %pipeline, ?lasted, %bottleneck, %location, advice, "stalled");
        }
        None => warn!(target: TARGET, %pipeline, ?lasted, "stalled"),
    }
}
