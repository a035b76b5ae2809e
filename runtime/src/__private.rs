//! What expanded code names besides the operators. Not for people: it changes without notice.

pub use crate::operators::route::{Case, Cases, NoCase, case, cases};
pub use crate::pipeline::pipeline;
pub use crate::stage::{
    Blueprint, EdgeSpec, Plan, Role, StageSpec, branch, closed, gives_nothing, link, nowhere, open, open_as,
};
