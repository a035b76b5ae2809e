//! `collect`: all items in a collection. Its hidden types are those of the stream and of the place in the plan.

use super::descriptor::Descriptor;

pub(super) const COLLECT: Descriptor = Descriptor::sink("collect", &[], "all items in a collection").hidden_types(6);
