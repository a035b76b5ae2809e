use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::runtime::Handle;

use crate::stage::{At, Guard, Head, StageCell, Wait};
use crate::{PipelineError, Signal};

/// How many items of a blocking iterator there are at most: being made, waiting to be taken, and in the task's hand together.
const MOST: usize = 64;

/// An iterator that blocks, as a source: it is driven on the blocking pool, and hands its items over.
///
/// It runs ahead of the task while that works, up to [`MOST`] items; it is not asked further while the link below is paused (L6) or the
/// sources are held (E7). It has a thread only while it is asked.
pub struct Blocking<I: Iterator<Item: Send> + Send + 'static> {
    shared: Arc<Shared<I>>,
    /// The items of the current run, and what the task has left of it.
    run: VecDeque<(I::Item, ())>,
    counted: u64,
}

/// What the task and the thread share.
struct Shared<I: Iterator> {
    state: Mutex<State<I>>,
    stage: Arc<StageCell>,
}

struct State<I: Iterator> {
    phase: Phase<I>,
    items: VecDeque<(I::Item, ())>,
    /// How many items the task has, as far as is known here: never fewer than there are.
    taken: usize,
    /// The task wants items.
    wanted: bool,
    /// The task, if it waits for an item.
    waker: Option<Waker>,
    /// Where the iterator was driven, which is where it is to be dropped.
    pool: Option<Handle>,
}

enum Phase<I> {
    /// The iterator waits to be asked.
    Idle(I),
    /// It is being driven on the blocking pool.
    Driven,
    /// It has ended, or no more is wanted: whoever has it drops it.
    Over,
}

impl<I: Iterator> Shared<I> {
    /// Never held while code of the user runs, but for a look at an item.
    fn state(&self) -> MutexGuard<'_, State<I>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<I: Iterator> State<I> {
    /// The items there are, with the one being made if it is to be made.
    fn has_room(&self) -> bool {
        self.items.len() + self.taken < MOST
    }
}

impl<I: Iterator<Item: Send> + Send + 'static> Blocking<I> {
    pub(crate) fn new(items: I, at: &mut At<'_, '_>) -> Self {
        // Besides the one in the task's hand.
        at.holds(MOST - 1);
        let state = State {
            phase: Phase::Idle(items),
            items: VecDeque::new(),
            taken: 0,
            wanted: false,
            waker: None,
            pool: None,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), stage: at.cell() });
        Self { shared, run: VecDeque::new(), counted: 0 }
    }

    /// No more is wanted of the iterator; items handed over stay.
    fn end(&self) {
        let (phase, pool) = {
            let mut state = self.shared.state();
            state.wanted = false;
            (std::mem::replace(&mut state.phase, Phase::Over), state.pool.take())
        };
        if let Phase::Idle(items) = phase {
            match pool {
                Some(pool) => drop(pool.spawn_blocking(move || drop(items))),
                // It was never asked: it has nothing to block on.
                None => {
                    let guard = Guard::new(&self.shared.stage);
                    drop(items);
                    guard.passed();
                }
            }
        }
    }

    /// Lets the pool drive the iterator, if it is idle.
    fn drive(&self, mut state: MutexGuard<'_, State<I>>) {
        match std::mem::replace(&mut state.phase, Phase::Driven) {
            Phase::Idle(items) => {
                drop(state);
                let guard = Guard::new(&self.shared.stage);
                let pool = Handle::current();
                self.shared.state().pool = Some(pool.clone());
                let turn = Turn { shared: Arc::clone(&self.shared), items: Some(items) };
                drop(pool.spawn_blocking(move || turn.take()));
                guard.passed();
            }
            other => state.phase = other,
        }
    }
}

impl<I: Iterator<Item: Send> + Send + 'static> Head for Blocking<I> {
    type Item = (I::Item, ());

    #[inline(always)]
    fn is_source(&self) -> bool {
        true
    }

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        let mut state = self.shared.state();
        state.taken = self.run.len();
        let waiting = state.items.len() + state.taken;
        let over = matches!(state.phase, Phase::Over);
        state.waker = (waiting == 0 && !over).then(|| cx.waker().clone());
        if !over && waiting <= MOST / 2 {
            state.wanted = true;
            self.drive(state);
        }
        match (waiting, over) {
            (0, false) => Poll::Pending,
            (0, true) => Poll::Ready(Ok(false)),
            _ => Poll::Ready(Ok(true)),
        }
    }

    fn waits_for(&self) -> Wait {
        Wait::Own
    }

    fn items(&mut self, limit: usize) -> impl Iterator<Item = (I::Item, ())> {
        let Self { shared, run, counted } = self;
        if run.len() < limit {
            let mut state = shared.state();
            let more = (limit - run.len()).min(state.items.len());
            run.extend(state.items.drain(..more));
            state.taken = run.len();
        }
        std::iter::from_fn(|| {
            let item = run.pop_front()?;
            *counted += 1;
            Some(item)
        })
        .take(limit)
    }

    fn with_next<R>(&self, f: impl FnOnce(&I::Item) -> R) -> Option<R> {
        match self.run.front() {
            Some((item, ())) => Some(f(item)),
            None => self.shared.state().items.front().map(|(item, ())| f(item)),
        }
    }

    fn settle(&mut self) -> u64 {
        let taken = std::mem::take(&mut self.counted);
        self.shared.stage.add_out(taken);
        taken
    }

    fn signal(&mut self, signal: Signal) {
        if signal == Signal::Pause {
            self.shared.state().wanted = false;
        }
    }

    fn stop(&mut self) {
        self.end();
    }

    fn cancel(&mut self) {
        self.end();
        let items = std::mem::take(&mut self.shared.state().items);
        drop((items, std::mem::take(&mut self.run)));
    }
}

impl<I: Iterator<Item: Send> + Send + 'static> Drop for Blocking<I> {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// The iterator's turn on the blocking pool.
struct Turn<I: Iterator> {
    shared: Arc<Shared<I>>,
    /// Gone when the turn is over.
    items: Option<I>,
}

impl<I: Iterator> Turn<I> {
    /// Asks the iterator as long as items are wanted and have room.
    fn take(mut self) {
        while self.goes_on() {
            let Some(items) = &mut self.items else { return };
            match catch_unwind(AssertUnwindSafe(|| items.next())) {
                Ok(Some(item)) => self.hand_over(item),
                Ok(None) => return self.end(),
                Err(payload) => {
                    self.fail(payload);
                    return self.end();
                }
            }
        }
    }

    /// Whether the iterator is to be asked; if not, it was put back or dropped.
    fn goes_on(&mut self) -> bool {
        let mut state = self.shared.state();
        if matches!(state.phase, Phase::Over) {
            drop(state);
            // Cancelled: of what its drop does nobody is told any more (E1).
            let items = self.items.take();
            self.caught(|| drop(items));
            return false;
        }
        let held = self.shared.stage.task().flags().paused();
        if state.wanted && state.has_room() && !held {
            return true;
        }
        if let Some(items) = self.items.take() {
            state.phase = Phase::Idle(items);
        }
        // The sources may have been let go in between: the task looks again.
        let waker = state.waker.take();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
        false
    }

    fn hand_over(&self, item: I::Item) {
        let mut state = self.shared.state();
        if matches!(state.phase, Phase::Over) {
            drop(state);
            self.caught(|| drop(item));
            return;
        }
        state.items.push_back((item, ()));
        let waker = state.waker.take();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    /// The iterator has ended: it is dropped, then the task is told.
    fn end(&mut self) {
        let items = self.items.take();
        self.caught(|| drop(items));
        let waker = {
            let mut state = self.shared.state();
            state.phase = Phase::Over;
            state.waker.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// Calls code of the user; its panic is the stage's failure (E2).
    fn caught(&self, f: impl FnOnce()) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(f)) {
            self.fail(payload);
        }
    }

    fn fail(&self, payload: Box<dyn std::any::Any + Send>) {
        let stage = &self.shared.stage;
        stage.fail(PipelineError::panicked(stage.name().clone(), &*payload));
        // A payload may panic when it is dropped; nobody is left to tell.
        drop(catch_unwind(AssertUnwindSafe(|| drop(payload))));
    }
}

impl<I: Iterator> Drop for Turn<I> {
    /// A turn that never came, as when the pool is shut down: no silent end (E2).
    fn drop(&mut self) {
        if self.items.is_some() {
            self.shared.stage.task().run().abort();
            self.end();
        }
    }
}
