//! `conflate`: waiting items, folded into one.

use super::descriptor::{Descriptor, Items, Tried, value};

pub(super) const CONFLATE: Descriptor = Descriptor::stage("conflate", &[value("f")], "waiting items, folded into one")
    .items(Items::Fewer)
    .task()
    .tried(Tried::Items);
