//! `latest`: a link that keeps only the latest item.

use super::descriptor::{Descriptor, Overflow};

pub(super) const LATEST: Descriptor = Descriptor::link("latest", &[], "a link that keeps only the latest item")
    .overflow(&[Overflow::Loses])
    .aliases(&["watch"]);
