//! `debounce`: the last item before a silence.

use super::descriptor::{Descriptor, Tried, positive};

pub(super) const DEBOUNCE: Descriptor =
    Descriptor::stage("debounce", &[positive("d")], "the last item before a silence").task().tried(Tried::Items);
