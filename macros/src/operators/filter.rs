//! `filter`: the items a function says yes to.

use super::descriptor::{Descriptor, Items, Tried, value};

pub(super) const FILTER: Descriptor = Descriptor::stage("filter", &[value("f")], "the items a function says yes to")
    .items(Items::Fewer)
    .tried(Tried::Items)
    .aliases(&["retain"]);
