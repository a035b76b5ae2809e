//! Links: the bounded queues between tasks, with their signals.
//!
//! Read `README.md` for the invariants, then in this order: [`core`] (the slots), [`state`] (the protocol), [`sleeper`] (its wakers), [`sender`] and
//! [`receiver`] (the two ends of a ring), [`shared`] (the core behind a lock: byte links, dropping links, inlets) and [`any`]
//! (a receiver whose core is known only at run time).

mod any;
mod core;
mod either;
mod marks;
mod receiver;
mod sender;
mod shared;
mod sleeper;
pub(crate) mod state;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use any::Seat;
pub use any::{AnyReceiver, Entering};
pub(crate) use either::Either;
pub use receiver::Receiver;
pub use sender::Sender;
pub(crate) use sender::ring;
pub(crate) use shared::{Overflow, Place, SharedLink, Shortage, Turn};
pub use shared::{SharedReceiver, SharedSender};
#[cfg(feature = "remote")]
pub(crate) use sleeper::Sleeper;
