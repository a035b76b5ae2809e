//! `throttle`: the items, no more than n in a period. `burst` may pass at once.

use super::descriptor::{Descriptor, Items, Named, Pass, Tried, lasting, positive};

pub(super) const THROTTLE: Descriptor =
    Descriptor::stage("throttle", &[positive("n"), lasting("period")], "the items, no more than n in a period")
        .task()
        .named(&[Named { name: "burst", positive: true, pass: Pass::Default(1) }])
        .items(Items::One)
        .tried(Tried::Items)
        .aliases(&["rate_limit"]);
