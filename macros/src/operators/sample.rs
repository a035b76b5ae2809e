//! `sample`: the latest item, every period.

use super::descriptor::{Descriptor, Items, Tried, positive};

pub(super) const SAMPLE: Descriptor = Descriptor::stage("sample", &[positive("d")], "the latest item, every period")
    .items(Items::Fewer)
    .task()
    .tried(Tried::Items);
