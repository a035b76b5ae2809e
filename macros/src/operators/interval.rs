//! `interval`: an instant every period.

use super::descriptor::{Descriptor, positive};

pub(super) const INTERVAL: Descriptor =
    Descriptor::source("interval", &[positive("period")], "an instant every period").aliases(&["tick", "timer"]);
