//! `conflate`: waiting items, folded into one.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const CONFLATE: Descriptor =
    Descriptor::stage("conflate", &[value("f")], "waiting items, folded into one").task().tried(Tried::Items);
