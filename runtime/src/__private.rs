//! What expanded code names besides the operators. Not for people: it changes without notice.

pub use crate::connectors::{entry, sink_segment, source_segment, transform_segment};
pub use crate::pipeline::pipeline;
pub use crate::stage::{Blueprint, EdgeSpec, Output, Plan, Role, StageSpec, link, outputs};
