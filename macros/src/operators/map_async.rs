//! `map_async`: what futures make of the items, n at once, in order.

use super::descriptor::{Descriptor, Items, Tried, asynchronous, positive};

pub(super) const MAP_ASYNC: Descriptor = Descriptor::stage(
    "map_async",
    &[positive("n"), asynchronous("f").asks("asynchronous")],
    "what futures make of the items, n at once, in order",
)
.task()
.items(Items::One)
.tried(Tried::Items)
.aliases(&["buffered", "par_map"]);
