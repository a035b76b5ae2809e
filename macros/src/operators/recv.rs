//! `recv`: what arrives in a tokio channel.

use super::descriptor::{Descriptor, Tried, value};

pub(super) const RECV: Descriptor = Descriptor::source("recv", &[value("receiver")], "what arrives in a tokio channel")
    .tried(Tried::Items)
    .aliases(&["receiver", "channel", "mpsc"]);
