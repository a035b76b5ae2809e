use std::task::{Context, Poll};

use crate::PipelineError;

/// Where a task's items go: a sink, or the link to the next task.
pub trait Consumer<T> {
    /// Whether it is a link, which is best given runs.
    const LINK: bool = false;

    /// Whether it takes every item: it never has enough, never fails, and never waits.
    const TAKES_ALL: bool = false;

    /// Waits for room for at least one item, or for the news that nothing more is wanted.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Demand> {
        Poll::Ready(Demand::Open)
    }

    /// How many items fit now for certain.
    fn room(&self) -> usize {
        usize::MAX
    }

    /// Whether one item fits now for certain.
    fn is_open(&self) -> bool {
        true
    }

    /// Pulls items while there is room.
    fn consume<I: Iterator<Item = T>>(&mut self, items: I) -> Result<Taken, PipelineError>;

    /// Notes in the stage's counters that `items` came.
    fn settle(&mut self, _: u64) {}

    /// Makes everything consumed so far visible to whoever is below; before the task waits or yields (G6).
    fn publish(&mut self) {}

    /// Whether no more items are wanted (S3).
    fn is_satisfied(&self) -> bool {
        false
    }

    /// Whether the last run brought the output to a pause.
    fn is_paused(&self) -> bool {
        false
    }

    /// Before the task waits for input: whether whoever is below has left; if not, the task is woken when it does (S3).
    fn poll_gone(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }

    /// The stream has ended: gives the output, or passes the end on.
    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>>;
}

/// What a consumer says before it is given items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// There is room.
    Open,
    /// Nobody is there any more.
    Gone,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The run was pulled to its end.
    All,
    /// There may be more items than there was room.
    Full,
}
