//! `fold`: one value made of all items.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const FOLD: Descriptor =
    Descriptor::sink("fold", &[value("init"), value("f")], "one value made of all items").tried(Tried::Function);
