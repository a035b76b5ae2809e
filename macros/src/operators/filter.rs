//! `filter`: the items a function says yes to.

use super::descriptor::{Descriptor, Items, Tried, function};

pub(super) const FILTER: Descriptor = Descriptor::stage("filter", &[function("f")], "the items a function says yes to")
    .items(Items::Fewer)
    .tried(Tried::Items)
    .aliases(&["retain"])
    .asynchronously(&["filter_async"]);
