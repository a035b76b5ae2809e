use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use super::{Receiver, SharedReceiver};
use crate::PipelineError;
use crate::stage::{Arrivals, Counted, Head, StageCell};

/// A receiver whose core is chosen by the pipeline it is wired into: the input of `via`, `into`, of segments and of fan-ins.
pub struct AnyReceiver<T> {
    core: Core<T>,
    /// The inlet it is the lower end of: such a receiver is a source.
    inlet: Option<Arc<StageCell>>,
    /// The segments that the items enter here.
    into: Vec<Arc<StageCell>>,
}

enum Core<T> {
    /// Of a ring.
    Ring(Receiver<T>),
    /// Behind a lock.
    Shared(SharedReceiver<T>),
    /// What a segment will be given when it is wired.
    Later(Seat<T>),
}

/// Where a segment finds its input when it runs.
pub(crate) struct Seat<T>(Arc<Mutex<Option<AnyReceiver<T>>>>);

impl<T> Seat<T> {
    /// A seat, and the receiver that will be what is put there.
    pub(crate) fn new() -> (AnyReceiver<T>, Self) {
        let seat = Arc::new(Mutex::new(None));
        (AnyReceiver::of(Core::Later(Self(Arc::clone(&seat)))), Self(seat))
    }

    pub(crate) fn fill(&self, receiver: AnyReceiver<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(receiver);
    }
}

impl<T> AnyReceiver<T> {
    fn of(core: Core<T>) -> Self {
        Self { core, inlet: None, into: Vec::new() }
    }

    /// The lower end of an inlet's link, as a source: `finish()` shuts it, and what was accepted comes out (E5).
    pub(crate) fn inlet(receiver: SharedReceiver<T>, stage: Arc<StageCell>) -> Self {
        Self { inlet: Some(stage), ..Self::of(Core::Shared(receiver)) }
    }

    /// What is taken here enters `stage`.
    pub(crate) fn entering(mut self, stage: Arc<StageCell>) -> Self {
        self.into.push(stage);
        self
    }

    /// The core, which is there once the pipeline runs.
    #[inline]
    fn core(&mut self) -> &mut Core<T> {
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

impl<T> From<Receiver<T>> for AnyReceiver<T> {
    fn from(receiver: Receiver<T>) -> Self {
        Self::of(Core::Ring(receiver))
    }
}

impl<T> From<SharedReceiver<T>> for AnyReceiver<T> {
    fn from(receiver: SharedReceiver<T>) -> Self {
        Self::of(Core::Shared(receiver))
    }
}

impl<T> Head for AnyReceiver<T> {
    type Item = T;

    fn is_source(&self) -> bool {
        match &self.core {
            Core::Later(seat) => {
                seat.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(Head::is_source)
            }
            _ => self.inlet.is_some(),
        }
    }

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        match self.core() {
            Core::Ring(receiver) => receiver.poll_items(cx),
            Core::Shared(receiver) => receiver.poll_items(cx),
            Core::Later(_) => Poll::Ready(Ok(false)),
        }
    }

    fn items(&mut self, limit: usize) -> impl Iterator<Item = T> {
        match self.core() {
            Core::Ring(receiver) => Run::Ring(receiver.items(limit)),
            Core::Shared(receiver) => Run::Shared(receiver.items(limit)),
            Core::Later(_) => Run::Empty,
        }
    }

    fn settle(&mut self) -> u64 {
        let taken = match self.core() {
            Core::Ring(receiver) => receiver.settle(),
            Core::Shared(receiver) => receiver.settle(),
            Core::Later(_) => 0,
        };
        self.inlet.iter().for_each(|stage| stage.add_out(taken));
        self.into.iter().for_each(|stage| stage.add_in(taken));
        taken
    }

    fn note_dropped(&self, items: u64) {
        match &self.core {
            Core::Ring(receiver) => receiver.note_dropped(items),
            Core::Shared(receiver) => receiver.note_dropped(items),
            Core::Later(_) => {}
        }
    }

    fn stop(&mut self) {
        self.core();
        if let (Core::Shared(receiver), true) = (&self.core, self.inlet.is_some()) {
            receiver.link().shut();
        }
    }

    fn cancel(&mut self) {
        match self.core() {
            Core::Ring(receiver) => receiver.cancel(),
            Core::Shared(receiver) => receiver.cancel(),
            Core::Later(_) => {}
        }
    }
}

impl<T> Counted for AnyReceiver<T> {
    #[inline]
    fn ready(&mut self, limit: usize) -> usize {
        match self.core() {
            Core::Ring(receiver) => receiver.ready(limit),
            Core::Shared(receiver) => receiver.ready(limit),
            Core::Later(_) => 0,
        }
    }
}

impl<T> Arrivals for AnyReceiver<T> {
    fn poll_arrivals(&mut self, cx: &mut Context<'_>, known: usize) -> Poll<(usize, bool)> {
        match self.core() {
            Core::Ring(receiver) => receiver.poll_arrivals(cx, known),
            Core::Shared(receiver) => receiver.poll_arrivals(cx, known),
            Core::Later(_) => Poll::Ready((known, false)),
        }
    }

    fn gone(&self) -> usize {
        match &self.core {
            Core::Ring(receiver) => receiver.gone(),
            Core::Shared(receiver) => receiver.gone(),
            Core::Later(_) => 0,
        }
    }
}

/// A run of items, of either core.
enum Run<L, R> {
    Ring(L),
    Shared(R),
    Empty,
}

impl<L: Iterator, R: Iterator<Item = L::Item>> Iterator for Run<L, R> {
    type Item = L::Item;

    #[inline]
    fn next(&mut self) -> Option<L::Item> {
        match self {
            Self::Ring(run) => run.next(),
            Self::Shared(run) => run.next(),
            Self::Empty => None,
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Ring(run) => run.size_hint(),
            Self::Shared(run) => run.size_hint(),
            Self::Empty => (0, Some(0)),
        }
    }

    #[inline]
    fn fold<B, F: FnMut(B, L::Item) -> B>(self, init: B, f: F) -> B {
        match self {
            Self::Ring(run) => run.fold(init, f),
            Self::Shared(run) => run.fold(init, f),
            Self::Empty => init,
        }
    }
}
