//! Those who look on while a pipeline runs.

#[cfg(feature = "dashboard")]
pub(crate) mod dashboard;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(any(feature = "dashboard", feature = "metrics"))]
mod names;
mod stall;
pub(crate) mod trace;

#[cfg(feature = "metrics")]
pub use self::metrics::record;
pub(crate) use stall::watch_stalls;
pub use stall::{Stall, Stalls};
