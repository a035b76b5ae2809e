//! `map`: what a function makes of each item.

use super::descriptor::{Descriptor, Items, Tried, value};

pub(super) const MAP: Descriptor = Descriptor::stage("map", &[value("f")], "what a function makes of each item")
    .items(Items::One)
    .tried(Tried::Items)
    .aliases(&["transform"]);
