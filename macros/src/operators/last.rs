//! `last`: the last item.

use super::descriptor::Descriptor;

pub(super) const LAST: Descriptor = Descriptor::sink("last", &[], "the last item");
