//! `for_each`: calls a function with each item.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const FOR_EACH: Descriptor =
    Descriptor::sink("for_each", &[value("f")], "calls a function with each item").tried(Tried::Function);
