//! `map_while`: what a function makes of the items, until it says stop.

use super::descriptor::{Descriptor, Items, Tried, function};

pub(super) const MAP_WHILE: Descriptor =
    Descriptor::stage("map_while", &[function("f")], "what a function makes of the items, until it says stop")
        .items(Items::One)
        .tried(Tried::Items);
