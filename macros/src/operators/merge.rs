//! `merge`: items of several streams as they come, each input served after at most 64 of each other.

use super::descriptor::Descriptor;

pub(super) const MERGE: Descriptor =
    Descriptor::fan_in("merge", "items of several streams as they come").aliases(&["select", "union"]);
