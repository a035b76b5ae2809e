use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::{Drive, Supervised};

/// So many polls of tasks, then the runtime gets its turn (G5).
const POLLS: usize = 64;

type Task<'p> = Supervised<Box<dyn Drive + 'p>>;

/// Runs tasks inside the one that polls it: only those that were woken, in turn.
pub(crate) struct Local<'p> {
    tasks: FuturesUnordered<Counted<'p>>,
    polls: Rc<Cell<usize>>,
}

struct Counted<'p> {
    task: Task<'p>,
    polls: Rc<Cell<usize>>,
}

impl<'p> Local<'p> {
    pub(crate) fn new(tasks: Vec<Box<dyn Drive + 'p>>) -> Self {
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

impl Future for Local<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.polls.set(0);
        while ready!(self.tasks.poll_next_unpin(cx)).is_some() {}
        Poll::Ready(())
    }
}
