//! `delay`: the items, later.

use super::descriptor::{Descriptor, Items, Tried, lasting};

pub(super) const DELAY: Descriptor =
    Descriptor::stage("delay", &[lasting("d")], "the items, later").task().items(Items::One).tried(Tried::Items);
