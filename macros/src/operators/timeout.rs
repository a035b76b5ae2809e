//! `timeout`: the items, failing when none came for a time.

use super::descriptor::{Descriptor, Items, Tried, lasting};

pub(super) const TIMEOUT: Descriptor =
    Descriptor::stage("timeout", &[lasting("d")], "the items, failing when none came for a time")
        .task()
        .items(Items::One)
        .tried(Tried::Items)
        .aliases(&["idle_timeout"]);
