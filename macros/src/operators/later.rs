//! Operators of the language that this version does not expand yet. They are known so that their names are never taken for
//! mistakes, and so that what is wrong around them is still found.

use super::descriptor::Descriptor;

pub(super) const LATER: &[Descriptor] = &[
    Descriptor::fan_in("merge", "items of several streams as they come").aliases(&["select", "union"]).later(),
    Descriptor::fan_in("concat", "one stream after the other").aliases(&["chain"]).later(),
    Descriptor::fan_in("zip", "pairs of items").later(),
    Descriptor::fan_in("interleave", "one item of each in turn").later(),
    Descriptor::fan_in("prefer", "two streams, the first preferred").aliases(&["merge_preferred"]).later(),
];
