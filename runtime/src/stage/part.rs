use std::sync::Arc;

use super::run::StageCell;
use super::{At, Guard};
use crate::{BoxError, PipelineError};

/// The fused stages of a task: an adapter from a run of items to a run of what comes of them (G1).
///
/// What a stage carries from item to item is in the part; the adapter borrows it for a run. Since the run is pulled by the
/// consumer, no stage takes an item whose outcome has no room (L5); a stage that makes many items of one parks the remainder.
pub trait Part<A> {
    /// What comes out.
    type Out;

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

    /// Whether the part wants no more items (S3).
    fn is_satisfied(&self) -> bool {
        false
    }

    /// The failure that ended the run, if one did.
    fn failure(&mut self) -> Option<PipelineError> {
        None
    }

    /// Whether `item` would only fail: such an item needs no room (L8).
    fn fails(&self, item: &A) -> bool {
        let _ = item;
        false
    }

    /// What `f` says of the item as it comes out, if it comes out unchanged.
    fn with_view<R>(&self, item: &A, f: impl FnOnce(&Self::Out) -> R) -> Option<R> {
        let _ = (item, f);
        None
    }

    /// Notes in the stages' counters that `taken` items went in; says how many came out.
    fn settle(&mut self, taken: u64) -> u64;
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

impl<A> Part<A> for Direct {
    type Out = A;

    #[inline(always)]
    fn adapt<I: Iterator<Item = A>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = A> {
        items
    }

    fn with_view<R>(&self, item: &A, f: impl FnOnce(&A) -> R) -> Option<R> {
        Some(f(item))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        taken
    }
}

/// `P`, then `Q`.
pub struct Then<P, Q>(pub(crate) P, pub(crate) Q);

impl<A, P: Part<A>, Q: Part<P::Out>> Part<A> for Then<P, Q> {
    type Out = Q::Out;

    #[inline(always)]
    fn adapt<I: Iterator<Item = A>>(&mut self, items: I, cut: Cut) -> impl Iterator<Item = Q::Out> {
        self.1.adapt(self.0.adapt(items, cut), cut)
    }

    #[inline(always)]
    fn is_parked(&self) -> bool {
        // What is parked above a stage that wants no more never leaves.
        self.1.is_parked() || !self.1.is_satisfied() && self.0.is_parked()
    }

    fn has_rest(&self) -> bool {
        self.1.has_rest() || !self.1.is_satisfied() && self.0.has_rest()
    }

    #[inline(always)]
    fn is_satisfied(&self) -> bool {
        self.0.is_satisfied() || self.1.is_satisfied()
    }

    fn fails(&self, item: &A) -> bool {
        self.0.fails(item) || self.0.with_view(item, |item| self.1.fails(item)) == Some(true)
    }

    fn with_view<R>(&self, item: &A, f: impl FnOnce(&Q::Out) -> R) -> Option<R> {
        self.0.with_view(item, |item| self.1.with_view(item, f)).flatten()
    }

    #[inline(always)]
    fn failure(&mut self) -> Option<PipelineError> {
        self.0.failure().or_else(|| self.1.failure())
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let between = self.0.settle(taken);
        self.1.settle(between)
    }
}

/// `?` after an operator: `Ok` flows on, the first `Err` ends the run and fails the pipeline (E1).
pub struct Tried<A, E> {
    stage: Arc<StageCell>,
    failure: Option<BoxError>,
    item: std::marker::PhantomData<fn(A) -> E>,
}

impl<A, E> Tried<A, E> {
    pub(crate) fn new(at: At<'_, '_>) -> Self {
        Self { stage: at.cell(), failure: None, item: std::marker::PhantomData }
    }
}

impl<A, T, E> Part<A> for Tried<A, (T, E)>
where
    A: Fallible<T, E>,
    E: Into<BoxError>,
{
    type Out = T;

    #[inline(always)]
    fn adapt<I: Iterator<Item = A>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = T> {
        let Self { stage, failure, .. } = self;
        items.map_while(|item| {
            if failure.is_some() {
                return None;
            }
            match item.into_result() {
                Ok(item) => Some(item),
                Err(error) => {
                    let guard = Guard::new(stage);
                    *failure = Some(error.into());
                    guard.passed();
                    None
                }
            }
        })
    }

    #[inline(always)]
    fn failure(&mut self) -> Option<PipelineError> {
        self.failure.take().map(|cause| PipelineError::failed(self.stage.name(), cause))
    }

    fn fails(&self, item: &A) -> bool {
        item.is_failure()
    }

    fn settle(&mut self, taken: u64) -> u64 {
        taken
    }
}

/// What `?` can be put after: a `Result`.
#[diagnostic::on_unimplemented(
    message = "`?` needs items that are a `Result`, but these are `{Self}`",
    label = "this `?` has nothing to try",
    note = "remove the `?`, or let the stage above give a `Result`"
)]
pub trait Fallible<T, E> {
    /// The item as the result it is.
    fn into_result(self) -> Result<T, E>;

    /// Whether it is an `Err`.
    fn is_failure(&self) -> bool;
}

impl<T, E> Fallible<T, E> for Result<T, E> {
    #[inline(always)]
    fn into_result(self) -> Result<T, E> {
        self
    }

    fn is_failure(&self) -> bool {
        self.is_err()
    }
}
