//! `unfold`: items unfolded from a state.

use super::descriptor::{Descriptor, Tried, asynchronous, value};

pub(super) const UNFOLD: Descriptor =
    Descriptor::source("unfold", &[value("init"), asynchronous("f")], "items unfolded from a state")
        .tried(Tried::Items);
