//! `take`: the first n items.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const TAKE: Descriptor =
    Descriptor::stage("take", &[value("n")], "the first n items").tried(Tried::Items).aliases(&["limit", "head"]);
