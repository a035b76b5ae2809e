//! `map_async_unordered`: what futures make of the items, n at once, as they finish.

use super::descriptor::{Descriptor, Items, Tried, asynchronous, positive};

pub(super) const MAP_ASYNC_UNORDERED: Descriptor = Descriptor::stage(
    "map_async_unordered",
    &[positive("n"), asynchronous("f").asks("asynchronous")],
    "what futures make of the items, n at once, as they finish",
)
.task()
.items(Items::One)
.tried(Tried::Items)
.aliases(&["buffer_unordered"]);
