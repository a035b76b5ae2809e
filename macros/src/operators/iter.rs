//! `iter`: the items of an iterator.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const ITER: Descriptor = Descriptor::source("iter", &[value("into_iter")], "the items of an iterator")
    .tried(Tried::Items)
    .aliases(&["from_iter", "range", "vec"]);
