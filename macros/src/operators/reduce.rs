//! `reduce`: one value made of all items.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const REDUCE: Descriptor = Descriptor::sink("reduce", &[value("f")], "one value made of all items")
    .tried(Tried::Function)
    .aliases(&["fold_first"]);
