use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

#[cfg(feature = "testkit")]
use super::shuffled::Shuffled;
use super::{Drive, Supervised};

/// So many polls of tasks, then the runtime gets its turn (G5).
pub(super) const POLLS: usize = 64;

type Task<'p> = Supervised<Box<dyn Drive + 'p>>;

/// In which order tasks that run inside another get their turns.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// As they are woken.
    Woken,
    /// As drawn from a seed.
    #[cfg(feature = "testkit")]
    Drawn(u64),
}

/// Runs tasks inside the one that polls it.
pub(crate) enum Local<'p> {
    InTurn(InTurn<'p>),
    #[cfg(feature = "testkit")]
    Shuffled(Shuffled<'p>),
}

impl<'p> Local<'p> {
    pub(crate) fn new(tasks: Vec<Box<dyn Drive + 'p>>, order: Order) -> Self {
        match order {
            Order::Woken => Self::InTurn(InTurn::new(tasks)),
            #[cfg(feature = "testkit")]
            Order::Drawn(seed) => Self::Shuffled(Shuffled::new(tasks, seed)),
        }
    }
}

impl Future for Local<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &mut *self {
            Self::InTurn(tasks) => Pin::new(tasks).poll(cx),
            #[cfg(feature = "testkit")]
            Self::Shuffled(tasks) => Pin::new(tasks).poll(cx),
        }
    }
}

/// Only those that were woken are polled, in turn.
pub(crate) struct InTurn<'p> {
    tasks: FuturesUnordered<Counted<'p>>,
    polls: Rc<Cell<usize>>,
}

struct Counted<'p> {
    task: Task<'p>,
    polls: Rc<Cell<usize>>,
}

impl<'p> InTurn<'p> {
    fn new(tasks: Vec<Box<dyn Drive + 'p>>) -> Self {
        let polls = Rc::new(Cell::new(0));
        let counted = |task| Counted { task: Supervised::new(task), polls: Rc::clone(&polls) };
        Self { tasks: tasks.into_iter().map(counted).collect(), polls }
    }
}

impl Future for Counted<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let polls = self.polls.get();
        if polls == POLLS {
            // Its turn comes when the runtime has had its own.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.polls.set(polls + 1);
        Pin::new(&mut self.task).poll(cx)
    }
}

impl Future for InTurn<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.polls.set(0);
        while ready!(self.tasks.poll_next_unpin(cx)).is_some() {}
        Poll::Ready(())
    }
}
