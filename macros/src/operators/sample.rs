//! `sample`: the latest item, every period.

use super::descriptor::{Descriptor, Items, Tried, lasting};

pub(super) const SAMPLE: Descriptor = Descriptor::stage("sample", &[lasting("d")], "the latest item, every period")
    .items(Items::Fewer)
    .task()
    .tried(Tried::Items);
