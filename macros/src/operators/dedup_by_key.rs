//! `dedup_by_key`: the items without repetitions of a key in a row.

use super::descriptor::{Descriptor, Items, Tried, function};

pub(super) const DEDUP_BY_KEY: Descriptor =
    Descriptor::stage("dedup_by_key", &[function("f")], "the items without repetitions of a key in a row")
        .items(Items::Fewer)
        .tried(Tried::Items)
        .aliases(&["distinct_until_key_changed"]);
