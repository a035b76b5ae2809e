//! `zip`: one item of each stream together: one tuple for an item of any input.

use super::descriptor::{Descriptor, FanIn, Items};

pub(super) const ZIP: Descriptor = Descriptor::fan_in("zip", "pairs of items").items(Items::One).joins(FanIn::Tuples);
