//! `filter_map`: what a function makes of the items it does not drop.

use super::descriptor::{Descriptor, Items, Tried, function};

pub(super) const FILTER_MAP: Descriptor =
    Descriptor::stage("filter_map", &[function("f")], "what a function makes of the items it does not drop")
        .items(Items::Fewer)
        .tried(Tried::Items);
