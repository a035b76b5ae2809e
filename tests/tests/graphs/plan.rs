//! What is done to a run on purpose: which code goes wrong at which of its calls, and what is asked of the pipeline when.

use std::thread::ThreadId;

use tokio::time::Instant;

use super::tree::{Part, Policy, Shape, Sink, Step};

/// Which code of the test a pipeline calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A closure, or the `next` of an iterator.
    Call,
    /// The future that a closure has given.
    Later,
    /// The iterator that a `flat_map` has been given, the stream that a `flatten_unordered` has.
    Piece,
    /// The guard of a `match`, the key of a `map_async_keyed`.
    Guard,
    // A source.
    Next,
    Signal,
    Close,
    /// Who feeds an inlet.
    Send,
    // A transform, a sink.
    Apply,
    Write,
    Finish,
    // An item; of no stage.
    Weigh,
    Clone,
    // Drops: of what a closure or a type of the user's owns, of a future, of an item.
    State,
    Future,
    Drop,
}

/// How many there are of them.
pub const WHATS: usize = What::Drop as usize + 1;

/// Code of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    pub id: usize,
    pub what: What,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Err,
    Panic,
    /// It is never ready, and wakes nobody; what is done to the pipeline when nothing else happens any more.
    Never(Act),
    /// It wakes its task without cause, again and again, and once more whenever something else happens.
    Wakes,
    /// It takes very long.
    Stall,
    /// The `send` is cancelled.
    Cancel,
    /// Something is done to the pipeline: by the code itself, or by a task that lets the others have so many turns first.
    Act(Act, Option<usize>),
}

/// What is done to a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Pause,
    Resume,
    Finish,
    FinishWithin(u64),
    Abort,
    /// The future is dropped.
    Drop,
    /// The runtime is dropped.
    Shutdown,
    Look,
}

/// When something is done, after what was done before.
#[derive(Clone, Copy, Debug)]
pub enum After {
    Ms(u64),
    /// So many turns of the other tasks.
    Turns(usize),
}

/// A fault, and at which of the spot's calls it comes.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    pub spot: Spot,
    pub at: u64,
    pub fault: Fault,
}

/// A fault that has come.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    pub spot: Spot,
    pub fault: Fault,
    pub at: Instant,
    /// Where it has come.
    pub thread: ThreadId,
}

/// What was done to a pipeline, and when.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    pub act: Act,
    /// How many faults had come before.
    pub hits: usize,
    pub at: Instant,
}

impl Hit {
    pub fn is_failure(&self) -> bool {
        matches!(self.fault, Fault::Err | Fault::Panic)
    }

    /// Whether the run fails of it, whatever else happens later.
    pub fn fails_at_once(&self, shape: &Shape) -> bool {
        let fails = match self.fault {
            Fault::Err => !shape.has(|part| part.id() == self.spot.id && part.tells_late()),
            // Items are dropped, and inlets fed, by others than stages too.
            Fault::Panic => self.spot.what != What::Drop || !shape.has(|part| part.is_threaded()),
            Fault::Act(Act::Abort, None) => !matches!(self.spot.what, What::Send | What::Drop),
            _ => false,
        };
        fails && !shape.has(|part| part.id() == self.spot.id && part.is_threaded())
    }
}

impl Part<'_> {
    /// What runs on the blocking pool.
    pub fn is_threaded(&self) -> bool {
        matches!(
            self,
            Part::Threaded(_)
                | Part::Step(_, Step::Blocking | Step::BlockingTry)
                | Part::Sink(_, Sink::Blocking | Sink::BlockingTry, _)
        )
    }

    /// An `Err` waits for the results before it.
    fn tells_late(&self) -> bool {
        matches!(self, Part::Step(_, Step::AsyncTry))
    }

    /// That code of it.
    pub fn spot(&self, what: What) -> Spot {
        Spot { id: self.id(), what }
    }

    /// Whether it makes copies of items.
    pub fn copies(&self) -> bool {
        matches!(self, Part::Step(_, Step::Broadcast(_) | Step::Tap(_)) | Part::Copies(_))
    }

    /// Whether it asks items for their weight.
    pub fn weighs(&self) -> bool {
        matches!(self, Part::Step(_, Step::Queue(Policy::Bytes) | Step::BatchBytes))
    }

    /// The code of the test that it calls, apart from its items'.
    pub fn code(&self) -> &'static [What] {
        use What::{Apply, Call, Close, Finish, Guard, Later, Next, Piece, Send, Signal, Write};
        match self {
            Part::Source(_) => &[Next, Signal, Close],
            Part::Iter(_) | Part::Threaded(_) | Part::Repeat(_) => &[Call],
            Part::Unfold(_) => &[Call, Later],
            Part::Inlet(_) => &[Send],
            Part::Fan(..) | Part::Copies(_) => &[],
            Part::Step(_, step) => match step {
                Step::FlatMap => &[Call, Piece],
                Step::Conflate | Step::TakeWhile | Step::SkipWhile | Step::MapWhile | Step::Dedup => &[Call],
                Step::Keyed => &[Call, Later, Guard],
                Step::FlattenUnordered => &[Piece],
                Step::Until => &[Later],
                Step::Then | Step::ThenTry | Step::Async | Step::AsyncTry | Step::FilterAsync | Step::Unordered => {
                    &[Call, Later]
                }
                Step::Via => &[Apply, Finish],
                Step::Match(_) => &[Guard],
                step if step.has_calls() => &[Call],
                _ => &[],
            },
            Part::Sink(_, sink, _) => match sink {
                Sink::Async | Sink::AsyncTry => &[Call, Later],
                Sink::Into => &[Write, Finish],
                _ => &[Call],
            },
        }
    }

    /// What of it can go wrong when it is dropped, apart from items.
    pub fn drops(&self) -> Vec<What> {
        let owns = [What::Call, What::Next, What::Apply, What::Write];
        let has_state = self.code().iter().any(|what| owns.contains(what));
        let has_future = self.code().iter().any(|what| what.is_async());
        [(has_state, What::State), (has_future, What::Future)]
            .into_iter()
            .filter_map(|(has, what)| has.then_some(what))
            .collect()
    }

    /// Whether that code can give an `Err`.
    pub fn can_err(&self, what: What) -> bool {
        match what {
            What::Next | What::Apply | What::Write | What::Finish => true,
            What::Later => {
                matches!(self, Part::Step(_, Step::ThenTry | Step::AsyncTry) | Part::Sink(_, Sink::AsyncTry, _))
            }
            What::Call => matches!(
                self,
                Part::Step(_, Step::Try | Step::BlockingTry) | Part::Sink(_, Sink::ForEachTry | Sink::BlockingTry, _)
            ),
            _ => false,
        }
    }
}

impl What {
    /// Whether it is awaited by the pipeline.
    pub fn is_async(self) -> bool {
        matches!(self, Self::Later | Self::Next | Self::Close | Self::Apply | Self::Write | Self::Finish)
    }
}
