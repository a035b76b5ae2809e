//! `filter_async`: the items a future says yes to.

use super::descriptor::{Descriptor, Tried, asynchronous};

pub(super) const FILTER_ASYNC: Descriptor =
    Descriptor::stage("filter_async", &[asynchronous("f")], "the items a future says yes to")
        .task()
        .tried(Tried::Items);
