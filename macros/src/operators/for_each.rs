//! `for_each`: calls a function with each item.

use super::descriptor::{Descriptor, Tried, function};

pub(super) const FOR_EACH: Descriptor =
    Descriptor::sink("for_each", &[function("f")], "calls a function with each item")
        .tried(Tried::Function)
        .asynchronously(&["for_each_async"]);
