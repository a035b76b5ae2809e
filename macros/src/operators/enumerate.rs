//! `enumerate`: each item with its number.

use super::descriptor::{Descriptor, Items};

pub(super) const ENUMERATE: Descriptor = Descriptor::stage("enumerate", &[], "each item with its number")
    .items(Items::One)
    .aliases(&["zip_with_index", "indexed"]);
