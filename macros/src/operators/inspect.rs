//! `inspect`: each item, after a function has seen it.

use super::descriptor::{Descriptor, Items, Tried, function};

pub(super) const INSPECT: Descriptor =
    Descriptor::stage("inspect", &[function("f")], "each item, after a function has seen it")
        .items(Items::One)
        .tried(Tried::Items)
        .aliases(&["peek"]);
