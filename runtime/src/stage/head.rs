use std::task::{Context, Poll};

use super::{Pair, Wait};
use crate::{PipelineError, Signal};

/// Where a task's items come from.
pub trait Head {
    /// What comes.
    type Item;

    /// Whether items enter the pipeline here: such a head is held by `pause()` and stopped by `finish()`.
    #[inline(always)]
    fn is_source(&self) -> bool {
        false
    }

    /// Waits until there is at least one item (`true`) or there will be none any more (`false`).
    ///
    /// Called only while the task below has room: a source is not asked for items it could not pass on (L6).
    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>>;

    /// What the head waits for when `poll_items` has said that it waits.
    fn waits_for(&self) -> Wait {
        Wait::Items
    }

    /// A run of at most `limit` of the items that are there. An item is taken when the iterator gives it, not before (L5).
    fn items(&mut self, limit: usize) -> impl Iterator<Item = Self::Item>;

    /// What `f` says of the next item, if it is there and can be looked at without being taken.
    fn with_next<R>(&self, f: impl FnOnce(&<Self::Item as Pair>::Bare) -> R) -> Option<R>
    where
        Self::Item: Pair,
    {
        let _ = f;
        None
    }

    /// How many items were given since the last call; notes them in the stage's counters.
    fn settle(&mut self) -> u64;

    /// The stage behind this head has dropped items that came from it: notes them where they came from (L10).
    fn note_dropped(&self, items: u64) {
        let _ = items;
    }

    /// Work that goes on while the output has no room: futures in flight (G3), a batch that fills (S2).
    fn poll_work(&mut self, _: &mut Context<'_>) -> Result<(), PipelineError> {
        Ok(())
    }

    /// The link below has paused or drained (L6).
    fn signal(&mut self, _: Signal) {}

    /// `finish()`: a source gives nothing more (E5).
    fn stop(&mut self) {}

    /// Nothing more is wanted: the input is let go, what is in flight is dropped (S3).
    fn cancel(&mut self);

    /// Closes the source, once, after its end or `cancel` (S5).
    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

/// The lower end of a link, which can tell of items without giving them. They are numbered as they come, from 0 on; the numbers wrap.
pub trait Arrivals: Head {
    /// Waits until another number of items than `known` has come, or none will come any more; says how many have, and whether more may.
    fn poll_arrivals(&mut self, cx: &mut Context<'_>, known: usize) -> Poll<(usize, bool)>;

    /// How many of those that came are no longer here: the number of the first that is.
    fn gone(&self) -> usize;
}

/// The lower end of a link, as a fan-in reads it.
pub trait Counted: Head {
    /// How many items `items(limit)` would give now for certain; at least one if there is any. Asks nobody to wake the task.
    fn ready(&mut self, limit: usize) -> usize;
}
