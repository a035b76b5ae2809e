//! `skip`: all items but the first n.

use super::descriptor::{Descriptor, Items, Tried, value};

pub(super) const SKIP: Descriptor = Descriptor::stage("skip", &[value("n")], "all items but the first n")
    .items(Items::Later(0))
    .tried(Tried::Items)
    .aliases(&["drop_first"]);
