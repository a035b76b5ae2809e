//! `lines`: the lines of a reader. `max` is the longest line that is accepted, in bytes.

use super::descriptor::{Descriptor, Named, Pass, Tried, value};

pub(super) const LINES: Descriptor =
    Descriptor::source("lines", &[value("reader").asks("reader")], "the lines of a reader")
        .named(&[Named { name: "max", positive: true, pass: Pass::Default(1_048_576) }])
        .tried(Tried::Items)
        .aliases(&["read_lines"]);
