//! `scan`: what a function makes of each item and a state.

use super::descriptor::{Descriptor, Items, Tried, function, value};

pub(super) const SCAN: Descriptor =
    Descriptor::stage("scan", &[value("init"), function("f")], "what a function makes of each item and a state")
        .items(Items::One)
        .tried(Tried::Items)
        .aliases(&["scan_map", "accumulate"]);
