//! `interleave`: one item of each stream in turn. For an item of one input others come too, and fewer when some have ended: so the
//! number is unknown.

use super::descriptor::{Descriptor, FanIn};

pub(super) const INTERLEAVE: Descriptor =
    Descriptor::fan_in("interleave", "one item of each in turn").joins(FanIn::Turns);
