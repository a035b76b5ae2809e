//! What travels beside an item, for a source that wants to know what becomes of it.
//!
//! Every operator is generic over the token. Of a source that does not ask it is `()`, which costs nothing; of one that asks it is an [`Ack`].

use std::cell::Cell;
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use self::sealed::Sealed;

#[cfg(all(test, not(loom)))]
mod tests;

/// What travels beside an item: `()` of a source that does not ask, [`Ack`] of one that does.
///
/// A token that is dropped says that its item has not left the pipeline for good; so what ends a run early needs no code for tokens. Forgetting one can
/// only cause that an item is given again.
pub trait Token: Sized + Send + 'static + Sealed {
    /// Tokens of items that become one.
    type Group: Default + Send;

    /// One of an item that nobody asks about.
    #[must_use]
    fn none() -> Self;

    /// One more, for one more thing that comes of the same item: the item is finished when all of them are done.
    #[must_use]
    fn split(&self) -> Self;

    /// Adds this one to those of the other items of which one thing will come.
    fn add_to(self, group: &mut Self::Group);

    /// Adds this one to those of the items that a sink keeps for its output.
    fn keep_in(self, group: &mut Self::Group);

    /// One for what comes of all that are in the group, which is empty then.
    #[must_use]
    fn join(group: &mut Self::Group) -> Self;

    /// Whether the source of one of them gives nothing more before that one is done, so that whoever gathers items must not wait for others.
    fn is_awaited(group: &Self::Group) -> bool;

    /// Whether its source asks.
    fn is_asked(&self) -> bool;

    /// What came of the item has left for good, or was dropped on purpose.
    fn done(self);

    /// A stage has failed at the item.
    fn failed(self);

    /// The token that [`into_ack`](Self::into_ack) made an [`Ack`] of.
    #[must_use]
    fn from_ack(ack: Ack) -> Self;

    /// The same, where it is not known at compile time whether the source asks.
    fn into_ack(self) -> Ack;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for () {}
    impl Sealed for super::Ack {}
}

impl Token for () {
    type Group = ();

    #[inline(always)]
    fn none() {}

    #[inline(always)]
    fn split(&self) {}

    #[inline(always)]
    fn add_to(self, (): &mut ()) {}

    #[inline(always)]
    fn keep_in(self, (): &mut ()) {}

    #[inline(always)]
    fn join((): &mut ()) {}

    #[inline(always)]
    fn is_awaited((): &()) -> bool {
        false
    }

    #[inline(always)]
    fn is_asked(&self) -> bool {
        false
    }

    #[inline(always)]
    fn done(self) {}

    #[inline(always)]
    fn failed(self) {}

    #[inline(always)]
    fn into_ack(self) -> Ack {
        Ack::none()
    }

    #[inline(always)]
    fn from_ack(ack: Ack) {
        ack.done();
    }
}

/// What has become of an item, as the source that gave it with an [`Ack`] is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// All that came of it has left the pipeline for good, or was left out on purpose (by a `filter`, for example).
    Done,
    /// Something of it was dropped before it had left: the pipeline ended early, failed at another item, or was cancelled.
    Dropped,
    /// A stage failed at it: with an error (`?`), or with a panic.
    Failed,
}

/// The token of an item whose source wants to know what becomes of it.
///
/// A source makes it, with a function that is called once: when all that came of the item has left the pipeline, or something of it never will. It is
/// [split](Self::split) where several things come of one item, and joined with others where one comes of several.
///
/// ```
/// use std::sync::mpsc;
///
/// use aqueduct::{Ack, Verdict};
///
/// let (tell, told) = mpsc::channel();
/// let ack = Ack::new(move |verdict| tell.send(verdict).unwrap_or_default());
/// let other = ack.split();
/// ack.done();
/// assert!(told.try_recv().is_err());
/// other.done();
/// assert_eq!(told.try_recv(), Ok(Verdict::Done));
/// ```
///
/// One that is dropped without [`done`](Self::done) says [`Verdict::Dropped`]; the first that a panic drops says [`Verdict::Failed`]: that is the item at
/// which a closure has panicked. Of the tokens of an item the worst counts, so an item can be told lost that was not, and never the other way round.
#[derive(Default)]
#[must_use = "a token that is dropped says that its item was lost"]
pub struct Ack(Option<Arc<Asked>>);

/// What all tokens of an item share. It goes with the last of them, and then tells.
struct Asked {
    /// The worst that was said: one of the [`Verdict`]s, as a number.
    worst: AtomicU8,
    habits: Habits,
    tell: Mutex<Option<Tell>>,
}

/// How a source goes on.
#[derive(Clone, Copy, Default)]
struct Habits {
    /// It does not end before it knows that all its items are done: so an item that a sink keeps for its output is done.
    done_when_kept: bool,
    /// It gives nothing more before this item is done.
    awaited: bool,
}

type Tell = Box<dyn FnOnce(Verdict) + Send>;

impl Ack {
    /// A token that tells `tell` what has become of its item: once, in whatever task and thread the last part of the item is let go. It should
    /// return at once: whoever waits for it is a stage of the pipeline.
    pub fn new(tell: impl FnOnce(Verdict) + Send + 'static) -> Self {
        Self::asked(Habits::default(), Box::new(tell))
    }

    /// As [`new`](Self::new), for a source that does not end before it knows that all its items are done: an item that a sink keeps for its output is done
    /// then. One that is `awaited` comes alone: until it is done the source gives no other.
    #[cfg(feature = "remote")]
    pub(crate) fn done_when_kept(awaited: bool, tell: impl FnOnce(Verdict) + Send + 'static) -> Self {
        Self::asked(Habits { done_when_kept: true, awaited }, Box::new(tell))
    }

    fn asked(habits: Habits, tell: Tell) -> Self {
        let (worst, tell) = (AtomicU8::new(Verdict::Done as u8), Mutex::new(Some(tell)));
        Self(Some(Arc::new(Asked { worst, habits, tell })))
    }

    fn habits(&self) -> Habits {
        self.0.as_ref().map_or_else(Habits::default, |asked| asked.habits)
    }

    /// A token of an item that nobody asks about; it costs nothing.
    #[inline]
    pub const fn none() -> Self {
        Self(None)
    }

    /// One more token of the same item, for one more thing that comes of it: the item is done when all of them are.
    #[inline]
    pub fn split(&self) -> Self {
        Self(self.0.clone())
    }

    /// One token for what comes of several items: what becomes of it becomes of all of them.
    pub fn join(acks: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Acks::default();
        acks.into_iter().for_each(|ack| ack.add_to(&mut all));
        <Self as Token>::join(&mut all)
    }

    /// What came of the item has left for good, or was left out on purpose.
    #[inline(always)]
    pub fn done(mut self) {
        if let Some(asked) = self.0.take() {
            let_go(asked);
        }
    }

    /// Something has failed at the item.
    pub fn failed(mut self) {
        self.say(Verdict::Failed);
    }

    #[inline]
    pub(crate) fn is_asked(&self) -> bool {
        self.0.is_some()
    }

    fn say(&mut self, verdict: Verdict) {
        // It is done unless somebody says otherwise.
        if let Some(asked) = self.0.take()
            && verdict != Verdict::Done
        {
            // Whoever drops the last `Arc` sees what was said before the others were dropped.
            asked.worst.fetch_max(verdict as u8, Ordering::Relaxed);
        }
    }

    /// It was dropped.
    #[cold]
    fn lost(&mut self) {
        let first = std::thread::panicking() && !BLAMED.replace(true);
        self.say(if first { Verdict::Failed } else { Verdict::Dropped });
    }

    fn is_of_the_same(&self, other: &Self) -> bool {
        matches!((&self.0, &other.0), (Some(one), Some(other)) if Arc::ptr_eq(one, other))
    }
}

/// Of a token that is done, which need not say so. A function of its own: a loop over items that nobody asks about has a branch for it, and no more.
#[inline(never)]
fn let_go(asked: Arc<Asked>) {
    drop(asked);
}

impl Drop for Ack {
    #[inline]
    fn drop(&mut self) {
        if self.0.is_some() {
            self.lost();
        }
    }
}

thread_local! {
    /// The panic that unwinds here has dropped a token already.
    static BLAMED: Cell<bool> = const { Cell::new(false) };
}

/// A panic has been caught: whatever the next one drops first is to blame for that.
pub(crate) fn panic_is_over() {
    BLAMED.set(false);
}

impl Drop for Asked {
    fn drop(&mut self) {
        let tell = self.tell.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let verdict = match *self.worst.get_mut() {
            0 => Verdict::Done,
            1 => Verdict::Dropped,
            _ => Verdict::Failed,
        };
        if let Some(tell) = tell {
            tell(verdict);
        }
    }
}

impl fmt::Debug for Ack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Ack(asked)" } else { "Ack(none)" })
    }
}

/// Tokens of several items. Of those that share a token, and come one after the other, it keeps one.
#[derive(Debug, Default)]
pub struct Acks {
    tokens: Vec<Ack>,
    awaited: bool,
}

impl Token for Ack {
    type Group = Acks;

    #[inline]
    fn none() -> Self {
        Self::none()
    }

    #[inline]
    fn split(&self) -> Self {
        self.split()
    }

    #[inline]
    fn add_to(self, group: &mut Acks) {
        if self.0.is_none() || group.tokens.last().is_some_and(|last| last.is_of_the_same(&self)) {
            // Nobody asks, or the item has one that is kept.
            self.done();
        } else {
            group.awaited |= self.habits().awaited;
            group.tokens.push(self);
        }
    }

    fn keep_in(self, group: &mut Acks) {
        if self.habits().done_when_kept { self.done() } else { self.add_to(group) }
    }

    fn join(group: &mut Acks) -> Self {
        let Acks { mut tokens, awaited } = std::mem::take(group);
        match (tokens.len(), tokens.pop()) {
            (1, Some(only)) => only,
            (_, None) => Self::none(),
            (_, Some(last)) => {
                tokens.push(last);
                let done_when_kept = tokens.iter().any(|token| token.habits().done_when_kept);
                let habits = Habits { done_when_kept, awaited };
                Self::asked(habits, Box::new(move |verdict| tokens.iter_mut().for_each(|token| token.say(verdict))))
            }
        }
    }

    #[inline]
    fn is_awaited(group: &Acks) -> bool {
        group.awaited
    }

    #[inline]
    fn is_asked(&self) -> bool {
        self.is_asked()
    }

    #[inline]
    fn done(self) {
        self.done();
    }

    #[inline]
    fn failed(self) {
        self.failed();
    }

    #[inline]
    fn into_ack(self) -> Ack {
        self
    }

    #[inline]
    fn from_ack(ack: Ack) -> Self {
        ack
    }
}
