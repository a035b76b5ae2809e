//! Operators of the language that this version does not expand yet. They are known so that their names are never taken for
//! mistakes, and so that what is wrong around them is still found.

use super::descriptor::{Descriptor, FanIn};

pub(super) const LATER: &[Descriptor] = &[
    Descriptor::fan_in("merge", "items of several streams as they come").aliases(&["select", "union"]).later(),
    Descriptor::fan_in("concat", "one stream after the other").aliases(&["chain"]).joins(FanIn::Order).later(),
    Descriptor::fan_in("zip", "pairs of items").joins(FanIn::Tuples).later(),
    Descriptor::fan_in("interleave", "one item of each in turn").joins(FanIn::Turns).later(),
    Descriptor::fan_in("prefer", "two streams, the first preferred")
        .aliases(&["merge_preferred"])
        .most_inputs(2)
        .later(),
];
