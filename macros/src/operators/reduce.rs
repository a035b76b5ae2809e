//! `reduce`: one value made of all items.

use super::descriptor::{Descriptor, Tried, function};

pub(super) const REDUCE: Descriptor = Descriptor::sink("reduce", &[function("f")], "one value made of all items")
    .tried(Tried::Function)
    .aliases(&["fold_first"]);
