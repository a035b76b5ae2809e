//! `bytes`: the bytes of a reader. `chunk` is the size of the largest item.

use super::descriptor::{Descriptor, Named, Pass, Tried, value};

pub(super) const BYTES: Descriptor =
    Descriptor::source("bytes", &[value("reader").asks("reader")], "the bytes of a reader, in chunks")
        .named(&[Named { name: "chunk", positive: true, pass: Pass::Default(65_536) }])
        .tried(Tried::Items)
        .aliases(&["read"]);
