//! `send`: sends each item into a tokio channel.

use super::descriptor::{Descriptor, value};

pub(super) const SEND: Descriptor =
    Descriptor::sink("send", &[value("sender")], "sends each item into a tokio channel").task();
