//! `sample`: the latest item, every period.

use super::descriptor::{Descriptor, Tried, positive};

pub(super) const SAMPLE: Descriptor =
    Descriptor::stage("sample", &[positive("d")], "the latest item, every period").task().tried(Tried::Items);
