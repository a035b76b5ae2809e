//! `filter_map`: what a function makes of the items it does not drop.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const FILTER_MAP: Descriptor =
    Descriptor::stage("filter_map", &[value("f")], "what a function makes of the items it does not drop")
        .tried(Tried::Items);
