//! `debounce`: the last item before a silence.

use super::descriptor::{Descriptor, Items, Tried, lasting};

pub(super) const DEBOUNCE: Descriptor =
    Descriptor::stage("debounce", &[lasting("d")], "the last item before a silence")
        .items(Items::Fewer)
        .task()
        .tried(Tried::Items);
