//! What expanded code names besides the operators. Not for people: it changes without notice.

pub use crate::pipeline::pipeline;
pub use crate::stage::{Blueprint, EdgeSpec, Plan, Role, StageSpec, and_input, and_zip_input, input, link, zip_input};
