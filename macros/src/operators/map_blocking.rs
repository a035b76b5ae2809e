//! `map_blocking`: what a blocking function makes of each item.

use super::descriptor::{Descriptor, Items, Tried, function, positive};

pub(super) const MAP_BLOCKING: Descriptor = Descriptor::stage(
    "map_blocking",
    &[positive("n"), function("f").asks("blocking")],
    "what a blocking function makes of each item",
)
.task()
.items(Items::One)
.tried(Tried::Items)
.asynchronously(&["then", "map_async"]);
