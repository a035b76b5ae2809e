use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use super::cells::StageCell;
use super::clock;
use super::{At, Guard, Head, Input, Wait};
use crate::{PipelineError, Token};

/// An asynchronous stage that works on one item after the other, each in a future of its own.
///
/// The future of an item gets the stage's state and gives it back, with what comes out if anything does: so it may borrow the state. A run of
/// items is pulled through the futures as through fused stages, until one of them has to wait. That costs neither a lock nor a poll of the task
/// an item, as the port of a [`Body`](super::Body) would.
pub struct Steps<H, S, B, G, Fut, Tok> {
    /// Gone when nothing more comes, or the stage is cancelled.
    work: Option<(Input<H>, Step<S, G, Fut, Tok>)>,
    /// What has come out and has not left yet.
    ready: Option<(B, Tok)>,
    /// Who polled the task last: whom futures wake that are begun in a run.
    waker: Waker,
    stage: Arc<StageCell>,
    counted: u64,
}

/// The future of an item, or the state for the next one.
struct Step<S, G, Fut, Tok> {
    begin: G,
    /// A running future has it.
    state: Option<S>,
    /// That of the item whose future has waited: it lies beside the future, not in it.
    token: Option<Tok>,
    running: Pin<Box<Option<Fut>>>,
    /// The turn of the task in which the future that is running was last polled: if it is woken, there is a further turn.
    polled: u64,
    /// The future that is running has waited.
    waited: bool,
}

impl<S, G, Fut, Tok: Token> Step<S, G, Fut, Tok> {
    fn new(state: S, begin: G) -> Self {
        Self { begin, state: Some(state), token: None, running: Box::pin(None), polled: 0, waited: false }
    }

    /// Begins to work on an item, if none is worked on; its token is for `poll`.
    #[inline(always)]
    fn begin<A>(&mut self, (item, token): (A, Tok)) -> Tok
    where
        G: FnMut(S, A) -> Fut,
    {
        if let Some(state) = self.state.take() {
            self.running.set(Some((self.begin)(state, item)));
        }
        token
    }

    /// Polls the future that is running, once a turn; gives what comes out. Meanwhile the `token` of its item is here: a panic is one at this item.
    #[inline(always)]
    fn poll<B>(&mut self, token: Tok, cx: &mut Context<'_>, stage: &StageCell) -> Poll<Option<(B, Tok)>>
    where
        Fut: Future<Output = (S, Option<B>)>,
    {
        let Some(running) = self.running.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let guard = Guard::new(stage);
        let outcome = running.poll(cx);
        if outcome.is_ready() {
            self.running.set(None);
        }
        guard.passed();
        let Poll::Ready((state, out)) = outcome else {
            self.token = Some(token);
            self.polled = stage.task().turn();
            self.note_waited(true, stage);
            return Poll::Pending;
        };
        if self.waited {
            self.note_waited(false, stage);
        }
        self.state = Some(state);
        let Some(out) = out else {
            token.done();
            return Poll::Ready(None);
        };
        Poll::Ready(Some((out, token)))
    }

    fn note_waited(&mut self, waited: bool, stage: &StageCell) {
        self.waited = waited;
        stage.note_in_flight(usize::from(waited));
    }
}

impl<H, A, S, B, G, Fut, Tok> Steps<H, S, B, G, Fut, Tok>
where
    H: Head<Item = (A, Tok)>,
    G: FnMut(S, A) -> Fut,
    Tok: Token,
    Fut: Future<Output = (S, Option<B>)>,
{
    pub(crate) fn new(head: H, state: S, begin: G, at: &At<'_, '_>) -> Self {
        Self {
            work: Some((Input::new(head, at), Step::new(state, begin))),
            ready: None,
            waker: Waker::noop().clone(),
            stage: at.cell(),
            counted: 0,
        }
    }

    /// Works until something has come out (`true`) or nothing more will (`false`).
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        if !self.waker.will_wake(cx.waker()) {
            self.waker.clone_from(cx.waker());
        }
        while self.ready.is_none() {
            let Some((input, step)) = &mut self.work else { return Poll::Ready(false) };
            let token = if step.state.is_some() {
                let Some(item) = ready!(input.poll_next(cx)) else {
                    self.let_go();
                    return Poll::Ready(false);
                };
                step.begin(item)
            } else if step.polled != self.stage.task().turn()
                && let Some(token) = step.token.take()
            {
                token
            } else {
                return Poll::Pending;
            };
            let stepped = step.poll(token, cx, &self.stage);
            clock::renew();
            self.ready = ready!(stepped);
        }
        Poll::Ready(true)
    }

    fn let_go(&mut self) {
        let guard = Guard::new(&self.stage);
        self.work = None;
        guard.passed();
    }
}

impl<H, A, S, B, G, Fut, Tok> Head for Steps<H, S, B, G, Fut, Tok>
where
    H: Head<Item = (A, Tok)>,
    G: FnMut(S, A) -> Fut,
    Tok: Token,
    Fut: Future<Output = (S, Option<B>)>,
{
    type Item = (B, Tok);

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        self.poll_ready(cx).map(Ok)
    }

    fn waits_for(&self) -> Wait {
        self.stage.wait()
    }

    #[inline]
    fn items(&mut self, limit: usize) -> impl Iterator<Item = (B, Tok)> {
        let Self { work, ready, waker, stage, counted } = self;
        let mut cx = Context::from_waker(waker);
        // One has come out already; a future that waits ends the run.
        let further = limit.saturating_sub(1);
        let mut rest = work.as_mut().map(|(input, step)| (input.run(&mut cx, further), step));
        let mut work_on = move || {
            let (items, step) = rest.as_mut()?;
            loop {
                step.state.as_ref()?;
                let token = step.begin(items.next()?);
                match step.poll(token, &mut cx, stage) {
                    Poll::Ready(None) => {}
                    Poll::Ready(out) => return out,
                    Poll::Pending => return None,
                }
            }
        };
        std::iter::from_fn(move || ready.take().or_else(&mut work_on)).inspect(|_| *counted += 1).take(limit)
    }

    fn with_next<R>(&self, f: impl FnOnce(&B) -> R) -> Option<R> {
        self.ready.as_ref().map(|(item, _)| f(item))
    }

    fn settle(&mut self) -> u64 {
        if let Some((input, _)) = &mut self.work {
            clock::renew();
            input.settle();
        }
        let taken = std::mem::take(&mut self.counted);
        self.stage.add_out(taken);
        taken
    }

    fn poll_work(&mut self, cx: &mut Context<'_>) -> Result<(), PipelineError> {
        let _ = self.poll_ready(cx);
        Ok(())
    }

    fn cancel(&mut self) {
        self.let_go();
        self.ready = None;
    }
}
