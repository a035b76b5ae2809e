//! `into`: a sink of your own.

use super::descriptor::{Descriptor, value};

pub(super) const INTO: Descriptor =
    Descriptor::sink("into", &[value("sink")], "a sink of your own").task().aliases(&["to", "sink"]);
