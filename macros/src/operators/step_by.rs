//! `step_by`: every n-th item.

use super::descriptor::{Descriptor, Items, Tried, positive};

pub(super) const STEP_BY: Descriptor = Descriptor::stage("step_by", &[positive("n")], "every n-th item")
    .items(Items::Fewer)
    .tried(Tried::Items)
    .aliases(&["every", "stride"]);
