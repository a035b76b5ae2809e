//! `latest`: a link that keeps only the latest item.

use super::descriptor::Descriptor;

pub(super) const LATEST: Descriptor =
    Descriptor::link("latest", &[], "a link that keeps only the latest item").aliases(&["watch"]);
