use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::cells::StageCell;
use super::clock;
use super::{Arrivals, At, Head, Pace, Wait};

/// Of a run whose items may each take long, the clock is read after so many.
const TIMED: usize = 16;

/// An asynchronous stage's input: the receiving end of the link before it.
pub struct Input<H> {
    head: H,
    stage: Arc<StageCell>,
    pace: Pace,
    /// The head is a source, and was told to stop.
    stopped: bool,
}

impl<H: Head> Input<H> {
    pub(crate) fn new(head: H, at: &At<'_, '_>) -> Self {
        Self { head, stage: at.cell(), pace: Pace::new(), stopped: false }
    }

    /// The stage.
    pub(crate) fn stage(&self) -> &Arc<StageCell> {
        &self.stage
    }

    /// How many items may be taken now: at least one, and fewer than make a stage that always finds work keep others waiting (G5).
    fn poll_limit(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        match self.pace.limit(self.stage.task()) {
            0 => {
                cx.waker().wake_by_ref();
                self.stage.note_wait(Wait::Turn);
                Poll::Pending
            }
            limit => Poll::Ready(limit),
        }
    }

    /// Counts what was taken.
    pub(crate) fn settle(&mut self) {
        let taken = self.head.settle();
        self.stage.add_in(taken);
        self.pace.moved(usize::try_from(taken).unwrap_or(usize::MAX), self.stage.task());
    }

    /// Whether there is an item. The end of a cancelled run is not an end: the stage is dropped instead (S4).
    fn poll_filled(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        if self.head.is_source() && self.is_held() {
            self.stage.note_wait(Wait::Items);
            return Poll::Pending;
        }
        let Poll::Ready(filled) = self.head.poll_items(cx) else {
            self.stage.note_wait(self.head.waits_for());
            return Poll::Pending;
        };
        match filled {
            Ok(true) => Poll::Ready(true),
            Ok(false) if self.stage.task().flags().cancelled() => Poll::Pending,
            Ok(false) => Poll::Ready(false),
            Err(failure) => {
                self.stage.fail(failure);
                Poll::Pending
            }
        }
    }

    /// Stops a source when the pipeline is told to finish (E5); says whether `pause()` holds it (E7). Either wakes the task.
    fn is_held(&mut self) -> bool {
        let flags = self.stage.task().flags();
        if flags.finishing() && !self.stopped {
            self.stopped = true;
            self.head.stop();
        }
        flags.paused() && !self.stopped
    }

    /// The next item; `None` at the end. An item is taken when it is given, not before (L5).
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<H::Item>> {
        loop {
            ready!(self.poll_limit(cx));
            if !ready!(self.poll_filled(cx)) {
                return Poll::Ready(None);
            }
            let item = self.head.items(1).next();
            self.settle();
            if item.is_some() {
                return Poll::Ready(item);
            }
        }
    }

    /// As many of the items that are there as fit into `limit`, put behind those in `into`; `false` at the end.
    pub(crate) fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        limit: usize,
        into: &mut impl Extend<H::Item>,
    ) -> Poll<bool> {
        let most = ready!(self.poll_limit(cx));
        if !ready!(self.poll_filled(cx)) {
            return Poll::Ready(false);
        }
        into.extend(self.head.items(limit.min(most)));
        self.settle();
        Poll::Ready(true)
    }

    /// A run of at most `limit` of the items that are there; it ends sooner if working on them takes long (G5). Whoever has pulled it calls
    /// [`settle`](Self::settle).
    #[inline]
    pub(crate) fn run<'a>(
        &'a mut self,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> impl Iterator<Item = H::Item> + use<'a, H> {
        let here = limit > 0 && self.poll_filled(cx) == Poll::Ready(true);
        let Self { head, stage, pace, .. } = self;
        let most = if here { pace.limit(stage.task()) } else { 0 };
        let mut items = head.items(limit.min(most));
        let mut given = 0;
        std::iter::from_fn(move || {
            given += 1;
            if given % TIMED == 0 {
                clock::renew();
                if pace.is_long(stage.task()) {
                    return None;
                }
            }
            items.next()
        })
    }

    /// Hands at most `limit` of the items that are there to `take`, one after the other; `false` at the end.
    pub(crate) fn poll_some(&mut self, cx: &mut Context<'_>, limit: usize, take: impl FnMut(H::Item)) -> Poll<bool> {
        let most = ready!(self.poll_limit(cx));
        if !ready!(self.poll_filled(cx)) {
            return Poll::Ready(false);
        }
        self.head.items(limit.min(most)).for_each(take);
        self.settle();
        Poll::Ready(true)
    }

    /// Hands the items that are there to `take`, one after the other; `false` at the end.
    pub(crate) fn poll_each(&mut self, cx: &mut Context<'_>, take: impl FnMut(H::Item)) -> Poll<bool> {
        self.poll_some(cx, usize::MAX, take)
    }

    /// Whether nothing is given before others have had their turn (G5); the task is woken for it.
    pub(crate) fn is_spent(&mut self) -> bool {
        self.pace.limit(self.stage.task()) == 0
    }

    /// The stage has dropped items (L10).
    pub(crate) fn note_dropped(&self, items: u64) {
        if items > 0 {
            self.head.note_dropped(items);
        }
    }

    /// The next item; `None` at the end.
    ///
    /// Cancel safe: a cancelled wait has taken nothing.
    pub(crate) async fn next(&mut self) -> Option<H::Item> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// The next item, if one is there.
    pub(crate) async fn try_next(&mut self) -> Option<H::Item> {
        poll_fn(|cx| match self.poll_next(cx) {
            Poll::Ready(item) => Poll::Ready(item),
            Poll::Pending => {
                // It is not what the stage waits for.
                self.stage.note_wait(Wait::Own);
                Poll::Ready(None)
            }
        })
        .await
    }
}

impl<H: Arrivals> Input<H> {
    /// Waits until another number of items than `known` has come; says how many have, and whether more may. Takes nothing.
    pub(crate) fn poll_arrivals(&mut self, cx: &mut Context<'_>, known: usize) -> Poll<(usize, bool)> {
        if self.head.is_source() {
            // Items may come while they are held; they are told to stop coming.
            self.is_held();
        }
        let arrived = self.head.poll_arrivals(cx, known);
        if arrived.is_pending() && self.head.gone() == known {
            self.stage.note_wait(Wait::Items);
        }
        arrived
    }

    /// How many of the items that came are no longer in the link.
    pub(crate) fn gone(&self) -> usize {
        self.head.gone()
    }
}
