//! `prefer`: two streams; the second is served when the first has nothing, and once after 64 of the first in a row.

use super::descriptor::Descriptor;

pub(super) const PREFER: Descriptor =
    Descriptor::fan_in("prefer", "two streams, the first preferred").aliases(&["merge_preferred"]).most_inputs(2);
