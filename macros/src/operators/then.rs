//! `then`: what a future makes of each item, one after the other.

use super::descriptor::{Descriptor, Items, Tried, asynchronous};

pub(super) const THEN: Descriptor = Descriptor::stage(
    "then",
    &[asynchronous("f").asks("step")],
    "what a future makes of each item, one after the other",
)
.task()
.items(Items::One)
.tried(Tried::Items)
.aliases(&["and_then"]);
