//! `interval`: an instant every period.

use super::descriptor::{Descriptor, lasting};

pub(super) const INTERVAL: Descriptor =
    Descriptor::source("interval", &[lasting("period")], "an instant every period").aliases(&["tick", "timer"]);
