//! What happens to a run, as the crate `tracing` tells it: a span for each task, an event for each change. Nothing here is done for each item.
//!
//! `on.rs` does it, with the feature `tracing`; without it `off.rs` has the same names, and does nothing. A subscriber is somebody else's code, and
//! may look at the pipeline: events are given when no lock of ours is held.

#[cfg(not(feature = "tracing"))]
#[path = "off.rs"]
mod given;
#[cfg(feature = "tracing")]
#[path = "on.rs"]
mod given;

pub(crate) use given::*;
