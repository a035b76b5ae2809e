//! `delay`: the items, later.

use super::descriptor::{Descriptor, Items, Tried, positive};

pub(super) const DELAY: Descriptor =
    Descriptor::stage("delay", &[positive("d")], "the items, later").task().items(Items::One).tried(Tried::Items);
