//! Those who look on while a pipeline runs.

mod stall;
pub(crate) mod trace;

pub(crate) use stall::watch_stalls;
pub use stall::{Stall, Stalls};
