//! What expanded code names besides the operators. Not for people: it changes without notice.

pub use crate::connectors::{entry, sink_segment, source_segment, transform_segment};
pub use crate::operators::parallel::Gathered;
pub use crate::operators::queue::{shared_link, tap_link};
pub use crate::operators::route::{Case, Cases, NoCase, case, cases};
pub use crate::pipeline::pipeline;
pub use crate::stage::{
    Blueprint, EdgeSpec, Output, Plan, Role, StageSpec, and_zip_input, closed, copies, copy_of, gives_nothing, input,
    inputs, link, nowhere, open, outputs, split, zip_input,
};
