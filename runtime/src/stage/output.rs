//! What a pipeline gives at its end: the output of its one sink, or of several as a tuple.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use super::{Drive, DynDrive, Out, Stop, TaskCell};

/// Where the output is found when all tasks have ended.
pub trait Output {
    /// The output.
    type Item;

    /// The output, if every sink has left its own.
    fn take(self) -> Option<Self::Item>;

    /// The same with its type forgotten.
    #[doc(hidden)]
    fn boxed(self) -> Outcome<Self::Item>
    where
        Self: Sized + Send + 'static,
    {
        Outcome::Several(Mutex::new(Some(Box::new(move || self.take()))))
    }

    /// As the output of one sink: filled in by the last of `tasks` that comes to a good end.
    #[doc(hidden)]
    fn gather<'p>(self, tasks: &mut Vec<Box<dyn DynDrive + 'p>>) -> Out<Self::Item>
    where
        Self: Sized + Send + 'p,
        Self::Item: Send + 'p,
    {
        let out = Out::new();
        let all = Rest { running: tasks.len(), outputs: Some(self), out: out.handle() };
        let all = Arc::new(Mutex::new(all));
        for task in std::mem::take(tasks) {
            tasks.push(Box::new(Gathered { task, all: Arc::clone(&all) }));
        }
        out
    }
}

impl<O> Output for Out<O> {
    type Item = O;

    fn take(self) -> Option<O> {
        Out::take(&self)
    }

    fn boxed(self) -> Outcome<O> {
        Outcome::One(self)
    }

    fn gather<'p>(self, _: &mut Vec<Box<dyn DynDrive + 'p>>) -> Self
    where
        Self: Sized + Send + 'p,
        O: Send + 'p,
    {
        self
    }
}

/// The output of a sink in a part that may run elsewhere; then it gives none.
impl<Q: Output> Output for Option<Q> {
    type Item = Option<Q::Item>;

    fn take(self) -> Option<Option<Q::Item>> {
        match self {
            Some(output) => output.take().map(Some),
            None => Some(None),
        }
    }
}

/// An output whose type is forgotten but for what it gives.
pub enum Outcome<O> {
    /// Of one sink.
    One(Out<O>),
    /// Of several; gone when it has been taken.
    Several(Mutex<Option<TakeAll<O>>>),
}

/// What puts the outputs of several sinks together.
type TakeAll<O> = Box<dyn FnOnce() -> Option<O> + Send>;

impl<O> Outcome<O> {
    /// The output, if every sink has left its own; once.
    pub(crate) fn take(&self) -> Option<O> {
        match self {
            Self::One(out) => out.take(),
            Self::Several(take) => {
                let take = take.lock().unwrap_or_else(PoisonError::into_inner).take()?;
                take()
            }
        }
    }
}

impl<O> Output for Outcome<O> {
    type Item = O;

    fn take(self) -> Option<O> {
        Outcome::take(&self)
    }

    fn boxed(self) -> Self {
        self
    }
}

/// The outputs of several sinks, put together by a function.
pub struct Several<F>(F);

/// What `take` puts together: `outputs(move || Some((a.take()?, b.take()?)))`.
pub fn outputs<O, F: FnOnce() -> Option<O>>(take: F) -> Several<F> {
    Several(take)
}

impl<O, F: FnOnce() -> Option<O>> Output for Several<F> {
    type Item = O;

    fn take(self) -> Option<O> {
        (self.0)()
    }
}

/// The tasks of a segment that still run, and the outputs that its sinks leave.
struct Rest<Q: Output> {
    running: usize,
    outputs: Option<Q>,
    out: Out<Q::Item>,
}

/// One of them.
struct Gathered<'p, Q: Output> {
    task: Box<dyn DynDrive + 'p>,
    all: Arc<Mutex<Rest<Q>>>,
}

impl<Q: Output> Drive for Gathered<'_, Q> {
    fn cell(&self) -> &Arc<TaskCell> {
        self.task.cell()
    }

    fn poll_drive(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        let outcome = ready!(self.task.poll_drive(cx));
        if outcome.is_ok() {
            let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.running -= 1;
            if all.running == 0
                && let Some(output) = Option::take(&mut all.outputs).and_then(Q::take)
            {
                all.out.set(output);
            }
        }
        Poll::Ready(outcome)
    }

    fn cancel(&mut self) {
        self.task.cancel();
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.task.poll_close(cx)
    }
}
