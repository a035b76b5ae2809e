//! `count`: how many items came.

use super::descriptor::Descriptor;

pub(super) const COUNT: Descriptor = Descriptor::sink("count", &[], "how many items came").aliases(&["len"]);
