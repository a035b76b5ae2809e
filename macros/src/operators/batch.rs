//! `batch`: the items in vectors of n, or of what came in a period. `bytes` also closes a batch by its weight.

use super::descriptor::{Descriptor, Items, Named, Pass, lasting, positive};

pub(super) const BATCH: Descriptor = Descriptor::stage(
    "batch",
    &[positive("n"), lasting("period")],
    "the items in vectors of n, or of what came in a period",
)
.items(Items::Fewer)
.task()
.named(&[Named { name: "bytes", positive: true, pass: Pass::Given }])
.aliases(&["grouped_within", "chunks_timeout"]);
