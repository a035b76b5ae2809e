//! `inspect`: each item, after a function has seen it.

use super::descriptor::{Descriptor, Items, Tried, value};

pub(super) const INSPECT: Descriptor =
    Descriptor::stage("inspect", &[value("f")], "each item, after a function has seen it")
        .items(Items::One)
        .tried(Tried::Items)
        .aliases(&["peek"]);
