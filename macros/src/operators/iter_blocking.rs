//! `iter_blocking`: the items of an iterator that blocks.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const ITER_BLOCKING: Descriptor = Descriptor::source(
    "iter_blocking",
    &[value("into_iter").asks("blocking_iterator")],
    "the items of an iterator that blocks",
)
.tried(Tried::Items)
.aliases(&["blocking"]);
