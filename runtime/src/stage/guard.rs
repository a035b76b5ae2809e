use std::cell::RefCell;

use super::cells::StageCell;
use crate::Name;

thread_local! {
    /// The stage whose code a panic came from, written while the panic unwinds.
    static AT_FAULT: RefCell<Option<Name>> = const { RefCell::new(None) };
}

/// Stands around a call of the user's code: if that panics, the stage is noted (E2). Costs nothing otherwise.
///
/// Guards nest, since a source's iterator calls the stages below it; the innermost is dropped first and wins.
pub(crate) struct Guard<'a>(&'a StageCell);

impl<'a> Guard<'a> {
    #[inline(always)]
    pub(crate) fn new(stage: &'a StageCell) -> Self {
        Self(stage)
    }

    /// The call came back: before the item goes on.
    #[inline(always)]
    pub(crate) fn passed(self) {
        std::mem::forget(self);
    }

    /// The stage at fault, for who has caught a panic.
    pub(crate) fn at_fault() -> Option<Name> {
        AT_FAULT.with_borrow_mut(Option::take)
    }
}

impl Drop for Guard<'_> {
    #[cold]
    fn drop(&mut self) {
        AT_FAULT.with_borrow_mut(|at_fault| {
            at_fault.get_or_insert_with(|| self.0.name().clone());
        });
    }
}
