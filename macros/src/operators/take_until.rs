//! `take_until`: the items until a future is ready.

use super::descriptor::{Descriptor, Items, Tried, value};

pub(super) const TAKE_UNTIL: Descriptor =
    Descriptor::stage("take_until", &[value("future").asks("future")], "the items until a future is ready")
        .items(Items::One)
        .task()
        .tried(Tried::Items);
