//! `filter_async`: the items a future says yes to.

use super::descriptor::{Descriptor, Items, Tried, asynchronous};

pub(super) const FILTER_ASYNC: Descriptor =
    Descriptor::stage("filter_async", &[asynchronous("f").asks("filter")], "the items a future says yes to")
        .items(Items::Fewer)
        .task()
        .tried(Tried::Items);
