//! `concat`: one stream after the other. What feeds only a later one does not begin before; how many items come for one of an input,
//! nobody knows.

use super::descriptor::{Descriptor, FanIn};

pub(super) const CONCAT: Descriptor =
    Descriptor::fan_in("concat", "one stream after the other").aliases(&["chain"]).joins(FanIn::Order);
