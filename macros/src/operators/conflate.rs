//! `conflate`: waiting items, folded into one.

use super::descriptor::{Descriptor, Items, Tried, function};

pub(super) const CONFLATE: Descriptor =
    Descriptor::stage("conflate", &[function("f")], "waiting items, folded into one")
        .items(Items::Fewer)
        .task()
        .tried(Tried::Items);
