//! `chunks`: the items in vectors of n.

use super::descriptor::{Descriptor, Items, positive};

pub(super) const CHUNKS: Descriptor = Descriptor::stage("chunks", &[positive("n")], "the items in vectors of n")
    .items(Items::Fewer)
    .aliases(&["grouped"]);
