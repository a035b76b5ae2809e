//! `stream`: the items of a futures stream.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const STREAM: Descriptor =
    Descriptor::source("stream", &[value("stream").asks("stream")], "the items of a futures stream")
        .tried(Tried::Items)
        .aliases(&["from_stream"]);
