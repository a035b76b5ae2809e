//! `discard`: drops every item.

use super::descriptor::Descriptor;

pub(super) const DISCARD: Descriptor =
    Descriptor::sink("discard", &[], "drops every item").aliases(&["drain", "drop", "ignore"]);
