//! `once`: one item.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const ONCE: Descriptor =
    Descriptor::source("once", &[value("value")], "one item").tried(Tried::Items).aliases(&["just"]);
