//! The synchronisation primitives of links, signals and runs, in one place, so that loom can stand in for them (`--cfg loom`).

#[cfg(not(loom))]
mod imp {
    pub(crate) use std::cell::UnsafeCell as StdUnsafeCell;
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
    pub(crate) use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    /// The standard cell with loom's interface: access goes through closures, so that loom can watch it.
    #[derive(Debug)]
    pub(crate) struct UnsafeCell<T>(StdUnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        #[inline(always)]
        pub(crate) fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
            f(self.0.get())
        }

        #[inline(always)]
        pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
            f(self.0.get())
        }
    }
}

#[cfg(loom)]
mod imp {
    pub(crate) use loom::cell::UnsafeCell;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
    pub(crate) use loom::sync::{Arc, Mutex, MutexGuard};
    pub(crate) use std::sync::PoisonError;
}

/// The counter of a ring's two ends. Elsewhere the standard one does: nothing but a ring reads words without a lock when the last
/// end goes.
pub(crate) use imp::Arc as EndsArc;
pub(crate) use imp::{AtomicBool, AtomicU8, AtomicUsize, Mutex, MutexGuard, Ordering, PoisonError, UnsafeCell};

/// Locks, also after a panic elsewhere: what these locks guard is consistent between any two statements.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
