//! `map_async_keyed`: what futures make of the items, one at once for a key.

use super::descriptor::{Descriptor, Items, Tried, asynchronous, function, positive};

pub(super) const MAP_ASYNC_KEYED: Descriptor = Descriptor::stage(
    "map_async_keyed",
    &[positive("n"), function("key").asks("key"), asynchronous("f").asks("asynchronous")],
    "what futures make of the items, one at once for a key",
)
.task()
.items(Items::One)
.tried(Tried::Items);
