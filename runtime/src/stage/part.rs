use std::sync::Arc;
use std::task::{Context, Poll};

use super::arms::both;
use super::cells::StageCell;
use super::{At, Guard};
use crate::{BoxError, PipelineError, Token};

/// The fused stages of a task: an adapter from a run of items to a run of what comes of them (G1).
///
/// What a stage carries from item to item is in the part; the adapter borrows it for a run. Since the run is pulled by the
/// consumer, no stage takes an item whose outcome has no room (L5); a stage that makes many items of one parks the remainder.
pub trait Part<A: Pair> {
    /// What comes out.
    type Out: Pair;

    /// Whether at most one item comes out for each that goes in.
    const AT_MOST_ONE: bool = true;

    /// Whether every item of a run is taken: the part never has enough, never fails, and keeps nothing waiting.
    const TAKES_ALL: bool = false;

    /// Whether there are blocks among the stages.
    const HAS_ARMS: bool = false;

    /// Whether all answers about parked items, failures and a satisfied part are those of a part that has none of it. Not to be set.
    const PLAIN: bool = Self::TAKES_ALL && !Self::HAS_ARMS;

    /// The run, adapted.
    fn adapt<I: Iterator<Item = A>>(&mut self, items: I, cut: Cut) -> impl Iterator<Item = Self::Out>;

    /// Whether there is a parked remainder that leaves before more is taken.
    fn is_parked(&self) -> bool {
        false
    }

    /// Whether something would still leave if the input ended now; if not, the end needs no room (L8).
    fn has_rest(&self) -> bool {
        self.is_parked()
    }

    /// Whether nothing more comes out, whatever goes in (S3).
    fn is_satisfied(&self) -> bool {
        false
    }

    /// Whether a failure has ended the run.
    fn has_failed(&self) -> bool {
        false
    }

    /// The failure that ended the run, if one did.
    fn failure(&mut self) -> Option<PipelineError> {
        None
    }

    /// Whether `item` would only fail: such an item needs no room (L8).
    fn fails(&self, item: &A::Bare) -> bool {
        let _ = item;
        false
    }

    /// What `f` says of the item as it comes out, if it comes out unchanged.
    fn with_view<R>(&self, item: &A::Bare, f: impl FnOnce(&<Self::Out as Pair>::Bare) -> R) -> Option<R> {
        let _ = (item, f);
        None
    }

    /// Notes in the stages' counters that `taken` items went in; says how many came out.
    fn settle(&mut self, taken: u64) -> u64;

    // For the blocks among the stages, whose closed arms end in consumers of their own (F1, F2). A stage that is none leaves these.

    /// Whether an item that is given now is taken, and finds its place or waits in a stage; if not, it stays where it is.
    fn accepts(&self, output: WayOut) -> bool {
        let _ = output;
        true
    }

    /// Whether anything that was parked has moved since the last [`settle`](Self::settle). Where nothing has, there is nothing to try before
    /// a closed arm, which all have been asked by [`poll_arms`](Self::poll_arms), wakes the task.
    fn has_moved(&self) -> bool {
        false
    }

    /// Whether closed arms want items, also when nothing may come out any more.
    fn is_live(&self) -> bool {
        false
    }

    /// Whether [`drain`](Self::drain) would give closed arms something without a further item; at the end: what is left for them, too.
    fn is_parked_for_arms(&self, ended: bool) -> bool {
        let _ = ended;
        false
    }

    /// Whether closed arms take items also while what comes out would find no room.
    fn flows_when_full(&self) -> bool {
        false
    }

    /// Lets closed arms take what they wait with; pending while one of them holds up what is behind it.
    fn poll_arms(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    /// Pulls a run for the closed arms alone: nothing comes out. What would have is kept while the output is [full](WayOut::Full), and
    /// dropped when it is [over](WayOut::Over).
    fn drain<I: Iterator<Item = A>>(&mut self, items: I, cut: Cut, output: WayOut) {
        let _ = (items, cut, output);
    }

    /// How many items `drain` would find places for at once.
    fn room_for_arms(&self) -> usize {
        usize::MAX
    }

    /// Makes what closed arms were given visible to whoever is below them (G6).
    fn publish(&mut self) {}

    /// Before the task waits for input: whether nobody is left below the closed arms (S3).
    fn poll_gone(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    /// The stream has ended: closed arms let out what they hold, and end.
    fn poll_end(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        Poll::Ready(Ok(()))
    }
}

/// The way out of a line of stages, for one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// There is room.
    Open,
    /// There is none now.
    Full,
    /// Nobody wants what comes out any more.
    Over,
}

/// An item with its token.
pub trait Pair {
    /// The item.
    type Bare;

    /// The item alone, to look at.
    fn bare(&self) -> &Self::Bare;
}

impl<A, Tok> Pair for (A, Tok) {
    type Bare = A;

    #[inline(always)]
    fn bare(&self) -> &A {
        &self.0
    }
}

/// How a run is cut.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// No item comes after this run: what a stage holds back leaves now.
    pub ended: bool,
    /// A stage that makes many items of one stops after so many (G5), and parks the rest.
    pub most: usize,
}

/// No stage at all.
pub struct Direct;

impl<A: Pair> Part<A> for Direct {
    type Out = A;
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = A>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = A> {
        items
    }

    fn with_view<R>(&self, item: &A::Bare, f: impl FnOnce(&A::Bare) -> R) -> Option<R> {
        Some(f(item))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        taken
    }
}

/// `P`, then `Q`.
pub struct Then<P, Q>(pub(crate) P, pub(crate) Q);

/// Where a constant gives the answer, the two are not asked: so nothing is compiled for asking them, stage after stage.
impl<A: Pair, P: Part<A>, Q: Part<P::Out>> Part<A> for Then<P, Q> {
    type Out = Q::Out;
    const AT_MOST_ONE: bool = P::AT_MOST_ONE && Q::AT_MOST_ONE;
    const TAKES_ALL: bool = P::TAKES_ALL && Q::TAKES_ALL;
    const HAS_ARMS: bool = P::HAS_ARMS || Q::HAS_ARMS;

    #[inline(always)]
    fn adapt<I: Iterator<Item = A>>(&mut self, items: I, cut: Cut) -> impl Iterator<Item = Q::Out> {
        self.1.adapt(self.0.adapt(items, cut), cut)
    }

    #[inline(always)]
    fn is_parked(&self) -> bool {
        // What is parked above a stage that wants no more never leaves.
        !Self::PLAIN && (self.1.is_parked() || !self.1.is_satisfied() && self.0.is_parked())
    }

    fn has_rest(&self) -> bool {
        !Self::PLAIN && (self.1.has_rest() || !self.1.is_satisfied() && self.0.has_rest())
    }

    #[inline(always)]
    fn is_satisfied(&self) -> bool {
        !Self::PLAIN && (self.0.is_satisfied() || self.1.is_satisfied())
    }

    fn fails(&self, item: &A::Bare) -> bool {
        !Self::PLAIN && (self.0.fails(item) || self.0.with_view(item, |item| self.1.fails(item)) == Some(true))
    }

    fn with_view<R>(&self, item: &A::Bare, f: impl FnOnce(&<Q::Out as Pair>::Bare) -> R) -> Option<R> {
        self.0.with_view(item, |item| self.1.with_view(item, f)).flatten()
    }

    #[inline(always)]
    fn has_failed(&self) -> bool {
        !Self::PLAIN && (self.0.has_failed() || self.1.has_failed())
    }

    #[inline(always)]
    fn failure(&mut self) -> Option<PipelineError> {
        if Self::PLAIN {
            return None;
        }
        self.0.failure().or_else(|| self.1.failure())
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let between = self.0.settle(taken);
        self.1.settle(between)
    }

    #[inline(always)]
    fn accepts(&self, output: WayOut) -> bool {
        if !Self::HAS_ARMS {
            return true;
        }
        if output != WayOut::Over {
            self.0.accepts(output) && self.1.accepts(output)
        } else if self.1.is_live() && self.reaches(false) {
            self.0.accepts(WayOut::Open) && self.1.accepts(output)
        } else {
            self.0.accepts(output)
        }
    }

    fn has_moved(&self) -> bool {
        !Self::PLAIN && (self.0.has_moved() || self.1.has_moved())
    }

    #[inline(always)]
    fn is_live(&self) -> bool {
        Self::HAS_ARMS && (self.0.is_live() || self.1.is_live() && !self.0.is_satisfied())
    }

    #[inline(always)]
    fn is_parked_for_arms(&self, ended: bool) -> bool {
        if !Self::HAS_ARMS {
            return false;
        }
        let above = if ended { self.0.has_rest() } else { self.0.is_parked() };
        self.0.is_parked_for_arms(ended) || self.1.is_live() && (above || self.1.is_parked_for_arms(ended))
    }

    #[inline(always)]
    fn flows_when_full(&self) -> bool {
        Self::HAS_ARMS && (self.0.flows_when_full() || self.1.flows_when_full() && !self.0.is_satisfied())
    }

    #[inline(always)]
    fn poll_arms(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !Self::HAS_ARMS {
            return Poll::Ready(());
        }
        // Both are asked: each may wait for a closed arm of its own.
        both(self.0.poll_arms(cx), self.1.poll_arms(cx))
    }

    fn drain<I: Iterator<Item = A>>(&mut self, items: I, cut: Cut, output: WayOut) {
        if !Self::HAS_ARMS {
            return;
        }
        let further = if output == WayOut::Full { self.1.flows_when_full() } else { self.1.is_live() };
        if further && self.reaches(cut.ended) {
            self.1.drain(self.0.adapt(items, cut), cut, output);
        } else {
            self.0.drain(items, cut, output);
        }
    }

    fn room_for_arms(&self) -> usize {
        if !Self::HAS_ARMS {
            return usize::MAX;
        }
        if self.1.is_live() { self.1.room_for_arms() } else { self.0.room_for_arms() }
    }

    #[inline(always)]
    fn publish(&mut self) {
        if Self::HAS_ARMS {
            self.0.publish();
            self.1.publish();
        }
    }

    #[inline(always)]
    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !Self::HAS_ARMS {
            return Poll::Ready(());
        }
        both(self.0.poll_gone(cx), self.1.poll_gone(cx))
    }

    #[inline(always)]
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        if !Self::HAS_ARMS {
            return Poll::Ready(Ok(()));
        }
        let first = self.0.poll_end(cx)?;
        both(first, self.1.poll_end(cx)?).map(Ok)
    }
}

impl<P, Q> Then<P, Q> {
    /// Whether anything comes to the closed arms in the second: also what is parked above them, when no more is wanted there.
    #[inline(always)]
    fn reaches<A: Pair>(&self, ended: bool) -> bool
    where
        P: Part<A>,
        Q: Part<P::Out>,
    {
        let Self(above, below) = self;
        !above.is_satisfied() || above.is_parked() || ended && above.has_rest() || below.is_parked_for_arms(ended)
    }
}

/// `?` after an operator: `Ok` flows on, the first `Err` ends the run and fails the pipeline (E1).
pub struct Tried<T, E> {
    stage: Arc<StageCell>,
    failure: Option<BoxError>,
    into: fn(E) -> BoxError,
    item: std::marker::PhantomData<fn(E) -> T>,
}

/// Takes the first `Err` out, at whose item the stage has failed; a function of its own for the types' sake, as in `map`.
#[inline(always)]
fn trying<T, E, Tok: Token>(
    stage: &StageCell,
    failure: &mut Option<BoxError>,
    into: fn(E) -> BoxError,
) -> impl FnMut((Result<T, E>, Tok)) -> Option<(T, Tok)> {
    move |(item, token)| {
        if failure.is_some() {
            return None;
        }
        match item {
            Ok(item) => Some((item, token)),
            Err(error) => {
                token.failed();
                let guard = Guard::new(stage);
                *failure = Some(into(error));
                guard.passed();
                None
            }
        }
    }
}

impl<T, E, Tok: Token> Part<(Result<T, E>, Tok)> for Tried<T, E> {
    type Out = (T, Tok);

    #[inline(always)]
    fn adapt<I: Iterator<Item = (Result<T, E>, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (T, Tok)> {
        let Self { stage, failure, into, .. } = self;
        items.map_while(trying(stage, failure, *into))
    }

    #[inline(always)]
    fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    #[inline(always)]
    fn failure(&mut self) -> Option<PipelineError> {
        self.failure.take().map(|cause| PipelineError::failed(self.stage.name(), cause))
    }

    fn fails(&self, item: &Result<T, E>) -> bool {
        item.is_err()
    }

    fn settle(&mut self, taken: u64) -> u64 {
        taken
    }
}

/// What `?` can be put after: a `Result` whose error can become a [`BoxError`].
///
/// The part is its associated type, so that where there is no `Result` rustc knows no part either, and says so once.
#[diagnostic::on_unimplemented(
    message = "`?` needs items that are a `Result`, but these are `{Self}`",
    label = "this `?` has nothing to try",
    note = "remove the `?`, or let the stage above give a `Result`"
)]
pub trait Fallible<T, E> {
    /// The stage that tries.
    type Part;

    /// The stage that tries items of this type, in the name of the operator at `at`.
    fn part(at: At<'_, '_>) -> Self::Part;
}

impl<T, E: Cause> Fallible<T, E> for Result<T, E> {
    type Part = Tried<T, E>;

    fn part(at: At<'_, '_>) -> Tried<T, E> {
        Tried { stage: at.cell(), failure: None, into: E::into_cause, item: std::marker::PhantomData }
    }
}

/// What can be the cause of a failure: whatever turns into a [`BoxError`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the cause of a failure: it does not turn into `aqueduct::BoxError`",
    label = "this `?` cannot pass the error on",
    note = "an error type implements `std::error::Error`, and is `Send + Sync + 'static`; in place of `Box<dyn Error>` write `aqueduct::BoxError`"
)]
pub trait Cause {
    /// The error as a cause.
    fn into_cause(self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> Cause for E {
    fn into_cause(self) -> BoxError {
        self.into()
    }
}
