//! `for_each_blocking`: calls a blocking function with each item.

use super::descriptor::{Descriptor, Tried, function, positive};

pub(super) const FOR_EACH_BLOCKING: Descriptor =
    Descriptor::sink("for_each_blocking", &[positive("n"), function("f")], "calls a blocking function with each item")
        .task()
        .tried(Tried::Function)
        .asynchronously(&["for_each_async"]);
