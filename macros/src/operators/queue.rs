//! `queue`: the link between two stages, made visible.
//!
//! `queue(n)` holds n items, `queue(bytes = size)` holds items of that weight together. `low` is the mark at which a paused link
//! drains; only a link that pauses has one, so it is refused with every other policy than `block`.

use super::descriptor::{Descriptor, Named, Overflow, Pass, positive};

pub(super) const QUEUE: Descriptor = Descriptor::link("queue", &[positive("n")], "a link of a chosen capacity")
    .named(&[
        Named { name: "bytes", positive: true, pass: Pass::Instead },
        Named { name: "capacity", positive: true, pass: Pass::Given },
        Named { name: "role", positive: false, pass: Pass::Nothing },
        Named { name: "low", positive: false, pass: Pass::Optional },
        Named {
            name: "overflow",
            positive: false,
            pass: Pass::Choice(&["block", "drop_oldest", "drop_newest", "fail"]),
        },
    ])
    .overflow(&[Overflow::Pauses, Overflow::Loses, Overflow::Loses, Overflow::Fails])
    .aliases(&["buffer"]);
