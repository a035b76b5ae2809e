//! `map`: what a function makes of each item.

use super::descriptor::{Descriptor, Items, Tried, function};

pub(super) const MAP: Descriptor = Descriptor::stage("map", &[function("f")], "what a function makes of each item")
    .items(Items::One)
    .tried(Tried::Items)
    .aliases(&["transform"])
    .asynchronously(&["then", "map_async"]);
