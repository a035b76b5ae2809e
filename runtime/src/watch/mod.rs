//! Those who look on while a pipeline runs.

#[cfg(feature = "dashboard")]
pub(crate) mod dashboard;
#[cfg(feature = "dashboard")]
pub(crate) mod names;
mod stall;
pub(crate) mod trace;

pub(crate) use stall::watch_stalls;
pub use stall::{Stall, Stalls};
