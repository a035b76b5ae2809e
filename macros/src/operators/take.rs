//! `take`: the first n items.

use super::descriptor::{Descriptor, Items, Tried, value};

pub(super) const TAKE: Descriptor = Descriptor::stage("take", &[value("n")], "the first n items")
    .items(Items::One)
    .tried(Tried::Items)
    .aliases(&["limit", "head"]);
