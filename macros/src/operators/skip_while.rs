//! `skip_while`: the items from when a function says no.

use super::descriptor::{Descriptor, Items, Tried, function};

pub(super) const SKIP_WHILE: Descriptor =
    Descriptor::stage("skip_while", &[function("f")], "the items from when a function says no")
        .items(Items::Fewer)
        .tried(Tried::Items)
        .aliases(&["drop_while"]);
