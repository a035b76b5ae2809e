use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::cells::{StageCell, TaskCell, Told};
use super::clock;
use super::{At, Drive, Guard, Head, Pair, Port, Stop, Wait};
use crate::PipelineError;

/// An asynchronous stage: an async block that reads an [`Input`](super::Input) and writes a [`Port`].
///
/// It is polled however full the output is, so futures in flight go on (G3); what it puts out waits for room.
pub struct Body<T, F> {
    port: Port<T>,
    block: Option<Pin<Box<F>>>,
    stage: Arc<StageCell>,
    counted: u64,
}

impl<T, F: Future<Output = Result<(), Told>>> Body<T, F> {
    pub(crate) fn new(port: Port<T>, at: &At<'_, '_>, block: F) -> Self {
        Self { port, block: Some(Box::pin(block)), stage: at.cell(), counted: 0 }
    }

    fn poll_block(&mut self, cx: &mut Context<'_>, open: bool) {
        self.port.set_open(open);
        let Some(block) = &mut self.block else { return };
        self.stage.note_wait(Wait::Own);
        let guard = Guard::new(&self.stage);
        let outcome = block.as_mut().poll(cx);
        guard.passed();
        clock::renew();
        if outcome.is_ready() {
            self.block = None;
        }
    }
}

impl<T: Pair, F: Future<Output = Result<(), Told>>> Head for Body<T, F> {
    type Item = T;

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        self.poll_block(cx, true);
        match (self.port.len(), &self.block) {
            // The end of a block that has failed is no end of the stream (T4).
            (_, None) if self.stage.task().flags().cancelled() => Poll::Pending,
            (0, None) => Poll::Ready(Ok(false)),
            (0, Some(_)) => Poll::Pending,
            _ => Poll::Ready(Ok(true)),
        }
    }

    fn waits_for(&self) -> Wait {
        self.stage.wait()
    }

    fn items(&mut self, limit: usize) -> impl Iterator<Item = T> {
        let Self { port, counted, .. } = self;
        port.items(limit).inspect(|_| *counted += 1)
    }

    fn with_next<R>(&self, f: impl FnOnce(&T::Bare) -> R) -> Option<R> {
        self.port.with_next(|item| f(item.bare()))
    }

    fn settle(&mut self) -> u64 {
        let taken = std::mem::take(&mut self.counted);
        self.stage.add_out(taken);
        taken
    }

    fn poll_work(&mut self, cx: &mut Context<'_>) -> Result<(), PipelineError> {
        self.poll_block(cx, false);
        Ok(())
    }

    fn cancel(&mut self) {
        self.block = None;
        self.port.clear();
    }
}

/// An asynchronous sink: an async block that reads an [`Input`](super::Input) and leaves its output in a cell.
pub struct Worker<F> {
    block: Option<Pin<Box<F>>>,
    stage: Arc<StageCell>,
}

impl<F: Future<Output = Result<(), Told>>> Worker<F> {
    pub(crate) fn new(at: &At<'_, '_>, block: F) -> Self {
        Self { block: Some(Box::pin(block)), stage: at.cell() }
    }
}

impl<F: Future<Output = Result<(), Told>>> Drive for Worker<F> {
    fn cell(&self) -> &Arc<TaskCell> {
        self.stage.task()
    }

    fn poll_drive(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        let Some(block) = &mut self.block else { return Poll::Ready(Ok(())) };
        self.stage.note_wait(Wait::Own);
        let guard = Guard::new(&self.stage);
        let outcome = block.as_mut().poll(cx);
        guard.passed();
        match outcome {
            Poll::Pending => {
                self.stage.task().rest(self.stage.wait());
                Poll::Pending
            }
            Poll::Ready(outcome) => {
                self.block = None;
                Poll::Ready(outcome.map_err(|_| Stop::Cancelled))
            }
        }
    }

    fn cancel(&mut self) {
        let guard = Guard::new(&self.stage);
        self.block = None;
        guard.passed();
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}
