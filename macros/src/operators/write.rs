//! `write`: writes the bytes of each item.

use super::descriptor::{Descriptor, value};

pub(super) const WRITE: Descriptor =
    Descriptor::sink("write", &[value("writer").asks("writer")], "writes the bytes of each item").task();
