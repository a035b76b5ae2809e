//! `timeout`: the items, failing when none came for a time.

use super::descriptor::{Descriptor, Items, Tried, positive};

pub(super) const TIMEOUT: Descriptor =
    Descriptor::stage("timeout", &[positive("d")], "the items, failing when none came for a time")
        .task()
        .items(Items::One)
        .tried(Tried::Items)
        .aliases(&["idle_timeout"]);
