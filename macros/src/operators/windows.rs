//! `windows`: every n items in a row.

use super::descriptor::{Descriptor, Items, positive};

pub(super) const WINDOWS: Descriptor = Descriptor::stage("windows", &[positive("n")], "every n items in a row")
    .items(Items::Later(1))
    .aliases(&["sliding"]);
