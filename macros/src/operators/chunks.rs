//! `chunks`: the items in vectors of n.

use super::descriptor::{Descriptor, positive};

pub(super) const CHUNKS: Descriptor =
    Descriptor::stage("chunks", &[positive("n")], "the items in vectors of n").aliases(&["grouped"]);
