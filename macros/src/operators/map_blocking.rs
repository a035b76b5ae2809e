//! `map_blocking`: what a blocking function makes of each item.

use super::descriptor::{Descriptor, Items, Tried, positive, value};

pub(super) const MAP_BLOCKING: Descriptor =
    Descriptor::stage("map_blocking", &[positive("n"), value("f")], "what a blocking function makes of each item")
        .task()
        .items(Items::One)
        .tried(Tried::Items);
