use std::sync::Arc;
use std::task::{Context, Poll};

use crate::PipelineError;
use crate::stage::{At, Guard, Head, StageCell};

/// An iterator as a source: each run takes as many items as the task below has room for.
pub struct Iter<I> {
    /// Gone when it has ended: nothing is called after its end (E4).
    items: Option<I>,
    stage: Arc<StageCell>,
    counted: u64,
    ended: bool,
    begun: bool,
}

impl<I: Iterator> Iter<I> {
    pub(crate) fn new(items: I, at: &At<'_, '_>) -> Self {
        Self { items: Some(items), stage: at.cell(), counted: 0, ended: false, begun: false }
    }

    /// Notes how many items there will be, where the iterator says so.
    fn begin(&mut self) {
        self.begun = true;
        let guard = Guard::new(&self.stage);
        let hint = self.items.as_ref().map(Iterator::size_hint);
        guard.passed();
        if let Some((least, Some(most))) = hint
            && least == most
        {
            self.stage.note_expected(least);
        }
    }
}

impl<I: Iterator> Head for Iter<I> {
    type Item = (I::Item, ());

    #[inline(always)]
    fn is_source(&self) -> bool {
        true
    }

    fn poll_items(&mut self, _: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        if self.ended {
            self.items = None;
        } else if !self.begun {
            self.begin();
        }
        Poll::Ready(Ok(self.items.is_some()))
    }

    #[inline(always)]
    fn items(&mut self, limit: usize) -> impl Iterator<Item = (I::Item, ())> {
        let Self { items, stage, counted, ended, .. } = self;
        Taking { items, stage, left: limit, limit, counted, ended }
    }

    fn settle(&mut self) -> u64 {
        let taken = std::mem::take(&mut self.counted);
        self.stage.add_out(taken);
        taken
    }

    fn stop(&mut self) {
        self.cancel();
    }

    fn cancel(&mut self) {
        let guard = Guard::new(&self.stage);
        self.items = None;
        guard.passed();
    }
}

/// A run of an iterator; its drop counts what was taken.
struct Taking<'a, I> {
    items: &'a mut Option<I>,
    stage: &'a StageCell,
    left: usize,
    limit: usize,
    counted: &'a mut u64,
    ended: &'a mut bool,
}

impl<I> Drop for Taking<'_, I> {
    #[inline(always)]
    fn drop(&mut self) {
        *self.counted += (self.limit - self.left) as u64;
    }
}

impl<I: Iterator> Iterator for Taking<'_, I> {
    type Item = (I::Item, ());

    #[inline(always)]
    fn next(&mut self) -> Option<(I::Item, ())> {
        if self.left == 0 || *self.ended {
            return None;
        }
        let items = self.items.as_mut()?;
        let guard = Guard::new(self.stage);
        let item = items.next();
        guard.passed();
        match item {
            Some(_) => self.left -= 1,
            None => *self.ended = true,
        }
        Some((item?, ()))
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        // Never more than the limit, whatever the user's iterator says of itself: links rely on it.
        (0, Some(self.left))
    }

    /// Where the iterator knows that it can fill the run, the compiler gets a loop over a count, with the iterator in registers. The loop
    /// stops short of the iterator's last item: so the count is seen to end it first, and a range is not asked for its end at each item.
    #[inline(always)]
    fn fold<B, F: FnMut(B, (I::Item, ())) -> B>(mut self, init: B, mut f: F) -> B {
        let mut folded = init;
        if !*self.ended
            && let Some(mut items) = self.items.take()
        {
            let guard = Guard::new(self.stage);
            let mut done = 0;
            if let sure @ 1.. = items.size_hint().0 {
                let sure = (sure - 1).min(self.left);
                while done < sure {
                    let Some(item) = items.next() else { break };
                    done += 1;
                    folded = f(folded, (item, ()));
                }
                // Fewer than it said: it has ended all the same (E4).
                *self.ended = done != sure;
            }
            guard.passed();
            self.left -= done;
            *self.items = Some(items);
        }
        for item in self.by_ref() {
            folded = f(folded, item);
        }
        folded
    }
}
