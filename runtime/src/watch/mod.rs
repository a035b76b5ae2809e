//! Those who look on while a pipeline runs.

#[cfg(feature = "dashboard")]
pub(crate) mod dashboard;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(any(feature = "dashboard", feature = "metrics"))]
mod names;
#[cfg(feature = "progress")]
pub(crate) mod progress;
#[cfg(any(feature = "dashboard", feature = "metrics", feature = "top"))]
mod queue;
mod stall;
#[cfg(feature = "top")]
pub(crate) mod top;
pub(crate) mod trace;

#[cfg(feature = "metrics")]
pub use self::metrics::record;
pub(crate) use stall::watch_stalls;
pub use stall::{Stall, Stalls};
