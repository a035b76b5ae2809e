//! `via`: a transform of your own.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const VIA: Descriptor =
    Descriptor::stage("via", &[value("transform").asks("transform")], "a transform of your own")
        .task()
        .tried(Tried::Items)
        .aliases(&["apply"]);
