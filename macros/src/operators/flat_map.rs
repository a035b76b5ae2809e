//! `flat_map`: the items of what a function makes of each item.

use super::descriptor::{Descriptor, Tried, function};

pub(super) const FLAT_MAP: Descriptor =
    Descriptor::stage("flat_map", &[function("f")], "the items of what a function makes of each item")
        .tried(Tried::Items)
        .aliases(&["concat_map"]);
