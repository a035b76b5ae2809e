use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use super::StageCell;
use crate::sync::{AtomicBool, Mutex, MutexGuard, Ordering, lock};

/// Many futures at once, each in a slot that is used again: a future costs an allocation only when there are more in flight than
/// ever before. Only those that were woken are polled. Beside each lies the token of its item.
pub(crate) struct InFlight<F, Tok> {
    slots: Vec<Slot<F, Tok>>,
    free: Vec<usize>,
    woken: Arc<Woken>,
    /// The task, as `woken` knows it.
    task: Waker,
    /// The list that `woken` is swapped with, kept for its memory.
    list: Vec<usize>,
    len: usize,
    /// Whose futures they are, and how many it was told of.
    stage: Option<Arc<StageCell>>,
    noted: usize,
}

struct Slot<F, Tok> {
    future: Pin<Box<Option<F>>>,
    /// That of the item whose future is here, unless it is being polled.
    token: Option<Tok>,
    handle: Arc<Handle>,
    waker: Waker,
}

/// Which slots were woken, and whom to wake for it.
#[derive(Default)]
struct Woken(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    slots: Vec<usize>,
    task: Option<Waker>,
}

struct Handle {
    slot: usize,
    queued: AtomicBool,
    woken: Arc<Woken>,
}

impl Woken {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        lock(&self.0)
    }
}

impl Wake for Handle {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            let task = {
                let mut queue = self.woken.lock();
                queue.slots.push(self.slot);
                // The first in the list has woken the task, which has not taken the list since.
                if queue.slots.len() == 1 { queue.task.clone() } else { None }
            };
            if let Some(task) = task {
                task.wake();
            }
        }
    }
}

impl<F: Future, Tok> InFlight<F, Tok> {
    pub(crate) fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            woken: Arc::default(),
            task: Waker::noop().clone(),
            list: Vec::new(),
            len: 0,
            stage: None,
            noted: 0,
        }
    }

    /// The futures are those of `stage`, which is told how many are under way.
    pub(crate) fn of(stage: &Arc<StageCell>) -> Self {
        Self { stage: Some(Arc::clone(stage)), ..Self::new() }
    }

    fn note(&mut self) {
        if self.noted != self.len
            && let Some(stage) = &self.stage
        {
            self.noted = self.len;
            stage.note_in_flight(self.len);
        }
    }

    /// How many futures are running.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Notes whom to wake. Before `push` and `poll`, once a poll of the task.
    pub(crate) fn register(&mut self, cx: &Context<'_>) {
        if !self.task.will_wake(cx.waker()) {
            self.task.clone_from(cx.waker());
            self.woken.lock().task = Some(self.task.clone());
        }
    }

    /// Starts a future and polls it once: its slot's number, or its result, with the token, if it was ready at once.
    pub(crate) fn push(&mut self, future: F, token: Tok) -> Result<(F::Output, Tok), usize> {
        let index = match self.free.pop() {
            Some(index) => index,
            None => self.grow(),
        };
        self.slots[index].future.set(Some(future));
        self.len += 1;
        // Nobody has a waker of this future yet. If the slot's mark stands, the slot is in the list: it will be polled once more.
        match self.poll_slot(index) {
            Some(result) => Ok((result, token)),
            None => {
                self.slots[index].token = Some(token);
                self.note();
                Err(index)
            }
        }
    }

    fn grow(&mut self) -> usize {
        let slot = self.slots.len();
        let handle = Arc::new(Handle { slot, queued: AtomicBool::new(false), woken: Arc::clone(&self.woken) });
        self.slots.push(Slot { future: Box::pin(None), token: None, waker: Arc::clone(&handle).into(), handle });
        slot
    }

    /// The caller has the item's token meanwhile: a panic is one at this item.
    fn poll_slot(&mut self, index: usize) -> Option<F::Output> {
        let slot = &mut self.slots[index];
        let future = slot.future.as_mut().as_pin_mut()?;
        let Poll::Ready(result) = future.poll(&mut Context::from_waker(&slot.waker)) else { return None };
        slot.future.set(None);
        self.len -= 1;
        self.free.push(index);
        Some(result)
    }

    /// Polls those that were woken; hands each result and its token, with its slot's number, to `finished`.
    pub(crate) fn poll(&mut self, mut finished: impl FnMut(usize, (F::Output, Tok))) {
        let mut list = std::mem::take(&mut self.list);
        std::mem::swap(&mut list, &mut self.woken.lock().slots);
        for index in list.drain(..) {
            // From here on a wake counts anew: before the poll, so that none in between is lost. A swap, not a store: a wake that
            // still found `true` is then before this poll, which sees what it tells.
            let slot = &mut self.slots[index];
            slot.handle.queued.swap(false, Ordering::AcqRel);
            // A slot without a token is free.
            let Some(token) = slot.token.take() else { continue };
            match self.poll_slot(index) {
                Some(result) => finished(index, (result, token)),
                None => self.slots[index].token = Some(token),
            }
        }
        self.list = list;
        self.note();
    }
}
