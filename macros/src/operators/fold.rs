//! `fold`: one value made of all items.

use super::descriptor::{Descriptor, Tried, function, value};

pub(super) const FOLD: Descriptor =
    Descriptor::sink("fold", &[value("init"), function("f")], "one value made of all items").tried(Tried::Function);
