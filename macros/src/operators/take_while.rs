//! `take_while`: the items before a function says no.

use super::descriptor::{Descriptor, Items, Tried, function};

pub(super) const TAKE_WHILE: Descriptor =
    Descriptor::stage("take_while", &[function("f")], "the items before a function says no")
        .items(Items::One)
        .tried(Tried::Items);
