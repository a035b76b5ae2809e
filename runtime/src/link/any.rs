use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use super::{Receiver, SharedReceiver};
use crate::stage::{Arrivals, Counted, Head, StageCell};
use crate::{Ack, PipelineError, Token};

/// A receiver whose core is chosen by the pipeline it is wired into: the input of segments and of fan-ins.
pub struct AnyReceiver<A, Tok> {
    core: Core<A, Tok>,
    /// The inlet it is the lower end of: such a receiver is a source.
    inlet: Option<Arc<StageCell>>,
    /// The segments that the items enter here.
    into: Vec<Arc<StageCell>>,
}

enum Core<A, Tok> {
    /// Of a ring.
    Ring(Receiver<(A, Tok)>),
    /// Behind a lock.
    Shared(SharedReceiver<(A, Tok)>),
    /// Of a ring whose items nobody asks about, where others are asked about.
    PlainRing(Receiver<(A, ())>),
    /// The same behind a lock.
    PlainShared(SharedReceiver<(A, ())>),
    /// What a segment will be given when it is wired.
    Later(Seat<A, Tok>),
}

/// What `$does` says of the receiver in a core; `$nobody` where a segment has not been wired.
macro_rules! each {
    ($core:expr, $receiver:ident => $does:expr, $nobody:expr) => {
        match $core {
            Core::Ring($receiver) => $does,
            Core::Shared($receiver) => $does,
            Core::PlainRing($receiver) => $does,
            Core::PlainShared($receiver) => $does,
            Core::Later(_) => $nobody,
        }
    };
}

/// Where a segment finds its input when it runs.
pub(crate) struct Seat<A, Tok>(Arc<Mutex<Option<AnyReceiver<A, Tok>>>>);

impl<A, Tok> Seat<A, Tok> {
    /// A seat, and the receiver that will be what is put there.
    pub(crate) fn new() -> (AnyReceiver<A, Tok>, Self) {
        let seat = Arc::new(Mutex::new(None));
        (AnyReceiver::of(Core::Later(Self(Arc::clone(&seat)))), Self(seat))
    }

    pub(crate) fn fill(&self, receiver: AnyReceiver<A, Tok>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(receiver);
    }
}

impl<A, Tok> AnyReceiver<A, Tok> {
    fn of(core: Core<A, Tok>) -> Self {
        Self { core, inlet: None, into: Vec::new() }
    }

    /// The lower end of an inlet's link, as a source: `finish()` shuts it, and what was accepted comes out (E5).
    pub(crate) fn inlet(receiver: SharedReceiver<(A, ())>, stage: Arc<StageCell>) -> Self {
        Self { inlet: Some(stage), ..Self::of(Core::PlainShared(receiver)) }
    }

    /// What is taken here enters `stage`.
    pub(crate) fn entering(mut self, stage: Arc<StageCell>) -> Self {
        self.into.push(stage);
        self
    }

    /// The core, which is there once the pipeline runs.
    #[inline]
    fn core(&mut self) -> &mut Core<A, Tok> {
        while let Core::Later(seat) = &self.core {
            let found = seat.0.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some(Self { core, inlet, into }) = found else { break };
            self.core = core;
            self.inlet = inlet;
            self.into.extend(into);
        }
        &mut self.core
    }
}

impl<A, Tok> From<Receiver<(A, Tok)>> for AnyReceiver<A, Tok> {
    fn from(receiver: Receiver<(A, Tok)>) -> Self {
        Self::of(Core::Ring(receiver))
    }
}

impl<A, Tok> From<SharedReceiver<(A, Tok)>> for AnyReceiver<A, Tok> {
    fn from(receiver: SharedReceiver<(A, Tok)>) -> Self {
        Self::of(Core::Shared(receiver))
    }
}

impl<A> AnyReceiver<A, ()> {
    /// The same items where others are asked about.
    pub(crate) fn among<Tok>(self) -> AnyReceiver<A, Tok> {
        let Self { core, inlet, into } = self;
        let core = match core {
            Core::Ring(receiver) | Core::PlainRing(receiver) => Core::PlainRing(receiver),
            Core::Shared(receiver) | Core::PlainShared(receiver) => Core::PlainShared(receiver),
            // What enters a segment always has an `Ack`.
            Core::Later(_) => Core::Later(Seat::new().1),
        };
        AnyReceiver { core, inlet, into }
    }
}

/// The input of a segment, whose items all have an [`Ack`]: it is built before it is known whether it will be used where somebody asks.
pub trait Entering<A, Tok>: Head<Item = (A, Tok)> {
    /// The same items, each with an [`Ack`].
    fn raised(self) -> AnyReceiver<A, Ack>;
}

impl<A> Entering<A, ()> for Receiver<(A, ())> {
    fn raised(self) -> AnyReceiver<A, Ack> {
        AnyReceiver::of(Core::PlainRing(self))
    }
}

impl<A> Entering<A, ()> for SharedReceiver<(A, ())> {
    fn raised(self) -> AnyReceiver<A, Ack> {
        AnyReceiver::of(Core::PlainShared(self))
    }
}

impl<A, R: Into<AnyReceiver<A, Ack>> + Head<Item = (A, Ack)>> Entering<A, Ack> for R {
    fn raised(self) -> AnyReceiver<A, Ack> {
        self.into()
    }
}

impl<A, Tok: Token> Head for AnyReceiver<A, Tok> {
    type Item = (A, Tok);

    fn is_source(&self) -> bool {
        match &self.core {
            Core::Later(seat) => {
                seat.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(Head::is_source)
            }
            _ => self.inlet.is_some(),
        }
    }

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        each!(self.core(), receiver => receiver.poll_items(cx), Poll::Ready(Ok(false)))
    }

    fn items(&mut self, limit: usize) -> impl Iterator<Item = (A, Tok)> {
        match self.core() {
            Core::Ring(receiver) => Run::Ring(receiver.items(limit)),
            Core::Shared(receiver) => Run::Shared(receiver.items(limit)),
            Core::PlainRing(receiver) => Run::PlainRing(receiver.items(limit)),
            Core::PlainShared(receiver) => Run::PlainShared(receiver.items(limit)),
            Core::Later(_) => Run::Empty,
        }
    }

    fn settle(&mut self) -> u64 {
        let taken = each!(self.core(), receiver => receiver.settle(), 0);
        self.inlet.iter().for_each(|stage| stage.add_out(taken));
        self.into.iter().for_each(|stage| stage.add_in(taken));
        taken
    }

    fn note_dropped(&self, items: u64) {
        each!(&self.core, receiver => receiver.note_dropped(items), ());
    }

    fn stop(&mut self) {
        self.core();
        if let (Core::PlainShared(receiver), true) = (&self.core, self.inlet.is_some()) {
            receiver.link().shut();
        }
    }

    fn cancel(&mut self) {
        each!(self.core(), receiver => receiver.cancel(), ());
    }
}

impl<A, Tok: Token> Counted for AnyReceiver<A, Tok> {
    #[inline]
    fn ready(&mut self, limit: usize) -> usize {
        each!(self.core(), receiver => receiver.ready(limit), 0)
    }
}

impl<A, Tok: Token> Arrivals for AnyReceiver<A, Tok> {
    fn poll_arrivals(&mut self, cx: &mut Context<'_>, known: usize) -> Poll<(usize, bool)> {
        each!(self.core(), receiver => receiver.poll_arrivals(cx, known), Poll::Ready((known, false)))
    }

    fn gone(&self) -> usize {
        each!(&self.core, receiver => receiver.gone(), 0)
    }
}

enum Run<L, R, PL, PR> {
    Ring(L),
    Shared(R),
    PlainRing(PL),
    PlainShared(PR),
    Empty,
}

/// An item that nobody asks about.
#[inline(always)]
fn unasked<A, Tok: Token>((item, ()): (A, ())) -> (A, Tok) {
    (item, Tok::none())
}

impl<A, Tok, L, R, PL, PR> Iterator for Run<L, R, PL, PR>
where
    Tok: Token,
    L: Iterator<Item = (A, Tok)>,
    R: Iterator<Item = (A, Tok)>,
    PL: Iterator<Item = (A, ())>,
    PR: Iterator<Item = (A, ())>,
{
    type Item = (A, Tok);

    #[inline]
    fn next(&mut self) -> Option<(A, Tok)> {
        match self {
            Self::Ring(run) => run.next(),
            Self::Shared(run) => run.next(),
            Self::PlainRing(run) => run.next().map(unasked),
            Self::PlainShared(run) => run.next().map(unasked),
            Self::Empty => None,
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Ring(run) => run.size_hint(),
            Self::Shared(run) => run.size_hint(),
            Self::PlainRing(run) => run.size_hint(),
            Self::PlainShared(run) => run.size_hint(),
            Self::Empty => (0, Some(0)),
        }
    }

    #[inline]
    fn fold<B, F: FnMut(B, (A, Tok)) -> B>(self, init: B, f: F) -> B {
        match self {
            Self::Ring(run) => run.fold(init, f),
            Self::Shared(run) => run.fold(init, f),
            Self::PlainRing(run) => run.map(unasked).fold(init, f),
            Self::PlainShared(run) => run.map(unasked).fold(init, f),
            Self::Empty => init,
        }
    }
}
