//! `for_each_async`: runs a future for each item, n at once.

use super::descriptor::{Descriptor, Tried, asynchronous, positive};

pub(super) const FOR_EACH_ASYNC: Descriptor = Descriptor::sink(
    "for_each_async",
    &[positive("n"), asynchronous("f").asks("asynchronous")],
    "runs a future for each item, n at once",
)
.task()
.tried(Tried::Function)
.aliases(&["for_each_concurrent"]);
