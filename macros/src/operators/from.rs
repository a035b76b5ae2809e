//! `from`: a source of your own.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const FROM: Descriptor =
    Descriptor::source("from", &[value("source").asks("source")], "a source of your own")
        .tried(Tried::Items)
        .aliases(&["source"]);
