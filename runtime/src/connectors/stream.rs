use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::PipelineError;
use crate::stage::{At, Guard, Head, StageCell, Wait};

/// A futures stream as a source. It is polled only while the task below has room (L6), and not after its end (E4).
pub struct StreamHead<S, A> {
    stream: Option<Pin<Box<S>>>,
    item: Option<A>,
    stage: Arc<StageCell>,
    counted: u64,
}

impl<A, S: Stream<Item = A>> StreamHead<S, A> {
    pub(crate) fn new(stream: S, at: &At<'_, '_>) -> Self {
        Self { stream: Some(Box::pin(stream)), item: None, stage: at.cell(), counted: 0 }
    }
}

impl<A, S: Stream<Item = A>> Head for StreamHead<S, A> {
    type Item = (A, ());

    #[inline(always)]
    fn is_source(&self) -> bool {
        true
    }

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        if self.item.is_none() {
            let Some(stream) = &mut self.stream else { return Poll::Ready(Ok(false)) };
            let guard = Guard::new(&self.stage);
            let next = stream.as_mut().poll_next(cx);
            guard.passed();
            self.item = ready!(next);
            if self.item.is_none() {
                self.cancel();
            }
        }
        Poll::Ready(Ok(self.item.is_some()))
    }

    fn waits_for(&self) -> Wait {
        Wait::Own
    }

    fn items(&mut self, limit: usize) -> impl Iterator<Item = (A, ())> {
        let Self { item, counted, .. } = self;
        std::iter::from_fn(|| {
            let item = item.take()?;
            *counted += 1;
            Some((item, ()))
        })
        .take(limit)
    }

    fn settle(&mut self) -> u64 {
        let taken = std::mem::take(&mut self.counted);
        self.stage.add_out(taken);
        taken
    }

    fn stop(&mut self) {
        let guard = Guard::new(&self.stage);
        self.stream = None;
        guard.passed();
    }

    fn cancel(&mut self) {
        self.stop();
        self.item = None;
    }
}
