//! `repeat_with`: what a function returns, again and again.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const REPEAT_WITH: Descriptor =
    Descriptor::source("repeat_with", &[value("f")], "what a function returns, again and again")
        .tried(Tried::Items)
        .aliases(&["generate"]);
