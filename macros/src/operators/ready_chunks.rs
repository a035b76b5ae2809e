//! `ready_chunks`: what is waiting, in vectors.

use super::descriptor::{Descriptor, Items, positive};

pub(super) const READY_CHUNKS: Descriptor =
    Descriptor::stage("ready_chunks", &[positive("n")], "what is waiting, in vectors").items(Items::Fewer).task();
