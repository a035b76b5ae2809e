//! `flatten_unordered`: the items of n inner streams at once.

use super::descriptor::{Descriptor, Tried, positive};

pub(super) const FLATTEN_UNORDERED: Descriptor =
    Descriptor::stage("flatten_unordered", &[positive("n")], "the items of n inner streams at once")
        .asks("streams")
        .task()
        .tried(Tried::Items)
        .aliases(&["flat_map_unordered"]);
