//! `flatten`: the items inside the items.

use super::descriptor::{Descriptor, Tried};

pub(super) const FLATTEN: Descriptor =
    Descriptor::stage("flatten", &[], "the items inside the items").tried(Tried::Items);
