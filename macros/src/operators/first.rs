//! `first`: the first item.

use super::descriptor::Descriptor;

pub(super) const FIRST: Descriptor = Descriptor::sink("first", &[], "the first item");
