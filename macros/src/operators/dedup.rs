//! `dedup`: the items without repetitions in a row.

use super::descriptor::{Descriptor, Items, Tried};

pub(super) const DEDUP: Descriptor = Descriptor::stage("dedup", &[], "the items without repetitions in a row")
    .items(Items::Fewer)
    .tried(Tried::Items)
    .aliases(&["distinct_until_changed"]);
